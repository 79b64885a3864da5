"""Landmarkers: the dense landmarks of a face whose place is about known."""

from collections.abc import Mapping
from typing import Protocol

from livecam.face import Mesh, Points
from livecam.landmarkers.facemesh import FaceMesh
from livecam.landmarkers.landmarks import Landmarks
from livecam.picture import Picture
from livecam.runtime.manifest import Manifest
from livecam.runtime.session import Session

__all__ = ["FAMILIES", "FaceMesh", "Family", "Landmarker", "Landmarks"]


class Landmarker(Protocol):
    """Looks closely at one face."""

    def locate(self, picture: Picture, around: Points | Mesh) -> Landmarks:
        """The landmarks of the face in `picture` that lies about where `around` says.

        Args:
            picture: Of any size.
            around: float32 (5, 2) as a detector gives it, or float32 (468, 3) as this landmarker
                gave it a moment ago; px of the frame.

        Raises:
            PipelineError: The points of `around` coincide, or are not finite.
            ModelError: The graph failed to run.
        """


class Family(Protocol):
    """Makes a landmarker of a model."""

    def __call__(self, manifest: Manifest, session: Session) -> Landmarker:
        """The landmarker that runs `session`, whose model `manifest` describes.

        Raises:
            ModelError: The manifest's input or head is not one of this family.
        """


FAMILIES: Mapping[str, Family] = {"facemesh": FaceMesh}
