"""How a head is turned: a mesh fitted to another in three dimensions."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from livecam.face import Mesh
from livecam.vision.facemesh import RIGID

_RIGID = np.array(RIGID)
_LEFT_EAR, _RIGHT_EAR = 234, 454


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
        a, b = source[_RIGID].astype(np.float64), target[_RIGID].astype(np.float64)
        middle_a, middle_b = a.mean(axis=0), b.mean(axis=0)
        a, b = a - middle_a, b - middle_b
        u, singular, vt = np.linalg.svd(b.T @ a)
        signs = np.array([1.0, 1.0, np.sign(np.linalg.det(u @ vt))])
        rotation = (u * signs) @ vt
        scale = float(singular @ signs / (a * a).sum())
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
    across = mesh[_LEFT_EAR] - mesh[_RIGHT_EAR]
    return float(np.degrees(np.arctan2(-across[2], -across[0])))
