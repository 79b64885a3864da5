"""Source, processor and sinks, each on its own thread, with a ring between them."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from fractions import Fraction
from threading import Event, Lock
from types import TracebackType
from typing import Self

from livecam.errors import LivecamError
from livecam.frame import Frame, VideoFormat
from livecam.pipeline.clock import Clock
from livecam.pipeline.outputs import Apart, Together
from livecam.pipeline.playout import Kind, Playout
from livecam.pipeline.protocols import Processor, Sink, Source, Standby
from livecam.pipeline.ring import Overflow, Ring
from livecam.pipeline.stage import Stage, go_last, reported
from livecam.pipeline.stats import Cadence, Drops, Rate, Stats, Timings

DEPTH = {Overflow.DROP_OLDEST: 1, Overflow.BLOCK: 4}
"""Live, a frame that waits is a frame too old; a file's stages even out their differences."""


class Pipeline:
    """One run: every frame of `source` through `processor` to all `sinks`.

        with Pipeline(source, processor, [sink], video_format=video_format) as pipeline:
            pipeline.join()

    A resource is opened, used and closed on its stage's own thread. The first error calls the
    rest off: sinks drop their unfinished output, and `join` raises it. With a `rate`, a sink that
    fails is left out as long as another one works.

    Args:
        source: Its `live` decides what a full ring does: drop the oldest frame, or wait.
        processor: Used by one thread.
        sinks: Each gets every frame; opened in this order, finished in the reverse one, with a
            `rate` all at the same time.
        video_format: What the sinks are opened with.
        depth: Frames that may wait between two stages; by default 1 live and 4 else.
        timings: Where durations go; share it with a processor to see its parts in `stats`.
        rate: Gives the output a clock of its own, 1/s: sinks get a picture at each tick, the last
            one again when none is new, stamped with the time of the tick. For live sources.
        standby: What goes out while the source is silent; by default the last frame. Needs `rate`.
        ahead: Done to each frame on a thread of its own, while `processor` has the frame before.

    Raises:
        ValueError: `rate` is given for a source that is not live.
    """

    def __init__(
        self,
        source: Source,
        processor: Processor,
        sinks: Sequence[Sink],
        *,
        video_format: VideoFormat,
        depth: int | None = None,
        timings: Timings | None = None,
        rate: Fraction | None = None,
        standby: Standby | None = None,
        ahead: Callable[[Frame], Frame] | None = None,
    ) -> None:
        if rate is not None and not source.live:
            raise ValueError("a clock would drop frames of a source that is not live")
        overflow = Overflow.DROP_OLDEST if source.live else Overflow.BLOCK
        self._source = source
        self._processor = processor
        self._outputs = Together(sinks) if rate is None else Apart(sinks)
        self._video_format = video_format
        self._timings = timings or Timings()
        self._captured: Ring[Frame] = Ring(depth or DEPTH[overflow], overflow)
        self._prepared: Ring[Frame] = Ring(1, overflow) if ahead else self._captured
        self._processed: Ring[Frame] = Ring(depth or DEPTH[overflow], overflow)
        self._rings = {self._captured, self._prepared, self._processed}
        self._ahead = ahead
        self._rates = {"capture": Rate(), "process": Rate(), "deliver": Rate()}
        self._cpu_s = dict.fromkeys(self._rates, 0.0)
        self._shown = dict.fromkeys(Kind, 0)
        self._heard_at = time.monotonic()
        self._clock = None if rate is None else Clock(rate)
        self._cadence = Cadence(self._clock.period_s if self._clock else 0.0)
        self._standby = standby
        self._stopping = False
        self._going = Event()
        self._going.set()
        self._error: LivecamError | None = None
        self._error_lock = Lock()
        self._stages = [
            Stage("deliver", self._deliver, on_error=self._fail),
            Stage("process", self._process, on_error=self._fail),
            *([Stage("ahead", self._prepare, on_error=self._fail)] if ahead else []),
            Stage("capture", self._capture, on_error=self._fail),
        ]

    def run(self) -> None:
        """Runs to the end of the source.

        Raises:
            LivecamError: The first error of any stage, as `join` raises it.
            KeyboardInterrupt: After every stage has been called off and closed.
        """
        with self:
            self.join()

    def start(self) -> None:
        """Starts the stages and returns at once."""
        try:
            for stage in self._stages:
                stage.start()
        except BaseException:
            self.abort()
            self._wait()
            raise

    def stop(self) -> None:
        """Ends the stream after the frame being captured; what is on its way still arrives."""
        self._stopping = True
        self._going.set()

    def pause(self) -> None:
        """Takes no further frame from a source that is not live; what is on its way arrives."""
        self._going.clear()

    def resume(self) -> None:
        """Goes on after `pause`."""
        self._going.set()

    def abort(self) -> None:
        """Calls every stage off; unfinished output is dropped."""
        self._stopping = True  # a silent source puts nothing into the ring, so it does not meet it
        self._going.set()
        for ring in self._rings:
            ring.abort()

    def join(self, timeout_s: float | None = None) -> bool:
        """True once every stage has ended and closed what it had open.

        Args:
            timeout_s: Gives up and returns False after this long; None waits for the end.

        Raises:
            LivecamError: The first error of any stage, with the stage in a note; its own type
                where it is a `LivecamError`, a `PipelineError` from it otherwise.
        """
        if not self._wait(timeout_s):
            return False
        if self._error is not None:
            raise self._error
        return True

    def attach(self, sink: Sink) -> None:
        """Adds a sink to a run with a clock, while it goes on; see `Apart.attach`.

        Raises:
            SinkError: It cannot be opened, or the run is not going on.
        """
        assert isinstance(self._outputs, Apart)
        self._outputs.attach(sink)

    def detach(self, sink: Sink) -> None:
        """Finishes one sink of a run with a clock, while the others go on; see `Apart.detach`.

        Raises:
            SinkError: It could not be finished.
        """
        assert isinstance(self._outputs, Apart)
        self._outputs.detach(sink)

    def stats(self) -> Stats:
        """What the run has done until now."""
        return Stats(
            captured=self._rates["capture"].count,
            processed=self._rates["process"].count,
            delivered=self._rates["deliver"].count,
            repeated=self._shown[Kind.REPEATED],
            standby=self._shown[Kind.STANDBY],
            drops=Drops(capture=self._captured.dropped, process=self._processed.dropped),
            fps=self._rates["deliver"].per_second,
            fps_in=self._rates["capture"].at_present,
            fps_out=self._rates["deliver"].at_present,
            silence_s=self._silence_s(),
            cadence_jitter_p99_ms=self._cadence.jitter_p99_ms,
            stages=self._timings.summary(),
            cpu_s=dict(self._cpu_s),
        )

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            self.stop()
            self.join()
        else:
            self.abort()
            self._wait()

    def _capture(self) -> None:
        self._heard_at = time.monotonic()
        with closing(self._source.frames()) as frames:
            while self._going.wait() and not self._stopping:
                start = time.perf_counter()
                try:
                    frame = next(frames)
                except StopIteration:
                    break
                if frame is not None:
                    self._count("capture", start)
                    self._heard_at = time.monotonic()
                    self._captured.put(frame)
        self._captured.close()

    def _prepare(self) -> None:
        assert self._ahead is not None
        for frame in self._captured:
            self._prepared.put(self._ahead(frame))
        self._prepared.close()

    def _process(self) -> None:
        for frame in self._prepared:
            start = time.perf_counter()
            result = self._processor.process(frame)
            if self._clock is not None:
                self._clock.ready(time.monotonic())
            self._count("process", start)
            self._processed.put(result)
        self._processed.close()

    def _deliver(self) -> None:
        if not self._source.live:
            go_last()
        with self._outputs.open(self._video_format) as send:
            for frame, kind in self._due():
                start = time.perf_counter()
                send(frame)
                self._count("deliver", start)
                self._shown[kind] += 1
                if kind is Kind.NEW:
                    self._timings.add("latency", time.monotonic() - frame.captured_at)

    def _due(self) -> Iterator[tuple[Frame, Kind]]:
        """Frames to deliver, as they come or as the clock ticks."""
        if self._clock is None:
            for frame in self._processed:
                yield frame, Kind.NEW
            return
        for due in Playout(self._processed, self._clock, self._standby, self._silence_s):
            self._cadence.tick(time.monotonic())
            yield due

    def _silence_s(self) -> float:
        return time.monotonic() - self._heard_at

    def _count(self, stage: str, start: float) -> None:
        self._timings.add(stage, time.perf_counter() - start)
        self._rates[stage].tick()
        self._cpu_s[stage] = time.thread_time()

    def _fail(self, stage: str, error: BaseException) -> None:
        with self._error_lock:
            if self._error is None:
                self._error = reported(stage, error)
        self.abort()

    def _wait(self, timeout_s: float | None = None) -> bool:
        """True once every stage has ended."""
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        return all(
            stage.wait(None if deadline is None else max(0.0, deadline - time.monotonic()))
            for stage in self._stages
        )
