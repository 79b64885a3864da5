"""Detectors: where the faces of a picture are.

A family is a function that decodes the outputs of its graphs; looking at the picture is the same
for all of them.
"""

from collections.abc import Mapping
from functools import partial
from typing import Protocol

from livecam.detectors import centerface, scrfd, yoloface, yunet
from livecam.detectors.options import DetectorOptions
from livecam.detectors.thumbnail import ThumbnailDetector
from livecam.face import Detection
from livecam.picture import Picture
from livecam.runtime.manifest import Manifest
from livecam.runtime.session import Session

__all__ = ["FAMILIES", "Detector", "DetectorOptions", "Family", "ThumbnailDetector"]


class Detector(Protocol):
    """Finds faces without knowing where they were."""

    def detect(self, picture: Picture, *, smallest: float | None = None) -> list[Detection]:
        """The faces in `picture`, in its px, best first; empty where there is none.

        Args:
            picture: Of any size.
            smallest: The distance of the outer corners of the eyes, px, of the smallest face that
                has to be found: it may save time to miss smaller ones. None finds what it can.

        Raises:
            ModelError: The graph failed to run.
        """


class Family(Protocol):
    """Makes a detector of a model."""

    def __call__(
        self, manifest: Manifest, session: Session, options: DetectorOptions | None = None
    ) -> Detector:
        """The detector that runs `session`, whose model `manifest` describes.

        Raises:
            ModelError: The manifest's input or head is not one of this family.
        """


FAMILIES: Mapping[str, Family] = {
    "centerface": partial(ThumbnailDetector, decode=centerface.decode, outputs=4),
    "scrfd": partial(ThumbnailDetector, decode=scrfd.decode, outputs=9),
    "yoloface": partial(ThumbnailDetector, decode=yoloface.decode, outputs=1),
    "yunet": partial(ThumbnailDetector, decode=yunet.decode, outputs=12),
}
