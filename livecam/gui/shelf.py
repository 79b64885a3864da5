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
from livecam.faces import FaceStore, KeptPhoto, Wearable
from livecam.load import load_models, with_embedder_at_hand
from livecam.media.still import picture_of, read_still
from livecam.picture import Image, Picture
from livecam.runtime.download import Progress
from livecam.settings import ModelOptions, Settings
from livecam.sources.synthetic import demo_portrait

SIDE = 192
"""Of a thumbnail, px: sharp on a screen of two pixels for one."""
_ROOM = 2.2
"""Width of a thumbnail in widths of the face."""
_LONGEST = 36
_SHOT = "camera.png"

Photographed = tuple[Path, ...] | Picture
"""Files of one person's photos, or what a camera has just seen."""


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


def thumbnail(source: Photographed, face: KeptPhoto | None = None) -> Image:
    """The first of some photos: the face, or else the middle of it.

    Args:
        source: The photos.
        face: Where the face is, if that is known.

    Returns:
        uint8 (SIDE, SIDE, 3) RGB.

    Raises:
        SourceError: It cannot be read.
    """
    picture = source if isinstance(source, Picture) else picture_of(read_still(source[0]).rgb)
    if face is None:
        middle = np.array([picture.width - 1, picture.height - 1]) / 2
        scale = SIDE / min(picture.width, picture.height)
    else:
        middle = np.mean(face.landmarks, axis=0)
        scale = SIDE / (_ROOM * max(face.width, 1.0))
    shift = (SIDE - 1) / 2 - scale * middle
    return picture.crop(np.array([[scale, 0, shift[0]], [0, scale, shift[1]]], np.float32), SIDE)


def look(source: Photographed, _told: Progress) -> Image:
    """The middle of the first photo; see `thumbnail`."""
    return thumbnail(source)


def keep(
    store: FaceStore,
    name: str,
    source: Photographed,
    told: Progress,
    *,
    settings: Settings,
    agreed: Agreement,
) -> str:
    """Keeps a face whose person agreed; gives its name.

    The models of the default swapper look at the photos, however large the chosen one is: what that
    wants to know besides is found out when the face is first worn.

    Raises:
        LivecamError: As `FaceStore.add`.
    """
    looking = Settings(
        models=ModelOptions(
            detector=settings.models.detector,
            landmarker=settings.models.landmarker,
            embedder=settings.models.embedder,
        ),
        detector=settings.detector,
    )
    models = with_embedder_at_hand(load_models(looking, progress=told), looking)

    def agree() -> Agreement:
        told("", 0, 0)  # ends here where it was called off
        return agreed

    with _files(source) as photos:
        return store.add(name, photos, models, looking.models, agree=agree).name


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
        image = thumbnail((face.folder / photo.file,), photo)
    except LivecamError as error:
        return Entry(name, name, None, fault=error)
    return Entry(name, name, image, digest=photo.sha256)


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
