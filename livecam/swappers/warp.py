"""A piecewise-affine map, laid out on a lattice.

Triangles that face away are left out; where two overlap, the nearer one is seen.
"""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.face import Points

Triangles = NDArray[np.int32]
"""int32 (t, 3): indices of corners, all in the same sense of rotation."""
Values = NDArray[np.float32]
"""float32 (n, k): what belongs to each of n points."""

_AROUND = 30
"""Room around points to be triangulated, over their extent. OpenCV starts from a triangle about as
far away; the nearer it is, the more slivers along the hull go to its corners and are lost."""
_LEAST_AREA = 1e-4
"""Twice the area of the smallest triangle that is drawn, in steps of the lattice squared."""
_SLACK = 1e-5
"""How far outside a triangle, in its heights, a node may lie and be drawn with it."""


def triangulate(points: Points) -> Triangles:
    """The Delaunay triangles of `points`, float32 (n, 2), all in the same sense of rotation."""
    lowest, highest = points.min(axis=0), points.max(axis=0)
    room = _AROUND * math.ceil(float((highest - lowest).max()))
    left, top = np.floor(lowest).astype(int) - room
    width, height = np.ceil(highest - lowest).astype(int) + 2 * room
    division = cv2.Subdiv2D((int(left), int(top), int(width), int(height)))
    index = {}
    for number, (x, y) in enumerate(points):
        division.insert((float(x), float(y)))
        index[float(x), float(y)] = number
    corners = np.asarray(division.getTriangleList(), np.float32).reshape(-1, 3, 2)
    known = [[index.get((float(x), float(y)), -1) for x, y in triangle] for triangle in corners]
    return np.array([t for t in known if -1 not in t], np.int32)


def lay_out(
    corners: Points, depth: NDArray[np.float32], triangles: Triangles, values: Values, *, side: int
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """`values` between the corners, seen on a square lattice.

    Args:
        corners: float32 (n, 2), in lattice steps.
        depth: float32 (n,), smaller nearer.
        triangles: Those turned over by `corners` are not drawn.
        values: float32 (n, k).
        side: Nodes along each side of the lattice.

    Returns:
        float32 (side, side, k), and bool (side, side): where a triangle lies. Nodes outside have
        the value of the nearest node inside.
    """
    by_corner = triangles.T
    order = np.argsort(-depth.take(by_corner).sum(axis=0), kind="stable")
    drawn = by_corner.take(order, axis=1)
    nodes, which, weights = _nodes_inside(corners.T.take(drawn, axis=1), side)
    of_corners = values.T.take(drawn.take(which, axis=1), axis=1)
    lattice = np.zeros((side * side, values.shape[1]), np.float32)
    inside = np.zeros((side, side), np.bool_)
    lattice[nodes] = (of_corners * weights).sum(axis=1).T
    inside.ravel()[nodes] = True
    return _spread(lattice, inside).reshape(side, side, -1), inside


def _nodes_inside(
    corners: NDArray[np.float32], side: int
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float32]]:
    """The nodes within each triangle that is not turned over.

    Args:
        corners: float32 (2, 3, t): x and y of each corner.
        side: Nodes along each side of the lattice.

    Returns:
        Of each node found its number, (n,), its triangle, (n,), and its weights, (3, n).
    """
    lowest, highest = corners.min(axis=1), corners.max(axis=1)
    first = np.ceil(np.maximum(lowest, 0))
    width, height = (np.floor(np.minimum(highest, side - 1)) - first).astype(np.intp) + 1
    # Counted from a node nearby, small triangles keep their precision.
    (ax, bx, cx), (ay, by, cy) = corners - first[:, None]
    area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
    (seen,) = np.nonzero((area > _LEAST_AREA) & (width > 0) & (height > 0))
    to_a = bx * cy - by * cx, by - cy, cx - bx
    to_b = cx * ay - cy * ax, cy - ay, ax - cx
    edges = np.stack([*to_a, *to_b]).take(seen, axis=1) / area[seen]
    width, left, top = np.stack([width, *first.astype(np.intp)]).take(seen, axis=1)
    count = width * height[seen]
    which = np.repeat(np.arange(len(seen)), count)
    nth = np.arange(len(which)) - (np.cumsum(count) - count).take(which)
    down, across = np.divmod(nth, width.take(which))
    a, a_across, a_down, b, b_across, b_down = edges.take(which, axis=1)
    x, y = across.astype(np.float32), down.astype(np.float32)
    at_a = a + a_across * x + a_down * y
    at_b = b + b_across * x + b_down * y
    weights = np.stack([at_a, at_b, 1 - at_a - at_b])
    (found,) = np.nonzero(weights.min(axis=0) > -_SLACK)
    nodes = (top * side + left).take(which) + down * side + across
    return nodes[found], seen.take(which[found]), weights.take(found, axis=1)


def _spread(lattice: Values, inside: NDArray[np.bool_]) -> Values:
    """`lattice` with each node outside given the value of the nearest one inside."""
    (known,) = np.nonzero(inside.ravel())
    if len(known) in {0, inside.size}:
        return lattice
    _, labels = cv2.distanceTransformWithLabels(
        (~inside).astype(np.uint8), cv2.DIST_L2, 3, labelType=cv2.DIST_LABEL_PIXEL
    )
    nearest = np.zeros(len(known) + 1, np.intp)
    owner = np.asarray(labels, np.intp).ravel()
    nearest[owner.take(known)] = known
    return lattice.take(nearest.take(owner), axis=0)
