"""Which of a landmarker's points lie where on a face; their number tells which landmarker's.

"Left" is the picture's left, of an upright face.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from livecam.errors import ModelError
from livecam.face import Mesh, Points
from livecam.vision import facemesh

Indices = NDArray[np.intp]

_TO_HAIRLINE = 0.23
"""How far FaceMesh reaches above points that end at the brows, as a share of their height, on the
rendered people."""


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """What the tracker needs to know of the points of one landmarker."""

    count: int
    """How many there are."""
    five: Indices
    """intp (k, 5): the k points in whose middle each of a detector's five points lies."""
    outer_eye_corners: tuple[int, int]
    """Left, right."""
    followed: Indices
    """Where skin has something to hold on to: no lips, no lids, no silhouette."""
    lively: Indices
    """Lids and lips, which open and close within a tenth of a second."""
    forehead: float
    """How far the face goes on above the points, as a share of their height."""


def layout_of(points: Points | Mesh) -> Layout:
    """The layout of float32 (n, 2 or 3) as a landmarker gives them.

    Raises:
        ModelError: No landmarker that livecam knows gives so many.
    """
    if len(points) not in _LAYOUTS:
        known = ", ".join(map(str, _LAYOUTS))
        raise ModelError(
            f"The landmarker gives {len(points)} points; livecam knows those of {known}.",
            hint="Choose another one with models.landmarker.",
        )
    return _LAYOUTS[len(points)]


def mesh_of(points: Points | Mesh) -> Mesh | None:
    """`points` where they are FaceMesh's mesh, float32 (468, 3); None where they are others."""
    return points if points.shape == (468, 3) else None


def _layout(
    count: int,
    five: Sequence[Sequence[int]],
    outer_eye_corners: tuple[int, int],
    followed: Sequence[int],
    lively: Sequence[int],
    *,
    forehead: float = _TO_HAIRLINE,
) -> Layout:
    # Each of the five as often as the one made of most points, so that they make one array.
    most = max(map(len, five))
    rows = np.array([list(part) * (most // len(part)) for part in five]).T
    indices = np.array(followed), np.array(lively)
    return Layout(count, rows, outer_eye_corners, *indices, forehead)


# A quarter more are followed no better.
# fmt: off
_MESH_FOLLOWED = (
    10, 151, 9, 168, 197, 5, 4, 2,                      # midline
    54, 284, 103, 332, 109, 338, 69, 299,               # forehead
    70, 300, 63, 293, 105, 334, 66, 296, 107, 336,      # brows
    33, 133, 362, 263,                                  # corners of the eyes
    116, 345, 50, 280, 205, 425, 36, 266, 118, 347,     # cheeks
    129, 358, 48, 278, 98, 327,                         # nose
    187, 411, 207, 427,                                 # beside the mouth
    152, 199, 208, 428,                                 # chin
)
# fmt: on
_MESH = _layout(
    468,
    [
        facemesh.LEFT_EYE_CORNERS,
        facemesh.RIGHT_EYE_CORNERS,
        (facemesh.NOSE_TIP,),
        *((corner,) for corner in facemesh.MOUTH_CORNERS),
    ],
    facemesh.OUTER_EYE_CORNERS,
    _MESH_FOLLOWED,
    [*facemesh.LEFT_EYE, *facemesh.RIGHT_EYE, *facemesh.LIPS, *facemesh.INNER_LIPS],
    forehead=0.0,
)

_BROWS_NOSE_AND_EYE_CORNERS = (*range(17, 36), 36, 39, 42, 45)

_IBUG = _layout(
    68,
    [range(36, 42), range(42, 48), [30], [48], [54]],
    (36, 45),
    _BROWS_NOSE_AND_EYE_CORNERS,
    range(36, 68),
)
"""iBUG 300-W: jaw 0–16, brows to 26, nose to 35, eyes to 47, lips, their inner edge from 60."""

_OPENSEEFACE = _layout(
    66,
    [range(36, 42), range(42, 48), [30], [58], [62]],
    (36, 45),
    _BROWS_NOSE_AND_EYE_CORNERS,
    range(36, 66),
)
"""iBUG's up to 47; the lips in an order of its own, without the inner corners."""

_INSIGHTFACE = _layout(
    106,
    [[38], [88], [86], [52], [61]],
    (35, 93),
    (*range(43, 52), *range(97, 106), *range(72, 87), 35, 39, 89, 93),
    (*range(33, 43), *range(87, 97), *range(52, 72)),
)
"""Silhouette 0–32, then eye, brow, lips, nose, eye, brow."""

_LAYOUTS: Mapping[int, Layout] = MappingProxyType(
    {layout.count: layout for layout in (_MESH, _IBUG, _OPENSEEFACE, _INSIGHTFACE)}
)
