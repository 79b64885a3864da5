"""Soft masks in crop space, and how soft edges rise."""

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.face import Points


def hull(points: Points) -> Points:
    """The corners of the convex hull of `points`, float32 (n, 2), in order."""
    corners = cv2.convexHull(points.astype(np.float32, copy=False))
    return np.asarray(corners, np.float32)[:, 0]


def polygon(contour: Points, width: int, height: int | None = None) -> NDArray[np.float32]:
    """1 inside the polygon `contour`, float32 (n, 2) px, 0 outside, antialiased.

    Returns:
        float32 (height, width), a square where no height is given.
    """
    drawn = np.zeros((height or width, width), np.uint8)
    fixed_point = [np.rint(contour * 256).astype(np.int32)]
    cv2.fillPoly(drawn, fixed_point, (255,), cv2.LINE_AA, shift=8)
    return drawn.astype(np.float32) / np.float32(255)


def smoothstep(values: NDArray[np.floating], low: float, high: float) -> NDArray[np.float32]:
    """0 up to `low`, 1 from `high`, and 3t² − 2t³ between."""
    t = np.clip((values - low) / (high - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def risen(value: float, low: float, high: float) -> float:
    """`smoothstep` of one number."""
    t = min(max((value - low) / (high - low), 0.0), 1.0)
    return t * t * (3 - 2 * t)
