"""How a face moved from one frame to the next, and whether it moved as one thing."""

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from livecam.face import Mesh, Points
from livecam.picture import Affine, Plane
from livecam.vision.flow import follow
from livecam.vision.geometry import similarity, transform
from livecam.vision.layout import Indices, layout_of
from livecam.vision.mesh import carried, eye_distance, five_points

_FEWEST = 8
_TOLERANCE = 0.04
"""Of the face's size: how far a point may be from the common motion and still agree with it."""
_REACH = 0.15
"""Of the face's size: how far around it a followed point speaks for the skin."""


_TALL = 1.3
"""The distance of the outer corners of the eyes over that of eyes and mouth, of a face that looks
straight ahead; the mean of the rendered people."""


@dataclass(frozen=True, slots=True, eq=False)
class Motion:
    """Where a face's points went."""

    points: Points | Mesh
    """Where they should lie now; where they lay, when `agreement` is 0."""
    agreement: float
    """Share of the followed points that were found again and moved as one, 0–1."""


def face_size(points: Points | Mesh) -> float:
    """The distance of the outer corners of the eyes in space, px: about the same at any yaw.

    Without depth it is read off the height of the face where the head is turned away.
    """
    size = eye_distance(points)
    if points.shape[1] == 2:
        left, right, _, *mouth = five_points(points).tolist()
        eyes, lips = _middle(left, right), _middle(*mouth)
        size = max(size, _TALL * math.dist(eyes, lips))
    return max(size, 1.0)


def reach(points: Points | Mesh) -> NDArray[np.float32]:
    """How much each followed point says about each point of a face like `points`.

    Returns:
        float32 (n, followed): falls from 1 with the distance in space.
    """
    followed = points[layout_of(points).followed]
    distance = np.linalg.norm(points[:, None] - followed[None], axis=2) / face_size(points)
    weights: NDArray[np.float32] = np.exp(-0.5 * np.square(distance / _REACH))
    return weights


def propagate(
    before: Plane, after: Plane, points: Points | Mesh, near: NDArray[np.float32]
) -> Motion:
    """How the face at `points` moved between two luma planes.

    The common motion is a similarity; what single points did besides, within reason, is passed on
    to the skin around them.

    Args:
        before: uint8 (h, w).
        after: uint8 (h, w).
        points: The face in `before`, float32 (n, 2 or 3).
        near: `reach` of this face.
    """
    followed = np.ascontiguousarray(points[layout_of(points).followed, :2])
    flow = follow(before, after, followed)
    size = face_size(points)
    fit = _common_motion(followed[flow.kept], flow.points[flow.kept], tolerance=_TOLERANCE * size)
    if fit is None:
        return Motion(points, agreement=0.0)
    residual = flow.points - transform(followed, fit)
    off = np.einsum("nd,nd->n", residual, residual) / np.float32(_TOLERANCE * size) ** 2
    # A point that strays counts less and less (the biweight of Beaton and Tukey, 1974).
    trust = np.square(np.maximum(1 - off, 0)) * flow.kept
    told = near @ np.vstack([residual.T * trust, trust]).T
    moved = carried(points, fit)
    moved[:, :2] += told[:, :2] / (told[:, 2:] + np.float32(0.5))
    return Motion(moved, agreement=np.count_nonzero(trust) / len(trust))


def _middle(one: list[float], other: list[float]) -> tuple[float, float]:
    return (one[0] + other[0]) / 2, (one[1] + other[1]) / 2


def _common_motion(before: Points, after: Points, *, tolerance: float) -> Affine | None:
    """The similarity most points agree on: least median of squares, then least squares.

    Rousseeuw, “Least median of squares regression” (1984): holds with almost half of the points
    astray. The candidates are pairs far apart in the list, hence in the face, not drawn by chance:
    the same points always give the same motion. In the plane a similarity is one complex factor.
    """
    count = len(before)
    if count < _FEWEST:
        return None
    origin = before[0]
    z, w = ((points - origin).view(np.complex64).ravel() for points in (before, after))
    first, partners = _pairs(count)
    across = z[partners] - z[first]
    apart = np.abs(across) > tolerance
    first, partners, across = first[apart], partners[apart], across[apart]
    if not len(first):
        return None
    factor = (w[partners] - w[first]) / across
    shift = w[first] - factor * z[first]
    off = factor[:, None] * z + shift[:, None] - w
    misses = np.square(off.real) + np.square(off.imag)
    best = misses[np.argmin(np.partition(misses, count // 2, axis=1)[:, count // 2])]
    close = best < tolerance**2
    if np.count_nonzero(close) < _FEWEST:
        return None
    return similarity(before[close], after[close])


@cache
def _pairs(count: int) -> tuple[Indices, Indices]:
    """Which of `count` points in a list are far apart in it: half of it, or a third."""
    apart = np.array([count // 2, count // 3])
    first = np.concatenate([np.arange(count - gap) for gap in apart])
    return first, first + np.repeat(apart, count - apart)
