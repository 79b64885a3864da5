"""Arithmetic of affine maps, (2, 3) arrays that take (x, y, 1) to (x, y)."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from livecam.errors import PipelineError
from livecam.picture.arrays import Map

AnyAffine = NDArray[np.floating[Any]]


def compose(second: AnyAffine, first: AnyAffine) -> Map:
    """The map that does `first`, then `second`: `compose(c_from_b, b_from_a)` is `c_from_a`.

    Returns:
        float64 (2, 3).
    """
    chained = second[:, :2].astype(np.float64) @ first
    chained[:, 2] += second[:, 2]
    return chained


def invert(affine: AnyAffine) -> Map:
    """The map back.

    Returns:
        float64 (2, 3).

    Raises:
        PipelineError: `affine` folds the plane onto a line or a point, or is not finite.
    """
    (a, b, x), (c, d, y) = affine.astype(np.float64).tolist()
    determinant = a * d - b * c
    extent = a * a + b * b + c * c + d * d
    # Relative to the map's own size, so that strong magnification is no mistake for a fold.
    if not (math.isfinite(extent + x + y) and abs(determinant) > 1e-9 * extent):
        raise PipelineError(
            f"The transform {[[a, b, x], [c, d, y]]} cannot be inverted.",
            hint="Check the landmarks that it was fitted to: they coincide or lie on a line.",
        )
    p, q, r, s = d / determinant, -b / determinant, -c / determinant, a / determinant
    return np.array([[p, q, -(p * x + q * y)], [r, s, -(r * x + s * y)]])


def scale(affine: AnyAffine) -> float:
    """How much longer lengths become, as the root of the change of area."""
    (a, b), (c, d) = affine[:, :2].tolist()
    return math.sqrt(abs(a * d - b * c))


def bounds(
    affine: AnyAffine, left: float, top: float, right: float, bottom: float
) -> tuple[float, float, float, float]:
    """The upright box around the image of an upright box: left, top, right, bottom."""
    (a, b, x), (c, d, y) = affine.tolist()
    across = sorted((a * left, a * right)), sorted((b * top, b * bottom))
    down = sorted((c * left, c * right)), sorted((d * top, d * bottom))
    return (
        across[0][0] + across[1][0] + x,
        down[0][0] + down[1][0] + y,
        across[0][1] + across[1][1] + x,
        down[0][1] + down[1][1] + y,
    )
