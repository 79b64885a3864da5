"""Moving one channel from a pixel grid to another, without aliasing and at little cost.

Before the bilinear warp the source is brought near to the target's scale by powers of two:
halved by area averages where the target is coarser, doubled by cubic interpolation where it is
finer. Both steps are many times cheaper than a warp with a wide kernel, and look as good.
"""

import math
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.picture.affine import AnyAffine, bounds, compose, invert, scale
from livecam.picture.arrays import Map, Plane

S = TypeVar("S", NDArray[np.uint8], NDArray[np.float32])

_MOST_DOUBLINGS = 1
"""What the cubic has doubled is smooth enough for straight lines between its samples."""
_CUBIC_REACH = 2
"""px on either side that cubic interpolation looks at."""


def octaves(target_from_source: AnyAffine) -> int:
    """How often to double (positive) or halve (negative) the source before interpolating."""
    return min(int(math.log2(scale(target_from_source))), _MOST_DOUBLINGS)


def source_from_rescaled(doublings: int) -> Map:
    """Where the samples of `rescale(source, doublings)` lie on the source's own grid."""
    step = 2.0**-doublings
    shift = (step - 1) / 2
    return np.array([[step, 0.0, shift], [0.0, step, shift]])


def rescale(
    samples: S, doublings: int, *, enlarge_by: int = cv2.INTER_CUBIC, beyond: float | None = 0
) -> S:
    """`samples` doubled or halved so many times.

    Args:
        samples: (h, w).
        doublings: Negative to halve.
        enlarge_by: OpenCV's interpolation for doubling.
        beyond: What lies beyond the edge where halving needs whole blocks; None repeats the edge.
    """
    height, width = samples.shape
    if doublings > 0:
        size = width << doublings, height << doublings
        return np.asarray(cv2.resize(samples, size, interpolation=enlarge_by), samples.dtype)
    border = cv2.BORDER_REPLICATE if beyond is None else cv2.BORDER_CONSTANT
    dtype = samples.dtype
    for _ in range(-doublings):
        height, width = samples.shape
        if height % 2 or width % 2:
            down, right = height % 2, width % 2
            padded = cv2.copyMakeBorder(samples, 0, down, 0, right, border, value=beyond or 0)
            samples = np.asarray(padded, dtype)
        size = (width + 1) // 2, (height + 1) // 2
        samples = np.asarray(cv2.resize(samples, size, interpolation=cv2.INTER_AREA), dtype)
    return samples


def sample(plane: Plane, target_from_plane: AnyAffine, width: int, height: int) -> Plane:
    """`plane` as a target grid sees it; beyond its edge the plane goes on as its last sample.

    Returns:
        uint8 (height, width).

    Raises:
        PipelineError: `target_from_plane` cannot be inverted.
    """
    plane_from_target = invert(target_from_plane)
    doublings = octaves(target_from_plane)
    left, top, right, bottom = _needed(plane, plane_from_target, doublings, width, height)
    doublings = max(doublings, -int(math.log2(min(right - left, bottom - top))))
    region = rescale(plane[top:bottom, left:right], doublings, beyond=None)
    plane_from_region = source_from_rescaled(doublings)
    plane_from_region[:, 2] += left, top
    target = cv2.warpAffine(
        region,
        compose(target_from_plane, plane_from_region),
        (width, height),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(target, np.uint8)


def resize(plane: Plane, *, into: Plane) -> None:
    """Fills `into` with the whole of `plane`, in a fraction of the time of `sample`.

    Args:
        plane: uint8 (·, ·)
        into: uint8 (·, ·), C-contiguous; written.
    """
    (rows, columns), (height, width) = plane.shape, into.shape
    halvings = int(math.log2(max(min(columns / width, rows / height), 1)))
    nearer = rescale(plane, -halvings, beyond=None)
    cv2.resize(nearer, (width, height), dst=into, interpolation=cv2.INTER_LINEAR)


def _needed(
    plane: Plane, plane_from_target: Map, doublings: int, width: int, height: int
) -> tuple[int, int, int, int]:
    """The part of the plane that the target touches, at least one sample of it."""
    rows, columns = plane.shape
    block = 2 ** max(-doublings, 0)
    reach = _CUBIC_REACH * block
    box = bounds(plane_from_target, 0, 0, width - 1, height - 1)
    # Blocks stay where they are in the picture, so that a moving crop does not shimmer.
    left = int(min(max(box[0] - reach, 0), columns - 1)) // block * block
    top = int(min(max(box[1] - reach, 0), rows - 1)) // block * block
    across = max(math.ceil((min(box[2], columns) + reach - left) / block), 1)
    down = max(math.ceil((min(box[3], rows) + reach - top) / block), 1)
    right, bottom = min(left + across * block, columns), min(top + down * block, rows)
    return left, top, right, bottom
