"""Parts of a face between its landmarks, as masks."""

from collections.abc import Collection, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from livecam.face import Points
from livecam.swap.options import Area
from livecam.vision.mask import hull, polygon

_CORNERS: Mapping[Area, list[int]] = MappingProxyType(
    {
        Area.UPPER_FACE: [0, 1, 2, *range(31, 36), 14, 15, 16, *range(17, 27)],
        Area.LOWER_FACE: [*range(3, 14), *range(31, 36)],
        Area.MOUTH: [*range(48, 68)],
    }
)
"""The points, of iBUG's 68, whose convex hull is the area."""


def area_mask(areas: Collection[Area], points: Points, size: int) -> NDArray[np.float32]:
    """1 on the areas, 0 elsewhere: float32 (size, size).

    Args:
        areas: At least one.
        points: iBUG's 68, float32 (68, 2), px of the crop.
        size: Side of the crop, px.
    """
    shapes = [polygon(hull(points[_CORNERS[area]]), size) for area in areas]
    return np.asarray(np.maximum.reduce(shapes), np.float32)
