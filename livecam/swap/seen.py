"""What a masker saw in a face's crop, and where that is some frames later."""

from collections.abc import Collection
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.face import Points
from livecam.maskers import Masker, Region
from livecam.picture import Image, Plane
from livecam.vision.flow import follow
from livecam.vision.mask import smoothstep, soft_eroded

SIDE = 256
"""Side of masks, px."""
SOFT = 5.0
"""σ of a mask's edge, px of `SIDE`."""
_GLANCE = 64
"""Side of the pictures that are compared, px."""
_ALIKE, _CHANGED = 16.0, 36.0
"""Levels by which a place differs from what the masker saw: below the first it is the same, from
the second on it is something else."""
_FRONT = 0.5
"""Where less than this of the drawn face is face, something is in front of it."""
_STEP = 10
"""px between points on what is in front."""
_FEWEST = 6
"""Of these points, those that must be found again."""

Share = NDArray[np.float32]
"""float32 (SIDE, SIDE): how much of each pixel of a crop is face, 0–1."""


def look(masker: Masker, image: Image, regions: Collection[Region]) -> Share:
    """How much of each pixel of a crop of any size is face, with a soft edge.

    Raises:
        ModelError: The masker failed.
    """
    mask = masker.mask(_sized(image, masker.size), regions)
    return soft_eroded(_sized(mask, SIDE) * np.float32(1 / 255), SOFT)


class Seen:
    """What a masker saw in one view of a face, carried from frame to frame.

    What is in front of a face stays where it was in the upright crop, and so goes along with the
    head, or it moves by itself: points on it are followed. Where the picture is no longer what the
    masker saw, nothing is known to be in front, and the share is 1: behind a hand that has gone, a
    live picture must not show the face that was there.

    Args:
        image: The view, uint8 (s, s, 3) RGB.
        share: What the masker saw in it.
        drawn: uint8 (t, t) over the same crop, where a face would be drawn.
    """

    def __init__(self, image: Image, share: Share, drawn: Plane) -> None:
        self._share = share
        self._then = _glance(image)
        self._luma = _luma(image)
        self._shift = np.zeros(2, np.float32)
        rows, columns = np.nonzero(
            (share < _FRONT)[::_STEP, ::_STEP] & (_sized(drawn, SIDE) > 127)[::_STEP, ::_STEP]
        )
        self._front: Points = np.stack([columns, rows], axis=1).astype(np.float32) * _STEP

    def carried_to(self, image: Image) -> Share:
        """The share in a later view of the same face, each after the one before."""
        if len(self._front) < _FEWEST:
            return _covered(self._share, self._then, _glance(image))
        self._follow(_luma(image))
        now, shift = _glance(image), self._shift
        stayed = _covered(self._share, self._then, now)
        if not shift.any():
            return stayed
        moved = _covered(
            _shifted(self._share, shift, beyond=1),
            _shifted(self._then, shift * (_GLANCE / SIDE)),
            now,
        )
        return np.minimum(stayed, moved)

    def _follow(self, luma: Plane) -> None:
        flow = follow(self._luma, luma, self._front)
        self._luma = luma
        if np.count_nonzero(flow.kept) < _FEWEST:
            return
        shift = np.median((flow.points - self._front)[flow.kept], axis=0)
        self._front = (self._front + shift).astype(np.float32)
        self._shift = (self._shift + shift).astype(np.float32)


def _covered(share: Share, then: NDArray[np.float32], now: NDArray[np.float32]) -> Share:
    """`share`, raised to 1 where `now` differs from `then`."""
    light = then.mean() / max(now.mean(), np.float32(1))
    apart = np.abs(now * light - then).max(axis=2)
    changed = cv2.resize(smoothstep(apart, _ALIKE, _CHANGED), (SIDE, SIDE))
    return np.maximum(share, np.asarray(changed, np.float32))


def _shifted(
    plane: NDArray[np.float32], shift: NDArray[np.float32], *, beyond: float | None = None
) -> NDArray[np.float32]:
    """`plane` moved by `shift` px; what comes in is `beyond`, or as the edge."""
    place = np.array([[1, 0, shift[0]], [0, 1, shift[1]]], np.float32)
    size = plane.shape[1], plane.shape[0]
    if beyond is None:
        return np.asarray(
            cv2.warpAffine(plane, place, size, borderMode=cv2.BORDER_REPLICATE), np.float32
        )
    return np.asarray(cv2.warpAffine(plane, place, size, borderValue=beyond), np.float32)


def _glance(image: Image) -> NDArray[np.float32]:
    """The view, small and a little blurred: float32 (_GLANCE, _GLANCE, 3), 0–255."""
    small = cv2.blur(_sized(image, _GLANCE), (3, 3))
    return np.asarray(small, np.float32)


def _luma(image: Image) -> Plane:
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    # Averaging areas takes six times as long, and what is followed is not that fine.
    return np.asarray(cv2.resize(grey, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR), np.uint8)


def _sized(plane: NDArray[np.uint8], side: int) -> NDArray[Any]:
    """`plane`, square, `side` px large."""
    if len(plane) == side:
        return plane
    how = cv2.INTER_AREA if side < len(plane) else cv2.INTER_LINEAR
    return cv2.resize(plane, (side, side), interpolation=how)
