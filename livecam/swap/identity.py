"""The face to be worn, from a portrait."""

import logging
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from livecam.detectors import Detector
from livecam.embedders import Embedder
from livecam.errors import SourceError
from livecam.face import Detection, Identity
from livecam.landmarkers import Landmarker
from livecam.media.still import picture_of, read_still

_log = logging.getLogger(__name__)

_LOOKS = 3
"""How often the mesh is looked at again; it settles within a fraction of a px."""
_MIN_PRESENCE = 0.5
_MIN_WIDTH = 48
"""Narrowest face that can be worn, px."""


def read_portrait(path: Path) -> Identity:
    """The picture in the file `path`, named after it, not yet looked at.

    Raises:
        SourceError: There is no image, or it is damaged.
    """
    return Identity(path.name, read_still(path).rgb)


def make_identity(
    portrait: Identity,
    detector: Detector,
    landmarker: Landmarker,
    embedders: Mapping[str, Embedder] = MappingProxyType({}),
) -> Identity:
    """`portrait` with the mesh, the landmarks and the embeddings of the largest face on it.

    Args:
        portrait: Not yet looked at.
        detector: Finds the face.
        landmarker: Looks at it closely.
        embedders: Those whose embeddings are wanted, by name.

    Raises:
        SourceError: There is no face on it, or it is too small.
        ModelError: A model failed to run.
    """
    picture = picture_of(portrait.portrait)
    found = sorted(detector.detect(picture), key=lambda face: face.box.area, reverse=True)
    if not found:
        raise SourceError(
            f"No face was found in the portrait '{portrait.name}'.",
            hint="Use a picture with one face that looks towards the camera.",
        )
    if len(found) > 1:
        _log.warning(
            "There are %d faces in the portrait '%s'; the largest is worn.",
            len(found),
            portrait.name,
        )
    face = found[0]
    _refuse_small(portrait.name, face)
    seen = landmarker.locate(picture, face.landmarks)
    for _ in range(_LOOKS):
        seen = landmarker.locate(picture, seen.mesh)
    if seen.presence < _MIN_PRESENCE:
        raise SourceError(
            f"What looks like a face in the portrait '{portrait.name}' is not one on a closer "
            f"look (confidence {seen.presence:.2f}, at least {_MIN_PRESENCE} is needed).",
            hint="Use a picture with one face that looks towards the camera.",
        )
    embeddings = {
        name: embedder.embed(picture, seen.landmarks) for name, embedder in embedders.items()
    }
    return replace(portrait, mesh=seen.mesh, landmarks=seen.landmarks, embeddings=embeddings)


def _refuse_small(name: str, face: Detection) -> None:
    if face.box.width < _MIN_WIDTH:
        raise SourceError(
            f"The face in the portrait '{name}' is {face.box.width:.0f} px wide; it takes at least "
            f"{_MIN_WIDTH}.",
            hint="Use a larger picture of the face; 300 px and more give a sharp swap.",
        )
