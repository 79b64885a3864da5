"""Where the lips of a portrait meet, and how they part.

On a portrait the dark line between closed lips is where an open mouth will be. Landmarkers put it a
few px off, so that it would stay as a black rim around the open mouth.
"""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.face import Mesh, Points
from livecam.vision.facemesh import INNER_LIPS, LOWER_LIP, MOUTH_CORNERS, UPPER_LIP
from livecam.vision.mask import risen
from livecam.vision.mesh import eye_distance

_SEARCHED = 0.05
"""How far from the middle between the lips the line is looked for, in eye distances."""
_STRAIGHT = 2.0
"""What a step of the line by a px costs, in levels of lightness."""
_EVEN = 0.06
"""σ along the mouth of how far the line lies off, in eye distances."""
_HALF = 0.01
"""Half the width of the line, in eye distances."""
_GIVES = 0.07
"""How far above and below the line the lips give way, in eye distances."""
_OPEN_ALREADY = 0.07
"""Opening of a portrait's mouth, in eye distances, from which on there is no line."""
_PARTED = (0.06, 0.12)
"""Openings of the mouth, in eye distances: the line is there up to the first, and gone from the
second on."""
_ENDS = np.array([INNER_LIPS[0], INNER_LIPS[10]])
_LOWER = np.array(INNER_LIPS[1:10])
_UPPER = np.array(INNER_LIPS[:10:-1])
_INNER = np.concatenate([_LOWER, _UPPER])


def opening(mesh: Mesh | Points) -> float:
    """How far the lips are apart in the picture, in eye distances (in space, given depth)."""
    flat = mesh[:, :2]
    return math.dist(flat[UPPER_LIP].tolist(), flat[LOWER_LIP].tolist()) / eye_distance(mesh)


def parted(mesh: Mesh) -> float:
    """How much of its parting the face `mesh` needs, 0–1."""
    return risen(opening(mesh), *_PARTED)


def parting(mesh: Mesh, lightness: NDArray[np.float32]) -> Points:
    """How the points of an upright portrait move for its lips to end beside the line between them.

    Args:
        mesh: Of the portrait.
        lightness: CIE L* of the portrait, (h, w).

    Returns:
        float32 (468, 2), px; 0 beyond the lips, and where the mouth is open already.
    """
    moves = np.zeros((len(mesh), 2), np.float32)
    if opening(mesh) > _OPEN_ALREADY:
        return moves
    unit = eye_distance(mesh)
    half, room = _HALF * unit, _GIVES * unit
    x, y = mesh[:, :2].T
    columns, rows = _between_lips(mesh)
    off = _darkest(lightness, columns, rows, unit)
    line = np.interp(x, columns, rows + off)
    side = np.where(y < np.interp(x, columns, rows), -1.0, 1.0)
    away = np.maximum(side * (y - line), 0)
    side[_UPPER], side[_LOWER], away[_INNER] = -1.0, 1.0, 0.0
    left, right = np.sort(x[_ENDS])
    lips = (left < x) & (x < right) & (away < room)
    goal = line + side * (half + away * (1 - half / room))
    goal[_ENDS], lips[_ENDS] = line[_ENDS], True
    moves[lips, 1] = (goal - y)[lips]
    return moves


def _between_lips(mesh: Mesh) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Columns from one corner of the mouth to the other, px, and the middle of the lips in each."""
    pairs = (mesh[_UPPER, :2] + mesh[_LOWER, :2]) / 2
    middle = np.concatenate([pairs, mesh[_ENDS, :2]])
    x, y = middle[middle[:, 0].argsort()].T
    left, right = np.sort(mesh[list(MOUTH_CORNERS), 0])
    columns = np.arange(math.ceil(left), math.floor(right) + 1, dtype=np.float64)
    return columns, np.interp(columns, x, y)


def _darkest(
    lightness: NDArray[np.float32],
    columns: NDArray[np.float64],
    rows: NDArray[np.float64],
    unit: float,
) -> NDArray[np.float64]:
    """How far below `rows` the darkest smooth way across `lightness` runs, (n,) px."""
    reach = math.ceil(_SEARCHED * unit)
    steps = np.arange(-reach, reach + 1, dtype=np.float64)
    x, y = np.broadcast_arrays(columns, rows + steps[:, None])
    strip = cv2.remap(lightness, x.astype(np.float32), y.astype(np.float32), cv2.INTER_LINEAR)
    costs = np.asarray(cv2.GaussianBlur(strip, (0, 0), sigmaX=3.0, sigmaY=0.7), np.float64).T
    came = np.zeros(costs.shape, int)
    total = costs[0]
    for column in range(1, len(costs)):
        before = np.pad(total, 1, constant_values=np.inf)
        ways = np.stack([before[:-2] + _STRAIGHT, before[1:-1], before[2:] + _STRAIGHT])
        came[column] = ways.argmin(axis=0) - 1
        total = costs[column] + ways.min(axis=0)
    at = [int(total.argmin())]
    for back in came[:0:-1]:
        at.append(at[-1] + int(back[at[-1]]))
    way = steps[at[::-1]][None]
    smooth = cv2.GaussianBlur(way, (0, 0), _EVEN * unit, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(smooth[0], np.float64)
