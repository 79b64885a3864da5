"""The word AI in a corner: what the picture is, for whoever sees it."""

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.picture import Patch
from livecam.swap.options import Corner, LabelOptions, Show

_FINER = 8
"""Drawn so many times larger, and averaged down."""
_WIDTH = 1.5
"""Of the plate, in heights."""
_GAP = 0.5
"""Between plate and edge, in heights of the plate."""
_STROKE = 0.11
"""Of the letters, in heights of the plate."""
# fmt: off
_LETTERS = (
    ((0.36, 0.76), (0.60, 0.24)), ((0.60, 0.24), (0.84, 0.76)), ((0.45, 0.59), (0.75, 0.59)),
    ((1.11, 0.24), (1.11, 0.76)),
)
# fmt: on
"""Ends of the strokes of A and I, in heights of the plate."""
_PLATE = 190
"""How much of the picture the dark plate hides, of 255: white letters stay legible on white."""


def label(options: LabelOptions, width: int, height: int, *, live: bool) -> Patch | None:
    """The label of a picture of this size, or None where none is to be seen."""
    shown = live if options.show is Show.AUTO else options.show is Show.ON
    return _drawn(options.position, options.size, width, height) if shown else None


@lru_cache(maxsize=4)
def _drawn(position: Corner, size: float, width: int, height: int) -> Patch:
    plate = max(_even(size * height), 4)
    across = _even(_WIDTH * plate)
    letters, cover = _letters(plate, across), _plate(plate, across)
    image = np.zeros((across, across, 3), np.uint8)
    mask = np.zeros((across, across), np.uint8)
    image[:plate] = letters[..., None]
    mask[:plate] = np.maximum(cover * (_PLATE / 255), letters)
    gap = _even(_GAP * plate)
    left = gap if position.endswith("left") else _even(width - gap - across)
    top = gap if position.startswith("top") else _even(height - gap - plate)
    return Patch(image, mask, np.array([[1, 0, -left], [0, 1, -top]], np.float32))


def _letters(plate: int, across: int) -> NDArray[np.uint8]:
    drawn = np.zeros((plate * _FINER, across * _FINER), np.uint8)
    unit, stroke = plate * _FINER, round(_STROKE * plate * _FINER)
    for (x, y), (to_x, to_y) in _LETTERS:
        start, end = (round(x * unit), round(y * unit)), (round(to_x * unit), round(to_y * unit))
        cv2.line(drawn, start, end, 255, stroke)
    return _averaged(drawn, plate, across)


def _plate(plate: int, across: int) -> NDArray[np.uint8]:
    """A bar with round ends."""
    drawn = np.zeros((plate * _FINER, across * _FINER), np.uint8)
    half = plate * _FINER // 2
    cv2.line(drawn, (half, half), (across * _FINER - half - 1, half), 255, 2 * half - 1)
    return _averaged(drawn, plate, across)


def _averaged(drawn: NDArray[np.uint8], plate: int, across: int) -> NDArray[np.uint8]:
    return np.asarray(cv2.resize(drawn, (across, plate), interpolation=cv2.INTER_AREA), np.uint8)


def _even(length: float) -> int:
    """An even number of px, so that whole chroma samples are covered."""
    return round(length / 2) * 2
