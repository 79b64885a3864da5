"""Soft masks in crop space, and how soft edges rise."""

from functools import lru_cache

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


@lru_cache(maxsize=16)
def box(
    size: int,
    *,
    padding: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0),
    blur: float = 0.15,
) -> NDArray[np.float32]:
    """1 in the middle of a square crop, 0 along its border, with a soft edge and soft corners.

    Args:
        size: Side of the crop, px.
        padding: How much is 0 at the top, right, bottom and left, shares of the side.
        blur: Over how much it then rises to 1, share of the side; the rise is at least a px.

    Returns:
        float32 (size, size), made once for all who ask and not to be written.
    """
    top, right, bottom, left = (share * (size - 1) for share in padding)
    rise = max(blur * size, 1.0)
    at = np.arange(size, dtype=np.float32)

    def across(before: float, after: float) -> NDArray[np.float32]:
        return smoothstep(np.minimum(at - before, size - 1 - after - at), 0.0, rise)

    mask = np.outer(across(top, bottom), across(left, right))
    mask.flags.writeable = False
    return mask


def soft_eroded(mask: NDArray[np.float32], sigma: float) -> NDArray[np.float32]:
    """`mask`, 0–1, with an edge that rises over some 2 `sigma` px, all of it within the old one."""
    blurred = cv2.GaussianBlur(mask, (0, 0), sigma)
    return np.asarray((np.clip(blurred, 0.5, 1) - np.float32(0.5)) * np.float32(2), np.float32)


def smoothstep(values: NDArray[np.floating], low: float, high: float) -> NDArray[np.float32]:
    """0 up to `low`, 1 from `high`, and 3t² − 2t³ between."""
    t = np.clip((values - low) / (high - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def risen(value: float, low: float, high: float) -> float:
    """`smoothstep` of one number."""
    t = min(max((value - low) / (high - low), 0.0), 1.0)
    return t * t * (3 - 2 * t)
