"""A detector that looks at a small copy of the picture."""

from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from livecam.detectors.candidates import Decode
from livecam.detectors.options import DetectorOptions
from livecam.face import Box, Detection
from livecam.picture import Image, Picture
from livecam.runtime.image_model import ImageModel
from livecam.runtime.manifest import Manifest
from livecam.runtime.session import Session
from livecam.vision.nms import suppress

_GRID = 32
"""Coarsest stride of the graphs, px: width and height must be multiples."""


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

    def detect(self, picture: Picture) -> list[Detection]:
        """The faces in `picture`, in its px, best first.

        Raises:
            ModelError: The graph failed to run.
        """
        image, scale = self._view(picture)
        found = self._decode(
            self._model.run(image), width=image.shape[1], min_score=self._options.min_score
        )
        kept = suppress(found.boxes, found.scores, overlap=self._overlap)
        # Candidates count from the corner, the frame from the centre of its first pixel.
        boxes = found.boxes[kept] / np.tile(scale, 2) - 0.5
        landmarks = found.landmarks[kept] / scale - 0.5
        return [
            Detection(Box(*box), score, points)
            for box, score, points in zip(
                boxes.tolist(), found.scores[kept].tolist(), landmarks, strict=True
            )
        ]

    def _view(self, picture: Picture) -> tuple[Image, NDArray[np.float32]]:
        """The picture's thumbnail, black beyond its right and bottom, and its scale (x, y)."""
        frame = np.array([picture.width, picture.height])
        longest = self._options.longest_side
        limit = np.array([self._model.width or longest, self._model.height or longest])
        width, height = np.maximum(np.rint(frame * min(1, *(limit / frame))), 1).astype(int)
        rows = self._model.height or -(-height // _GRID) * _GRID
        columns = self._model.width or -(-width // _GRID) * _GRID
        image = np.zeros((rows, columns, 3), np.uint8)
        image[:height, :width] = picture.thumbnail(int(width), int(height))
        return image, ((width, height) / frame).astype(np.float32)
