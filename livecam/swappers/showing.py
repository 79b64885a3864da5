"""What a learned swap shows: which faces it can be put on, and which part of the crop."""

from functools import lru_cache

import numpy as np

from livecam.face import Crop, Face
from livecam.picture import Mask
from livecam.vision.geometry import scale
from livecam.vision.mask import box
from livecam.vision.pose import turned_deg, yaw_deg

_LOST_DEG = 75.0
"""Yaw beyond which generators, which learnt from faces seen from the front, give no sound one."""
_LEAST = 32.0
"""Side of the crop in the frame below which there is too little of a face to be changed, px."""


def can_be_worn(face: Face, crop: Crop) -> bool:
    """Whether a swap of `face`, cut out as `crop`, can be trusted to hide who it was."""
    turned = turned_deg(face.landmarks) if face.mesh is None else yaw_deg(face.mesh)
    return abs(turned) <= _LOST_DEG and crop.size >= _LEAST * scale(crop.crop_from_frame)


@lru_cache(maxsize=8)
def box_mask(size: int) -> Mask:
    """What is shown of a crop: all but its border, uint8 (size, size); not to be written."""
    mask = np.rint(box(size) * 255).astype(np.uint8)
    mask.flags.writeable = False
    return mask
