"""Settings that are remembered, by the name of a profile: one TOML file each, for all of livecam.

<folder>/settings.toml            what is read where no profile is named
<folder>/profiles/<name>.toml     the others
<folder>/.lock                    held while one of them is changed
"""

import os
import re
import unicodedata
from collections.abc import Mapping, MutableMapping
from dataclasses import asdict
from enum import Enum
from pathlib import Path
from typing import Any

import platformdirs
import tomlkit
from filelock import FileLock
from tomlkit.exceptions import TOMLKitError

from livecam.errors import SettingsError
from livecam.private import private_folder, write_private
from livecam.settings import Settings, load_settings

_FAULTS = (OSError, UnicodeError, TOMLKitError)
_NAME = re.compile(r"\w[\w -]{0,63}")


def settings_folder() -> Path:
    """Where profiles lie: `LIVECAM_SETTINGS`, else in the user's configuration directory."""
    chosen = os.environ.get("LIVECAM_SETTINGS")
    return Path(chosen).expanduser() if chosen else platformdirs.user_config_path("livecam")


def profile_file(name: str | None = None) -> Path:
    """The file of a profile, which need not exist.

    Args:
        name: Letters, digits, blanks, dashes; None is the one that is always read.

    Raises:
        SettingsError: A profile cannot be called so.
    """
    if name is None:
        return settings_folder() / "settings.toml"
    if not _NAME.fullmatch(name):
        raise SettingsError(
            f"A profile cannot be called '{name}'.",
            hint="Use letters, digits, blanks and dashes.",
        )
    return settings_folder() / "profiles" / f"{name}.toml"


def profiles() -> list[str]:
    """Names of the profiles that there are, in alphabetical order."""
    return sorted(file.stem for file in (settings_folder() / "profiles").glob("*.toml"))


def remembered_file(name: str | None = None) -> Path | None:
    """The file of a profile; None where none is named and nothing is remembered.

    Raises:
        SettingsError: There is no such profile, or its folder cannot be read.
    """
    file = profile_file(name)
    try:
        file.stat()
    except (FileNotFoundError, NotADirectoryError):
        if name is None:
            return None
    except OSError as error:
        raise SettingsError(
            f"The settings {file} cannot be read: {error.strerror}.",
            hint="Make that folder readable, or set LIVECAM_SETTINGS to another one.",
        ) from error
    else:
        return file
    names = ", ".join(profiles())
    raise SettingsError(
        f"There is no profile '{name}'.",
        hint=f"Choose one of {names}." if names else "Save one in the window first: livecam app",
    )


def remembered(name: str | None = None) -> Settings:
    """The settings of a profile; the defaults where none is named and nothing is remembered.

    Raises:
        SettingsError: There is no such profile, or its file is not valid.
    """
    return load_settings(remembered_file(name))


def remember(settings: Settings, name: str | None = None) -> None:
    """Writes to a profile whatever differs from the defaults; remarks in the file stay.

    Raises:
        SettingsError: The file is no TOML, or cannot be written; it stays as it was.
    """
    file = profile_file(name)
    try:
        with _alone():
            document = tomlkit.parse(file.read_text(encoding="utf-8")) if file.is_file() else None
            document = document or tomlkit.document()
            _write(document, asdict(settings), asdict(Settings()))
            private_folder(file.parent)
            write_private(file, tomlkit.dumps(document).encode())
    except _FAULTS as error:
        raise SettingsError(
            f"The settings cannot be kept in {file}: {error}.",
            hint="Correct the file or make it writable, or set LIVECAM_SETTINGS to another folder.",
        ) from error


def face_renamed(old: str, new: str) -> list[Path]:
    """Has every profile that wears the kept face `old` wear it under its new name.

    Returns:
        The files that were changed.

    Raises:
        SettingsError: One of them cannot be read or written; it stays as it was, and the others
            are changed all the same.
    """
    changed: list[Path] = []
    fault: SettingsError | None = None
    others = sorted((settings_folder() / "profiles").glob("*.toml"))
    for file in (profile_file(), *others):
        try:
            if file.is_file() and _rename_in(file, old, new):
                changed.append(file)
        except _FAULTS as error:
            fault = SettingsError(
                f"The face '{old}' is called '{new}' now, but {file} may still say '{old}': "
                f"{error}.",
                hint=f'Write `face = "{new}"` there, or choose the face again.',
            )
            fault.__cause__ = error
    if fault is not None:
        raise fault
    return changed


def _rename_in(file: Path, old: str, new: str) -> bool:
    """Whether that profile wore the face."""
    with _alone():
        document = tomlkit.parse(file.read_text(encoding="utf-8"))
        live = document.get("live")
        if not isinstance(live, MutableMapping):
            return False
        if _normal(str(live.get("face", ""))) != _normal(old):
            return False
        live["face"] = new
        write_private(file, tomlkit.dumps(document).encode())
        return True


def _normal(face: str) -> str:
    return unicodedata.normalize("NFC", face)


def _alone() -> FileLock:
    """While it is held, nobody else changes a profile."""
    return FileLock(private_folder(settings_folder()) / ".lock", mode=0o600)


def _write(table: Any, values: Mapping[str, Any], defaults: Mapping[str, Any]) -> None:
    """Puts what differs into `table`, and takes out what does not."""
    for name, value in values.items():
        default = defaults[name]
        if isinstance(value, dict):
            if not isinstance(table.get(name), MutableMapping):
                table[name] = tomlkit.table(is_super_table=None)
            _write(table[name], value, default)
            if not table[name]:
                del table[name]
        elif value != default and value is not None:
            table[name] = _plain(value)
        elif name in table:
            del table[name]


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    return str(value) if isinstance(value, Path) else value
