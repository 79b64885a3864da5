"""A landmarker that looks at an upright crop of one face."""

from collections.abc import Sequence
from typing import Annotated, Any, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from livecam.errors import ModelError
from livecam.face import Mesh, Points
from livecam.landmarkers.landmarks import Landmarks
from livecam.picture import Affine, Image, Picture
from livecam.runtime.image_model import ImageModel
from livecam.runtime.manifest import Manifest, Span
from livecam.runtime.session import Session
from livecam.vision.geometry import invert, similarity
from livecam.vision.mesh import carried, upright

_FIVE_IN_BOX = np.array(
    [[-0.17, -0.12], [0.17, -0.12], [0, 0.093], [-0.143, 0.253], [0.143, 0.253]], np.float32
)
"""Where the five points lie about the middle of the box that detectors draw round a face, in units
of its larger side: the mean of CenterFace's and YuNet's boxes on the rendered people at up to 20°
of yaw, made symmetrical."""
_DARK = 30
"""Lightness, 0–255, the mean of a crop: the publishers of the FAN models help those below it."""

Margin = Annotated[float, Field(ge=1, le=3)]


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Head:
    """What a manifest says about the crop its model wants, and about its confidence."""

    margin: Margin | tuple[Margin, Margin]
    """Side of the crop over the larger side of the face's box. Two numbers: width and height of
    the crop over those of the box, each stretched to the model's size by itself."""
    forehead: Annotated[float, Field(ge=0, le=1)] = 0.0
    """How far the box reaches above the model's points, as a share of their height. Boxes as
    detectors draw them reach 0.3 above the brows."""
    confidence: Span = (0.0, 1.0)
    """What of the model's own confidence counts as presence 0 and as presence 1."""
    lighten: bool = False
    """Whether crops that are nearly black are given contrast."""


class Decode(Protocol):
    """Reads the points off the outputs of one family's graphs."""

    def __call__(
        self, outputs: Sequence[NDArray[Any]], *, size: int
    ) -> tuple[Points | Mesh, float]:
        """Points and confidence, from the outputs in the graph's order.

        Args:
            outputs: Of a batch of one.
            size: Side of the crop, px.

        Returns:
            float32 (n, 2 or 3), px of the crop, pixel centres at integers; and the model's
            confidence in its own unit.
        """


class CloseUp:
    """Two looks from a detector's five points, one from points it gave a moment ago."""

    def __init__(
        self,
        manifest: Manifest,
        session: Session,
        *,
        decode: Decode,
        outputs: int,
        five: Points | None = None,
        tells: bool = True,
    ) -> None:
        """Prepares it.

        Args:
            manifest: Of the model.
            session: The model, ready to run.
            decode: Reads its outputs.
            outputs: How many those are.
            five: Where a detector's five points lie in the first crop, 0–1 across it; None takes
                where they lie in a detector's box.
            tells: Whether its confidence tells a face from what is none.

        Raises:
            ModelError: The manifest's input or head is not one of this family.
        """
        self._model = ImageModel(manifest, session, outputs=outputs)
        self._head = manifest.head_as(Head)
        if self._model.width is None or self._model.width != self._model.height:
            raise ModelError(
                f"The model '{manifest.name}' does not take square crops of one size.",
                hint="Correct `family` in the model's manifest.",
            )
        self._size = self._model.width
        if five is None:
            margin = self._head.margin
            five = _FIVE_IN_BOX / (max(margin) if isinstance(margin, tuple) else margin) + 0.5
        self._five = five
        self._decode = decode
        self._tells = tells

    def locate(self, picture: Picture, around: Points | Mesh) -> Landmarks:
        """See `Landmarker.locate`."""
        if len(around) == len(self._five):
            # Five points tell little of the face's extent, the more so the further it is turned
            # away; the points of a first look do.
            crop_from_frame = similarity(around, self._five * self._size - 0.5)
            around = self._look(picture, crop_from_frame).points
        head = self._head
        return self._look(picture, upright(around, self._size, head.margin, forehead=head.forehead))

    def _look(self, picture: Picture, crop_from_frame: Affine) -> Landmarks:
        crop = picture.crop(crop_from_frame, self._size)
        outputs = self._model.run(_lightened(crop) if self._head.lighten else crop)
        places, confidence = self._decode(outputs, size=self._size)
        points = carried(places, invert(crop_from_frame))
        nothing, certain = self._head.confidence
        presence = min(max((confidence - nothing) / (certain - nothing), 0.0), 1.0)
        return Landmarks(points, presence, tells=self._tells)


def _lightened(crop: Image) -> Image:
    """`crop`, with its contrast evened out where it is nearly black."""
    lab = cv2.cvtColor(crop, cv2.COLOR_RGB2LAB)
    if lab[..., 0].mean() >= _DARK:
        return crop
    lab[..., 0] = cv2.createCLAHE(clipLimit=2).apply(np.ascontiguousarray(lab[..., 0]))
    return np.asarray(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB), np.uint8)
