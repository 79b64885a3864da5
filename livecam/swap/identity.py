"""The face to be worn, from a portrait or from several."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from types import MappingProxyType

import numpy as np

from livecam.detectors import Detector
from livecam.embedders import Embedder, cosine
from livecam.errors import SourceError
from livecam.face import Detection, Embedding, Identity, Points
from livecam.landmarkers import Landmarker
from livecam.media.still import picture_of, read_still
from livecam.swap.quality import refuse_small, refuse_unfit, worth

_log = logging.getLogger(__name__)

_LOOKS = 3
"""How often the mesh is looked at again; it settles within a fraction of a px."""
_MIN_PRESENCE = 0.5
_BYSTANDER = 1 / 3
"""A face narrower than this share of the widest is background, and is not counted."""
_MIN_ALIKE = 0.4
"""Cosine below which two pictures are of two people. Measured with MobileFaceNet on the rendered
people within 35° of yaw: one person 0.50 and more, two portraits 0.13 to 0.38."""
_NONE: Mapping[str, Embedder] = MappingProxyType({})


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
    embedders: Mapping[str, Embedder] = _NONE,
) -> Identity:
    """`portrait` with the mesh, the landmarks and the embeddings of the face on it.

    Args:
        portrait: Not yet looked at.
        detector: Finds the face.
        landmarker: Looks at it closely.
        embedders: Those whose embeddings are wanted, by name.

    Raises:
        SourceError: There is no face on it, or several, or it cannot be worn.
        ModelError: A model failed to run.
    """
    face = find_face(portrait, detector)
    return look_at(portrait, face.landmarks, landmarker, embedders)


def find_face(portrait: Identity, detector: Detector, *, which: int | None = None) -> Detection:
    """The face on `portrait`.

    Args:
        portrait: Not yet looked at.
        detector: Finds the face.
        which: Of several, as `faces_on` lists them, from 1.

    Raises:
        SourceError: There is no face on it, or several and `which` does not say which, or it is
            too small.
        ModelError: A model failed to run.
    """
    face = _chosen(portrait.name, faces_on(portrait, detector), which)
    refuse_small(portrait.name, face)
    return face


def faces_on(portrait: Identity, detector: Detector) -> list[Detection]:
    """The faces on `portrait` from the left, without those of the background.

    Args:
        portrait: Not yet looked at.
        detector: Finds them.

    Raises:
        SourceError: There is none.
        ModelError: A model failed to run.
    """
    found = detector.detect(picture_of(portrait.portrait))
    if not found:
        raise SourceError(
            f"No face was found in the portrait '{portrait.name}'.",
            hint="Use a picture with one face that looks towards the camera; cut a large picture "
            "down to the face.",
        )
    widest = max(face.box.width for face in found)
    shown = [face for face in found if face.box.width >= _BYSTANDER * widest]
    if len(shown) < len(found):
        _log.info(
            "'%s' shows %d more, too small to be meant: under a third as wide as the widest face.",
            portrait.name,
            len(found) - len(shown),
        )
    return sorted(shown, key=lambda face: face.box.centre)


def look_at(
    portrait: Identity,
    landmarks: Points,
    landmarker: Landmarker,
    embedders: Mapping[str, Embedder] = _NONE,
) -> Identity:
    """`portrait` with the mesh, the landmarks and the embeddings of the face at a known place.

    Args:
        portrait: Not yet looked at.
        landmarks: float32 (5, 2) px, as a detector gives them.
        landmarker: Looks at it closely.
        embedders: Those whose embeddings are wanted, by name.

    Raises:
        SourceError: It is no face, or cut off, turned away or blurred.
        ModelError: A model failed to run.
    """
    picture = picture_of(portrait.portrait)
    seen = landmarker.locate(picture, landmarks)
    for _ in range(_LOOKS):
        seen = landmarker.locate(picture, seen.points)
    if seen.tells and seen.presence < _MIN_PRESENCE:
        raise SourceError(
            f"What looks like a face in the portrait '{portrait.name}' is not one on a closer "
            f"look (confidence {seen.presence:.2f}, at least {_MIN_PRESENCE} is needed).",
            hint="Use a picture with one face that looks towards the camera.",
        )
    refuse_unfit(portrait.name, picture, seen.landmarks, seen.mesh)
    embeddings = {
        name: embedder.embed(picture, seen.landmarks) for name, embedder in embedders.items()
    }
    return replace(portrait, mesh=seen.mesh, landmarks=seen.landmarks, embeddings=embeddings)


def best_of(identities: Sequence[Identity]) -> int:
    """Which of several pictures of one person shows most of the face: its place in the sequence."""
    worths = [worth(identity, picture_of(identity.portrait)) for identity in identities]
    return worths.index(max(worths))


def averaged(identities: Sequence[Identity]) -> Identity:
    """The best of several pictures of one person, with the mean of all their embeddings.

    The mean is of the embeddings as the models give them: they are the longer the better a face is
    seen (MobileFaceNet: 22 from the front, 17 at 25° of yaw or under a blur of 3 % of the face's
    width), so that a good picture counts for more than a poor one.

    Args:
        identities: Looked at; at least one.

    Raises:
        SourceError: Two of them show different people, as far as an embedder tells.
    """
    if len(identities) == 1:
        return identities[0]
    _refuse_different(identities)
    best = identities[best_of(identities)]
    means: dict[str, Embedding] = {
        name: np.mean([each.embeddings[name] for each in identities], axis=0, dtype=np.float32)
        for name in best.embeddings
    }
    return replace(best, embeddings=means)


def _chosen(name: str, shown: Sequence[Detection], which: int | None) -> Detection:
    if which is None and len(shown) == 1:
        return shown[0]
    if which is not None and 1 <= which <= len(shown):
        return shown[which - 1]
    places = "; ".join(
        f"{number} at x {face.box.centre[0]:.0f}, y {face.box.centre[1]:.0f} "
        f"({face.box.width:.0f} px wide)"
        for number, face in enumerate(shown, 1)
    )
    count = "is 1 face" if len(shown) == 1 else f"are {len(shown)} faces"
    wanted = "" if which is None else f", not {which}"
    raise SourceError(
        f"There {count} in the portrait '{name}'{wanted}. From the left: {places}.",
        hint="Crop the picture to one of them, or keep the one you mean by a name: "
        f"`livecam faces add NAME {name} --which N`.",
    )


def _refuse_different(identities: Sequence[Identity]) -> None:
    pairs = [
        (cosine(one.embeddings[embedder], other.embeddings[embedder]), one.name, other.name)
        for one, other in combinations(identities, 2)
        for embedder in one.embeddings
    ]
    alike, one, other = min(pairs, default=(1.0, "", ""))
    if alike < _MIN_ALIKE:
        raise SourceError(
            f"'{one}' and '{other}' show different people: their likeness is {alike:.2f}, that of "
            f"one person at least {_MIN_ALIKE}.",
            hint="Name pictures of one person only; leave out the one that is somebody else's.",
        )
