"""Swappers: what gives a face in a picture the look of another.

`FAMILIES` names the kinds; a manifest of `task = "swapper"` says which kind its model is.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Protocol

from livecam.embedders import Embedder
from livecam.face import Crop, Face, Identity
from livecam.picture import Affine, Patch
from livecam.runtime.manifest import Manifest
from livecam.runtime.session import Session
from livecam.swappers.dfm import DfmSwapper
from livecam.swappers.generator import GeneratorSwapper
from livecam.swappers.manner import Manner
from livecam.swappers.mesh import MeshSwapper


class Disguise(Protocol):
    """One identity, ready to be worn."""

    def alignment(self, face: Face, manner: Manner) -> tuple[Affine, int]:
        """Where to cut the face out: `crop_from_frame`, and the side of the crop, px.

        Raises:
            SourceError: The face lacks what this swapper needs of it.
        """

    def swap(self, crop: Crop, face: Face, manner: Manner, *, time_s: float) -> Patch | None:
        """The face in `crop` with the other look, or None where none can be given.

        Args:
            crop: The picture under `alignment(face, manner)`.
            face: The face, in px of the frame; its track is known again by `track_id`.
            manner: How it is worn.
            time_s: Presentation time of the frame.

        Raises:
            SourceError: The face lacks what this swapper needs of it.
            ModelError: The graph failed to run.
        """

    def forget(self, alive: set[int]) -> None:
        """Drops what was learnt of tracks that are not in `alive`."""


class Swapper(Protocol):
    """A model that swaps faces."""

    @property
    def needs_portrait(self) -> bool:
        """Whether it takes who is worn from a portrait; False where its file is that person."""

    @property
    def embedder(self) -> str | None:
        """Name of the embedder whose view of the identity it takes; None where it takes none."""

    def wear(self, identity: Identity) -> Disguise:
        """`identity`, made ready once.

        Raises:
            SourceError: The identity lacks what this swapper needs of it.
            ModelError: What it has is not what the graph takes.
        """


class Family(Protocol):
    """Makes a swapper of one kind."""

    @property
    def needs_portrait(self) -> bool:
        """As the swappers it makes."""

    def __call__(
        self, manifest: Manifest, session: Session, embedder_named: Callable[[str], Embedder]
    ) -> Swapper:
        """A swapper that runs `session` as `manifest` says.

        Args:
            manifest: Of the model.
            session: The model, ready to run.
            embedder_named: Gives the embedder of that name.

        Raises:
            ModelError: The manifest and the graph disagree, or are not of this family.
        """


FAMILIES: Mapping[str, Family] = MappingProxyType(
    {"mesh": MeshSwapper, "generator": GeneratorSwapper, "dfm": DfmSwapper}
)
"""Kinds of swappers by the name that manifests use."""
