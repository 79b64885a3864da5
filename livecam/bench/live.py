"""The benchmark of live mode: how late pictures come, and how evenly, without any hardware.

A rendered face moves before a synthetic camera. The same camera is passed through untouched and
swapped, in the same run; what the swap costs is the difference. Every figure is taken where a
virtual camera would be: at the sink, by the time each frame was captured.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from livecam.bench.figures import Figures
from livecam.frame import Frame, VideoFormat
from livecam.load import load_models
from livecam.pipeline.pipeline import Pipeline
from livecam.pipeline.protocols import Processor
from livecam.pipeline.stats import Stats, Timings
from livecam.runtime.download import Progress
from livecam.settings import Settings
from livecam.sinks.threaded import Threaded
from livecam.sources import live_source
from livecam.swap import FaceSwap
from livecam.swap.identity import read_portrait
from livecam.swap.masks import Masks
from livecam.tracking import Tracker

Numbers = NDArray[np.float64]
_SETTLING_S = 3.0
"""Not measured: models warm up, the output's clock finds its place between the frames."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One frame at its sink."""

    index: int
    """Of the frame; a repeated one has that of the one before."""
    captured_at: float
    """s"""
    at: float
    """s"""


class Reader:
    """A sink that notes when which frame came."""

    def __init__(self) -> None:
        self.arrivals: list[Arrival] = []

    @contextmanager
    def open(self, video_format: VideoFormat) -> Iterator[Callable[[Frame], None]]:  # noqa: ARG002 - any will do
        """A context that gives the function to send frames with."""
        yield lambda frame: self.arrivals.append(
            Arrival(frame.index, frame.captured_at, time.monotonic())
        )


@dataclass(frozen=True, slots=True)
class Slow:
    """A processor that takes at least so long for a frame, as with a large model on a GPU."""

    processor: Processor
    least_s: float

    def process(self, frame: Frame) -> Frame:
        """See `Processor.process`."""
        start = time.perf_counter()
        result = self.processor.process(frame)
        time.sleep(max(0.0, self.least_s - (time.perf_counter() - start)))
        return result


@dataclass(frozen=True, slots=True)
class _Keep:
    def process(self, frame: Frame) -> Frame:
        return frame


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """What came of one way through, once it had settled."""

    arrivals: Sequence[Arrival]
    period_s: float
    """Between two pictures, as it should be, s."""
    before: Stats
    """When it had settled."""
    after: Stats
    """At the end."""
    seconds: float
    """Between these two."""
    cpu_s: float
    """Of all threads, the rendering of the synthetic camera included, between these two."""
    looks: int = 0
    """Of the detector, between these two."""

    @property
    def latencies_ms(self) -> Numbers:
        """Capture to sink, of new frames."""
        new = [now for last, now in pairwise(self.arrivals) if now.index > last.index]
        return 1000 * np.array([arrival.at - arrival.captured_at for arrival in new])

    @property
    def intervals_ms(self) -> Numbers:
        """Between one picture and the next."""
        return 1000 * np.diff([arrival.at for arrival in self.arrivals])

    @property
    def repeats(self) -> int:
        """Pictures that were shown before."""
        return sum(now.index == last.index for last, now in pairwise(self.arrivals))

    @property
    def out_of_order(self) -> int:
        """Frames that came after a later one."""
        return sum(now.index < last.index for last, now in pairwise(self.arrivals))

    @property
    def drops(self) -> tuple[int, int]:
        """Frames that newer ones pushed out: before the processor, and behind it."""
        before, after = self.before.drops, self.after.drops
        return after.capture - before.capture, after.process - before.process

    def cores(self, stage: str) -> float:
        """CPU time of a stage's thread per time."""
        return (self.after.cpu_s[stage] - self.before.cpu_s[stage]) / self.seconds


