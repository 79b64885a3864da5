"""Non-maximum suppression: of boxes that show the same thing, the best one stays."""

import numpy as np
from numpy.typing import NDArray


def suppress(
    boxes: NDArray[np.float32], scores: NDArray[np.float32], *, overlap: float
) -> NDArray[np.intp]:
    """Indices of the boxes to keep, best first.

    Greedy: the best box stays, those whose intersection over union with it is above `overlap`
    go, and so on with what is left. Of equal scores the first counts as the better.

    Args:
        boxes: float32 (n, 4), px: left, top, right, bottom.
        scores: float32 (n,), higher is better.
        overlap: Intersection over union, 0–1, up to which two boxes are two things.

    Returns:
        intp (k,), k ≤ n.
    """
    left, top, right, bottom = boxes.T
    areas = np.maximum(right - left, 0) * np.maximum(bottom - top, 0)
    order = np.argsort(-scores, kind="stable")
    kept = []
    while order.size:
        best, rest = order[0], order[1:]
        kept.append(best)
        across = np.minimum(right[best], right[rest]) - np.maximum(left[best], left[rest])
        down = np.minimum(bottom[best], bottom[rest]) - np.maximum(top[best], top[rest])
        shared = np.maximum(across, 0) * np.maximum(down, 0)
        # Multiplied out, so that empty boxes need no division by nothing.
        order = rest[shared <= overlap * (areas[best] + areas[rest] - shared)]
    return np.array(kept, np.intp)
