"""A detector that looks at a small copy of the picture."""

import math
from collections.abc import Sequence
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from livecam.detectors.candidates import Candidates, Decode, joined
from livecam.detectors.options import DetectorOptions
from livecam.face import Box, Detection
from livecam.picture import Image, Picture
from livecam.runtime.image_model import ImageModel
from livecam.runtime.manifest import Manifest
from livecam.runtime.session import Session
from livecam.vision.nms import suppress

_GRID = 32
"""Coarsest stride of the graphs, px: width and height must be multiples."""
_FINEST = 15
"""px of the thumbnail between the outer corners of the eyes of faces that are found for sure:
CenterFace finds them from 10 px on."""


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Head:
    """What a manifest may say about a detector's head."""

    overlap: Annotated[float, Field(ge=0, le=1)] = 0.3
    """Intersection over union up to which two boxes are two faces."""


class ThumbnailDetector:
    """Finds faces in a shrunk copy of the picture, padded to a size the graph takes."""

    def __init__(
        self,
        manifest: Manifest,
        session: Session,
        options: DetectorOptions | None = None,
        *,
        decode: Decode,
        outputs: int,
    ) -> None:
        self._model = ImageModel(manifest, session, outputs=outputs)
        self._overlap = manifest.head_as(Head).overlap
        self._options = options or DetectorOptions()
        self._decode = decode

    def detect(self, picture: Picture, *, smallest: float | None = None) -> list[Detection]:
        """See `Detector.detect`."""
        longest = self._options.longest_side
        if smallest is not None:
            enough = max(picture.width, picture.height) * _FINEST / smallest
            longest = min(longest, math.ceil(enough / _GRID) * _GRID)
        looks = [self._look(picture, angle, longest) for angle in self._options.angles]
        found = looks[0] if len(looks) == 1 else self._most_upright(looks)
        # Candidates count from the corner, the frame from the centre of its first pixel.
        boxes, landmarks = found.boxes - 0.5, found.landmarks - 0.5
        return [
            Detection(Box(*box), score, points)
            for box, score, points in zip(
                boxes.tolist(), found.scores.tolist(), landmarks, strict=True
            )
        ]

    def _look(self, picture: Picture, angle: int, longest: int) -> Candidates:
        """The faces, in px of `picture`, that a look at it finds after heads rolled by `angle`."""
        turns = angle // 90
        image, width, height = self._view(picture, turns, longest)
        found = self._decode(
            self._model.run(image), width=image.shape[1], min_score=self._options.min_score
        )
        kept = suppress(found.boxes, found.scores, overlap=self._overlap)
        corners, landmarks = found.boxes[kept].reshape(-1, 2, 2), found.landmarks[kept]
        if turns:
            corners = np.sort(_turned(corners, turns, width, height), axis=1)
            landmarks = _turned(landmarks, turns, width, height)
        frame = np.array([picture.width, picture.height])
        scale = ((width, height) / frame).astype(np.float32)
        boxes = (corners / scale).reshape(-1, 4)
        return Candidates(boxes, found.scores[kept], landmarks / scale)

    def _most_upright(self, looks: Sequence[Candidates]) -> Candidates:
        """The faces of several looks, each as the look saw it in which it stood upright.

        The score alone does not tell: CenterFace gives faces that stand on their head up to 0.97,
        but lays their eyes as they are.
        """
        found = joined(looks)
        angles = np.repeat(self._options.angles, [len(look.scores) for look in looks])
        across, down = (found.landmarks[:, 1] - found.landmarks[:, 0]).T
        rolls = np.arctan2(down, across) - np.radians(angles)
        kept = suppress(found.boxes, found.scores * np.cos(rolls), overlap=self._overlap)
        kept = kept[np.argsort(-found.scores[kept], kind="stable")]
        return Candidates(found.boxes[kept], found.scores[kept], found.landmarks[kept])

    def _view(self, picture: Picture, turns: int, longest: int) -> tuple[Image, int, int]:
        """The picture's thumbnail, turned back, black beyond its right and bottom.

        Args:
            picture: Of any size.
            turns: Quarter turns to turn it by.
            longest: The thumbnail's longer side, px, where the graph takes any size.

        Returns:
            What the graph takes; and the thumbnail's width and height before it was turned, px.
        """
        frame = np.array([picture.width, picture.height])
        limit = np.array([self._model.width or longest, self._model.height or longest])
        if turns % 2:
            limit = limit[::-1]
        width, height = np.maximum(np.rint(frame * min(1, *(limit / frame))), 1).astype(int)
        thumbnail = np.rot90(picture.thumbnail(int(width), int(height)), turns)
        rows, columns = thumbnail.shape[:2]
        image = np.zeros(
            (
                self._model.height or -(-rows // _GRID) * _GRID,
                self._model.width or -(-columns // _GRID) * _GRID,
                3,
            ),
            np.uint8,
        )
        image[:rows, :columns] = thumbnail
        return image, int(width), int(height)


def _turned(
    points: NDArray[np.float32], turns: int, width: int, height: int
) -> NDArray[np.float32]:
    """Points (n, m, 2) of a picture of this size, from where they lie once it is turned back."""
    x, y = points[..., 0], points[..., 1]
    if turns == 1:
        x, y = width - y, x
    elif turns == 2:
        x, y = width - x, height - y
    else:
        x, y = y, height - x
    return np.stack([x, y], axis=-1)
