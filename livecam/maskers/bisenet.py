"""BiSeNet: which part of a face, or of what is around it, each pixel shows.

Yu et al., "BiSeNet: Bilateral Segmentation Network for Real-time Semantic Segmentation", 2018; as
trained on the nineteen classes of CelebAMask-HQ.
"""

from collections.abc import Collection

import numpy as np
from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

from livecam.errors import ModelError
from livecam.maskers.regions import Region
from livecam.picture import Image, Mask
from livecam.runtime.image_model import ImageModel
from livecam.runtime.manifest import Manifest
from livecam.runtime.session import Session


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Head:
    """What the planes of the output stand for."""

    classes: tuple[str, ...]
    """In the order of the planes; those that are named as a `Region` are parts of the face."""


class BiSeNet:
    """Finds the parts of a face."""

    def __init__(self, manifest: Manifest, session: Session) -> None:
        classes = manifest.head_as(Head).classes
        self._model = ImageModel(manifest, session, outputs=1)
        self._name = manifest.name
        self._classes = len(classes)
        self._region = {n: Region(one) for n, one in enumerate(classes) if one in set(Region)}
        if set(self._region.values()) != set(Region) or len(set(classes)) != len(classes):
            raise ModelError(
                f"The manifest of '{manifest.name}' does not name every part of a face once.",
                hint=f"Let `classes` of its [head] name {', '.join(Region)}.",
            )
        self.size = self._model.side

    def mask(self, image: Image, regions: Collection[Region] = ()) -> Mask:
        """See `Masker.mask`."""
        (planes,) = self._model.run(image)
        if planes.shape != (1, self._classes, self.size, self.size):
            raise ModelError(
                f"The model '{self._name}' gives {planes.shape} where {self._classes} classes of "
                f"{self.size} × {self.size} px are expected.",
                hint="Correct `classes` in the [head] of its manifest.",
            )
        chosen = {n for n, one in self._region.items() if one in (regions or Region)}
        # A tenth of the time of argmax.
        face, other = (
            np.maximum.reduce([plane for n, plane in enumerate(planes[0]) if (n in chosen) is kind])
            for kind in (True, False)
        )
        return np.asarray(np.where(face > other, 255, 0), np.uint8)
