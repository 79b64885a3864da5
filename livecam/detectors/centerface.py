"""CenterFace: one heat map of face centres, with size, offset and landmarks at each place."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from livecam.detectors.candidates import Candidates

_STRIDE = 4


def decode(outputs: Sequence[NDArray[Any]], *, width: int, min_score: float) -> Candidates:  # noqa: ARG001 – the maps have their own width
    """Candidates of the four maps, each (1, channels, h / 4, w / 4).

    Xu et al., "CenterFace: Joint Face Detection and Alignment Using Face as Point", 2019: heat;
    log of height and width in strides; offset of the centre (y, x); landmarks (y, x) as
    fractions of the box.
    """
    heat, sizes, offsets, places = (output[0] for output in outputs)
    rows, columns = np.nonzero(heat[0] >= min_score)
    size = np.exp(sizes[:, rows, columns]) * _STRIDE  # (2, n): height, width
    centre = (np.stack([rows, columns]) + offsets[:, rows, columns] + 0.5) * _STRIDE
    corner = centre - size / 2
    fractions = places[:, rows, columns].reshape(5, 2, -1)  # (landmark, y x, n)
    landmarks = (fractions * size + corner).transpose(2, 0, 1)[..., ::-1]
    boxes = np.concatenate([corner[::-1], (corner + size)[::-1]]).T
    return Candidates(
        boxes.astype(np.float32), heat[0, rows, columns], landmarks.astype(np.float32)
    )
