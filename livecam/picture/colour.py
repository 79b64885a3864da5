"""What the numbers in the planes mean, and the one place that turns YUV into RGB and back."""

from dataclasses import dataclass
from enum import Enum
from functools import cache

import numpy as np
from numpy.typing import NDArray

from livecam.picture.arrays import Map


class Matrix(Enum):
    """How YUV is made of RGB (ITU-R BT.601-7, BT.709-6, BT.2020-2)."""

    BT601 = "bt601"
    BT709 = "bt709"
    BT2020 = "bt2020"


class Siting(Enum):
    """Where a 4:2:0 chroma sample lies within its 2×2 block of luma samples."""

    LEFT = "left"
    CENTRE = "centre"
    TOP_LEFT = "top_left"


@dataclass(frozen=True, slots=True)
class Colour:
    """What the numbers in the planes mean."""

    matrix: Matrix = Matrix.BT709
    full_range: bool = False
    """False: luma 16–235, chroma 16–240. True: 0–255."""
    siting: Siting = Siting.LEFT
    primaries: int = 2
    """Code point of ISO/IEC 23091-2 (2 = unspecified); carried, not interpreted."""
    transfer: int = 2
    """Code point of ISO/IEC 23091-2 (2 = unspecified); carried, not interpreted."""


HD_VIDEO = Colour()
"""What the numbers of HD video mean unless it says otherwise."""

_WEIGHTS = {
    Matrix.BT601: (0.299, 0.114),
    Matrix.BT709: (0.2126, 0.0722),
    Matrix.BT2020: (0.2627, 0.0593),
}
"""Shares of red and blue in luma, from the tables of the three recommendations."""

_OFFSETS = {
    Siting.LEFT: (0.0, 0.5),
    Siting.CENTRE: (0.5, 0.5),
    Siting.TOP_LEFT: (0.0, 0.0),
}


@cache
def yuv_from_rgb(matrix: Matrix, *, full_range: bool) -> NDArray[np.float64]:
    """The map from RGB to YUV, both 0–255.

    Y = Kr R + Kg G + Kb B, U = (B − Y) / 2(1 − Kb), V = (R − Y) / 2(1 − Kr), then scaled and
    offset to the range (ITU-T H.273, 8.3).

    Returns:
        float64 (3, 4): `(y, u, v) = m @ (r, g, b, 1)`.
    """
    red, blue = _WEIGHTS[matrix]
    luma = np.array([red, 1 - red - blue, blue])
    chroma_blue = (np.array([0.0, 0.0, 1.0]) - luma) / (2 * (1 - blue))
    chroma_red = (np.array([1.0, 0.0, 0.0]) - luma) / (2 * (1 - red))
    luma_scale, chroma_scale, black = (
        (1.0, 1.0, 0.0) if full_range else (219 / 255, 224 / 255, 16.0)
    )
    rows = np.stack([luma * luma_scale, chroma_blue * chroma_scale, chroma_red * chroma_scale])
    return _frozen(np.column_stack([rows, [black, 128.0, 128.0]]))


@cache
def rgb_from_yuv(matrix: Matrix, *, full_range: bool) -> NDArray[np.float64]:
    """The map from YUV to RGB, both 0–255: the inverse of `yuv_from_rgb`.

    Returns:
        float64 (3, 4): `(r, g, b) = m @ (y, u, v, 1)`.
    """
    forward = yuv_from_rgb(matrix, full_range=full_range)
    linear = np.linalg.inv(forward[:, :3])
    return _frozen(np.column_stack([linear, -linear @ forward[:, 3]]))


def _frozen(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    matrix.flags.writeable = False
    return matrix


def frame_from_chroma(siting: Siting) -> Map:
    """Where chroma samples lie on the luma grid: float64 (2, 3), px to px."""
    right, down = _OFFSETS[siting]
    return np.array([[2.0, 0.0, right], [0.0, 2.0, down]])
