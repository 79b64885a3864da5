"""ESRGAN and its kin: a picture enlarged by a network, a tile at a time.

Wang et al., "Real-ESRGAN: Training Real-World Blind Super-Resolution with Pure Synthetic Data",
2021.
"""

from itertools import product
from typing import Annotated

import cv2
import numpy as np
from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from livecam.enhancers.pixels import image_of
from livecam.errors import ModelError
from livecam.picture import Image
from livecam.runtime.image_model import ImageModel
from livecam.runtime.manifest import Manifest, Span
from livecam.runtime.session import Session


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Head:
    """How a picture is cut up, and how the output is read."""

    scale: Annotated[int, Field(ge=1, le=16)]
    """How many times as wide and as high the output is."""
    pad: Annotated[int, Field(ge=0)] = 16
    """Of a tile, px at each side that are only there to be seen; how far the network looks."""
    levels: Span = (0.0, 1.0)
    """What black and full colour are in the output."""


class ESRGAN:
    """Enlarges a picture; all tiles have the manifest's size, so that memory does not grow."""

    def __init__(self, manifest: Manifest, session: Session) -> None:
        self._head = manifest.head_as(Head)
        self._model = ImageModel(manifest, session, outputs=1)
        self._name = manifest.name
        self._tile = self._model.side
        self.scale = self._head.scale
        if self._tile <= 2 * self._head.pad:
            raise ModelError(
                f"Tiles of {self._tile} px leave nothing within a `pad` of {self._head.pad} px.",
                hint=f"Correct [head] of the manifest of '{manifest.name}'.",
            )

    def enlarge(self, image: Image) -> Image:
        """See `Upscaler.enlarge`."""
        height, width = image.shape[:2]
        scale, pad = self.scale, self._head.pad
        core = self._tile - 2 * pad
        below, beside = (-(-side // core) * core - side for side in (height, width))
        around = cv2.copyMakeBorder(
            image, pad, pad + below, pad, pad + beside, cv2.BORDER_REPLICATE
        )
        large = np.empty((scale * (height + below), scale * (width + beside), 3), np.uint8)
        inner = slice(scale * pad, scale * (pad + core))
        for top, left in product(range(0, height, core), range(0, width, core)):
            tile = around[top : top + self._tile, left : left + self._tile]
            place = np.s_[scale * top : scale * (top + core), scale * left : scale * (left + core)]
            large[place] = self._enlarged(np.ascontiguousarray(tile))[inner, inner]
        return np.ascontiguousarray(large[: scale * height, : scale * width])

    def _enlarged(self, tile: Image) -> Image:
        (tensor,) = self._model.run(tile)
        side = self.scale * self._tile
        return image_of(tensor, self._model.spec, self._head.levels, side, side, of=self._name)
