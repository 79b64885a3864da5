"""InsightFace's 106 points, as the graph says them; it says nothing of how sure it is."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from livecam.face import Points
from livecam.landmarkers.plausibility import plausibility
from livecam.vision.mesh import five_points


def decode(outputs: Sequence[NDArray[Any]], *, size: int) -> tuple[Points, float]:
    """Points out of −1–1 across the crop, and how much they look like a face, 0–1."""
    (places,) = outputs
    points = ((places.reshape(-1, 2) + 1) * (size / 2) - 0.5).astype(np.float32)
    return points, plausibility(five_points(points))
