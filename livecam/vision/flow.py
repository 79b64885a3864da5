"""Optical flow: where points of one picture lie in the next."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.face import Points
from livecam.picture import Plane
from livecam.vision.geometry import extent

_WINDOW = 8, 12
"""px of the halved region, width and height. OpenCV takes eight samples of a row at a time: 11 × 11
and 16 × 8 measured no better, and take half and a quarter as long again."""
_LEVELS = 3
"""Halvings: motion up to some 8 windows, half the eye distance and more between two frames."""
_STOP = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 15, 0.02)
_MARGIN = 0.25
"""Of the points' extent: the room in which they may move."""
_SPAN = 150
"""px: what the points span after halving, within a factor of √2."""
_LIGHT = 0.05
"""A change of brightness this small does no harm, and may be that of the background."""
_RETURN = 0.7
"""px of the halved region that a point may be off after going forth and back."""


@dataclass(frozen=True, slots=True, eq=False)
class Flow:
    """Where points went."""

    points: Points
    """float32 (n, 2) px; meaningless where `kept` is False."""
    kept: NDArray[np.bool_]
    """bool (n,): the point was found again, and going back leads to where it came from."""


def follow(before: Plane, after: Plane, points: Points) -> Flow:
    """The `points` of `before` as they lie in `after`, with a forward–backward check.

    Pyramidal Lucas–Kanade (Bouguet, 2000) on the region around the points alone, halved until it
    is about as small as it may be: the work hardly depends on the size of frame or face.

    Args:
        before: uint8 (h, w), a luma plane.
        after: uint8 (h, w), the luma plane of the next frame.
        points: float32 (n, 2) px; those outside the frame are not kept.
    """
    height, width = before.shape
    low_x, low_y, high_x, high_y = extent(points)
    span = max(high_x - low_x, high_y - low_y, 1.0)
    halvings = max(round(math.log2(span / _SPAN)), 0)
    step, margin = 2**halvings, _MARGIN * span
    left, columns = _blocks(low_x - margin, high_x + margin, width, step)
    top, rows = _blocks(low_y - margin, high_y + margin, height, step)
    if min(columns, rows) < max(_WINDOW):
        return Flow(points=points, kept=np.zeros(len(points), bool))
    region = np.s_[top : top + rows * step, left : left + columns * step]
    first, second = _halve(before[region], halvings), _halve(after[region], halvings)
    second = _relit(second, first)
    # Pixel centres at integers: the first small pixel stands at (step − 1) / 2 of the large ones.
    origin = np.array([left, top], np.float32) + (step - 1) / 2
    start = (points - origin) / np.float32(step)
    end, found = _lucas_kanade(first, second, start)
    back, found_back = _lucas_kanade(second, first, end)
    kept = found & found_back & (np.hypot(*(back - start).T) < _RETURN)
    middle = np.array([columns - 1, rows - 1], np.float32) / 2
    kept &= (np.abs(np.array([start, end]) - middle) <= middle).all(axis=(0, 2))
    return Flow(points=end * np.float32(step) + origin, kept=kept)


def _blocks(low: float, high: float, size: int, step: int) -> tuple[int, int]:
    """Where the blocks of `step` px that hold `low` to `high` begin, px, and how many there are.

    Blocks count from 0, and all of them lie within `size`.
    """
    first = max(math.floor(low / step), 0)
    return first * step, min(math.ceil((high - low) / step), (size - first * step) // step)


def _halve(plane: Plane, times: int) -> Plane:
    for _ in range(times):
        # Exactly half: OpenCV's fast path, a tenth of what another factor costs.
        half = cv2.resize(plane, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        plane = np.asarray(half, np.uint8)
    return plane


def _relit(plane: Plane, like: Plane) -> Plane:
    """`plane` as bright as `like`: Lucas–Kanade takes brightness to be constant."""
    gain = cv2.mean(like)[0] / max(cv2.mean(plane)[0], 1.0)
    if abs(gain - 1) < _LIGHT:
        return plane
    return np.asarray(cv2.convertScaleAbs(plane, alpha=gain), np.uint8)


def _lucas_kanade(before: Plane, after: Plane, points: Points) -> tuple[Points, NDArray[np.bool_]]:
    moved, status, _ = cv2.calcOpticalFlowPyrLK(
        before,
        after,
        points,
        np.empty_like(points),
        winSize=_WINDOW,
        maxLevel=_LEVELS,
        criteria=_STOP,
    )
    return np.asarray(moved, np.float32), np.ravel(status) > 0
