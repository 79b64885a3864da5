"""Making a face, a person or a whole picture unrecognisable."""

import math
from functools import lru_cache

import cv2
import numpy as np

from livecam.face import Box
from livecam.picture import Colour, Mask, Patch, Picture, Plane
from livecam.picture.resample import rescale

_SIDE = 64
"""Side of a blurred patch, px."""
_SIGMA = 3.0
"""Of the blur on it, px: what remains has fewer details than a face of 10 px."""
_CELLS = 58
"""Along the longer side of a blurred picture, each as a px of a blurred patch."""
_AREA = 2.0
"""Side of the blurred square over the longer side of a face's box."""
_SHOULDERS, _CROWN = 1.7, 1.6
"""How far the blurred person reaches to either side and up from the middle of the face's box, in
longer sides of it; down it reaches to the edge of the picture."""
_FEATHER = 1.5
"""σ of the edge of the blurred person, px of the patch."""
_SLATE = (38, 43, 51)
"""RGB"""


def blur_face(picture: Picture, box: Box) -> Patch:
    """A blurred square over the head that `box` is the face of."""
    return _blurred(picture, box.centre, _AREA * max(box.width, box.height))


def blur_person(picture: Picture, box: Box) -> Patch:
    """Blurred head and shoulders, and all below them, of whom `box` is the face."""
    (x, y), size = box.centre, max(box.width, box.height, 1.0)
    top = y - _CROWN * size
    side = max(2 * _SHOULDERS * size, picture.height - top) * 1.1
    patch = _blurred(picture, (x, top + side / 2), side)
    mask = np.zeros_like(patch.mask)
    scale = _SIDE / side
    middle, reach = _SIDE // 2, round(_SHOULDERS * size * scale)
    crown = round(_CROWN * size * scale)
    cv2.ellipse(mask, (middle, crown), (reach, crown), 0, 0, 360, 255, -1)
    mask[crown:, max(middle - reach, 0) : middle + reach + 1] = 255
    soft = cv2.GaussianBlur(mask, (0, 0), _FEATHER, borderType=cv2.BORDER_REPLICATE)
    return Patch(patch.image, np.asarray(soft, np.uint8), patch.crop_from_frame)


def blurred(picture: Picture) -> Picture:
    """The whole of `picture`, blurred as strongly as the largest face on it would be."""
    return Picture(_washed(picture.y), _washed(picture.u), _washed(picture.v), picture.colour)


@lru_cache(maxsize=2)
def slate(width: int, height: int, colour: Colour) -> Picture:
    """A plain, dark, calm picture of this size."""
    return Picture.from_rgb(np.full((height, width, 3), _SLATE, np.uint8), colour)


def _washed(plane: Plane) -> Plane:
    """`plane` with nothing left of it but a coarse, smooth grid."""
    height, width = plane.shape
    cell = max(height, width) / _CELLS
    coarse = max(round(width / cell), 1), max(round(height / cell), 1)
    # Halved first: the way to any other size is ten times as slow.
    small = rescale(plane, -max(int(math.log2(cell)), 0), beyond=None)
    small = np.asarray(cv2.resize(small, coarse, interpolation=cv2.INTER_AREA), np.uint8)
    smooth = cv2.GaussianBlur(small, (0, 0), _SIGMA, borderType=cv2.BORDER_REPLICATE)
    whole = cv2.resize(smooth, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(whole, np.uint8).reshape(height, width)


def _blurred(picture: Picture, centre: tuple[float, float], side: float) -> Patch:
    scale = _SIDE / max(side, 1.0)
    middle = (_SIDE - 1) / 2
    crop_from_frame = np.array(
        [[scale, 0, middle - scale * centre[0]], [0, scale, middle - scale * centre[1]]],
        np.float32,
    )
    image = cv2.GaussianBlur(picture.crop(crop_from_frame, _SIDE), (0, 0), _SIGMA)
    mask: Mask = np.full((_SIDE, _SIDE), 255, np.uint8)
    return Patch(np.asarray(image, np.uint8), mask, crop_from_frame)
