"""Enhancers: what makes a face sharper, or a whole picture larger.

`FAMILIES` names the kinds for faces, `UPSCALERS` those for pictures; a manifest of
`task = "enhancer"` or `task = "upscaler"` says which kind its model is.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol

from livecam.enhancers.esrgan import ESRGAN
from livecam.enhancers.restorer import Restorer
from livecam.picture import Image
from livecam.runtime.manifest import Manifest
from livecam.runtime.session import Session

__all__ = [
    "ESRGAN",
    "FAMILIES",
    "UPSCALERS",
    "Enhancer",
    "Family",
    "Restorer",
    "Upscaler",
    "UpscalerFamily",
]


class Enhancer(Protocol):
    """A model that draws a face anew, sharper."""

    @property
    def size(self) -> int:
        """Side of the crops it takes, px."""

    @property
    def template(self) -> str:
        """Name of the template the face is aligned to."""

    def enhance(self, image: Image, *, weight: float) -> Image:
        """`image`, sharper: uint8 (size, size, 3) RGB.

        Args:
            image: uint8 (size, size, 3) RGB, a face aligned to `template`.
            weight: How much is kept of what is seen rather than invented, 0–1; a model that
                cannot be told does as it does.

        Raises:
            ModelError: The graph failed to run, or gives no image.
        """


class Upscaler(Protocol):
    """A model that enlarges pictures."""

    @property
    def scale(self) -> int:
        """How many times as wide and as high a picture becomes."""

    def enlarge(self, image: Image) -> Image:
        """`image`, uint8 (h, w, 3) RGB of any size, `scale` times as large.

        Raises:
            ModelError: The graph failed to run, or gives an image of another size.
        """


class Family(Protocol):
    """Makes an enhancer of one kind."""

    def __call__(self, manifest: Manifest, session: Session) -> Enhancer:
        """An enhancer that runs `session` as `manifest` says.

        Raises:
            ModelError: The manifest's input or head is not one of this family.
        """


class UpscalerFamily(Protocol):
    """Makes an upscaler of one kind."""

    def __call__(self, manifest: Manifest, session: Session) -> Upscaler:
        """An upscaler that runs `session` as `manifest` says.

        Raises:
            ModelError: The manifest's input or head is not one of this family.
        """


FAMILIES: Mapping[str, Family] = MappingProxyType({"restorer": Restorer})
"""Kinds of enhancers by the name that manifests use."""
UPSCALERS: Mapping[str, UpscalerFamily] = MappingProxyType({"esrgan": ESRGAN})
"""Kinds of upscalers by the name that manifests use."""
