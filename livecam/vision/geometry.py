"""Maps of the plane: fitting them to points, turning them round, chaining them, applying them.

All maps are float32 (2, 3) and named `to_from`; px, pixel centres at integers.
"""

import math

import numpy as np

from livecam.errors import PipelineError
from livecam.face import Points
from livecam.picture import Affine
from livecam.picture import affine as exact


def similarity(source: Points, target: Points) -> Affine:
    """The rotation, uniform scale and shift that take `source` to `target`, by least squares.

    Closed form of Umeyama, "Least-squares estimation of transformation parameters between two
    point patterns", IEEE TPAMI 13(4), 1991; in the plane, where a similarity is a complex factor,
    its singular value decomposition comes down to one division. Never mirrors.

    Args:
        source: float32 (n, 2), at least two different points.
        target: float32 (n, 2).

    Returns:
        float32 (2, 3): `target_from_source`.

    Raises:
        PipelineError: The points of `source` all coincide, or those of either are not finite.
    """
    with np.errstate(invalid="ignore"):
        origin = source.mean(axis=0, dtype=np.float64)
        goal = target.mean(axis=0, dtype=np.float64)
        (x, y), (u, v) = (source - origin).T, (target - goal).T
        spread = float(x @ x + y @ y)
        a, b = float(x @ u + y @ v), float(x @ v - y @ u)
    if not (spread > 0 and math.isfinite(spread + a + b)):
        raise PipelineError(
            "No similarity can be fitted: the points coincide or are not finite.",
            hint="Check the landmarks of this face.",
        )
    linear = np.array([[a, -b], [b, a]]) / spread
    return np.column_stack([linear, goal - linear @ origin]).astype(np.float32)


def invert(affine: Affine) -> Affine:
    """The map back: `invert(b_from_a)` is `a_from_b`.

    Raises:
        PipelineError: `affine` folds the plane onto a line or a point, or is not finite.
    """
    return exact.invert(affine).astype(np.float32)


def compose(second: Affine, first: Affine) -> Affine:
    """The map that does `first`, then `second`: `compose(c_from_b, b_from_a)` is `c_from_a`."""
    return exact.compose(second, first).astype(np.float32)


def transform(points: Points, affine: Affine) -> Points:
    """`points`, float32 (n, 2), where `affine` takes them."""
    return (points @ affine[:, :2].T + affine[:, 2]).astype(np.float32, copy=False)


def scale(affine: Affine) -> float:
    """How much longer lengths become: the root of the change of area."""
    return exact.scale(affine)
