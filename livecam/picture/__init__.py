"""Pictures in planar YUV 4:2:0, what their numbers mean, and the verbs that touch them.

The frame is never turned into RGB. A face is warped straight out of the planes into a small crop,
RGB or a picture itself, and patches are blended straight back into the planes, so the work grows
with the face and every sample outside a patch stays as it was.
"""

from livecam.picture.arrays import Affine, Image, Mask, Plane
from livecam.picture.blend import Patch, Samples
from livecam.picture.colour import HD_VIDEO, Colour, Matrix, Siting
from livecam.picture.picture import Picture
from livecam.picture.screen import Screen

__all__ = [
    "HD_VIDEO",
    "Affine",
    "Colour",
    "Image",
    "Mask",
    "Matrix",
    "Patch",
    "Picture",
    "Plane",
    "Samples",
    "Screen",
    "Siting",
]
