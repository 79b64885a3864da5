"""A sink on a thread of its own, so that it delays no other."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from threading import Condition, Event

from livecam.errors import LivecamError
from livecam.frame import Frame, VideoFormat
from livecam.pipeline.protocols import Sink
from livecam.pipeline.ring import Overflow, Ring
from livecam.pipeline.stage import Stage, reported
from livecam.pipeline.stats import Timings

_LOG = logging.getLogger(__name__)
_OPENING_S = 2.0
"""A sink that takes longer to open goes on opening beside the run."""
_CLOSING_S = 5.0
"""A sink that takes longer to close is left behind."""
_FIRST_DELAY_S, _LONGEST_DELAY_S = 0.5, 8.0
"""Between attempts to reopen; doubles each time, until the sink has worked for the longest."""


class SinkState(StrEnum):
    """How an output is doing."""

    OPENING = "opening"
    OPEN = "open"
    RETRYING = "retrying"
    """It failed, and is opened again from time to time."""
    FAILED = "failed"
    """It failed, and is left out."""


@dataclass(frozen=True, slots=True)
class SinkStatus:
    """An output at one moment."""

    name: str
    state: SinkState
    error: LivecamError | None
    """Why it is not open; None while it is."""
    sent: int
    """Frames it has taken."""
    dropped: int
    """Frames it was not given: it was busy, or not open."""
    latency_p50_ms: float
    """Capture to taken by the sink, of new frames, ms; 0 before the first."""
    latency_p95_ms: float
    """The same; 19 of 20 are shorter."""
    cpu_s: float
    """CPU time of its thread, s."""


class Threaded:
    """Gives a sink its own thread and room for one frame or some, of which the newest stay.

    The sink is opened, used and closed on that thread. Opening is waited for, a little: what
    fails by then fails the start of the run, and what takes longer goes on beside it. A sink that
    hangs is left behind at the end: its thread dies with the program at the latest.

    Args:
        sink: What to send to.
        name: For messages and the thread.
        retry: A sink that fails later is opened again, with growing delays, until the end of the
            run. Otherwise sending the next frame raises its error.
        room_s: How much may wait while the sink is busy, s of the video; one frame at least. A
            second is 41 MB at 1280×720 and 30 frames a second, 93 MB at 1920×1080, and four times
            that at 3840×2160; nothing while the sink keeps up.
    """

    def __init__(self, sink: Sink, *, name: str, retry: bool, room_s: float = 0.0) -> None:
        self._sink = sink
        self._name = name
        self._retry = retry
        self._room_s = room_s
        self._changed = Condition()
        self._state = SinkState.OPENING
        self._error: LivecamError | None = None
        self._started = False
        self._opened_at = 0.0
        self._ring: Ring[Frame] = Ring(1, Overflow.DROP_OLDEST)
        self._sent = 0
        self._cpu_s = 0.0
        self._timings = Timings()

    def status(self) -> SinkStatus:
        """How it is doing; from any thread."""
        latency = self._timings.summary().get("latency")
        with self._changed:
            return SinkStatus(
                name=self._name,
                state=self._state,
                error=self._error,
                sent=self._sent,
                dropped=self._ring.dropped,
                latency_p50_ms=latency.p50_ms if latency else 0.0,
                latency_p95_ms=latency.p95_ms if latency else 0.0,
                cpu_s=self._cpu_s,
            )

    @contextmanager
    def open(self, video_format: VideoFormat) -> Iterator[Callable[[Frame], None]]:
        """A context that gives the function to send frames with; it never waits.

        Raises:
            LivecamError: The sink failed while the run waited for it to open, failed for good
                later, or could not finish its output.
        """
        depth = max(1, round(self._room_s * video_format.rate))
        ring = self._ring = Ring(depth, Overflow.DROP_OLDEST)
        leaving = Event()
        self._state, self._error, self._started = SinkState.OPENING, None, False
        stage = Stage(
            self._name, lambda: self._work(ring, leaving, video_format), on_error=self._fail
        )
        stage.daemon = True
        stage.start()
        try:
            self._wait_until_open()
            yield self._send
        except BaseException:
            ring.abort()
            raise
        else:
            ring.close()
        finally:
            leaving.set()
            if not stage.wait(_CLOSING_S):
                _LOG.warning("%s does not close; it is left behind.", self._name)
        self._raise_if_failed()

    def _send(self, frame: Frame) -> None:
        self._raise_if_failed()
        self._ring.put(frame if frame.original is None else replace(frame, original=None))

    def _raise_if_failed(self) -> None:
        if self._state is SinkState.FAILED and self._error is not None:
            raise self._error

    def _wait_until_open(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._state is not SinkState.OPENING, _OPENING_S)
            self._started = True
        self._raise_if_failed()

    def _work(self, ring: Ring[Frame], leaving: Event, video_format: VideoFormat) -> None:
        """The thread's life: uses the sink, again and again where it may be retried."""
        delay_s = _FIRST_DELAY_S
        while True:
            try:
                self._use(ring, video_format)
                return
            except LivecamError as error:
                with self._changed:
                    if not self._retry or not self._started:
                        raise
                    lasted_s = self._open_for_s()
                    self._note_outage(error)
            if lasted_s > _LONGEST_DELAY_S:
                delay_s = _FIRST_DELAY_S
            if leaving.wait(delay_s):
                return
            delay_s = min(2 * delay_s, _LONGEST_DELAY_S)

    def _use(self, ring: Ring[Frame], video_format: VideoFormat) -> None:
        with self._sink.open(video_format) as send:
            self._note_open()
            index: int | None = None
            for frame in ring:
                send(frame)
                if frame.index != index:
                    self._timings.add("latency", time.monotonic() - frame.captured_at)
                index = frame.index
                self._sent += 1
                self._cpu_s = time.thread_time()

    def _open_for_s(self) -> float:
        return time.monotonic() - self._opened_at if self._state is SinkState.OPEN else 0.0

    def _note_open(self) -> None:
        with self._changed:
            if self._state is SinkState.RETRYING:
                _LOG.info("%s is back.", self._name)
            self._state, self._error = SinkState.OPEN, None
            self._started = True
            self._opened_at = time.monotonic()
            self._changed.notify_all()

    def _note_outage(self, error: LivecamError) -> None:
        if self._state is not SinkState.RETRYING:
            _LOG.warning("%s failed and is tried again: %s", self._name, error.message)
        self._state, self._error = SinkState.RETRYING, error

    def _fail(self, stage: str, error: BaseException) -> None:
        with self._changed:
            self._state, self._error = SinkState.FAILED, reported(stage, error)
            self._changed.notify_all()
