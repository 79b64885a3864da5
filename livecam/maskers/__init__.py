"""Maskers: what of a crop is face, and what is something else.

`FAMILIES` names the kinds; a manifest of `task = "masker"` says which kind its model is.
"""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Protocol

from livecam.maskers.bisenet import BiSeNet
from livecam.maskers.regions import Region
from livecam.maskers.xseg import XSeg
from livecam.picture import Image, Mask
from livecam.runtime.manifest import Manifest
from livecam.runtime.session import Session

__all__ = ["FAMILIES", "BiSeNet", "Family", "Masker", "Region", "XSeg"]


class Masker(Protocol):
    """A model that tells a face from what is beside it and before it."""

    @property
    def size(self) -> int:
        """Side of the crops it takes, px."""

    def mask(self, image: Image, regions: Collection[Region] = ()) -> Mask:
        """Where the face is seen: uint8 (size, size), 255 on it.

        Args:
            image: uint8 (size, size, 3) RGB, one upright face.
            regions: The parts of the face that count; none means all. A model that knows no parts
                shows all of them.

        Raises:
            ModelError: The graph failed to run.
        """


class Family(Protocol):
    """Makes a masker of one kind."""

    def __call__(self, manifest: Manifest, session: Session) -> Masker:
        """A masker that runs `session` as `manifest` says.

        Raises:
            ModelError: The manifest's input or head is not one of this family.
        """


FAMILIES: Mapping[str, Family] = MappingProxyType({"xseg": XSeg, "bisenet": BiSeNet})
"""Kinds of maskers by the name that manifests use."""
