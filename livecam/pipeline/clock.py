"""When the output's next picture is due: a fixed rate, in step with the frames that come.

A camera and a clock that run free of each other make a frame wait for half a period on average.
So the clock looks back at when frames became ready, asks what the last seconds would have been
like had every tick come a little earlier or later, and drifts to where they would have been best.
"""

import math
from collections import deque
from fractions import Fraction
from threading import Lock

import numpy as np
import numpy.typing as npt

_WINDOW_S = 3.0
"""How far it looks back."""
_FEWEST = 8
"""Frames within the window that are needed to see when they come."""
_EVERY_S = 0.25
"""How often it looks."""
_SLEW = 0.02
"""The most by which an interval is longer or shorter than the period, as a share of it."""
_MARGIN_S = 0.0005
"""How long after a frame a tick should come at least, s: what waking up varies by."""
_PRICE = 3.0
"""What a tick without a new frame costs, in periods of waiting: the frame it missed comes a period
late, and the picture stands still where it should move."""
_REST = 0.1
"""What has to be gained by a shift, as a share of it: alike places are not worth the way."""


class Clock:
    """Tells when to deliver. Reads no time itself.

    Args:
        rate: Ticks per second.
    """

    def __init__(self, rate: Fraction) -> None:
        self.period_s = float(1 / rate)
        self._lock = Lock()
        self._ready: deque[float] = deque(maxlen=256)
        self._tick: float | None = None
        self._looked = -math.inf
        self._shift_s = 0.0

    def ready(self, at: float) -> None:
        """Takes note that a frame became ready at the time `at`, s; from any one thread."""
        with self._lock:
            self._ready.append(at)

    def next(self, now: float) -> float:
        """The time of the next tick, s; the first is now.

        Ticks that are late by more than half a period are left out: there is never a burst.

        Args:
            now: The time at which the tick before has been served, s.
        """
        if self._tick is None:
            self._tick = now
            return now
        most = _SLEW * self.period_s
        slew = min(max(self._shift_s, -most), most)
        self._shift_s -= slew
        tick = self._tick + self.period_s + slew
        if now > tick + self.period_s / 2:
            tick += math.ceil((now - tick) / self.period_s) * self.period_s
        self._tick = tick
        if now >= self._looked + _EVERY_S:
            self._looked = now
            self._shift_s = self._best_shift(tick)
        return tick

    def _best_shift(self, tick: float) -> float:
        """How much later ticks should come than `tick` and its like, s; within half a period."""
        with self._lock:
            ready = np.array(self._ready)
        ready = ready[ready > tick - _WINDOW_S]
        if len(ready) < _FEWEST:
            return 0.0
        period_s = self.period_s
        after = (ready - tick + _MARGIN_S + period_s / 2) % period_s - period_s / 2
        shifts = np.append(after, 0.0)
        return float(shifts[np.argmin(_costs(shifts, ready, tick=tick, period_s=period_s))])


def _costs(
    shifts: npt.NDArray[np.float64],
    ready: npt.NDArray[np.float64],
    *,
    tick: float,
    period_s: float,
) -> npt.NDArray[np.float64]:
    """What each shift of the ticks before `tick` would have cost, s.

    Args:
        shifts: float64 (n,), s.
        ready: When frames became ready, rising, float64 (m,), s.
        tick: The next tick, s; the one before is too new to be judged.
        period_s: Between ticks, s.
    """
    count = int((tick - ready[0]) / period_s)
    ticks = tick + shifts[:, None] - period_s * np.arange(2, count + 2)
    newest = np.maximum(np.searchsorted(ready, ticks, side="right") - 1, 0)
    age = np.minimum(ticks - ready[newest], 2 * period_s).mean(axis=1)
    stale = (newest[:, :-1] == newest[:, 1:]).mean(axis=1)
    return np.asarray(age + _PRICE * period_s * stale + _REST * np.abs(shifts), np.float64)
