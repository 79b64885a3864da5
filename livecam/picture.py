"""Pictures in planar YUV 4:2:0, and the two verbs that touch them: crop and paste."""

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.uint8]
"""uint8 (h, w); rows may have padding between them (strided views are welcome)."""
Image = NDArray[np.uint8]
"""uint8 (h, w, 3) RGB, C-contiguous."""
Mask = NDArray[np.uint8]
"""uint8 (h, w): 0 keeps the frame, 255 takes the patch."""
Affine = NDArray[np.float32]
"""float32 (2, 3): maps (x, y, 1) to (x, y), pixel centres at integers."""


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


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """Pixels to be blended into a picture."""

    image: Image
    """uint8 (s, s, 3) RGB."""
    mask: Mask
    """uint8 (s, s)."""
    crop_from_frame: Affine


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """One picture as cameras, codecs and virtual cameras hold it. Never changed in place."""

    y: Plane
    """uint8 (h, w)"""
    u: Plane
    """uint8 (⌈h/2⌉, ⌈w/2⌉)"""
    v: Plane
    """uint8 (⌈h/2⌉, ⌈w/2⌉)"""
    colour: Colour = Colour()
