"""Sound finds its place whatever the clocks do, and never has a gap."""

from fractions import Fraction

import numpy as np
import pytest
from claps import picture

from livecam.frame import Frame
from livecam.media.sound import RATE_HZ, AudioChunk, Samples
from livecam.sinks.soundtrack import BLOCK, Soundtrack, VideoLatency

CHUNK = RATE_HZ // 100


def ramp(start: float, count: int = CHUNK, *, clock: float = 1.0) -> AudioChunk:
    """Sound whose value tells the time it was heard at; s of `clock`."""
    values = (10 + start + np.arange(count) / RATE_HZ * clock) / 1000
    return AudioChunk(np.stack([values, values]).astype(np.float32), start)


def taken(track: Soundtrack) -> Samples:
    blocks = track.blocks()
    assert all(block.shape == (2, BLOCK) for block in blocks)
    return np.concatenate([np.zeros((2, 0), np.float32), *blocks], axis=1)


def lag_ms(sound: Samples) -> np.ndarray:
    """How much later than it was heard each sample stands, ms; nan in silence."""
    at = np.arange(sound.shape[1]) / RATE_HZ
    return np.where(sound[0] == 0, np.nan, 1000 * (at + 10 - 1000 * sound[0]))


def test_sound_stands_as_late_as_asked_from_the_first_sample_on() -> None:
    track = Soundtrack(100.0)
    for number in range(200):
        chunk = ramp(number / 100)
        track.add(AudioChunk(chunk.samples, 100 + chunk.captured_at), delay_s=0.123)
    lag = lag_ms(taken(track))
    assert np.isnan(lag[: int(0.12 * RATE_HZ)]).all()
    assert np.nanmax(abs(lag - 123)) < 0.1


def test_what_was_heard_before_the_start_is_left_out() -> None:
    track = Soundtrack(1.0)
    for number in range(300):
        chunk = ramp(number / 100 - 1)
        track.add(AudioChunk(chunk.samples, chunk.captured_at + 1), delay_s=0.05)
    lag = lag_ms(taken(track))
    assert np.nanmax(abs(lag - 50)) < 0.1
    assert not np.isnan(lag[CHUNK:]).any()


@pytest.mark.parametrize("clock", [0.999, 1.001])
def test_a_microphone_whose_clock_is_wrong_is_followed(clock: float) -> None:
    track = Soundtrack(0.0)
    for number in range(3000):
        track.add(ramp(number / 100 * clock, clock=clock), delay_s=0.05)
    sound = taken(track)
    lag = lag_ms(sound)
    assert np.nanmax(abs(lag - 50)) < 5
    assert abs(sound.shape[1] / RATE_HZ - 30 * clock) < 0.1
    steps = np.diff(sound[0][CHUNK * 10 :])
    assert steps.max() < 3 / RATE_HZ / 1000  # stretched, nowhere cut


def test_a_latency_that_changes_is_followed_without_a_cut() -> None:
    track = Soundtrack(0.0)
    for number in range(1000):
        delay = 0.05 + min(max(number - 300, 0) / 100 * 0.05, 0.1)  # 100 ms more within 2 s
        track.add(ramp(number / 100), delay_s=delay)
    lag = lag_ms(taken(track))
    assert np.nanmax(abs(lag[: 3 * RATE_HZ] - 50)) < 5
    assert np.nanmax(abs(lag[8 * RATE_HZ :] - 150)) < 5
    steps = np.diff(lag[CHUNK * 10 :])
    assert np.nanmax(abs(steps)) < 0.1


def test_a_gap_becomes_silence_and_what_follows_stands_right() -> None:
    track = Soundtrack(0.0)
    for number in [*range(100), *range(150, 250)]:
        track.add(ramp(number / 100), delay_s=0.0)
        track.fill(number / 100 - 0.25)
    lag = lag_ms(taken(track))
    gap = slice(int(1.01 * RATE_HZ), int(1.49 * RATE_HZ))
    assert np.isnan(lag[gap]).all()
    assert np.nanmax(abs(lag)) < 0.1


def test_sound_heard_twice_is_cut() -> None:
    track = Soundtrack(0.0)
    for number in [*range(100), *range(80, 200)]:
        track.add(ramp(number / 100), delay_s=0.0)
    assert np.nanmax(abs(lag_ms(taken(track)))) < 0.1


def test_without_any_sound_there_is_silence_up_to_where_it_is_asked() -> None:
    track = Soundtrack(0.0)
    track.fill(2.0)
    sound = taken(track)
    assert sound.shape[1] == 2 * RATE_HZ // BLOCK * BLOCK
    assert not sound.any()
    track.fill(1.0)
    assert track.blocks() == []


def test_latency_is_that_of_new_frames() -> None:
    latency = VideoLatency()
    latency.measure(Frame(picture(0), -1, 9_900_000, Fraction(1, 1_000_000), 9.9))  # standby
    for number in range(100):
        pts, index = 10_000_000 + number * 33_333, number // 2  # each frame is shown twice
        captured_at = 10 + index * 2 * 0.033333 - 0.1
        latency.measure(Frame(picture(0), index, pts, Fraction(1, 1_000_000), captured_at))
    assert latency.seconds == pytest.approx(0.1, abs=0.001)
