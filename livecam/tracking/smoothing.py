"""Where a face is, from where motion says it is and where the landmarker sees it.

Optical flow is precise from one frame to the next but drifts; the landmarker does not drift but
trembles by 1 % of the eye distance. So flow predicts, and the landmarker's difference from the
prediction is let in through One-Euro filters: one for the pose of the whole face, one for the
expression.
"""

import numpy as np
from numpy.typing import NDArray

from livecam.face import Mesh, Points
from livecam.tracking.motion import face_size
from livecam.vision.layout import Layout
from livecam.vision.smooth import OneEuro


class PointSmoother:
    """The estimate of where one face's points are, frame after frame."""

    def __init__(self, layout: Layout) -> None:
        # Tuned on clips with ground truth: the tremble left against the lag of lids and lips.
        self._pose = OneEuro(cutoff_hz=1.0, responsiveness=3.0, speed_cutoff_hz=1.5)
        self._expression = OneEuro(
            cutoff_hz=_per_point(layout, skin=0.5, lively=1.5),
            responsiveness=_per_point(layout, skin=6.0, lively=20.0),
            speed_cutoff_hz=_per_point(layout, skin=3.0, lively=60.0),
        )

    def update(
        self, predicted: Points | Mesh, measured: Points | Mesh, interval_s: float
    ) -> Points | Mesh:
        """The estimate, given where motion `predicted` and the landmarker `measured` the points."""
        size = face_size(predicted)
        error = (measured - predicted) / size
        flat = predicted[:, :2]
        centred = (flat - _mean(flat)) / size
        pose = _pose_error(centred, error[:, :2])
        error[:, :2] -= _field(centred, pose)
        correction = self._expression.correction(error, interval_s)
        correction[:, :2] += _field(centred, self._pose.correction(pose, interval_s))
        estimate: Points = predicted + correction * size
        return estimate


def _per_point(layout: Layout, *, skin: float, lively: float) -> NDArray[np.float32]:
    """float32 (n, 1): one value for lids and lips, another for all else."""
    values = np.full((layout.count, 1), skin, np.float32)
    values[layout.lively] = lively
    return values


def _pose_error(centred: NDArray[np.float32], error: NDArray[np.float32]) -> NDArray[np.float32]:
    """The part of `error` that a similarity makes, by least squares.

    Args:
        centred: float32 (n, 2), points about their mean.
        error: float32 (n, 2), how far each is off.

    Returns:
        float32 (1, 4): growth, turn, shift in x and in y; as far as a point at distance 1 moves.
    """
    (along, out), (back, across) = (centred.T @ error).tolist()
    spread = float(np.vdot(centred, centred))
    right, down = _mean(error).tolist()
    return np.array([[(along + across) / spread, (out - back) / spread, right, down]], np.float32)


def _mean(points: NDArray[np.float32]) -> NDArray[np.float32]:
    """The mean point of float32 (n, 2); a product, for NumPy is slow at sums over few columns."""
    mean: NDArray[np.float32] = np.full(len(points), 1 / len(points), np.float32) @ points
    return mean


def _field(centred: NDArray[np.float32], pose: NDArray[np.float32]) -> NDArray[np.float32]:
    """How far each point moves under `pose`, float32 (n, 2): the inverse of `_pose_error`."""
    growth, turn, right, down = pose[0]
    linear = np.array([[growth, turn], [-turn, growth]], np.float32)
    return centred @ linear + np.array([right, down], np.float32)
