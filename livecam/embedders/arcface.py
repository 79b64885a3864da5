"""ArcFace and its kin: one vector out of one aligned crop.

Deng et al., "ArcFace: Additive Angular Margin Loss for Deep Face Recognition", 2019.
"""

import numpy as np
from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

from livecam.errors import ModelError
from livecam.face import Embedding, Points
from livecam.picture import Picture
from livecam.runtime.image_model import ImageModel
from livecam.runtime.manifest import Manifest
from livecam.runtime.session import Session
from livecam.vision.alignment import align


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Head:
    """Nothing: the one output is the embedding."""


class ArcFace:
    """Embeds the face that the manifest's template cuts out."""

    def __init__(
        self,
        manifest: Manifest,
        session: Session,
        embedder_named: object = None,  # noqa: ARG002 – as Family
    ) -> None:
        manifest.head_as(Head)
        self._model = ImageModel(manifest, session, outputs=1)
        if manifest.input is None or manifest.input.template is None:
            raise ModelError(
                f"The manifest of '{manifest.name}' names no template to align faces to.",
                hint="Give its [input] a template, such as arcface_112_v2.",
            )
        self._template = manifest.input.template
        self._size = self._model.side

    def embed(self, picture: Picture, landmarks: Points) -> Embedding:
        """See `Embedder.embed`."""
        crop_from_frame = align(landmarks, self._template, self._size)
        (embedding,) = self._model.run(picture.crop(crop_from_frame, self._size))
        return np.asarray(embedding[0], np.float32)
