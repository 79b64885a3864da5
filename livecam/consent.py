"""Who agreed to be worn: what was said for a face that is kept, and the record of portraits."""

from datetime import date
from enum import StrEnum
from pathlib import Path

import platformdirs
from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from livecam.errors import SettingsError, SourceError
from livecam.private import alone_with, private_folder, write_private
from livecam.runtime.hashing import digest

_Dates = TypeAdapter(dict[str, date])


class Said(StrEnum):
    """How it is known that somebody agreed."""

    TERMINAL = "at the terminal"
    """Somebody answered the question with yes."""
    OPTION = "with --yes-i-have-consent"
    WINDOW = "in the window"
    """Somebody answered the question there with yes."""
    PROGRAM = "by a program"
    """A caller of the Python interface."""


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Agreement:
    """The statement that a person agreed to have their face kept and worn."""

    on: date
    """The day it was made."""
    said: Said
    """Where it comes from."""

    @classmethod
    def today(cls, said: Said) -> "Agreement":
        """A statement made now."""
        return cls(on=date.today(), said=said)


class ConsentRecord:
    """Which portraits may be used, kept in a JSON file: SHA-256 of the portrait → date.

    Args:
        file: The record; by default `consent.json` in the user's data directory.
    """

    def __init__(self, file: Path | None = None) -> None:
        self.file = file or Path(platformdirs.user_data_dir("livecam")) / "consent.json"

    def has(self, portrait: Path) -> bool:
        """Whether the person on this very picture is recorded as having agreed.

        Raises:
            SourceError: The portrait cannot be read.
            SettingsError: The record cannot be read.
        """
        return _digest(portrait) in self._read()

    def add(self, portrait: Path) -> None:
        """Records that the person on this picture agreed, today.

        Raises:
            SourceError: The portrait cannot be read.
            SettingsError: The record cannot be read or written.
        """
        sha256 = _digest(portrait)
        try:
            private_folder(self.file.parent)
            with alone_with(self.file):
                dates = self._read() | {sha256: date.today()}
                write_private(self.file, _Dates.dump_json(dates, indent=1))
        except OSError as error:
            raise SettingsError(
                f"The consent cannot be recorded in {self.file}: {error.strerror}.",
                hint="Make that folder writable, or say --yes-i-have-consent each time.",
            ) from error

    def _read(self) -> dict[str, date]:
        try:
            content = self.file.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return {}
        except OSError as error:
            raise self._unreadable(error) from error
        try:
            return _Dates.validate_json(content)
        except ValidationError as error:
            raise self._unreadable(error) from error

    def _unreadable(self, reason: Exception) -> SettingsError:
        return SettingsError(
            f"The record of consent {self.file} cannot be read: {reason}.",
            hint="Delete it; you will be asked again.",
        )


def _digest(portrait: Path) -> str:
    try:
        return digest(portrait)
    except OSError as error:
        raise SourceError(
            f"The portrait {portrait} cannot be read: {error.strerror}.",
            hint="Name a picture of the face to wear with --face.",
        ) from error
