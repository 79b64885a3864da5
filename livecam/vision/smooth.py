"""Smoothing of repeated measurements: what is still comes to rest, what is fast does not lag."""

import math

import numpy as np
from numpy.typing import NDArray

Signal = NDArray[np.float32]
"""float32 (n, d): n points of d coordinates."""


class OneEuro:
    """The One-Euro filter of points, around a prediction.

    Casiez, Roussel, Vogel: “1 € Filter” (CHI 2012). A low-pass whose cutoff rises with the speed
    of the signal: `cutoff_hz + responsiveness × speed`. Here it is told how far a measurement lies
    from where the point was predicted, so the speed is that of the prediction's error: a point
    whose motion is predicted well is smoothed hard however fast it moves. With the last estimate
    as the prediction it is the filter of the paper.

    Args:
        cutoff_hz: Cutoff at rest; one number, or (n, 1) for each point its own.
        responsiveness: Cutoff gained per unit of speed, 1/unit of the signal; as `cutoff_hz`.
        speed_cutoff_hz: Cutoff of the low-pass that the speed is read through; as `cutoff_hz`.
    """

    def __init__(
        self,
        *,
        cutoff_hz: float | Signal,
        responsiveness: float | Signal,
        speed_cutoff_hz: float | Signal,
    ) -> None:
        self._cutoff_hz = cutoff_hz
        self._responsiveness = responsiveness
        self._speed_cutoff_hz = speed_cutoff_hz
        self._velocity: Signal = np.zeros((1, 1), np.float32)

    def correction(self, error: Signal, interval_s: float) -> Signal:
        """What to add to the prediction, given `error` = measurement − prediction.

        Args:
            error: float32 (n, d), in the signal's unit.
            interval_s: Time since the last call, s, > 0.
        """
        share = _share(self._speed_cutoff_hz, interval_s)
        self._velocity = self._velocity + share * (error / interval_s - self._velocity)
        speed = np.sqrt(np.einsum("nd,nd->n", self._velocity, self._velocity))[:, None]
        correction: Signal = error * _share(
            self._cutoff_hz + self._responsiveness * speed, interval_s
        )
        return correction


def _share(cutoff_hz: float | Signal, interval_s: float) -> float | Signal:
    """α of a first-order low-pass: α = 1 / (1 + τ/Δt) with τ = 1 / (2π f)."""
    angle = 2 * math.pi * interval_s * cutoff_hz
    return angle / (1 + angle)
