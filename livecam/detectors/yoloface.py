"""YOLO faces: one column per cell of three grids, already in px of the canvas."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from livecam.detectors.candidates import Candidates


def decode(outputs: Sequence[NDArray[Any]], *, width: int, min_score: float) -> Candidates:  # noqa: ARG001 – px already
    """Candidates of the output (1, 20, cells).

    Downwards: centre x, y, width, height; score; five landmarks as x, y and a confidence that is
    not used.
    """
    columns = outputs[0][0]
    centre, size, score = columns[:2], columns[2:4], columns[4]
    kept = np.nonzero(score >= min_score)[0]
    boxes = np.concatenate([centre - size / 2, centre + size / 2])[:, kept].T
    landmarks = columns[5:, kept].T.reshape(-1, 5, 3)[..., :2]
    return Candidates(
        boxes.astype(np.float32), score[kept], np.ascontiguousarray(landmarks, np.float32)
    )
