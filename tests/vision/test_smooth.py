"""The One-Euro filter: what rests is calmed, what moves is not held back, at any frame rate."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from livecam.vision.smooth import OneEuro


def filtered(
    signal: NDArray[np.float32], rate_hz: float, **options: float | NDArray[np.float32]
) -> NDArray[np.float32]:
    """The filter of the paper: each estimate is the prediction of the next."""
    filter_ = OneEuro(
        **{"cutoff_hz": 1.0, "responsiveness": 0.0, "speed_cutoff_hz": 1.0, **options}
    )
    estimate, estimates = signal[0], [signal[0]]
    for value in signal[1:]:
        estimate = estimate + filter_.correction(value - estimate, 1 / rate_hz)
        estimates.append(estimate)
    return np.stack(estimates)


def step(rate_hz: float, duration_s: float = 1.0) -> NDArray[np.float32]:
    values = np.ones((int(rate_hz * duration_s) + 1, 1, 2), np.float32)
    values[0] = 0
    return values


def test_at_rest_it_is_the_low_pass_of_its_cutoff() -> None:
    after_tau = filtered(step(1000), 1000)[round(1000 / (2 * math.pi)), 0, 0]
    assert after_tau == pytest.approx(1 - math.exp(-1), abs=0.01)


@pytest.mark.parametrize("rate_hz", [24, 60, 120])
def test_it_acts_alike_at_any_frame_rate(rate_hz: int) -> None:
    options = {"cutoff_hz": 0.7, "responsiveness": 0.3}
    seconds = np.arange(0.2, 1.01, 0.2)
    here, there = (
        filtered(step(rate), rate, **options)[np.rint(seconds * rate).astype(int), 0, 0]
        for rate in (rate_hz, 30)
    )
    np.testing.assert_allclose(here, there, atol=0.06)


def test_tremble_is_calmed() -> None:
    noise = np.random.default_rng(0).normal(size=(600, 20, 2)).astype(np.float32) * 0.01
    calmed = filtered(noise, 30, responsiveness=2.0)
    assert calmed[60:].std() < 0.4 * noise.std()


def test_a_fast_signal_is_not_held_back() -> None:
    ramp = np.linspace(0, 3, 31, dtype=np.float32)[:, None, None]  # 3 units in a second
    slow = filtered(ramp, 30)
    quick = filtered(ramp, 30, responsiveness=5.0)
    assert ramp[-1] - slow[-1] > 0.3
    assert ramp[-1] - quick[-1] < 0.05


def test_a_well_predicted_motion_leaves_no_lag_however_fast() -> None:
    filter_ = OneEuro(cutoff_hz=1.0, responsiveness=0.0, speed_cutoff_hz=1.0)
    estimate = np.zeros((1, 2), np.float32)
    for n in range(1, 31):
        truth = np.full((1, 2), 0.3 * n, np.float32)
        predicted = estimate + np.float32(0.3)
        estimate = predicted + filter_.correction(truth - predicted, 1 / 30)
    np.testing.assert_allclose(estimate, 9, atol=1e-4)


def test_every_point_may_have_its_own_cutoff() -> None:
    signal = np.repeat(step(30), 2, axis=1)
    cutoff_hz = np.array([[0.5], [8.0]], np.float32)
    both = filtered(signal, 30, cutoff_hz=cutoff_hz)
    for n in range(2):
        alone = filtered(signal[:, n : n + 1], 30, cutoff_hz=cutoff_hz[n, 0])
        np.testing.assert_allclose(both[:, n : n + 1], alone, rtol=1e-5)
