"""Maps of the plane: fitting them to points, turning them round, chaining them, applying them.

All maps are float32 (2, 3) and named `to_from`; px, pixel centres at integers.
"""

import cmath

import numpy as np
from numpy.typing import NDArray

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
    z, w = _complex(source), _complex(target)
    with np.errstate(invalid="ignore"):
        origin, goal = z.sum().item() / len(z), w.sum().item() / len(w)
        z -= origin
        w -= goal
        spread, common = np.vdot(z, z).real.item(), np.vdot(z, w).item()
    if not (spread > 0 and cmath.isfinite(spread + common)):
        raise PipelineError(
            "No similarity can be fitted: the points coincide or are not finite.",
            hint="Check the landmarks of this face.",
        )
    factor = common / spread
    shift = goal - factor * origin
    return np.array(
        [[factor.real, -factor.imag, shift.real], [factor.imag, factor.real, shift.imag]],
        np.float32,
    )


def _complex(points: Points) -> NDArray[np.complex128]:
    """Points of the plane as x + iy, complex128 (n,); a copy."""
    return np.array(points, np.float64, order="C").view(np.complex128)[:, 0]


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


def rescaled(places: NDArray[np.float32], ratio: float) -> NDArray[np.float32]:
    """Places in px of a picture, in px of one that is `ratio` times as large."""
    return (places + np.float32(0.5)) * np.float32(ratio) - np.float32(0.5)


def extent(points: Points) -> tuple[float, float, float, float]:
    """The least x and y and the most x and y of `points`, float32 (n, 2)."""
    columns = np.ascontiguousarray(points.T)  # NumPy is slow along rows of two
    return *columns.min(axis=1).tolist(), *columns.max(axis=1).tolist()


def scale(affine: Affine) -> float:
    """How much longer lengths become: the root of the change of area."""
    return exact.scale(affine)
