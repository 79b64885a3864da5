"""Optical flow: where points of one picture lie in the next."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.face import Points
from livecam.picture import Plane

_WINDOW = 11
"""px of the halved region; 13 and 21 px measured no better, and take half as long again and three
times as long."""
_WINDOW_BACK = 9
"""px; whether a point comes back is seen as well with less."""
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
    low, high = points.min(axis=0), points.max(axis=0)
    span = max(float((high - low).max()), 1.0)
    halvings = max(round(math.log2(span / _SPAN)), 0)
    step = 2**halvings
    left, top = np.maximum(np.floor((low - _MARGIN * span) / step), 0).astype(int) * step
    columns, rows = np.minimum(
        np.ceil((high - low + 2 * _MARGIN * span) / step),
        (np.array([width, height]) - (left, top)) // step,
    ).astype(int)
    if min(columns, rows) < _WINDOW:
        return Flow(points=points, kept=np.zeros(len(points), bool))
    region = np.s_[top : top + rows * step, left : left + columns * step]
    first, second = _halve(before[region], halvings), _halve(after[region], halvings)
    second = _relit(second, first)
    # Pixel centres at integers: the first small pixel stands at (step − 1) / 2 of the large ones.
    origin = np.array([left, top], np.float32) + (step - 1) / 2
    start = ((points - origin) / step).astype(np.float32)
    end, found = _lucas_kanade(first, second, start, window=_WINDOW)
    back, found_back = _lucas_kanade(second, first, end, window=_WINDOW_BACK)
    kept = found & found_back & (np.hypot(*(back - start).T) < _RETURN)
    for place in (start, end):
        kept &= ((place >= 0) & (place <= (columns - 1, rows - 1))).all(axis=1)
    return Flow(points=(end * step + origin).astype(np.float32), kept=kept)


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


def _lucas_kanade(
    before: Plane, after: Plane, points: Points, *, window: int
) -> tuple[Points, NDArray[np.bool_]]:
    moved, status, _ = cv2.calcOpticalFlowPyrLK(
        before,
        after,
        points,
        np.empty_like(points),
        winSize=(window, window),
        maxLevel=_LEVELS,
        criteria=_STOP,
    )
    return np.asarray(moved, np.float32), np.ravel(status) > 0
