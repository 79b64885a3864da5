"""XSeg: how sure it is at each pixel that it is face, and not a hand, hair or something held.

The segmentation network of DeepFaceLab, a U-Net whose one output is that share.
"""

from collections.abc import Collection

import numpy as np
from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

from livecam.maskers.regions import Region
from livecam.picture import Image, Mask
from livecam.runtime.image_model import ImageModel
from livecam.runtime.manifest import Manifest
from livecam.runtime.session import Session


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Head:
    """Nothing: the one output is the mask."""


class XSeg:
    """Tells a face from what is in front of it; knows no parts of it."""

    def __init__(self, manifest: Manifest, session: Session) -> None:
        manifest.head_as(Head)
        self._model = ImageModel(manifest, session, outputs=1)
        self.size = self._model.side

    def mask(
        self,
        image: Image,
        regions: Collection[Region] = (),  # noqa: ARG002 – as Masker
    ) -> Mask:
        """See `Masker.mask`."""
        (share,) = self._model.run(image)
        levels = np.clip(share.reshape(self.size, self.size), 0, 1) * np.float32(255)
        return np.asarray(np.rint(levels), np.uint8)
