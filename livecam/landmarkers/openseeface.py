"""OpenSeeFace: 66 points, each the brightest cell of a map and how far it lies from its middle.

After the tracker of the same name, https://github.com/emilianavt/OpenSeeFace, whose models it runs.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from livecam.face import Points

_REACH = 16
"""Divides the offsets."""
_LEAST = 1e-7
"""Probabilities nearer to 0 or 1 than this count as this far."""


def decode(outputs: Sequence[NDArray[Any]], *, size: int) -> tuple[Points, float]:
    """Points, and the mean of their maps' peaks, 0–1.

    The output (1, 3 n, cells, cells) holds n maps of confidence, n of offsets downwards, n of
    offsets to the right; the first cell lies on the first pixel, the last cell on the last.
    """
    (maps,) = outputs
    confidence, down, right = maps[0].reshape(3, -1, maps.shape[2] * maps.shape[3])
    every = np.arange(len(confidence))
    cells = confidence.argmax(axis=1)
    rows, columns = np.divmod(cells, maps.shape[3])
    last = size - 1
    x = last * (columns / (maps.shape[3] - 1) + _offset(right[every, cells]))
    y = last * (rows / (maps.shape[2] - 1) + _offset(down[every, cells]))
    points = np.stack([x, y], axis=1).astype(np.float32)
    return points, float(confidence[every, cells].mean())


def _offset(probability: NDArray[Any]) -> NDArray[Any]:
    """Shares of the crop's side; the graph gives their sigmoid."""
    p = np.clip(probability, _LEAST, 1 - _LEAST)
    shares: NDArray[Any] = np.log(p / (1 - p)) / _REACH
    return shares
