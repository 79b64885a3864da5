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


@dataclass(frozen=True, slots=True)
class StageTiming:
    """How long one stage takes, over the newest `WINDOW` times."""

    p50_ms: float
    """Half the times are shorter."""
    p95_ms: float
    """19 of 20 times are shorter."""
    count: int
    """How often the stage ran, since the start."""


@dataclass(frozen=True, slots=True)
class Stats:
    """A run at one moment."""

    captured: int
    """Frames the source gave."""
    processed: int
    """Frames that went through the processor."""
    delivered: int
    """Frames every sink has taken."""
    dropped: int
    """Frames pushed out of a full ring; always 0 for files."""
    fps: float
    """Frames delivered per second, over the newest `WINDOW` of them; 0 before the second."""
    stages: Mapping[str, StageTiming]
    """By name: `capture`, `process`, `deliver`, `latency` (capture to delivered), and the
    processor's own."""


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
            taken = {name: sorted(durations) for name, durations in self._durations.items()}
            counts = dict(self._counts)
        return {
            name: StageTiming(
                p50_ms=1000 * _quantile(durations, 0.5),
                p95_ms=1000 * _quantile(durations, 0.95),
                count=counts[name],
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


def _quantile(ordered: list[float], share: float) -> float:
    """The smallest of `ordered` that at least `share` of them do not exceed (nearest rank)."""
    return ordered[math.ceil(share * len(ordered)) - 1]
