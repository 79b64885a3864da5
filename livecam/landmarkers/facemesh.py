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
from livecam.vision.geometry import invert, scale, similarity, transform

_POINTS = 468
_LEFT_EYE_CORNERS = (33, 133)
_RIGHT_EYE_CORNERS = (362, 263)
_NOSE_AND_MOUTH = (4, 61, 291)

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
        return self._look(picture, self._crop_from_frame(around))

    def _crop_from_frame(self, mesh: Mesh) -> Affine:
        """The square around the mesh in which its eyes lie level."""
        points, (left, right) = mesh[:, :2], five_points(mesh)[:2]
        across, down = (right - left).tolist()
        length = math.hypot(across, down) or 1.0
        cosine, sine = across / length, down / length
        upright_from_frame = np.array([[cosine, sine], [-sine, cosine]], np.float32)
        upright = points @ upright_from_frame.T
        low, high = upright.min(axis=0), upright.max(axis=0)
        gain = self._size / (self._margin * max(*(high - low).tolist(), 1e-3))
        shift = (self._size - 1) / 2 - gain * (low + high) / 2
        return np.column_stack([upright_from_frame * gain, shift]).astype(np.float32)

    def _look(self, picture: Picture, crop_from_frame: Affine) -> Landmarks:
        places, logit = self._model.run(picture.crop(crop_from_frame, self._size))
        frame_from_crop = invert(crop_from_frame)
        mesh = places.reshape(_POINTS, 3)
        # The graph counts from the crop's corner, livecam from the centre of its first pixel.
        flat = transform(mesh[:, :2] - np.float32(0.5), frame_from_crop)
        depth = mesh[:, 2:] * np.float32(scale(frame_from_crop))
        mesh = np.concatenate([flat, depth], axis=1)
        return Landmarks(mesh, five_points(mesh), _sigmoid(float(logit.item())))


def five_points(mesh: Mesh) -> Points:
    """The middles of the eyes, nose tip and mouth corners of a mesh, float32 (5, 2)."""
    points = mesh[:, :2]
    eyes = [points[list(pair)].mean(axis=0) for pair in (_LEFT_EYE_CORNERS, _RIGHT_EYE_CORNERS)]
    return np.concatenate([eyes, points[list(_NOSE_AND_MOUTH)]])


def _sigmoid(logit: float) -> float:
    # In this form nothing overflows.
    return 0.5 * (1 + math.tanh(logit / 2))
