"""68 points guessed from a detector's five; the picture is not looked at."""

import numpy as np
from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

from livecam.errors import ModelError
from livecam.face import Mesh, Points
from livecam.landmarkers.landmarks import Landmarks
from livecam.landmarkers.plausibility import plausibility
from livecam.picture import Picture
from livecam.runtime.manifest import Manifest
from livecam.runtime.session import Session
from livecam.vision.alignment import align
from livecam.vision.geometry import invert, transform
from livecam.vision.mesh import five_points

_FIVE = 5


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Head:
    """What a manifest says about the space its model thinks in."""

    template: str
    """Name of the five-point template the points are laid on, at a side of 1."""


class FiveTo68:
    """Gives every face the 68 points that faces with such five points have.

    Its presence is no more than how much the five look like a face, so only the detector tells
    whether there is one.
    """

    def __init__(self, manifest: Manifest, session: Session) -> None:
        if [spec.shape for spec in session.inputs.values()] != [(1, _FIVE, 2)]:
            raise ModelError(
                f"The model '{manifest.name}' does not take five points alone.",
                hint="Correct `family` in the model's manifest.",
            )
        self._session = session
        (self._input,) = session.inputs
        self._template = manifest.head_as(Head).template

    def locate(self, picture: Picture, around: Points | Mesh) -> Landmarks:  # noqa: ARG002 – blind
        """See `Landmarker.locate`."""
        five = around if len(around) == _FIVE else five_points(around)
        space_from_frame = align(five, self._template, 1)
        (guessed,) = self._session.run({self._input: transform(five, space_from_frame)[None]})
        points = transform(guessed[0].astype(np.float32), invert(space_from_frame))
        return Landmarks(points, plausibility(five), tells=False)
