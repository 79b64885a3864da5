"""How a head is turned: a mesh fitted to another in three dimensions."""

import math
from dataclasses import dataclass
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.face import Mesh, Points
from livecam.vision.facemesh import RIGID

_RIGID = np.array(RIGID)
_LEFT_EAR, _RIGHT_EAR = 234, 454
_NOSE = 0.6
"""How far the tip of the nose stands out before eyes and mouth, in distances of the eyes."""


@dataclass(frozen=True, slots=True, eq=False)
class Pose:
    """A similarity of space: `scale * rotation @ point + shift`."""

    scale: float
    rotation: NDArray[np.float64]
    """(3, 3), a proper rotation."""
    shift: NDArray[np.float64]
    """(3,)"""

    @classmethod
    def between(cls, source: Mesh, target: Mesh) -> Self:
        """The pose that brings the stiff parts of `source` onto those of `target`.

        Least squares; Umeyama, IEEE TPAMI 13(4), 1991.
        """
        a = source.take(_RIGID, axis=0).astype(np.float64)
        b = target.take(_RIGID, axis=0).astype(np.float64)
        middle_a, middle_b = a.sum(axis=0) / len(a), b.sum(axis=0) / len(b)
        a -= middle_a
        b -= middle_b
        singular, u, vt = cv2.SVDecomp(b.T @ a)  # a tenth of NumPy's time
        signs = np.array([1.0, 1.0, math.copysign(1, cv2.determinant(u @ vt))])
        rotation = np.asarray((u * signs) @ vt, np.float64)
        scale = float((signs @ singular).item() / np.vdot(a, a))
        return cls(scale, rotation, middle_b - scale * rotation @ middle_a)

    def apply(self, mesh: Mesh) -> Mesh:
        """`mesh`, float32 (n, 3), where the pose takes it."""
        moved = self.scale * (mesh @ self.rotation.T) + self.shift
        return moved.astype(np.float32)

    def turn(self, offsets: Mesh) -> Mesh:
        """Differences of points, float32 (n, 3), scaled and turned but not shifted."""
        turned = self.scale * (offsets @ self.rotation.T)
        return turned.astype(np.float32)


def yaw_deg(mesh: Mesh) -> float:
    """How far the head is turned about the vertical axis, degrees; > 0 to the picture's right.

    Read off the depth between the points before both ears, which no expression moves.
    """
    left, _, left_depth = mesh[_LEFT_EAR].tolist()
    right, _, right_depth = mesh[_RIGHT_EAR].tolist()
    return math.degrees(math.atan2(right_depth - left_depth, right - left))


def turned_deg(landmarks: Points) -> float:
    """`yaw_deg` from five points, float32 (5, 2), by where the nose stands: to within some 10°."""
    (left, right, nose, *mouth) = landmarks.astype(np.float64)
    eyes, chin = (left + right) / 2, (mouth[0] + mouth[1]) / 2
    down_x, down_y = (chin - eyes).tolist()
    across = np.array([down_y, -down_x])
    aside = float((nose - (eyes + chin) / 2) @ across)
    return math.degrees(math.atan2(aside / _NOSE, float((right - left) @ across)))
