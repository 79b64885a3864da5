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


def five_points(mesh: Mesh) -> Points:
    """The middles of the eyes, nose tip and mouth corners of a mesh, float32 (5, 2)."""
    points = mesh[:, :2]
    eyes = [points[list(pair)].mean(axis=0) for pair in (LEFT_EYE_CORNERS, RIGHT_EYE_CORNERS)]
    return np.concatenate([eyes, points[[NOSE_TIP, *MOUTH_CORNERS]]])


def eye_distance(points: Points | Mesh) -> float:
    """The distance between the outer corners of the eyes, in the unit of `points`.

    Args:
        points: float32 (468, 2), or (468, 3) to count depth too.
    """
    left, right = OUTER_EYE_CORNERS
    return float(np.linalg.norm(points[left] - points[right]))


def upright(mesh: Mesh, side: int, margin: float) -> Affine:
    """The map that makes the eye line level and the mesh `side / margin` px large, in the middle.

    Returns:
        float32 (2, 3).
    """
    left, right = five_points(mesh)[:2]
    across, down = (right - left).tolist()
    length = math.hypot(across, down) or 1.0
    cosine, sine = across / length, down / length
    rotation = np.array([[cosine, sine], [-sine, cosine]], np.float32)
    turned = mesh[:, :2] @ rotation.T
    low, high = turned.min(axis=0), turned.max(axis=0)
    gain = side / (margin * max(*(high - low).tolist(), _LEAST_EXTENT))
    shift = (side - 1) / 2 - gain * (low + high) / 2
    return np.column_stack([rotation * gain, shift]).astype(np.float32)


def carried(mesh: Mesh, affine: Affine) -> Mesh:
    """`mesh` where the similarity `affine` takes it, depth scaled alike."""
    depth = mesh[:, 2:] * np.float32(scale(affine))
    return np.concatenate([transform(mesh[:, :2], affine), depth], axis=1)
