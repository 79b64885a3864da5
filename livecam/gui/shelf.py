"""What stands in the gallery: the faces that are kept, as small pictures, and how one more is kept.

Nothing here is Qt's. All of it may take long, and is done as errands.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np

from livecam.consent import Agreement
from livecam.errors import LivecamError, SettingsError, SinkError
from livecam.face import Identity, Points
from livecam.faces import FaceStore, Wearable
from livecam.load import load_detector, load_models, with_embedder_at_hand
from livecam.media.still import picture_of, read_still
from livecam.picture import Image, Picture
from livecam.profiles import face_renamed
from livecam.runtime.download import Progress
from livecam.settings import ModelOptions, Settings
from livecam.sources.synthetic import demo_portrait
from livecam.swap.identity import faces_on, read_portrait

SIDE = 192
"""Of a thumbnail, px: sharp on a screen of two pixels for one."""
_ROOM = 2.2
"""Width of a thumbnail in widths of the face."""
_LONGEST = 36
_SHOT = "camera.png"

Photographed = tuple[Path, ...] | Picture
"""Files of one person's photos, or what a camera has just seen."""

Found = list[list[Image]]
"""For each photo the faces on it, from the left, as thumbnails."""


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One face in the gallery."""

    face: Wearable
    name: str
    """As a run calls it that wears it."""
    image: Image | None
    """uint8 (SIDE, SIDE, 3) RGB; None where it is damaged."""
    fault: LivecamError | None = None
    """Why it cannot be worn."""
    digest: str = ""
    """Of the photo that is shown."""
    removable: bool = True
    """False for the rendered face that comes along."""


@dataclass(frozen=True, slots=True)
class Renamed:
    """A kept face that is called otherwise now."""

    old: str
    new: str
    fault: LivecamError | None = None
    """Why a profile may still know it by the old name."""


def read_entries(store: FaceStore, known: Iterable[Entry], _told: Progress) -> tuple[Entry, ...]:
    """The faces that are kept, in order of their names, and the rendered one that comes along.

    Args:
        store: Keeps them.
        known: What was read before; its pictures are not made again.

    Raises:
        SourceError: The folder cannot be read.
    """
    before = {entry.name: entry for entry in known}
    kept = [_entry(store, name, before.get(name)) for name in store.names()]
    demo = demo_portrait()
    rendered = before.get(demo.name) or Entry(demo, demo.name, thumbnail((demo,)), removable=False)
    return (*kept, rendered)


def thumbnail(source: Photographed) -> Image:
    """The middle of the first of some photos.

    Returns:
        uint8 (SIDE, SIDE, 3) RGB.

    Raises:
        SourceError: It cannot be read.
    """
    picture = source if isinstance(source, Picture) else picture_of(read_still(source[0]).rgb)
    middle = np.array([(picture.width - 1) / 2, (picture.height - 1) / 2], np.float32)
    return _cut(picture, middle, SIDE / min(picture.width, picture.height))


def look(source: Photographed, _told: Progress) -> Image:
    """The middle of the first photo; see `thumbnail`."""
    return thumbnail(source)


def find(source: Photographed, told: Progress, *, settings: Settings) -> Found:
    """The faces on some photos.

    Raises:
        SourceError: A photo cannot be read, or shows no face.
        ModelError: The detector cannot be fetched or run.
    """
    detector = load_detector(_looking(settings), progress=told)
    found: Found = []
    for portrait in _portraits(source):
        told("", len(found), 1 if isinstance(source, Picture) else len(source))
        picture = picture_of(portrait.portrait)
        faces = faces_on(portrait, detector)
        found.append([_face(picture, face.landmarks, face.box.width) for face in faces])
    return found


def keep(
    store: FaceStore,
    name: str,
    source: Photographed,
    told: Progress,
    *,
    settings: Settings,
    agreed: Agreement,
    which: Sequence[int] = (),
) -> str:
    """Keeps a face whose person agreed; gives its name.

    Args:
        store: Keeps it.
        name: What it is called.
        source: The photos.
        told: How far it is.
        settings: Say which models look at the photos.
        agreed: That the person did.
        which: The face that is meant on each, in the order of `find`, from 1.

    Raises:
        LivecamError: As `FaceStore.add`.
    """
    looking = _looking(settings)
    models = with_embedder_at_hand(load_models(looking, progress=told), looking)

    def agree() -> Agreement:
        told("", 0, 0)  # ends here where it was called off
        return agreed

    with _files(source) as photos:
        return store.add(name, photos, models, looking.models, agree=agree, which=which).name


def rename(store: FaceStore, old: str, new: str, _told: Progress) -> Renamed:
    """Calls a kept face otherwise, also where profiles name it; see `FaceStore.rename`."""
    new = store.rename(old, new)
    try:
        face_renamed(old, new)
    except SettingsError as error:
        return Renamed(old, new, error)
    return Renamed(old, new)


def remove(store: FaceStore, name: str, _told: Progress) -> None:
    """Deletes all that is kept of a face; see `FaceStore.remove`."""
    store.remove(name)


def free_name(store: FaceStore, text: str) -> str:
    """A name like `text` that a face can get."""
    letters = "".join(c if c.isalnum() else "-" for c in unicodedata.normalize("NFC", text))
    wish = "-".join(part for part in letters.split("-") if part)[:_LONGEST].strip("-") or "face"
    number = 1
    while True:
        name = wish if number == 1 else f"{wish}-{number}"
        try:
            return store.check(name)
        except SettingsError:  # it is the name of a device
            wish = "face" if number > 1 else wish
        except SinkError:
            pass
        number += 1


def _entry(store: FaceStore, name: str, before: Entry | None) -> Entry:
    try:
        face = store.face(name)
        photo = face.photos[0]
        if before is not None and before.digest == photo.sha256:
            return before
        picture = picture_of(read_still(face.folder / photo.file).rgb)
        image = _face(picture, np.array(photo.landmarks, np.float32), photo.width)
    except LivecamError as error:
        return Entry(name, name, None, fault=error)
    return Entry(name, name, image, digest=photo.sha256)


def _looking(settings: Settings) -> Settings:
    """Which models look at photos.

    The swapper is the default one, however large the chosen one is: what that wants to know besides
    is found out when the face is first worn.
    """
    return Settings(
        models=ModelOptions(
            detector=settings.models.detector,
            landmarker=settings.models.landmarker,
            embedder=settings.models.embedder,
        ),
        detector=settings.detector,
    )


def _portraits(source: Photographed) -> Iterator[Identity]:
    if isinstance(source, Picture):
        yield Identity(_SHOT, source.to_rgb())
    else:
        yield from map(read_portrait, source)


def _face(picture: Picture, landmarks: Points, width: float) -> Image:
    """A face as a thumbnail, `width` px wide in the picture."""
    return _cut(
        picture, np.mean(landmarks, axis=0, dtype=np.float32), SIDE / (_ROOM * max(width, 1.0))
    )


def _cut(picture: Picture, middle: Points, scale: float) -> Image:
    shift = (SIDE - 1) / 2 - scale * middle
    return picture.crop(np.array([[scale, 0, shift[0]], [0, scale, shift[1]]], np.float32), SIDE)


@contextmanager
def _files(source: Photographed) -> Iterator[Sequence[Path]]:
    """The files of photos; those of a camera's are there for as long as the context."""
    if not isinstance(source, Picture):
        yield source
        return
    with TemporaryDirectory(prefix="livecam-") as folder:
        path = Path(folder) / _SHOT
        try:
            path.write_bytes(_png(source))
        except OSError as error:
            raise SinkError(
                f"The photo cannot be kept in {folder}: {error.strerror}.",
                hint="Free some space there, and take it again.",
            ) from error
        yield [path]


def _png(picture: Picture) -> bytes:
    bgr = cv2.cvtColor(picture.to_rgb(), cv2.COLOR_RGB2BGR)
    return bytes(np.asarray(cv2.imencode(".png", bgr)[1]))
