"""A large picture as several small ones, each a picture of the whole, and back."""

from collections.abc import Sequence

import numpy as np

from livecam.picture import Image


def split(image: Image, times: int) -> list[Image]:
    """The picture's phases: every `times`-th px of every `times`-th row, row by row of starts.

    Args:
        image: uint8 (h, w, 3), h and w multiples of `times`.
        times: How many times smaller along each side the phases are.

    Returns:
        `times`² of uint8 (h / times, w / times, 3).
    """
    starts = range(times)
    return [
        np.ascontiguousarray(image[row::times, column::times])
        for row in starts
        for column in starts
    ]


def join(phases: Sequence[Image], times: int) -> Image:
    """The picture whose phases `split` would give."""
    height, width = (side * times for side in phases[0].shape[:2])
    image = np.empty((height, width, 3), np.uint8)
    for index, phase in enumerate(phases):
        row, column = divmod(index, times)
        image[row::times, column::times] = phase
    return image
