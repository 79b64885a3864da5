"""The picture, and its verbs: thumbnail, crop, paste."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from livecam.picture.affine import AnyAffine, compose, invert
from livecam.picture.arrays import Affine, Image, Map, Plane
from livecam.picture.blend import Layer, Patch, Samples, blend
from livecam.picture.colour import (
    HD_VIDEO,
    Colour,
    Siting,
    frame_from_chroma,
    rgb_from_yuv,
    yuv_from_rgb,
)
from livecam.picture.resample import sample

_IN_PLACE: Map = np.eye(2, 3)
_FROM_CENTRED_CHROMA = frame_from_chroma(Siting.CENTRE)
_TO_CENTRED_CHROMA = invert(_FROM_CENTRED_CHROMA)


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """One picture as cameras, codecs and virtual cameras hold it. Never changed in place."""

    y: Plane
    """uint8 (h, w)"""
    u: Plane
    """uint8 (⌈h/2⌉, ⌈w/2⌉)"""
    v: Plane
    """uint8 (⌈h/2⌉, ⌈w/2⌉)"""
    colour: Colour = HD_VIDEO

    @staticmethod
    def from_rgb(image: Image, colour: Colour = HD_VIDEO) -> "Picture":
        """The picture of an RGB image: uint8 (h, w, 3)."""
        height, width = image.shape[:2]
        picture = _empty(width, height, colour)
        matrix = yuv_from_rgb(colour.matrix, full_range=colour.full_range)
        yuv = np.asarray(cv2.transform(image, matrix), np.uint8)
        chroma_from_frame = invert(frame_from_chroma(colour.siting))
        rows, columns = picture.u.shape
        picture.y[:] = yuv[..., 0]
        picture.u[:] = sample(yuv[..., 1], chroma_from_frame, columns, rows)
        picture.v[:] = sample(yuv[..., 2], chroma_from_frame, columns, rows)
        return picture

    @property
    def width(self) -> int:
        """Extent in x, px."""
        return int(self.y.shape[1])

    @property
    def height(self) -> int:
        """Extent in y, px."""
        return int(self.y.shape[0])

    @property
    def luma(self) -> Plane:
        """The grey picture, uint8 (h, w) in the picture's own range: a view, not to be written."""
        return self.y

    def i420(self) -> Plane:
        """All samples in one buffer, Y then U then V, as encoders and virtual cameras take it.

        Returns:
            uint8 (n,), n = h·w + 2·⌈h/2⌉·⌈w/2⌉. A view where the planes lie back to back, as they
            do in what `paste` and `from_rgb` return; a copy otherwise.
        """
        planes = self.y, self.u, self.v
        buffer = self.y.base
        if isinstance(buffer, np.ndarray) and buffer.shape == (sum(p.size for p in planes),):
            starts = [plane.ctypes.data - buffer.ctypes.data for plane in planes]
            if starts == [0, self.y.size, self.y.size + self.u.size]:
                return buffer
        return np.concatenate([plane.ravel() for plane in planes])

    def to_rgb(self) -> Image:
        """The whole picture as uint8 (h, w, 3) RGB; for stills, not for every frame."""
        return self._seen(_IN_PLACE, self.width, self.height)

    def thumbnail(self, width: int, height: int) -> Image:
        """The whole picture at another size, each axis scaled on its own.

        Returns:
            uint8 (height, width, 3) RGB.
        """
        across, down = width / self.width, height / self.height
        thumbnail_from_frame = np.array(
            [[across, 0, (across - 1) / 2], [0, down, (down - 1) / 2]],
        )
        return self._seen(thumbnail_from_frame, width, height)

    def crop(self, crop_from_frame: Affine, size: int) -> Image:
        """A square cut out of the picture, turned and scaled; beyond the edge the edge goes on.

        Returns:
            uint8 (size, size, 3) RGB.

        Raises:
            PipelineError: `crop_from_frame` cannot be inverted.
        """
        return self._seen(crop_from_frame, size, size)

    def cut(self, crop_from_frame: Affine, size: int) -> "Picture":
        """What `crop` cuts out, as a picture: its chroma lies in the middle of each 2×2 pixels.

        Args:
            crop_from_frame: As for `crop`.
            size: Side, px; even.

        Raises:
            PipelineError: `crop_from_frame` cannot be inverted.
        """
        colour, half = self.colour, size // 2
        chroma_from_chroma = compose(
            _TO_CENTRED_CHROMA, compose(crop_from_frame, frame_from_chroma(colour.siting))
        )
        return Picture(
            sample(self.y, crop_from_frame, size, size),
            sample(self.u, chroma_from_chroma, half, half),
            sample(self.v, chroma_from_chroma, half, half),
            replace(colour, siting=Siting.CENTRE),
        )

    def paste(self, patches: Sequence[Patch]) -> "Picture":
        """The picture with patches blended in, in their order.

        Samples where no mask reaches keep their value. Where there is nothing to paste (no
        patches, or all of them outside), the picture itself is returned; else its planes are
        copied once, into one buffer.

        Raises:
            PipelineError: A patch's `crop_from_frame` cannot be inverted.
        """
        layers = [layer for patch in patches if (layer := Layer.of(patch)).reaches(self.y)]
        if not layers:
            return self
        picture = _packed(self)
        for layer in layers:
            _blend(picture, layer)
        return picture

    def _seen(self, target_from_frame: AnyAffine, width: int, height: int) -> Image:
        target_from_chroma = compose(target_from_frame, frame_from_chroma(self.colour.siting))
        yuv = cv2.merge(
            [
                sample(self.y, target_from_frame, width, height),
                sample(self.u, target_from_chroma, width, height),
                sample(self.v, target_from_chroma, width, height),
            ]
        )
        matrix = rgb_from_yuv(self.colour.matrix, full_range=self.colour.full_range)
        return np.asarray(cv2.transform(yuv, matrix), np.uint8)


