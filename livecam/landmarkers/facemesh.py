"""FaceMesh: 468 points in three dimensions, out of an upright crop of one face.

Kartynnik et al., "Real-time Facial Surface Geometry from Monocular Video on Mobile GPUs", 2019.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from livecam.face import Mesh

_POINTS = 468
_CORNER_FROM_CENTRE = np.array([0.5, 0.5, 0], np.float32)
"""The graph counts from the crop's corner, livecam from the centre of its first pixel."""

FIVE = np.array(
    [[0.373, 0.376], [0.627, 0.376], [0.5, 0.527], [0.392, 0.646], [0.608, 0.646]], np.float32
)
"""Where a detector's five points lie in the crop that the mesh leads to: the mean over the
rendered people at up to 30° of yaw, made symmetrical. 0–1 across the crop."""


def decode(outputs: Sequence[NDArray[Any]], *, size: int) -> tuple[Mesh, float]:  # noqa: ARG001 – px already
    """The mesh in px of the crop, and the sigmoid of the logit of there being a face, 0–1."""
    places, logit = outputs
    return places.reshape(_POINTS, 3) - _CORNER_FROM_CENTRE, _sigmoid(float(logit.item()))


def _sigmoid(logit: float) -> float:
    # In this form nothing overflows.
    return 0.5 * (1 + math.tanh(logit / 2))
