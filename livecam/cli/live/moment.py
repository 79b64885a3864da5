"""A live run at one moment, with what only the time between two moments tells."""

import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

from livecam.cli.live.controls import Controls
from livecam.live import LiveRun, LiveStats
from livecam.pipeline.stats import StageTiming
from livecam.swap import Show, SwapOptions

_WINDOW_S = 2.0
"""Rates are taken over this long."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What is shown of a live run."""

    seconds: float
    """Since the start."""
    source: str
    """Where pictures come from."""
    stats: LiveStats
    detector_hz: float
    """How often the detector looks."""
    cores: Mapping[str, float]
    """CPU time per time, by the name of the thread: 1 is a core kept busy."""
    face: str
    """The portrait that is worn."""
    model: str
    """The swapper in use."""
    providers: tuple[str, ...]
    """What runs the models."""
    tuning: SwapOptions

    @property
    def latency(self) -> StageTiming:
        """Capture to hand-over, of new frames; all 0 before the first."""
        none_yet = StageTiming(p50_ms=0.0, p95_ms=0.0, p99_ms=0.0, count=0)
        return self.stats.pipeline.stages.get("latency", none_yet)

    @property
    def label(self) -> str:
        """Whether the label is seen: on or off."""
        return Show.OFF if self.tuning.label.show is Show.OFF else Show.ON


@dataclass(frozen=True, slots=True)
class _Sample:
    at: float
    stats: LiveStats

    def cpu_s(self) -> dict[str, float]:
        threads = dict(self.stats.pipeline.cpu_s)
        return threads | {sink.name: sink.cpu_s for sink in self.stats.sinks}


class Meter:
    """Watches a run that has just started.

    Args:
        run: The run.
        controls: What changes it.
        source: Where pictures come from, in words.
    """

    def __init__(self, run: LiveRun, controls: Controls, source: str) -> None:
        self._run = run
        self._source = source
        self._controls = controls
        self._start = time.monotonic()
        self._samples: deque[_Sample] = deque()

    @property
    def seconds(self) -> float:
        """Since the start."""
        return time.monotonic() - self._start

    def read(self) -> Moment:
        """The run now."""
        run, now = self._run, _Sample(time.monotonic(), self._run.stats())
        self._samples.append(now)
        while len(self._samples) > 2 and self._samples[1].at < now.at - _WINDOW_S:
            self._samples.popleft()
        then = self._samples[0]
        span_s = max(now.at - then.at, 1e-3)
        before = then.cpu_s()
        return Moment(
            seconds=self.seconds,
            source=self._source,
            stats=now.stats,
            detector_hz=(now.stats.swap.looks - then.stats.swap.looks) / span_s,
            cores={
                name: max(0.0, cpu_s - before.get(name, 0.0)) / span_s
                for name, cpu_s in now.cpu_s().items()
            },
            face=run.face,
            model=self._controls.model,
            providers=run.providers,
            tuning=run.tuning,
        )
