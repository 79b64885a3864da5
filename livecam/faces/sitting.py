"""Pictures of a person, looked over before they are kept."""

import hashlib
import logging
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from livecam.errors import SettingsError, SourceError
from livecam.face import Detection, Identity
from livecam.faces.record import KeptPhoto
from livecam.load import Models
from livecam.swap.identity import averaged, best_of, find_face, look_at, read_portrait

_LOG = logging.getLogger(__name__)
_ENDING = re.compile(r"\.[a-z0-9]{1,5}")


@dataclass(frozen=True, slots=True, eq=False)
class Sitting:
    """Pictures of one person that proved good."""

    photos: tuple[KeptPhoto, ...]
    contents: tuple[bytes, ...]
    """Of their files."""
    identity: Identity
    """Who is on them."""
    best: int
    """Place of the picture that shows the face best."""


def sit(paths: Sequence[Path], models: Models, *, which: Sequence[int] = ()) -> Sitting:
    """The pictures in these files, which show one person well.

    Args:
        paths: At least one.
        models: Look at them.
        which: The face on each of them, counted from the left, from 1; one number is for all of
            them, none means that there is but one face.

    Raises:
        SettingsError: There are not as many numbers as pictures, or a picture is named twice.
        SourceError: A picture cannot be read, or shows no face that can be worn, or not the one
            person.
        ModelError: A model failed to run.
    """
    chosen = _one_each(paths, which)
    contents = [_content(path) for path in paths]
    portraits = [read_portrait(path) for path in paths]
    faces = [
        find_face(portrait, models.detector, which=number)
        for portrait, number in zip(portraits, chosen, strict=True)
    ]
    photos = [
        _kept(number, path, content, portrait, face)
        for number, (path, content, portrait, face) in enumerate(
            zip(paths, contents, portraits, faces, strict=True), 1
        )
    ]
    _refuse_twins(photos)
    seen = [
        look_at(portrait, face.landmarks, models.landmarker, models.embedders)
        for portrait, face in zip(portraits, faces, strict=True)
    ]
    if len(seen) > 1 and not models.embedders:
        _LOG.warning(
            "whether these %d pictures show one person was not checked: `livecam models pull "
            "mobilefacenet` fetches what tells people apart",
            len(seen),
        )
    return Sitting(tuple(photos), tuple(contents), averaged(seen), best_of(seen))


def _one_each(paths: Sequence[Path], which: Sequence[int]) -> Sequence[int | None]:
    if not which:
        return [None] * len(paths)
    if len(which) == 1:
        return list(which) * len(paths)
    if len(which) != len(paths):
        raise SettingsError(
            f"--which is given {len(which)} times for {len(paths)} pictures.",
            hint="Give it once for all of them, or once for each, in their order.",
        )
    return which


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SourceError(
            f"{path} cannot be read: {error.strerror}.", hint="Give the path of an image."
        ) from error


def _kept(
    number: int, path: Path, content: bytes, portrait: Identity, face: Detection
) -> KeptPhoto:
    ending = path.suffix.lower()
    height, width = portrait.portrait.shape[:2]
    left, right, nose, mouth_left, mouth_right = ((x, y) for x, y in face.landmarks.tolist())
    return KeptPhoto(
        file=f"{number}{ending if _ENDING.fullmatch(ending) else ''}",
        name=os.fsencode(path.name).decode(errors="replace"),  # any name, but JSON
        sha256=hashlib.sha256(content).hexdigest(),
        size=(width, height),
        width=round(face.box.width, 1),
        landmarks=(left, right, nose, mouth_left, mouth_right),
    )


def _refuse_twins(photos: Sequence[KeptPhoto]) -> None:
    first: dict[str, str] = {}
    for photo in photos:
        if photo.sha256 in first:
            raise SettingsError(
                f"'{first[photo.sha256]}' and '{photo.name}' are the same picture.",
                hint="Name each picture once.",
            )
        first[photo.sha256] = photo.name
