"""How a face moved from one frame to the next, and whether it moved as one thing."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from livecam.face import Mesh, Points
from livecam.picture import Affine, Plane
from livecam.vision.flow import follow
from livecam.vision.geometry import scale, similarity, transform
from livecam.vision.mesh import eye_distance

# fmt: off
_FOLLOWED = np.array([
    10, 151, 9, 8, 168, 6, 197, 195, 5, 4, 2,                             # midline
    67, 297, 109, 338, 54, 284, 103, 332, 69, 299,                        # forehead
    70, 300, 63, 293, 105, 334, 66, 296, 107, 336,                        # brows
    33, 133, 362, 263,                                                    # corners of the eyes
    116, 345, 117, 346, 50, 280, 205, 425, 36, 266, 101, 330, 118, 347,   # cheeks
    142, 371, 129, 358, 48, 278, 98, 327,                                 # nose
    187, 411, 207, 427, 192, 416,                                         # beside the mouth
    152, 199, 200, 208, 428,                                              # chin
])
# fmt: on
"""FaceMesh points where skin has something to hold on to: no lips, no lids, no silhouette."""
_FEWEST = 8
_TOLERANCE = 0.04
"""Of the face's size: how far a point may be from the common motion and still agree with it."""
_REACH = 0.15
"""Of the face's size: how far around it a followed point speaks for the skin."""


@dataclass(frozen=True, slots=True, eq=False)
class Motion:
    """Where a mesh went."""

    mesh: Mesh
    """Where it should lie now; where it lay, when `agreement` is 0."""
    agreement: float
    """Share of the followed points that were found again and moved as one, 0–1."""


def face_size(mesh: Mesh) -> float:
    """The distance of the outer corners of the eyes in space, px: the same at any yaw."""
    return max(eye_distance(mesh), 1.0)


def reach(mesh: Mesh) -> NDArray[np.float32]:
    """How much each followed point says about each point of a face like `mesh`.

    Returns:
        float32 (468, n): falls from 1 with the distance in space.
    """
    distance = np.linalg.norm(mesh[:, None] - mesh[None, _FOLLOWED], axis=2) / face_size(mesh)
    weights: NDArray[np.float32] = np.exp(-0.5 * np.square(distance / _REACH))
    return weights


def propagate(before: Plane, after: Plane, mesh: Mesh, near: NDArray[np.float32]) -> Motion:
    """How the face at `mesh` moved between two luma planes.

    The common motion is a similarity; what single points did besides, within reason, is passed on
    to the skin around them.

    Args:
        before: uint8 (h, w).
        after: uint8 (h, w).
        mesh: The face in `before`.
        near: `reach` of this face.
    """
    points = np.ascontiguousarray(mesh[_FOLLOWED, :2])
    flow = follow(before, after, points)
    size = face_size(mesh)
    fit = _common_motion(points[flow.kept], flow.points[flow.kept], tolerance=_TOLERANCE * size)
    if fit is None:
        return Motion(mesh=mesh, agreement=0.0)
    residual = flow.points - transform(points, fit)
    off = np.hypot(*residual.T) / (_TOLERANCE * size)
    agrees = flow.kept & (off < 1)
    moved = np.empty_like(mesh)
    # A point that strays counts less and less (the biweight of Beaton and Tukey, 1974).
    trust = np.where(agrees, np.square(1 - np.square(np.minimum(off, 1))), 0).astype(np.float32)
    told = near @ (np.column_stack([residual, np.ones_like(trust)]) * trust[:, None])
    moved[:, :2] = transform(mesh[:, :2], fit) + told[:, :2] / (told[:, 2:] + 0.5)
    moved[:, 2] = mesh[:, 2] * scale(fit)
    return Motion(mesh=moved, agreement=float(agrees.mean()))


def _common_motion(before: Points, after: Points, *, tolerance: float) -> Affine | None:
    """The similarity most points agree on: least median of squares, then least squares.

    Rousseeuw, “Least median of squares regression” (1984): holds with almost half of the points
    astray. The candidates are pairs far apart in the list, hence in the face, not drawn by chance:
    the same points always give the same motion. In the plane a similarity is one complex factor.
    """
    count = len(before)
    if count < _FEWEST:
        return None
    origin = before[0]
    z, w = ((points - origin).view(np.complex64).ravel() for points in (before, after))
    first = np.tile(np.arange(count), 2)
    partners = first + np.repeat([count // 2, count // 3], count)
    partners[partners >= count] -= count
    across = z[partners] - z[first]
    apart = np.abs(across) > tolerance
    first, partners, across = first[apart], partners[apart], across[apart]
    if not len(first):
        return None
    factor = (w[partners] - w[first]) / across
    shift = w[first] - factor * z[first]
    off = factor[:, None] * z + shift[:, None] - w
    misses = np.square(off.real) + np.square(off.imag)
    best = misses[np.argmin(np.partition(misses, count // 2, axis=1)[:, count // 2])]
    close = best < tolerance**2
    if np.count_nonzero(close) < _FEWEST:
        return None
    return similarity(before[close], after[close])
