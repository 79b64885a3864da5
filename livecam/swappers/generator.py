"""Learned swappers: a generator that gives a face the look of an identity.

They differ in how the crop is cut and scaled, and in what they take as the identity: an
embedding, that embedding through a matrix of their own, or a crop of the portrait.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from pydantic import ConfigDict, model_validator
from pydantic.dataclasses import dataclass

from livecam.embedders import Embedder
from livecam.errors import ModelError, SourceError
from livecam.face import Crop, Embedding, Face, Identity
from livecam.picture import Affine, Patch, Picture
from livecam.runtime.manifest import Input, Manifest
from livecam.runtime.matrix import read_matrix
from livecam.runtime.session import Session
from livecam.runtime.tensor import to_tensor
from livecam.swappers.likeness import Likeness
from livecam.swappers.manner import Manner
from livecam.swappers.network import Network
from livecam.swappers.showing import box_mask, can_be_worn
from livecam.vision.alignment import align
from livecam.vision.polyphase import join, split


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Head:
    """What the generator takes as the identity, and what it gives."""

    source: str = "source"
    """Name of the tensor that takes an embedding."""
    embedder: str | None = None
    """Whose embedding that is."""
    unit: bool = True
    """Whether it is brought to length 1; else it is as the embedder gives it."""
    matrix: str | None = None
    """Name of the matrix in the graph's file that the embedding of length 1 is multiplied by;
    a file that names its tensors otherwise has one of that shape."""
    portrait: Input | None = None
    """How a crop of the portrait becomes the identity, where no embedder is named."""
    output: str | None = None
    """Name of the output that is the picture; else it is the first."""
    outputs: int = 1
    """How many outputs there are; the others are not used."""
    span: tuple[float, float] = (0.0, 1.0)
    """What black and white are in the output."""

    @model_validator(mode="after")
    def _is_one_kind(self) -> "Head":
        if (self.embedder is None) == (self.portrait is None):
            raise ValueError("name an embedder or a portrait, one of them")
        if self.matrix is not None and (self.embedder is None or not self.unit):
            raise ValueError("a matrix is for an embedding of length 1")
        if self.span[0] >= self.span[1]:
            raise ValueError("span goes from black up to white")
        return self


class GeneratorSwapper:
    """Wears any portrait of which there is what the generator takes."""

    needs_portrait = True

    def __init__(
        self, manifest: Manifest, session: Session, embedder_named: Callable[[str], Embedder]
    ) -> None:
        self._head = head = manifest.head_as(Head)
        self._network = Network(
            manifest,
            session,
            source=head.portrait.name if head.portrait else head.source,
            output=head.output,
            outputs=head.outputs,
            span=head.span,
        )
        self._template = _template_of(manifest.input, manifest.name)
        self.embedder = head.embedder
        self._embedder = embedder_named(head.embedder) if head.embedder else None
        self._name, self._matrix = manifest.name, None
        self._length = session.inputs[head.source].shape[-1] if head.embedder else None
        if head.matrix is not None:
            self._matrix = read_matrix(session.path, head.matrix, self._length or 0)
        if head.portrait is not None:
            _template_of(head.portrait, manifest.name)

    def wear(self, identity: Identity) -> "GeneratorDisguise":
        """See `Swapper.wear`."""
        if self._embedder is None:
            seen = self._portrait_seen(identity)
            return GeneratorDisguise(self._network, self._template, lambda *_: seen)
        own = identity.embeddings.get(self.embedder or "")
        if own is None:
            raise SourceError(
                f"Nothing tells who is on '{identity.name}': it has no embedding of "
                f"'{self.embedder}'.",
                hint="Use a picture with one face that looks towards the camera.",
            )
        if self._length not in {None, len(own)}:
            raise ModelError(
                f"'{self._name}' takes {self._length} numbers as an identity, and "
                f"'{self.embedder}' gives {len(own)}.",
                hint="Let the manifest's [head] name the embedder the model was trained with.",
            )
        likeness = Likeness(own, self._embedder)

        def source(crop: Crop, face: Face, manner: Manner, time_s: float) -> NDArray[np.float32]:
            return self._latent(likeness.between(crop, face, manner.strength, time_s))

        return GeneratorDisguise(self._network, self._template, source, likeness)

    def _latent(self, embedding: Embedding) -> NDArray[np.float32]:
        """What the graph takes for `embedding`: float32 (1, d)."""
        if self._head.unit:
            embedding = _unit(embedding)
        if self._matrix is not None:
            # InsightFace brings it back to length 1, which is what the generator was trained with.
            embedding = _unit(embedding @ self._matrix)
        return embedding.astype(np.float32)[None]

    def _portrait_seen(self, identity: Identity) -> NDArray[np.float32]:
        spec = self._head.portrait
        assert spec is not None
        if identity.landmarks is None:
            raise SourceError(
                f"Nothing tells where the face is on '{identity.name}'.",
                hint="Use a picture with one face that looks towards the camera.",
            )
        template = _template_of(spec, self._name)
        place = align(identity.landmarks, template, spec.size[0])
        return to_tensor(Picture.from_rgb(identity.portrait).crop(place, spec.size[0]), spec)


class GeneratorDisguise:
    """An identity, and how much each track is to be led from its own."""

    def __init__(
        self,
        network: Network,
        template: str,
        source: Callable[[Crop, Face, Manner, float], NDArray[np.float32]],
        likeness: Likeness | None = None,
    ) -> None:
        self._network = network
        self._template = template
        self._source = source
        self._likeness = likeness

    def alignment(self, face: Face, manner: Manner) -> tuple[Affine, int]:
        """See `Disguise.alignment`."""
        size = self._network.size * manner.boost
        return align(face.landmarks, self._template, size), size

    def swap(self, crop: Crop, face: Face, manner: Manner, *, time_s: float) -> Patch | None:
        """See `Disguise.swap`."""
        size = crop.size
        if manner.whole and not can_be_worn(face, crop):
            return None
        times = size // self._network.size
        source = self._source(crop, face, manner, time_s)
        pictures = self._network.run(split(crop.image, times), source)
        return Patch(join(pictures, times), box_mask(size), crop.crop_from_frame)

    def forget(self, alive: set[int]) -> None:
        """See `Disguise.forget`."""
        if self._likeness is not None:
            self._likeness.forget(alive)


def _unit(vector: Embedding) -> Embedding:
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-12), np.float32)


def _template_of(spec: Input | None, name: str) -> str:
    if spec is None or spec.template is None:
        raise ModelError(
            f"The manifest of '{name}' names no template to align faces to.",
            hint="Give its [input] a template, such as arcface_128.",
        )
    return spec.template
