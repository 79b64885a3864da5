"""YuNet: one candidate per cell of three grids."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from livecam.detectors.candidates import Candidates, joined

_STRIDES = (8, 16, 32)


def decode(outputs: Sequence[NDArray[Any]], *, width: int, min_score: float) -> Candidates:
    """Candidates of twelve outputs: class, object, box and landmarks, for each of three strides.

    Wu et al., "YuNet: A Tiny Millisecond-level Face Detector", 2023. Each is (1, cells, numbers),
    row by row; places count in cells from the cell's own corner, sizes are their logs.
    """
    grids = [
        _decode_grid([output[0] for output in outputs[level::3]], stride, width, min_score)
        for level, stride in enumerate(_STRIDES)
    ]
    return joined(grids)


def _decode_grid(
    heads: Sequence[NDArray[np.float32]], stride: int, width: int, min_score: float
) -> Candidates:
    class_score, object_score, box, places = heads
    scores = np.sqrt(class_score[:, 0] * object_score[:, 0])
    cells = np.nonzero(scores >= min_score)[0]
    columns = width // stride
    origin = np.stack([cells % columns, cells // columns], axis=1).astype(np.float32)
    centre = (box[cells, :2] + origin) * stride
    size = np.exp(box[cells, 2:]) * stride
    landmarks = (places[cells].reshape(-1, 5, 2) + origin[:, None]) * stride
    boxes = np.concatenate([centre - size / 2, centre + size / 2], axis=1)
    return Candidates(boxes, scores[cells], landmarks)
