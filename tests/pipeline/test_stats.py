import threading
import time

import pytest

from livecam.pipeline.stats import WINDOW, Cadence, Drops, Rate, Timings


def test_quantiles_are_nearest_ranks() -> None:
    timings = Timings()
    for duration in range(1, 101):
        timings.add("warp", duration / 1000)
    timing = timings.summary()["warp"]
    assert (timing.p50_ms, timing.p95_ms, timing.p99_ms) == (50.0, 95.0, 99.0)
    assert timing.count == 100


def test_one_measurement_is_both_quantiles() -> None:
    timings = Timings()
    timings.add("warp", 0.25)
    timing = timings.summary()["warp"]
    assert (timing.p50_ms, timing.p95_ms, timing.count) == (250.0, 250.0, 1)


def test_only_the_newest_count() -> None:
    timings = Timings()
    for duration in [9.0] * WINDOW + [0.001] * WINDOW:
        timings.add("warp", duration)
    timing = timings.summary()["warp"]
    assert timing.p95_ms == pytest.approx(1)
    assert timing.count == 2 * WINDOW


def test_a_stage_measures_its_block_and_skips_what_raised() -> None:
    timings = Timings()
    with timings.stage("nap"):
        time.sleep(0.02)
    with pytest.raises(ZeroDivisionError), timings.stage("nap"):
        _ = 1 / 0
    timing = timings.summary()["nap"]
    assert timing.count == 1
    assert 20 <= timing.p50_ms < 500


def test_rate() -> None:
    rate = Rate()
    assert rate.per_second == 0
    rate.tick()
    assert rate.per_second == 0
    for _ in range(4):
        time.sleep(0.02)
        rate.tick()
    assert rate.count == 5
    assert 10 < rate.per_second <= 50


def test_timings_are_read_while_they_are_written() -> None:
    timings = Timings()

    def write() -> None:
        for n in range(5000):
            timings.add(f"stage {n % 7}", 0.001)

    threads = [threading.Thread(target=write, name="livecam-test-write") for _ in range(2)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        timings.summary()
    assert sum(timing.count for timing in timings.summary().values()) == 10_000


def test_a_rate_at_present_falls_when_nothing_comes() -> None:
    rate = Rate()
    assert rate.at_present == 0
    for _ in range(11):
        rate.tick()
        time.sleep(0.02)
    busy = rate.at_present
    assert 5 < busy < 60
    time.sleep(0.4)
    assert rate.at_present < 0.7 * busy


def test_cadence_is_the_distance_from_even() -> None:
    cadence = Cadence(0.1)
    assert cadence.jitter_p99_ms == 0
    cadence.tick(5.0)
    assert cadence.jitter_p99_ms == 0
    for n in range(1, 100):
        cadence.tick(5.0 + 0.1 * n)
    assert cadence.jitter_p99_ms == pytest.approx(0, abs=1e-6)
    cadence.tick(5.0 + 10.02)
    cadence.tick(5.0 + 10.1)
    assert cadence.jitter_p99_ms == pytest.approx(20)


def test_drops_add_up() -> None:
    assert Drops(capture=3, process=4).total == 7