class LiveBench:
    """Runs the synthetic camera through one processor after the other.

    Args:
        face: The portrait.
        settings: Size, rate, models, swap.
        seconds: How long each is measured, s.
        progress: Told of models that are fetched on first use.

    Raises:
        LivecamError: The portrait or a model does not do.
    """

    def __init__(
        self, face: Path, settings: Settings, *, seconds: float, progress: Progress | None = None
    ) -> None:
        self._format = settings.live.video_format
        self._settings = settings
        self._seconds = seconds
        self._models = load_models(settings, progress=progress)
        self._worn = self._models.identity(read_portrait(face))

    def passed_through(self) -> Passage:
        """Nothing is done to the frames.

        Raises:
            LivecamError: The run failed.
        """
        return self._measured(_Keep(), Timings(), lambda: 0)

    def swapped(self, *, inference_s: float = 0.0) -> Passage:
        """The face is swapped.

        Args:
            inference_s: A frame takes at least so long.

        Raises:
            LivecamError: The run failed.
        """
        timings, settings, models = Timings(), self._settings, self._models
        tracker = Tracker(models.detector, models.landmarker, settings.tracking, live=True)
        with FaceSwap(
            tracker,
            models.swapper,
            self._worn,
            settings.swap,
            masks=Masks(models.occluder, models.parser, live=True),
            enhancer=models.enhancer,
            live=True,
            timings=timings,
        ) as swap:
            processor = Slow(swap, inference_s) if inference_s else swap
            return self._measured(processor, timings, lambda: swap.report.looks)

    def _measured(
        self, processor: Processor, timings: Timings, looks: Callable[[], int]
    ) -> Passage:
        reader = Reader()
        pipeline = Pipeline(
            live_source("synthetic", video_format=self._format),
            processor,
            [Threaded(reader, name="reader", retry=False)],
            video_format=self._format,
            timings=timings,
            rate=self._format.rate,
        )
        with pipeline:
            pipeline.join(_SETTLING_S)
            start, cpu_start, looks_before = time.monotonic(), time.process_time(), looks()
            before = pipeline.stats()
            pipeline.join(self._seconds)
            end, cpu_end, looks_after = time.monotonic(), time.process_time(), looks()
            after = pipeline.stats()
        return Passage(
            arrivals=[arrival for arrival in reader.arrivals if start <= arrival.at < end],
            period_s=float(1 / self._format.rate),
            before=before,
            after=after,
            seconds=end - start,
            cpu_s=cpu_end - cpu_start,
            looks=looks_after - looks_before,
        )


def measure(bench: LiveBench, *, inference_ms: Sequence[float]) -> Iterator[Figures]:
    """Every table of the benchmark, as soon as it is measured.

    Args:
        bench: Runs it.
        inference_ms: How long a frame is made to take, one row for each.

    Raises:
        LivecamError: A run failed.
    """
    plain, swapped = bench.passed_through(), bench.swapped()
    passages = {"pass-through": plain, "swap": swapped}
    rows = [(name, *_percentiles(passage.latencies_ms)) for name, passage in passages.items()]
    more = _quantiles(swapped.latencies_ms) - _quantiles(plain.latencies_ms)
    rows.append(("the swap costs", *(f"{value:+.1f}" for value in more)))
    yield Figures("Capture to sink, ms", ("", "p50", "p95", "p99", "longest"), rows)
    yield Figures("Order and cadence", _CADENCE, [_even(*item) for item in passages.items()])
    yield Figures("CPU, cores", _CPU, [_busy(*item) for item in passages.items()])
    stages = swapped.after.stages
    yield Figures(
        "Stages of the swap, ms per frame",
        ("", "p50", "p95", "p99"),
        [
            (name, f"{timing.p50_ms:.1f}", f"{timing.p95_ms:.1f}", f"{timing.p99_ms:.1f}")
            for name in ("track", "swap", "paste", "process", "deliver")
            if (timing := stages.get(name)) is not None
        ],
    )
    slow = {f"{ms:g} ms a frame": bench.swapped(inference_s=ms / 1000) for ms in inference_ms}
    if slow:
        yield Figures(
            "Overload, capture to sink, ms",
            ("", "p50", "p95", "p99", "longest"),
            [(name, *_percentiles(passage.latencies_ms)) for name, passage in slow.items()],
        )
        yield Figures("Overload", _CADENCE, [_even(*item) for item in slow.items()])


_CADENCE = (
    "", "fps out", "interval p50 ms", "jitter p99 ms", "out of order", "repeated",
    "dropped at capture", "after the swap", "detector Hz",
)  # fmt: skip
_CPU = ("", "capture (renders the face)", "process", "deliver", "all threads")


def _even(name: str, passage: Passage) -> tuple[str, ...]:
    intervals, count = passage.intervals_ms, len(passage.arrivals)
    jitter = np.abs(intervals - 1000 * passage.period_s)
    captured = passage.after.captured - passage.before.captured
    at_capture, behind = passage.drops
    return (
        name,
        f"{count / passage.seconds:.2f}",
        f"{_quantiles(intervals)[0]:.2f}",
        f"{_quantiles(jitter)[2]:.2f}",
        str(passage.out_of_order),
        f"{passage.repeats} ({passage.repeats / max(count, 1):.1%})",
        f"{at_capture} ({at_capture / max(captured, 1):.1%})",
        f"{behind} ({behind / max(captured, 1):.1%})",
        f"{passage.looks / passage.seconds:.1f}",
    )


def _busy(name: str, passage: Passage) -> tuple[str, ...]:
    stages = (f"{passage.cores(stage):.2f}" for stage in ("capture", "process", "deliver"))
    return (name, *stages, f"{passage.cpu_s / passage.seconds:.2f}")


def _percentiles(values: Numbers) -> tuple[str, ...]:
    return tuple(f"{value:.1f}" for value in _quantiles(values))


def _quantiles(values: Numbers) -> Numbers:
    """p50, p95, p99 and the largest; NaN where there are no values."""
    if not len(values):
        return np.full(4, np.nan)
    return np.quantile(values, (0.5, 0.95, 0.99, 1), method="inverted_cdf")