def _blend(picture: Picture, layer: Layer) -> None:
    image, mask, place = layer.image, layer.mask, layer.frame_from_layer
    if isinstance(image, Samples):
        y, chroma = image.y, [image.u, image.v]
        columns, rows = image.u.shape[::-1]
        half = cv2.resize(mask, (columns, rows), interpolation=cv2.INTER_AREA)
        chroma_mask, chroma_place = np.asarray(half, np.uint8), compose(place, _FROM_CENTRED_CHROMA)
    else:
        matrix = yuv_from_rgb(picture.colour.matrix, full_range=picture.colour.full_range)
        yuv = cv2.transform(image.astype(np.float32), matrix)
        y, *chroma = (np.asarray(channel, np.float32) for channel in cv2.split(yuv))
        chroma_mask, chroma_place = mask, place
    blend([picture.y], [y], mask, place)
    chroma_from_frame = invert(frame_from_chroma(picture.colour.siting))
    chroma_from_layer = compose(chroma_from_frame, chroma_place)
    blend([picture.u, picture.v], chroma, chroma_mask, chroma_from_layer)


def _empty(width: int, height: int, colour: Colour) -> Picture:
    """A picture to be filled in, its planes back to back in one buffer."""
    columns, rows = (width + 1) // 2, (height + 1) // 2
    luma, chroma = width * height, columns * rows
    buffer = np.empty(luma + 2 * chroma, np.uint8)
    return Picture(
        buffer[:luma].reshape(height, width),
        buffer[luma : luma + chroma].reshape(rows, columns),
        buffer[luma + chroma :].reshape(rows, columns),
        colour,
    )


def _packed(picture: Picture) -> Picture:
    copy = _empty(picture.width, picture.height, picture.colour)
    copy.y[:] = picture.y
    copy.u[:] = picture.u
    copy.v[:] = picture.v
    return copy
