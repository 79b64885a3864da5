"""Making a face, or a whole picture, unrecognisable."""

import cv2
import numpy as np

from livecam.face import Box
from livecam.picture import Patch, Picture

_SIDE = 64
"""Side of a blurred patch, px."""
_SIGMA = 3.0
"""Of the blur on it, px: what remains has fewer details than a face of 10 px."""
_AREA = 2.0
"""Side of the blurred square over the longer side of a face's box."""


def blur_face(picture: Picture, box: Box) -> Patch:
    """A blurred square over the head that `box` is the face of."""
    return _blurred(picture, box.centre, _AREA * max(box.width, box.height))


def blur_all(picture: Picture) -> Patch:
    """The whole of `picture`, blurred."""
    centre = ((picture.width - 1) / 2, (picture.height - 1) / 2)
    return _blurred(picture, centre, max(picture.width, picture.height) * 1.1)


def _blurred(picture: Picture, centre: tuple[float, float], side: float) -> Patch:
    scale = _SIDE / max(side, 1.0)
    middle = (_SIDE - 1) / 2
    crop_from_frame = np.array(
        [[scale, 0, middle - scale * centre[0]], [0, scale, middle - scale * centre[1]]],
        np.float32,
    )
    image = cv2.GaussianBlur(picture.crop(crop_from_frame, _SIDE), (0, 0), _SIGMA)
    return Patch(
        np.asarray(image, np.uint8), np.full((_SIDE, _SIDE), 255, np.uint8), crop_from_frame
    )
