"""Blending a patch into planes, within the patch's bounding box and nowhere else."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.picture.affine import bounds, compose, invert
from livecam.picture.arrays import Affine, Image, Map, Mask, Plane
from livecam.picture.colour import Colour, rgb_from_yuv
from livecam.picture.resample import octaves, rescale, source_from_rescaled

Channel = NDArray[np.float32]

_BAND = 64
"""Rows that are blended at a time; few enough for the processor's cache."""
_BLOCK = 8
"""px; three halvings."""


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """Pixels in the numbers of a picture's planes, before they are rounded.

    Chroma lies in the middle of each 2×2 pixels.
    """

    y: Channel
    """float32 (h, w), both even."""
    u: Channel
    """float32 (h / 2, w / 2)."""
    v: Channel
    """float32 (h / 2, w / 2)."""

    def part(self, left: int, top: int, right: int, bottom: int) -> "Samples":
        """The samples from (left, top) to before (right, bottom), px; even numbers."""
        half = np.s_[top // 2 : bottom // 2, left // 2 : right // 2]
        return Samples(self.y[top:bottom, left:right], self.u[half], self.v[half])


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """Pixels to be blended into a picture."""

    image: Image | Samples
    """uint8 (s, s, 3) RGB, or the numbers of the picture it was made for; has to make sense up to
    a pixel or two beyond the mask."""
    mask: Mask
    """uint8 (s, s)."""
    crop_from_frame: Affine

    def rgb(self, colour: Colour) -> Image:
        """The pixels as uint8 (s, s, 3) RGB.

        Args:
            colour: Of the picture that it was made for.
        """
        if not isinstance(self.image, Samples):
            return self.image
        size = self.image.y.shape[::-1]
        chroma = [cv2.resize(plane, size) for plane in (self.image.u, self.image.v)]
        matrix = rgb_from_yuv(colour.matrix, full_range=colour.full_range)
        rgb = cv2.transform(cv2.merge([self.image.y, *chroma]), matrix)
        return np.asarray(np.rint(rgb).clip(0, 255), np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """A patch trimmed to what its mask shows, with its place in the frame."""

    image: Image | Samples
    """As in `Patch`, h × w px."""
    mask: Mask
    """uint8 (h, w), h and w may be 0"""
    frame_from_layer: Map

    @classmethod
    def of(cls, patch: Patch) -> "Layer":
        """What of the patch can be seen.

        Raises:
            PipelineError: The patch's transform cannot be inverted.
        """
        frame_from_crop = invert(patch.crop_from_frame)
        left, top, width, height = cv2.boundingRect(patch.mask)
        right, bottom = left + width, top + height
        # What is averaged when the layer is halved must not change as the mask's edge moves.
        left, top = left // _BLOCK * _BLOCK, top // _BLOCK * _BLOCK
        place = compose(frame_from_crop, np.array([[1.0, 0.0, left], [0.0, 1.0, top]]))
        image = patch.image
        if isinstance(image, Samples):
            right, bottom = right + right % 2, bottom + bottom % 2
            shown: Image | Samples = image.part(left, top, right, bottom)
        else:
            shown = image[top:bottom, left:right]
        return cls(shown, patch.mask[top:bottom, left:right], place)

    def reaches(self, plane: Plane) -> bool:
        """True where some of the layer may lie on the luma plane."""
        return self.mask.size > 0 and _box(self.mask, self.frame_from_layer, plane) is not None


def blend(
    planes: Sequence[Plane], channels: Sequence[Channel], mask: Mask, plane_from_layer: Map
) -> None:
    """Writes `plane · (1 − mask) + channel · mask` into each of the planes.

    Channels are weighted with the mask before they are warped, so that what lies beyond the mask
    never bleeds in, and all is float until the one rounding at the end.

    Args:
        planes: uint8 (h, w), all of one size; changed in place.
        channels: float32, in the unit of the planes, of the size of the mask.
        mask: uint8 (·, ·).
        plane_from_layer: Where channels and mask lie on the planes.
    """
    box = _box(mask, plane_from_layer, planes[0])
    if box is None:
        return
    left, top, right, bottom = box
    doublings = octaves(plane_from_layer)
    weight = np.multiply(mask, np.float32(1 / 255), dtype=np.float32)
    if doublings > 0:
        weight = rescale(weight, doublings, enlarge_by=cv2.INTER_LINEAR)
        channels = [rescale(channel, doublings) for channel in channels]
    weighted = [channel * weight for channel in channels]
    keep = 1 - weight
    if doublings < 0:
        keep = rescale(keep, doublings, beyond=1)
        weighted = [rescale(channel, doublings) for channel in weighted]
    place = compose(plane_from_layer, source_from_rescaled(doublings))
    place[:, 2] -= left, top
    for start in range(top, bottom, _BAND):
        end = min(start + _BAND, bottom)
        size = right - left, end - start
        kept = cv2.warpAffine(keep, place, size, borderValue=1)
        for plane, channel in zip(planes, weighted, strict=True):
            region = plane[start:end, left:right]
            added = cv2.warpAffine(channel, place, size)
            cv2.add(region * kept, added, dst=region, dtype=cv2.CV_8U)
        place[1, 2] -= _BAND


def _box(mask: Mask, plane_from_layer: Map, plane: Plane) -> tuple[int, int, int, int] | None:
    """The samples of the plane that the mask can touch: left, top, right, bottom."""
    height, width = mask.shape
    rows, columns = plane.shape
    reach = 2 ** max(-octaves(plane_from_layer), 0)
    box = bounds(plane_from_layer, -reach, -reach, width - 1 + reach, height - 1 + reach)
    left, top = math.floor(max(box[0], 0)), math.floor(max(box[1], 0))
    right, bottom = math.ceil(min(box[2] + 1, columns)), math.ceil(min(box[3] + 1, rows))
    return (left, top, right, bottom) if left < right and top < bottom else None
