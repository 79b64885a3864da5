"""Making a face, a person or a whole picture unrecognisable."""

from functools import lru_cache

import cv2
import numpy as np

from livecam.face import Box
from livecam.picture import Colour, Mask, Patch, Picture

_SIDE = 64
"""Side of a blurred patch, px."""
_SIGMA = 3.0
"""Of the blur on it, px: what remains has fewer details than a face of 10 px."""
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


def blur_all(picture: Picture) -> Patch:
    """The whole of `picture`, blurred."""
    centre = ((picture.width - 1) / 2, (picture.height - 1) / 2)
    return _blurred(picture, centre, max(picture.width, picture.height) * 1.1)


@lru_cache(maxsize=2)
def slate(width: int, height: int, colour: Colour) -> Picture:
    """A plain, dark, calm picture of this size."""
    return Picture.from_rgb(np.full((height, width, 3), _SLATE, np.uint8), colour)


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
