"""Pictures brought to one size and one meaning."""

from dataclasses import replace

import cv2
import numpy as np
from av.video.reformatter import VideoReformatter

from livecam.media.planes import Canvas, views
from livecam.picture import Colour, Picture, Plane
from livecam.picture.colour import rgb_from_yuv, yuv_from_rgb

_NEUTRAL = 128


class Fitting:
    """Scales, letterboxes in black and converts; leaves alone what fits already.

    The siting of the chroma and the tags that livecam only carries stay as they come.

    Args:
        width: Of the pictures that come out, px.
        height: Likewise.
        colour: Its matrix and range are theirs.
    """

    def __init__(self, width: int, height: int, colour: Colour) -> None:
        self._size = width, height
        self._colour = colour
        self._reformatter = VideoReformatter()
        self._canvas: Canvas | None = None
        self._canvas_size = 0, 0

    def picture(self, picture: Picture) -> Picture:
        """`picture` itself where it fits, else one that does."""
        if (picture.width, picture.height) != self._size:
            inner = inner_size(picture.width, picture.height, within=self._size)
            picture = _framed(self._scaled(picture, *inner), *self._size)
        return recoloured(picture, self._colour)

    def _scaled(self, picture: Picture, width: int, height: int) -> Picture:
        size = picture.width, picture.height
        if size == (width, height):
            return picture
        if self._canvas is None or self._canvas_size != size:
            self._canvas, self._canvas_size = Canvas(*size), size
        scaled = self._reformatter.reformat(
            self._canvas.drawn(picture),
            width=width,
            height=height,
            interpolation="BICUBIC",
            threads=1,
        )
        columns = width, (width + 1) // 2, (width + 1) // 2
        y, u, v = (rows[:, :n] for rows, n in zip(views(scaled), columns, strict=True))
        return Picture(y, u, v, picture.colour)


def inner_size(width: int, height: int, *, within: tuple[int, int]) -> tuple[int, int]:
    """The largest size of the same shape that fits, px: the outer one's own on its tight side.

    The other side is even, so that chroma samples stay whole; a difference of one pair of
    pixels is taken for none.
    """
    outer_width, outer_height = within
    if width * outer_height > height * outer_width:
        return outer_width, _even(outer_width * height / width, outer_height)
    return _even(outer_height * width / height, outer_width), outer_height


def _even(length: float, limit: int) -> int:
    rounded = max(2, 2 * round(length / 2))
    return limit if rounded >= limit - 2 else rounded


def _framed(picture: Picture, width: int, height: int) -> Picture:
    """`picture` in the middle of a black one."""
    if (picture.width, picture.height) == (width, height):
        return picture
    left, top = (width - picture.width) // 4 * 2, (height - picture.height) // 4 * 2
    black = 0 if picture.colour.full_range else 16
    columns, rows = (width + 1) // 2, (height + 1) // 2
    return Picture(
        _inset(picture.y, left, top, width, height, beyond=black),
        _inset(picture.u, left // 2, top // 2, columns, rows, beyond=_NEUTRAL),
        _inset(picture.v, left // 2, top // 2, columns, rows, beyond=_NEUTRAL),
        picture.colour,
    )


def _inset(plane: Plane, left: int, top: int, width: int, height: int, *, beyond: int) -> Plane:
    rows, columns = plane.shape
    around = top, height - rows - top, left, width - columns - left
    return np.asarray(
        cv2.copyMakeBorder(plane, *around, cv2.BORDER_CONSTANT, value=beyond), np.uint8
    )


def recoloured(picture: Picture, wanted: Colour) -> Picture:
    """What `picture` shows, in the matrix and range of `wanted`; all else of its colour stays.

    Chroma does not depend on luma, so two thirds of the work are done at half size: a seventh of
    what libswscale takes to be as exact, and without the 2 levels that it is off otherwise.
    """
    theirs = picture.colour
    colour = replace(theirs, matrix=wanted.matrix, full_range=wanted.full_range)
    if theirs == colour:
        return picture
    decode = rgb_from_yuv(theirs.matrix, full_range=theirs.full_range)
    encode = yuv_from_rgb(colour.matrix, full_range=colour.full_range)
    linear = encode[:, :3] @ decode[:, :3]
    offset = encode[:, :3] @ decode[:, 3] + encode[:, 3]
    chroma = np.column_stack([linear[:, 1:], offset])
    uv = cv2.merge([picture.u, picture.v])
    u, v = cv2.split(cv2.transform(uv, chroma[1:]))
    shift = cv2.transform(uv.astype(np.int16), chroma[:1])
    size = picture.width, picture.height
    shift = cv2.resize(shift, size, interpolation=cv2.INTER_LINEAR)
    same = abs(linear[0, 0] - 1) < 1e-6
    luma = picture.y if same else cv2.multiply(picture.y, linear[0, 0], dtype=cv2.CV_16S)
    y = cv2.add(luma, shift, dtype=cv2.CV_8U)
    y, u, v = (np.asarray(plane, np.uint8) for plane in (y, u, v))
    return Picture(y, u, v, colour)
