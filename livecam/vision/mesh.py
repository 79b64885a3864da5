"""What is read off a landmarker's points, and how they are set upright."""

import math

import numpy as np

from livecam.face import Box, Mesh, Points
from livecam.picture import Affine
from livecam.vision.geometry import extent, scale, transform
from livecam.vision.layout import layout_of

_LEAST_EXTENT = 1e-3
"""For points that are one point, px."""


def five_points(points: Points | Mesh) -> Points:
    """The middles of the eyes, nose tip and mouth corners of a face, float32 (5, 2)."""
    parts = points.take(layout_of(points).five, axis=0)
    middles: Points = parts[..., :2].sum(axis=0) / np.float32(len(parts))
    return middles


def eye_distance(points: Points | Mesh) -> float:
    """The distance between the outer corners of the eyes, in the unit of `points`.

    Args:
        points: float32 (n, 2), or (n, 3) to count depth too.
    """
    left, right = layout_of(points).outer_eye_corners
    return math.dist(points[left].tolist(), points[right].tolist())


def face_box(points: Points | Mesh) -> Box:
    """The upright box round a face from chin to forehead, px."""
    flat = points[:, :2]
    forehead = layout_of(points).forehead
    if forehead:
        left, right, _, *mouth = five_points(points)
        up = (left + right) - (mouth[0] + mouth[1])
        up = up / max(float(np.hypot(*up)), _LEAST_EXTENT)
        flat = np.concatenate([flat, flat + forehead * np.ptp(flat @ up) * up])
    return Box(*extent(flat))


def upright(
    points: Points | Mesh,
    side: int,
    margin: float | tuple[float, float],
    *,
    forehead: float = 0.0,
) -> Affine:
    """The map that makes the eye line level and puts the face's box into the middle of a crop.

    Args:
        points: Of the face, float32 (n, 2 or 3).
        side: Of the crop, px.
        margin: The crop's side over the larger side of the box; or its width and its height over
            those of the box, each by itself: the face is then stretched to fill the crop.
        forehead: How far the box reaches above the points, as a share of their height.

    Returns:
        float32 (2, 3).
    """
    (left_x, left_y), (right_x, right_y) = five_points(points)[:2].tolist()
    across, down = right_x - left_x, right_y - left_y
    length = math.hypot(across, down) or 1.0
    cosine, sine = across / length, down / length
    rotation = np.array([[cosine, sine], [-sine, cosine]], np.float32)
    turned = rotation @ points[:, :2].T
    (left, top), (right, bottom) = turned.min(axis=1).tolist(), turned.max(axis=1).tolist()
    top -= forehead * (bottom - top)
    width, height = max(right - left, _LEAST_EXTENT), max(bottom - top, _LEAST_EXTENT)
    if isinstance(margin, tuple):
        gain_x, gain_y = side / (margin[0] * width), side / (margin[1] * height)
    else:
        gain_x = gain_y = side / (margin * max(width, height))
    middle = (side - 1) / 2
    shift_x, shift_y = middle - gain_x * (left + right) / 2, middle - gain_y * (top + bottom) / 2
    return np.array(
        [
            [gain_x * cosine, gain_x * sine, shift_x],
            [gain_y * -sine, gain_y * cosine, shift_y],
        ],
        np.float32,
    )


def carried(points: Points | Mesh, affine: Affine) -> Points | Mesh:
    """`points`, float32 (n, 2 or 3), where `affine` takes them; depth, if any, scaled alike."""
    if points.shape[1] == 2:
        return transform(points, affine)
    (a, b, x), (c, d, y) = affine.tolist()
    linear = np.array([[a, c, 0], [b, d, 0], [0, 0, scale(affine)]], np.float32)
    moved: Mesh = points @ linear + np.array([x, y, 0], np.float32)
    return moved
