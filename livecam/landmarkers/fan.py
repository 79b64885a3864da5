"""Landmarkers that look at heat maps on a grid of 64 × 64: 68 points in iBUG's order.

Bulat and Tzimiropoulos, "How far are we from solving the 2D & 3D Face Alignment problem?", 2017.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from livecam.face import Points

_GRID = 64


def decode_maps(outputs: Sequence[NDArray[Any]], *, size: int) -> tuple[Points, float]:
    """Points (1, 68, 3), and the mean of what each of the heat maps (1, 68, 64, 64) reaches."""
    places, maps = outputs
    return _points(places[0], size), float(maps.max(axis=(2, 3)).mean())


def decode_scores(outputs: Sequence[NDArray[Any]], *, size: int) -> tuple[Points, float]:
    """Points with a score each, 68 × (x, y, score), and the mean of those scores."""
    (places,) = outputs
    places = places.reshape(-1, 3)
    return _points(places, size), float(places[:, 2].mean())


def _points(places: NDArray[Any], size: int) -> Points:
    """Points in px of the crop; the grid counts from its corner, a cell's middle is at a half."""
    return (places[:, :2] * (size / _GRID) - 0.5).astype(np.float32)
