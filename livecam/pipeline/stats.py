"""What a run measures of itself: cheap enough to be always on."""

import math
import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock

WINDOW = 512
"""How many of the newest measurements of a stage are kept."""
RECENT_S = 3.0
"""What "at present" means for a rate, s."""


@dataclass(frozen=True, slots=True)
class StageTiming:
    """How long one stage takes, over the newest `WINDOW` times."""

    p50_ms: float
    """Half the times are shorter."""
    p95_ms: float
    """19 of 20 times are shorter."""
    p99_ms: float
    """99 of 100 times are shorter."""
    count: int
    """How often the stage ran, since the start."""
    last_ms: float = 0.0
    """How long it took last."""


@dataclass(frozen=True, slots=True)
class Drops:
    """Frames that newer ones pushed out, by where they waited; always 0 for files."""

    capture: int
    """Captured, but never processed: the processor was busy."""
    process: int
    """Processed, but never delivered: a newer one was ready before the next tick."""

    @property
    def total(self) -> int:
        """All of them."""
        return self.capture + self.process


@dataclass(frozen=True, slots=True)
class Stats:
    """A run at one moment."""

    captured: int
    """Frames the source gave."""
    processed: int
    """Frames that went through the processor."""
    delivered: int
    """Frames the sinks have taken, repeated and standby ones included."""
    repeated: int
    """Frames of them that were shown before, because none was new at a tick."""
    standby: int
    """Frames of them that were shown in place of a silent source's."""
    drops: Drops
    fps: float
    """Frames delivered per second, over the newest `WINDOW` of them; 0 before the second."""
    fps_in: float
    """Frames captured per second, over the last `RECENT_S`."""
    fps_out: float
    """Frames delivered per second, over the last `RECENT_S`."""
    silence_s: float
    """Time since the newest frame was captured, or since the start, s."""
    cadence_jitter_p99_ms: float
    """How far the intervals between ticks are from even, ms: 99 of 100 of the newest `WINDOW` are
    nearer. 0 without a clock."""
    stages: Mapping[str, StageTiming]
    """By name: `capture`, `process`, `deliver`, `latency` (capture to hand-over, of new frames),
    and the processor's own."""
    cpu_s: Mapping[str, float]
    """CPU time of the thread of each stage, s; threads that native code keeps are not in it."""

    @property
    def dropped(self) -> int:
        """Frames pushed out of a full ring; always 0 for files."""
        return self.drops.total


class Timings:
    """Collects the durations of named stages, from any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._durations: dict[str, deque[float]] = {}
        self._counts: dict[str, int] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Measures the block it surrounds; a block that raises is not counted."""
        start = time.perf_counter()
        yield
        self.add(name, time.perf_counter() - start)

    def add(self, name: str, duration_s: float) -> None:
        """Counts one run of the stage `name` that took `duration_s`."""
        with self._lock:
            self._durations.setdefault(name, deque(maxlen=WINDOW)).append(duration_s)
            self._counts[name] = self._counts.get(name, 0) + 1

    def summary(self) -> dict[str, StageTiming]:
        """The timing of every stage seen so far, in the order they were first seen."""
        with self._lock:
            last = {name: durations[-1] for name, durations in self._durations.items()}
            taken = {name: sorted(durations) for name, durations in self._durations.items()}
            counts = dict(self._counts)
        return {
            name: StageTiming(
                p50_ms=1000 * _quantile(durations, 0.5),
                p95_ms=1000 * _quantile(durations, 0.95),
                p99_ms=1000 * _quantile(durations, 0.99),
                count=counts[name],
                last_ms=1000 * last[name],
            )
            for name, durations in taken.items()
        }


class Rate:
    """Counts events and how many of them there are per second."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._times: deque[float] = deque(maxlen=WINDOW)
        self._count = 0

    def tick(self) -> None:
        """Counts one event, now."""
        with self._lock:
            self._times.append(time.monotonic())
            self._count += 1

    @property
    def count(self) -> int:
        """Events since the start."""
        return self._count

    @property
    def per_second(self) -> float:
        """Events per second over the newest `WINDOW` of them; 0 before the second."""
        with self._lock:
            if len(self._times) < 2:
                return 0.0
            span = self._times[-1] - self._times[0]
            return (len(self._times) - 1) / span if span > 0 else 0.0

    @property
    def at_present(self) -> float:
        """Events per second over the last `RECENT_S`, up to now."""
        now = time.monotonic()
        with self._lock:
            recent = sum(at > now - RECENT_S for at in self._times)
            since_first = now - self._times[0] if self._times else 0.0
        return recent / min(RECENT_S, since_first) if since_first > 0 else 0.0


class Cadence:
    """Measures how even the ticks of a clock are.

    Args:
        period_s: What an interval should be, s.
    """

    def __init__(self, period_s: float) -> None:
        self._period_s = period_s
        self._lock = Lock()
        self._deviations: deque[float] = deque(maxlen=WINDOW)
        self._last: float | None = None

    def tick(self, at: float) -> None:
        """Counts one tick, at the time `at`, s."""
        with self._lock:
            if self._last is not None:
                self._deviations.append(abs(at - self._last - self._period_s))
            self._last = at

    @property
    def jitter_p99_ms(self) -> float:
        """99 of 100 intervals are nearer to the period than this, ms; 0 before the second tick."""
        with self._lock:
            taken = sorted(self._deviations)
        return 1000 * _quantile(taken, 0.99) if taken else 0.0


def _quantile(ordered: list[float], share: float) -> float:
    """The smallest of `ordered` that at least `share` of them do not exceed (nearest rank)."""
    return ordered[math.ceil(share * len(ordered)) - 1]
