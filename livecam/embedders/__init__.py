"""Embedders: who somebody is, as a vector.

`FAMILIES` names the kinds; a manifest of `task = "embedder"` says which kind its model is.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Protocol

import numpy as np

from livecam.embedders.arcface import ArcFace
from livecam.embedders.converter import Converter
from livecam.face import Embedding, Points
from livecam.picture import Picture
from livecam.runtime.manifest import Manifest
from livecam.runtime.session import Session

__all__ = ["FAMILIES", "ArcFace", "Converter", "Embedder", "Family", "cosine"]


class Embedder(Protocol):
    """A model that tells people apart."""

    def embed(self, picture: Picture, landmarks: Points) -> Embedding:
        """Who the face is: float32 (d,), as the model gives it, not of length 1.

        Args:
            picture: Of any size.
            landmarks: float32 (5, 2) px of the picture, ordered as `Detection.landmarks`.

        Raises:
            PipelineError: The landmarks coincide, or are not finite.
            ModelError: The graph failed to run.
        """


class Family(Protocol):
    """Makes an embedder of one kind."""

    def __call__(
        self, manifest: Manifest, session: Session, embedder_named: Callable[[str], Embedder]
    ) -> Embedder:
        """An embedder that runs `session` as `manifest` says, if need be after another one.

        Raises:
            ModelError: The manifest's input or head is not one of this family.
        """


FAMILIES: Mapping[str, Family] = MappingProxyType({"arcface": ArcFace, "converter": Converter})
"""Kinds of embedders by the name that manifests use."""


def cosine(one: Embedding, other: Embedding) -> float:
    """How alike two embeddings of one embedder are: 1 for the same direction, 0 for unrelated."""
    lengths = float(np.linalg.norm(one) * np.linalg.norm(other))
    return float(one @ other) / max(lengths, 1e-12)
