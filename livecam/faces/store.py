"""The folder of the faces that are kept; it never leaves the user's machine.

<folder>/.lock             held while a face is added, renamed or removed
<folder>/.work-…/          what is being added or removed; swept up if a livecam was killed
<folder>/<name>/face.json  who agreed and when, which pictures (`record`)
<folder>/<name>/1.jpg …    copies of the pictures
<folder>/<name>/*.np[yz]   what models made of them (`views`)
"""

import errno
import os
import re
import shutil
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import platformdirs
from filelock import FileLock

from livecam.consent import Agreement
from livecam.errors import SettingsError, SinkError, SourceError
from livecam.faces.named import NamedFace
from livecam.faces.record import FILE, Record, to_json
from livecam.faces.sitting import Sitting, sit
from livecam.faces.views import Views
from livecam.load import Models
from livecam.private import private_folder, write_private
from livecam.settings import ModelOptions

_NAME = re.compile(r"[^\W_]+(-[^\W_]+)*")
_LONGEST = 40
_DEVICES = {
    "con",
    "prn",
    "aux",
    "nul",
    *(f"{port}{n}" for port in ("com", "lpt") for n in range(10)),
}
"""What Windows takes for devices in any folder."""


def faces_folder() -> Path:
    """Where faces are kept: `LIVECAM_FACES`, else in the user's data directory."""
    chosen = os.environ.get("LIVECAM_FACES")
    return Path(chosen).expanduser() if chosen else platformdirs.user_data_path("livecam") / "faces"


