"""Swappers: what gives a face in a picture the look of another.

`FAMILIES` names the kinds; a manifest of `task = "swapper"` says which kind its model is.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol

from livecam.face import Crop, Face, Identity
from livecam.picture import Affine, Patch
from livecam.runtime.manifest import Manifest
from livecam.runtime.session import Session
from livecam.swappers.eyes import Eyes
from livecam.swappers.mesh import MeshSwapper


class Disguise(Protocol):
    """One identity, ready to be worn."""

    def alignment(self, face: Face) -> tuple[Affine, int]:
        """Where to cut the face out: `crop_from_frame`, and the side of the crop, px.

        Raises:
            SourceError: The face lacks what this swapper needs of it.
        """

    def swap(
        self,
        crop: Crop,
        face: Face,
        *,
        strength: float,
        eyes: Eyes,
        time_s: float,
        whole: bool = False,
    ) -> Patch | None:
        """The face in `crop` with the other look, or None where none can be given.

        Args:
            crop: The picture under `alignment(face)`.
            face: The face, in px of the frame; its track is known again by `track_id`.
            strength: How far the features move towards the portrait's proportions, 0–2.
            eyes: Whose eyes are seen.
            time_s: Presentation time of the frame.
            whole: Whether a swap through which the target shows is none.

        Raises:
            SourceError: The face lacks what this swapper needs of it.
            ModelError: The graph failed to run.
        """

    def forget(self, alive: set[int]) -> None:
        """Drops what was learnt of tracks that are not in `alive`."""


class Swapper(Protocol):
    """A model that swaps faces."""

    @property
    def embedder(self) -> str | None:
        """Name of the embedder whose view of the identity it takes; None where it takes none."""

    def wear(self, identity: Identity) -> Disguise:
        """`identity`, made ready once.

        Raises:
            SourceError: The identity lacks what this swapper needs of it.
        """


class Family(Protocol):
    """Makes a swapper of one kind."""

    def __call__(self, manifest: Manifest, session: Session) -> Swapper:
        """A swapper that runs `session` as `manifest` says."""


FAMILIES: Mapping[str, Family] = MappingProxyType({"mesh": MeshSwapper})
"""Kinds of swappers by the name that manifests use."""
