"""Pictures as a window shows them, for every frame."""

import cv2
import numpy as np

from livecam.picture.arrays import Image
from livecam.picture.colour import rgb_from_yuv
from livecam.picture.picture import Picture
from livecam.picture.resample import resize


class Screen:
    """Makes pictures ready for a window of one size, in a fifth of `Picture.thumbnail`'s time.

    Chroma is taken to lie in the middle of its 2×2 block, whatever its siting: half a pixel that
    nobody sees. Memory is kept between pictures: what is new has to be cleared by the system
    first, which at 1080p takes longer than all the rest.

    Args:
        width: px
        height: px
    """

    def __init__(self, width: int, height: int) -> None:
        self.width = width
        self.height = height
        self._planes = [np.empty((height, width), np.uint8) for _ in "yuv"]
        self._yuv, self._rgb = (np.empty((height, width, 3), np.uint8) for _ in range(2))

    def show(self, picture: Picture, *, mirrored: bool = False) -> Image:
        """The whole picture, each axis scaled on its own.

        Args:
            picture: What to show.
            mirrored: Left and right change places.

        Returns:
            uint8 (height, width, 3) RGB, which the next call writes over.
        """
        for plane, room in zip((picture.y, picture.u, picture.v), self._planes, strict=True):
            resize(plane, into=room)
        cv2.merge(self._planes, self._yuv)
        matrix = rgb_from_yuv(picture.colour.matrix, full_range=picture.colour.full_range)
        cv2.transform(self._yuv, matrix, self._rgb)
        if not mirrored:
            return self._rgb
        cv2.flip(self._rgb, 1, self._yuv)
        return self._yuv