class FaceStore:
    """The faces that are kept.

    Args:
        folder: Holds them; None takes `faces_folder()`.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or faces_folder()

    def names(self) -> list[str]:
        """What the faces are called, in order.

        Raises:
            SourceError: The folder cannot be read.
        """
        try:
            folders = [entry.name for entry in self.folder.iterdir() if entry.is_dir()]
        except FileNotFoundError:
            return []
        except OSError as error:
            raise SourceError(
                f"The faces in {self.folder} cannot be read: {error.strerror}.",
                hint="Make that folder readable, or set LIVECAM_FACES to another one.",
            ) from error
        return sorted(filter(is_name, folders))

    def face(self, name: str) -> NamedFace:
        """The face called `name`.

        Raises:
            SourceError: There is none, or it is damaged.
        """
        return NamedFace.read(self._place(name))

    def check(self, name: str, *, overwrite: bool = False, renamed: str | None = None) -> str:
        """`name`, if a face can be added under it.

        Args:
            name: What the face is to be called.
            overwrite: Whether it may replace the face of that name.
            renamed: What the face is called until then, if it is kept already.

        Raises:
            SettingsError: It is no name.
            SourceError: The folder cannot be read.
            SinkError: There is one, which is not to be replaced.
        """
        name = normal(name)
        if not is_name(name):
            raise SettingsError(
                f"A face cannot be called '{name}'.",
                hint=f"Use letters, digits and single dashes, at most {_LONGEST} of them, such as "
                "ann or ann-2.",
            )
        self.names()  # that they cannot be read is said before anything is done
        if not overwrite:
            self._refuse_taken(name, renamed=renamed)
        return name

    def add(
        self,
        name: str,
        photos: Sequence[Path],
        models: Models,
        names: ModelOptions,
        *,
        agree: Callable[[], Agreement],
        which: Sequence[int] = (),
        overwrite: bool = False,
    ) -> NamedFace:
        """Keeps a face, and gives it.

        Args:
            name: What it is called from now on.
            photos: Pictures of one person.
            models: Look at them.
            names: Of the models.
            agree: Says that the person agreed, or raises; asked once the pictures proved good.
            which: The face that is meant on each, from the left, from 1; see `sit`.
            overwrite: Replace the face of that name, if there is one.

        Raises:
            SettingsError: `name` is none, or `which` does not suit the pictures.
            SourceError: A picture shows no face that can be worn, or not the one person.
            SinkError: The name is taken, or the folder cannot be written.
            ModelError: A model failed to run.
        """
        name = self.check(name, overwrite=overwrite)
        sitting = sit(photos, models, which=which)
        views = Views(sitting.photos, names.landmarker, models.embedders)
        agreed = agree()
        with self._writing() as work:
            folder = _written(work / name, sitting, agreed)
            views.keep(folder, sitting.identity, sitting.best)
            if overwrite and (self.folder / name).exists():
                (self.folder / name).rename(work / ".replaced")  # no name of a face
            self._refuse_taken(name)
            folder.rename(self.folder / name)
        return self.face(name)

    def rename(self, old: str, new: str) -> str:
        """Calls a face otherwise from now on, and gives its name; all that is kept of it stays.

        Raises:
            SettingsError: `new` is no name.
            SourceError: There is no face called `old`.
            SinkError: There is one called `new`, or the folder cannot be written.
        """
        self._place(old)  # or the folder would be made
        new = self.check(new, renamed=old)
        with self._writing():
            place = self._place(old)  # others may have been quicker
            self._refuse_taken(new, renamed=old)
            place.rename(self.folder / new)
        return new

    def remove(self, name: str) -> None:
        """Deletes everything that is kept of a face; a damaged one too.

        Raises:
            SourceError: There is none of that name.
            SinkError: It cannot be deleted.
        """
        self._place(name)  # or the folder would be made
        with self._writing() as work:
            place = self._place(name)  # others may have been quicker
            place.rename(work / place.name)

    def _place(self, name: str) -> Path:
        place, names = self.folder / normal(name), self.names()
        if is_name(normal(name)) and place.is_dir():
            return place
        raise SourceError(
            f"There is no face called '{name}'.",
            hint=f"Choose one of {', '.join(names)}."
            if names
            else "Keep one with `livecam faces add NAME PHOTO`.",
        )

    def _refuse_taken(self, name: str, *, renamed: str | None = None) -> None:
        place = self.folder / name
        if not place.exists():
            return
        old = self.folder / normal(renamed) if renamed else None
        if old is not None and old != place and old.exists() and old.samefile(place):
            return  # only small and capital letters change, which some systems take for the same
        other = "replace it with --overwrite" if renamed is None else "remove that face first"
        raise SinkError(
            f"There is a face '{name}' already.", hint=f"Choose another name, or {other}."
        )

    @contextmanager
    def _writing(self) -> Iterator[Path]:
        """A folder to work in that is gone afterwards, while nobody else writes here."""
        try:
            private_folder(self.folder)
            with FileLock(self.folder / ".lock", mode=0o600):
                for left_behind in self.folder.glob(".work-*"):
                    shutil.rmtree(left_behind)
                with TemporaryDirectory(prefix=".work-", dir=self.folder) as work:
                    yield Path(work)
        except OSError as error:
            step = "Free some space there" if error.errno == errno.ENOSPC else "Make it writable"
            raise SinkError(
                f"The faces in {self.folder} cannot be changed: {error.strerror or error}.",
                hint=f"{step}, or set LIVECAM_FACES to another folder.",
            ) from error


def is_name(name: str) -> bool:
    """Whether a face can be called so; what is no name of a folder on some system is none here."""
    return (
        _NAME.fullmatch(name) is not None
        and len(name) <= _LONGEST
        and name.casefold() not in _DEVICES
    )


def normal(name: str) -> str:
    """`name` with letters and their accents as one character each: one way to write it."""
    return unicodedata.normalize("NFC", name)


def _written(folder: Path, sitting: Sitting, agreed: Agreement) -> Path:
    private_folder(folder)
    for photo, content in zip(sitting.photos, sitting.contents, strict=True):
        write_private(folder / photo.file, content)
    write_private(folder / FILE, to_json(Record(agreed=agreed, photos=sitting.photos)))
    return folder
