"""Soft masks in crop space, and how soft edges rise."""

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.face import Points
from livecam.picture import Mask


def hull(points: Points, size: int, *, feather: float) -> Mask:
    """The convex hull of `points`, its edge falling off to the inside.

    Args:
        points: float32 (n, 2), px of the crop; may lie outside of it.
        size: Extent of the crop, px.
        feather: How far from the edge the mask is full, px; 0 for a hard edge.

    Returns:
        uint8 (size, size): 255 inside, falling to 0 at the edge.
    """
    outline = cv2.convexHull(np.rint(points).astype(np.int32))
    solid = np.zeros((size, size), np.uint8)
    cv2.fillConvexPoly(solid, np.asarray(outline, np.int32), 255)
    if feather <= 0:
        return solid
    depth = cv2.distanceTransform(solid, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return np.asarray(cv2.convertScaleAbs(depth, alpha=255 / feather), np.uint8)


def polygon(contour: Points, size: int) -> NDArray[np.float32]:
    """1 inside the polygon `contour`, float32 (n, 2) px, 0 outside, antialiased.

    Returns:
        float32 (size, size).
    """
    drawn = np.zeros((size, size), np.uint8)
    fixed_point = [np.rint(contour * 256).astype(np.int32)]
    cv2.fillPoly(drawn, fixed_point, (255,), cv2.LINE_AA, shift=8)
    return drawn.astype(np.float32) / np.float32(255)


def smoothstep(values: NDArray[np.floating], low: float, high: float) -> NDArray[np.float32]:
    """0 up to `low`, 1 from `high`, and 3t² − 2t³ between."""
    t = np.clip((values - low) / (high - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)
