"""Landmarkers: the dense landmarks of a face whose place is about known.

A family is a function that reads the points off the outputs of its graphs; looking closely at the
face is the same for nearly all of them.
"""

from collections.abc import Mapping
from functools import partial
from typing import Protocol

from livecam.face import Mesh, Points
from livecam.landmarkers import facemesh, fan, insightface, openseeface
from livecam.landmarkers.closeup import CloseUp
from livecam.landmarkers.fan_68_5 import FiveTo68
from livecam.landmarkers.landmarks import Landmarks
from livecam.picture import Picture
from livecam.runtime.manifest import Manifest
from livecam.runtime.session import Session

__all__ = ["FAMILIES", "Family", "Landmarker", "Landmarks"]


class Landmarker(Protocol):
    """Looks closely at one face."""

    def locate(self, picture: Picture, around: Points | Mesh) -> Landmarks:
        """The landmarks of the face in `picture` that lies about where `around` says.

        Args:
            picture: Of any size.
            around: float32 (5, 2) as a detector gives it, or `points` as this landmarker gave
                them a moment ago; px of the frame.

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


FAMILIES: Mapping[str, Family] = {
    "facemesh": partial(CloseUp, decode=facemesh.decode, outputs=2, five=facemesh.FIVE),
    "fan": partial(CloseUp, decode=fan.decode_maps, outputs=2),
    "fan_68_5": FiveTo68,
    "insightface": partial(CloseUp, decode=insightface.decode, outputs=1, tells=False),
    "openseeface": partial(CloseUp, decode=openseeface.decode, outputs=1),
    "peppa": partial(CloseUp, decode=fan.decode_scores, outputs=1),
}
