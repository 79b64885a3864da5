"""FaceMesh: 468 points in three dimensions, out of an upright crop of one face.

Kartynnik et al., "Real-time Facial Surface Geometry from Monocular Video on Mobile GPUs", 2019.
"""

import math
from typing import Annotated

import numpy as np
from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from livecam.errors import ModelError
from livecam.face import Mesh, Points
from livecam.landmarkers.landmarks import Landmarks
from livecam.picture import Affine, Picture
from livecam.runtime.image_model import ImageModel
from livecam.runtime.manifest import Manifest
from livecam.runtime.session import Session
from livecam.vision.geometry import invert, similarity
from livecam.vision.mesh import carried, five_points, upright

_POINTS = 468
_CORNER_FROM_CENTRE = np.array([0.5, 0.5, 0], np.float32)
"""The graph counts from the crop's corner, livecam from the centre of its first pixel."""

_FRONTAL = np.array(
    [[0.373, 0.376], [0.627, 0.376], [0.5, 0.527], [0.392, 0.646], [0.608, 0.646]], np.float32
)
"""Where a detector's five points lie in the crop that the mesh leads to: the mean over the
rendered people at up to 30° of yaw, made symmetrical. 0–1 across the crop."""


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Head:
    """What a manifest may say about the crop its model wants."""

    margin: Annotated[float, Field(ge=1, le=3)] = 1.45
    """Side of the crop over the larger extent of the mesh. Measured on the rendered people: the
    error is least, and the same, from 1.4 to 1.5; at 1.3 and at 1.7 it is a sixth larger."""


class FaceMesh:
    """Locates the mesh; two looks from a detector's five points, one from an earlier mesh."""

    def __init__(self, manifest: Manifest, session: Session) -> None:
        self._model = ImageModel(manifest, session, outputs=2)
        self._margin = manifest.head_as(Head).margin
        if self._model.width is None or self._model.width != self._model.height:
            raise ModelError(
                f"The model '{manifest.name}' does not take square crops of one size.",
                hint="Correct `family` in the model's manifest.",
            )
        self._size = self._model.width

    def locate(self, picture: Picture, around: Points | Mesh) -> Landmarks:
        """See `Landmarker.locate`."""
        if len(around) == len(_FRONTAL):
            # Five points tell little of the face's extent, the more so the further it is turned
            # away; the mesh of a first look does.
            crop_from_frame = similarity(around, _FRONTAL * self._size - 0.5)
            around = self._look(picture, crop_from_frame).mesh
        return self._look(picture, upright(around, self._size, self._margin))

    def _look(self, picture: Picture, crop_from_frame: Affine) -> Landmarks:
        places, logit = self._model.run(picture.crop(crop_from_frame, self._size))
        mesh = carried(places.reshape(_POINTS, 3) - _CORNER_FROM_CENTRE, invert(crop_from_frame))
        return Landmarks(mesh, five_points(mesh), _sigmoid(float(logit.item())))


def _sigmoid(logit: float) -> float:
    # In this form nothing overflows.
    return 0.5 * (1 + math.tanh(logit / 2))
