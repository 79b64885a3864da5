"""Embeddings brought into another embedder's space, which a generator was trained with."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

from livecam.errors import ModelError
from livecam.face import Embedding, Points
from livecam.picture import Picture
from livecam.runtime.manifest import Manifest
from livecam.runtime.session import Session

if TYPE_CHECKING:
    from livecam.embedders import Embedder


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Head:
    """Whose embeddings are converted."""

    of: str
    """Name of that embedder; its embeddings are taken as it gives them."""


class Converter:
    """Embeds with another embedder, and converts what that gives."""

    def __init__(
        self, manifest: Manifest, session: Session, embedder_named: "Callable[[str], Embedder]"
    ) -> None:
        if len(session.inputs) != 1 or len(session.outputs) != 1:
            raise ModelError(
                f"The model '{manifest.name}' has {len(session.inputs)} inputs and "
                f"{len(session.outputs)} outputs; a converter has one of each.",
                hint="Correct `family` in the model's manifest.",
            )
        self._session = session
        ((self._input, spec),) = session.inputs.items()
        self._dtype = spec.dtype
        self._of = embedder_named(manifest.head_as(Head).of)

    def embed(self, picture: Picture, landmarks: Points) -> Embedding:
        """See `Embedder.embed`."""
        embedding = self._of.embed(picture, landmarks)[None].astype(self._dtype)
        (converted,) = self._session.run({self._input: embedding})
        return np.asarray(converted[0], np.float32)
