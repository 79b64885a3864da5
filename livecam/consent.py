"""The record of who agreed: portraits by content, each with the day the answer was given."""

import hashlib
import json
import os
import tempfile
from datetime import date
from pathlib import Path

import platformdirs
from pydantic import TypeAdapter, ValidationError

from livecam.errors import SettingsError, SourceError


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
        dates = self._read() | {_digest(portrait): date.today().isoformat()}
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            descriptor, name = tempfile.mkstemp(dir=self.file.parent, prefix=self.file.name)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(dates, file, indent=1)
            Path(name).replace(self.file)
        except OSError as error:
            raise SettingsError(
                f"The consent cannot be recorded in {self.file}: {error.strerror}.",
                hint="Make that folder writable, or say --yes-i-have-consent each time.",
            ) from error

    def _read(self) -> dict[str, str]:
        try:
            content = self.file.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return {}
        except OSError as error:
            raise self._unreadable(error) from error
        try:
            return TypeAdapter(dict[str, str]).validate_json(content)
        except ValidationError as error:
            raise self._unreadable(error) from error

    def _unreadable(self, reason: Exception) -> SettingsError:
        return SettingsError(
            f"The record of consent {self.file} cannot be read: {reason}.",
            hint="Delete it; you will be asked again.",
        )


def _digest(portrait: Path) -> str:
    try:
        return hashlib.sha256(portrait.read_bytes()).hexdigest()
    except OSError as error:
        raise SourceError(
            f"The portrait {portrait} cannot be read: {error.strerror}.",
            hint="Name a picture of the face to wear with --face.",
        ) from error
