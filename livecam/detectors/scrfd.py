"""SCRFD: two anchors per cell of three grids, distances from the cell's corner.

Guo et al., "Sample and Computation Redistribution for Efficient Face Detection", 2021.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from livecam.detectors.candidates import Candidates, joined

_STRIDES = (8, 16, 32)
_ANCHORS = 2
"""Per cell, one after the other."""


def decode(outputs: Sequence[NDArray[Any]], *, width: int, min_score: float) -> Candidates:
    """Candidates of nine outputs: scores of three strides, then their boxes, then landmarks.

    Each is (anchors, numbers), row by row, in some exports with a batch of one before it: the
    score; left, top, right, bottom; five times x, y; distances in strides.
    """
    grids = [
        _decode_grid(outputs[level::3], stride, width, min_score)
        for level, stride in enumerate(_STRIDES)
    ]
    return joined(grids)


def _decode_grid(
    heads: Sequence[NDArray[np.float32]], stride: int, width: int, min_score: float
) -> Candidates:
    scores, distances, places = heads[0].ravel(), heads[1].reshape(-1, 4), heads[2].reshape(-1, 10)
    kept = np.nonzero(scores >= min_score)[0]
    rows, columns = np.divmod(kept // _ANCHORS, width // stride)
    corner = np.stack([columns, rows], axis=1).astype(np.float32)
    distances = distances[kept]
    boxes = np.concatenate([corner - distances[:, :2], corner + distances[:, 2:]], axis=1)
    landmarks = places[kept].reshape(-1, 5, 2) + corner[:, None]
    return Candidates(boxes * stride, scores[kept], landmarks * stride)
