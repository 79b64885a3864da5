"""What is read off a FaceMesh mesh, and how it is set upright."""

import math

import numpy as np

from livecam.face import Mesh, Points
from livecam.picture import Affine
from livecam.vision.facemesh import (
    LEFT_EYE_CORNERS,
    MOUTH_CORNERS,
    NOSE_TIP,
    OUTER_EYE_CORNERS,
    RIGHT_EYE_CORNERS,
)
from livecam.vision.geometry import scale, transform

_LEAST_EXTENT = 1e-3
"""For a mesh that is one point, px."""
_FIVE = np.array(
    [LEFT_EYE_CORNERS, RIGHT_EYE_CORNERS, (NOSE_TIP, NOSE_TIP), *((m, m) for m in MOUTH_CORNERS)]
)
"""The two points in whose middle each of the five lies."""


def five_points(mesh: Mesh) -> Points:
    """The middles of the eyes, nose tip and mouth corners of a mesh, float32 (5, 2)."""
    one, other = mesh.take(_FIVE.T, axis=0)
    middles: Points = (one[:, :2] + other[:, :2]) / np.float32(2)
    return middles


def eye_distance(points: Points | Mesh) -> float:
    """The distance between the outer corners of the eyes, in the unit of `points`.

    Args:
        points: float32 (468, 2), or (468, 3) to count depth too.
    """
    left, right = OUTER_EYE_CORNERS
    return math.dist(points[left].tolist(), points[right].tolist())


def upright(mesh: Mesh, side: int, margin: float) -> Affine:
    """The map that makes the eye line level and the mesh `side / margin` px large, in the middle.

    Returns:
        float32 (2, 3).
    """
    (left_x, left_y), (right_x, right_y) = five_points(mesh)[:2].tolist()
    across, down = right_x - left_x, right_y - left_y
    length = math.hypot(across, down) or 1.0
    cosine, sine = across / length, down / length
    rotation = np.array([[cosine, sine], [-sine, cosine]], np.float32)
    turned = rotation @ mesh[:, :2].T
    (left, top), (right, bottom) = turned.min(axis=1).tolist(), turned.max(axis=1).tolist()
    gain = side / (margin * max(right - left, bottom - top, _LEAST_EXTENT))
    middle = (side - 1) / 2
    shift_x, shift_y = middle - gain * (left + right) / 2, middle - gain * (top + bottom) / 2
    cosine, sine = gain * cosine, gain * sine
    return np.array([[cosine, sine, shift_x], [-sine, cosine, shift_y]], np.float32)


def carried(mesh: Mesh, affine: Affine) -> Mesh:
    """`mesh` where the similarity `affine` takes it, depth scaled alike."""
    moved = np.empty_like(mesh)
    moved[:, :2] = transform(mesh[:, :2], affine)
    moved[:, 2] = mesh[:, 2] * np.float32(scale(affine))
    return moved
