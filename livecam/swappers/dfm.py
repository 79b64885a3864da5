"""DFM files: one person's face, learnt by DeepFaceLab and exported as a graph.

The tensors are those of DeepFaceLab's `export_dfm`: `in_face:0`, in some files `morph_value:0`, and
three outputs: where the face was, the new face, and where that is. Pictures are BGR, 0 to 1.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from livecam.errors import ModelError
from livecam.face import Crop, Face, Identity
from livecam.picture import Affine, Patch
from livecam.runtime.manifest import Input, Manifest
from livecam.runtime.session import Session
from livecam.runtime.tensor import to_tensor
from livecam.swappers.manner import Manner
from livecam.swappers.showing import box_mask, can_be_worn
from livecam.vision.alignment import align
from livecam.vision.mask import soft_eroded

_MORPH = "morph_value:0"
_SOFT = 0.02
"""σ of the edge of the file's masks, share of the crop's side."""
_LEAST = 0.1
"""Share of the crop; a face fills a third of it. Where the file's masks leave less, it has found no
face, and what is there would be seen as it is."""
_OUTPUTS = ("out_face_mask:0", "out_celeb_face:0", "out_celeb_face_mask:0")


class DfmSwapper:
    """Wears the one face that is in the file; the portrait is of no account."""

    needs_portrait = False
    embedder = None

    def __init__(
        self,
        manifest: Manifest,
        session: Session,
        embedder_named: object = None,  # noqa: ARG002 – as Family
    ) -> None:
        spec = manifest.input
        taken, given = session.inputs, session.outputs
        if spec is None or spec.template is None or spec.layout != "nhwc":
            raise ModelError(
                f"The manifest of '{manifest.name}' does not say how a DFM file takes its face.",
                hint="Have it written anew: `livecam models add` with the .dfm file.",
            )
        side = spec.size[0]
        sound = taken.keys() - {_MORPH} == {spec.name} and set(_OUTPUTS) <= given.keys()
        if not sound or taken[spec.name].shape[1:] != (side, side, 3):
            raise ModelError(
                f"The graph of '{manifest.name}' is no face of {side} × {side} px that DeepFaceLab "
                f"exported: it takes {', '.join(map(str, taken.values()))} and gives "
                f"{', '.join(map(repr, given))}.",
                hint="Take a .dfm file that DeepFaceLab exported.",
            )
        self._face = _Face(session, spec, spec.template)

    def wear(self, identity: Identity) -> "DfmDisguise":  # noqa: ARG002 – it is in the file
        """See `Swapper.wear`."""
        return DfmDisguise(self._face)


@dataclass(frozen=True, slots=True, eq=False)
class _Face:
    session: Session
    spec: Input
    template: str


class DfmDisguise:
    """The face in the file."""

    def __init__(self, face: _Face) -> None:
        self._face = face
        self._places = [list(face.session.outputs).index(name) for name in _OUTPUTS]

    def alignment(
        self,
        face: Face,
        manner: Manner,  # noqa: ARG002 – as Disguise
    ) -> tuple[Affine, int]:
        """See `Disguise.alignment`."""
        side = self._face.spec.size[0]
        return align(face.landmarks, self._face.template, side), side

    def swap(
        self,
        crop: Crop,
        face: Face,
        manner: Manner,
        *,
        time_s: float,  # noqa: ARG002 – as Disguise
    ) -> Patch | None:
        """See `Disguise.swap`."""
        if manner.whole and not can_be_worn(face, crop):
            return None
        session, spec = self._face.session, self._face.spec
        feeds: dict[str, NDArray[np.float32]] = {spec.name: to_tensor(crop.image, spec)}
        if _MORPH in session.inputs:
            feeds[_MORPH] = np.array([manner.morph], np.float32)
        found = session.run(feeds)
        before, worn, after = (found[place][0] for place in self._places)
        image = _levels(worn)[..., ::-1] if spec.channels == "bgr" else _levels(worn)
        size = crop.size
        shown = soft_eroded(np.minimum(before, after)[..., 0], _SOFT * size)
        mask = np.minimum(_levels(shown), box_mask(size))
        if manner.whole and mask.mean() < _LEAST * 255:
            return None
        return Patch(np.ascontiguousarray(image), mask, crop.crop_from_frame)

    def forget(self, alive: set[int]) -> None:
        """See `Disguise.forget`."""


def _levels(values: NDArray[Any]) -> NDArray[np.uint8]:
    """0–1 as 0–255."""
    return np.asarray(np.rint(np.clip(values, 0, 1) * 255), np.uint8)
