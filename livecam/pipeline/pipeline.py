"""Source, processor and sinks, each on its own thread, with a ring between them."""

import time
from collections.abc import Sequence
from contextlib import ExitStack, closing
from threading import Lock
from types import TracebackType
from typing import Self

from livecam.errors import LivecamError, PipelineError
from livecam.frame import Frame, VideoFormat
from livecam.pipeline.protocols import Processor, Sink, Source
from livecam.pipeline.ring import Overflow, Ring
from livecam.pipeline.stage import Stage
from livecam.pipeline.stats import Rate, Stats, Timings

DEPTH = {Overflow.DROP_OLDEST: 1, Overflow.BLOCK: 4}
"""Live, a frame that waits is a frame too old; a file's stages even out their differences."""


class Pipeline:
    """One run: every frame of `source` through `processor` to all `sinks`.

        with Pipeline(source, processor, [sink], video_format=video_format) as pipeline:
            pipeline.join()

    A resource is opened, used and closed on its stage's own thread. The first error calls the
    rest off: sinks drop their unfinished output, and `join` raises it.

    Args:
        source: Its `live` decides what a full ring does: drop the oldest frame, or wait.
        processor: Used by one thread.
        sinks: Each gets every frame; opened in this order, finished in the reverse one.
        video_format: What the sinks are opened with.
        depth: Frames that may wait between two stages; by default 1 live and 4 else.
        timings: Where durations go; share it with a processor to see its parts in `stats`.
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
    ) -> None:
        overflow = Overflow.DROP_OLDEST if source.live else Overflow.BLOCK
        self._source = source
        self._processor = processor
        self._sinks = tuple(sinks)
        self._video_format = video_format
        self._timings = timings or Timings()
        self._captured: Ring[Frame] = Ring(depth or DEPTH[overflow], overflow)
        self._processed: Ring[Frame] = Ring(depth or DEPTH[overflow], overflow)
        self._rates = {"capture": Rate(), "process": Rate(), "deliver": Rate()}
        self._stopping = False
        self._error: LivecamError | None = None
        self._error_lock = Lock()
        self._stages = [
            Stage("deliver", self._deliver, on_error=self._fail),
            Stage("process", self._process, on_error=self._fail),
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

    def abort(self) -> None:
        """Calls every stage off; unfinished output is dropped."""
        self._captured.abort()
        self._processed.abort()

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

    def stats(self) -> Stats:
        """What the run has done until now."""
        return Stats(
            captured=self._rates["capture"].count,
            processed=self._rates["process"].count,
            delivered=self._rates["deliver"].count,
            dropped=self._captured.dropped + self._processed.dropped,
            fps=self._rates["deliver"].per_second,
            stages=self._timings.summary(),
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
        with closing(self._source.frames()) as frames:
            while not self._stopping:
                start = time.perf_counter()
                frame = next(frames, None)
                if frame is None:
                    break
                self._count("capture", start)
                self._captured.put(frame)
        self._captured.close()

    def _process(self) -> None:
        for frame in self._captured:
            start = time.perf_counter()
            result = self._processor.process(frame)
            self._count("process", start)
            self._processed.put(result)
        self._processed.close()

    def _deliver(self) -> None:
        with ExitStack() as opened:
            sends = [opened.enter_context(sink.open(self._video_format)) for sink in self._sinks]
            for frame in self._processed:
                start = time.perf_counter()
                for send in sends:
                    send(frame)
                self._count("deliver", start)
                self._timings.add("latency", time.monotonic() - frame.captured_at)

    def _count(self, stage: str, start: float) -> None:
        self._timings.add(stage, time.perf_counter() - start)
        self._rates[stage].tick()

    def _fail(self, stage: str, error: BaseException) -> None:
        with self._error_lock:
            if self._error is None:
                self._error = _named(stage, error)
        self.abort()

    def _wait(self, timeout_s: float | None = None) -> bool:
        """True once every stage has ended."""
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        return all(
            stage.wait(None if deadline is None else max(0.0, deadline - time.monotonic()))
            for stage in self._stages
        )


def _named(stage: str, error: BaseException) -> LivecamError:
    """`error` as the run reports it: a `LivecamError` that names its stage."""
    if isinstance(error, LivecamError):
        named = error
    else:
        named = PipelineError(
            f"The stage {stage} failed: {type(error).__name__}: {error}",
            hint="Please report this, with what `livecam --verbose` says.",
        )
        named.__cause__ = error
    named.add_note(f"stage: {stage}")
    return named
