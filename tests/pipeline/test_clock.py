"""The output's clock in simulated time: no threads, no waiting."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livecam.pipeline.clock import Clock


@dataclass
class Watched:
    """What a viewer saw of a simulated run."""

    waits_ms: list[float]
    """From ready to shown, of each frame that was shown."""
    intervals_ms: list[float]
    """Between pictures."""
    stale: int
    """Ticks without a new frame."""
    missed: int
    """Frames that were never shown."""


def watch(clock: Clock, ready: list[float], *, skip_s: float = 5.0, until: float = 0.0) -> Watched:
    """Shows the frames that become ready at these times, from `skip_s` on."""
    now = ready[0] - 0.217
    seen, taken, shown, waits, stale = 0, -1, [], [], 0
    begin = ready[0] + skip_s
    first: int | None = None

    def note(until: float) -> None:
        nonlocal seen
        while seen < len(ready) and ready[seen] <= until:
            clock.ready(ready[seen])
            seen += 1

    while seen < len(ready) or now < until:
        now = max(now, clock.next(now)) + 0.0001
        note(now)
        if seen - 1 == taken and seen < len(ready) and ready[seen] < clock.latest():
            now = ready[seen] + 0.0001
            note(now)
        if now > begin:
            first = seen - 1 if first is None else first
            shown.append(now)
            stale += seen - 1 == taken
            if seen - 1 != taken:
                waits.append(1000 * (now - ready[seen - 1]))
        taken = seen - 1
        now += 0.0005
    kept = len(waits)
    missed = seen - (first or 0) - kept
    return Watched(waits, list(1000 * np.diff(shown)), stale, missed)


def camera(
    rate: float, *, jitter: Callable[[random.Random], float], seconds: float = 40.0
) -> list[float]:
    """When frames become ready, s; in order."""
    chance = random.Random(3)
    times: list[float] = []
    for index in range(round(rate * seconds)):
        at = 1000 + index / rate + jitter(chance)
        times.append(max(at, times[-1] + 1e-4) if times else at)
    return times


def gauss(sigma_s: float) -> Callable[[random.Random], float]:
    return lambda chance: chance.gauss(0, sigma_s)


@pytest.mark.parametrize(
    ("rate", "jitter", "wait_ms", "missed"),
    [
        (30, gauss(0.0002), 1.5, 0.001),
        (30, gauss(0.001), 3.5, 0.005),
        (30, gauss(0.002), 6.0, 0.01),
        (30, gauss(0.004), 11.0, 0.02),
        (30, lambda chance: chance.expovariate(1 / 0.003), 11.0, 0.02),
        (29.97, gauss(0.001), 3.5, 0.005),
        (30.3, gauss(0.001), 3.5, 0.005),
        (29.7, gauss(0.001), 3.5, 0.005),
    ],
)
def test_frames_of_a_camera_like_the_output_hardly_wait(
    rate: float, jitter: Callable[[random.Random], float], wait_ms: float, missed: float
) -> None:
    watched = watch(Clock(Fraction(30)), camera(rate, jitter=jitter))
    assert np.median(watched.waits_ms) < wait_ms
    assert watched.missed <= missed * len(watched.waits_ms)
    assert watched.stale <= missed * len(watched.waits_ms)


@pytest.mark.parametrize(
    ("rate", "clock", "stale", "missed", "wait_ms"),
    [(24, 30, 0.2, 0.0, 17), (60, 30, 0.0, 1.0, 3), (30, 60, 0.5, 0.0, 3), (15, 30, 0.5, 0.0, 3)],
)
def test_other_rates(rate: int, clock: int, stale: float, missed: float, wait_ms: float) -> None:
    """Shares of stale ticks, and of missed frames for each one shown, are what they must be."""
    watched = watch(Clock(Fraction(clock)), camera(rate, jitter=gauss(0.001)))
    ticks = len(watched.intervals_ms) + 1
    assert watched.stale / ticks == pytest.approx(stale, abs=0.01)
    assert watched.missed / len(watched.waits_ms) == pytest.approx(missed, abs=0.01)
    assert np.median(watched.waits_ms) < wait_ms


def test_bursts_and_silence_leave_the_cadence_alone() -> None:
    ready = [1000 + second + n / 1000 for second in range(0, 40, 2) for n in range(10)]
    watched = watch(Clock(Fraction(30)), ready)
    assert min(watched.intervals_ms) > 29
    assert max(watched.intervals_ms) < 38


def test_silence_is_ticked_through_evenly() -> None:
    ready = camera(30, jitter=gauss(0.001), seconds=5)
    watched = watch(Clock(Fraction(30)), ready, skip_s=9, until=1020)
    assert watched.stale == len(watched.intervals_ms) + 1 > 300
    assert watched.intervals_ms == pytest.approx([1000 / 30] * len(watched.intervals_ms), abs=0.05)


@given(
    st.lists(st.floats(0.0001, 0.3), min_size=1, max_size=300),
    st.sampled_from([Fraction(24), Fraction(30000, 1001), Fraction(60)]),
)
@settings(max_examples=60)
def test_no_arrivals_move_a_tick_by_more_than_three_percent(
    gaps: list[float], rate: Fraction
) -> None:
    ready = list(np.cumsum(gaps) + 50.0)
    clock = Clock(rate)
    at = tick = clock.next(50.0)
    for _ in range(400):
        while ready and ready[0] <= at:
            clock.ready(ready.pop(0))
        assert clock.latest() <= tick + 0.1 / float(rate)
        at = tick
        tick = clock.next(at)
        assert abs((tick - at) * rate - 1) <= 0.03


@given(st.lists(st.floats(0, 0.4), min_size=1, max_size=100))
def test_late_ticks_are_left_out_and_never_made_up_for(busy: list[float]) -> None:
    clock = Clock(Fraction(30))
    now = last = clock.next(7.0)
    for busy_s in busy:
        now += busy_s
        tick = clock.next(now)
        assert tick >= now - clock.period_s / 2 - 1e-9
        assert tick > last
        assert (tick - 7.0) * 30 == pytest.approx(round((tick - 7.0) * 30), abs=1e-6)
        now, last = max(now, tick), tick


def test_nothing_is_waited_for_before_there_was_a_frame() -> None:
    clock = Clock(Fraction(30))
    tick = clock.next(5.0)
    assert clock.latest() <= tick


@pytest.mark.parametrize(("rate", "ahead_s"), [(30, 0.1 / 30), (15, 0.0)])
def test_a_frame_that_is_just_late_is_waited_for_a_little(rate: int, ahead_s: float) -> None:
    """But none that is only due at the tick after."""
    clock = Clock(Fraction(30))
    tick = clock.next(10.0)
    for index in range(60):
        if (index * rate) % 30 == 0:
            clock.ready(tick - 0.001)
        tick = clock.next(tick)
    assert clock.latest() == pytest.approx(tick + (0.1 / 30), abs=1e-6)
    clock.ready(tick)
    tick = clock.next(tick)
    assert clock.latest() == pytest.approx(tick + ahead_s, abs=1e-6)
