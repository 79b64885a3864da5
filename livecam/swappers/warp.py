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
    order = np.argsort(-depth[triangles].sum(axis=1), kind="stable")
    drawn = triangles[order]
    area = _twice_area(corners[drawn])
    front = area > 1e-4
    drawn, area = drawn[front], area[front]
    columns, rows, which, weights = _nodes_inside(corners[drawn], area, side)
    lattice = np.zeros((side, side, values.shape[1]), np.float32)
    inside = np.zeros((side, side), np.bool_)
    lattice[rows, columns] = np.einsum("nc,nck->nk", weights, values[drawn[which]])
    inside[rows, columns] = True
    return _spread(lattice, inside), inside


def _twice_area(corners: NDArray[np.float32]) -> NDArray[np.float32]:
    """float32 (t,): positive for triangles float32 (t, 3, 2) that are not turned over."""
    (ax, ay), (bx, by), (cx, cy) = (corners[:, i].T for i in range(3))
    area: NDArray[np.float32] = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
    return area


def _nodes_inside(
    corners: NDArray[np.float32], area: NDArray[np.float32], side: int
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp], NDArray[np.float32]]:
    """Column, row, triangle and barycentric weights of each node within a triangle."""
    first = np.maximum(np.ceil(corners.min(axis=1)), 0).astype(np.intp)
    last = np.minimum(np.floor(corners.max(axis=1)), side - 1).astype(np.intp)
    width, height = np.maximum(last - first + 1, 0).T
    count = width * height
    which = np.repeat(np.arange(len(count)), count)
    nth = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    down, across = np.divmod(nth, width[which])
    columns, rows = first[which, 0] + across, first[which, 1] + down
    x, y = columns.astype(np.float32), rows.astype(np.float32)
    (ax, ay), (bx, by), (cx, cy) = (corners[which, i].T for i in range(3))
    at_a = ((bx - x) * (cy - y) - (by - y) * (cx - x)) / area[which]
    at_b = ((cx - x) * (ay - y) - (cy - y) * (ax - x)) / area[which]
    at_c = 1 - at_a - at_b
    slack = -1e-5
    inside = (at_a > slack) & (at_b > slack) & (at_c > slack)
    weights = np.stack([at_a, at_b, at_c], axis=1)[inside]
    return columns[inside], rows[inside], which[inside], weights


def _spread(lattice: NDArray[np.float32], inside: NDArray[np.bool_]) -> NDArray[np.float32]:
    """`lattice` with each node outside given the value of the nearest one inside."""
    if inside.all() or not inside.any():
        return lattice
    _, labels = cv2.distanceTransformWithLabels(
        (~inside).astype(np.uint8), cv2.DIST_L2, 3, labelType=cv2.DIST_LABEL_PIXEL
    )
    rows, columns = np.nonzero(inside)
    nearest = np.zeros(int(labels.max()) + 1, np.intp)
    nearest[labels[rows, columns]] = np.arange(len(rows))
    chosen = nearest[labels]
    return np.asarray(lattice[rows[chosen], columns[chosen]], np.float32)
