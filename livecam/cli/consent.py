"""The question whether somebody agreed to be worn."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from livecam.cli.console import remarks, say
from livecam.consent import Agreement, ConsentRecord, Said
from livecam.errors import SettingsError

if TYPE_CHECKING:
    from livecam.faces import Wearable


def ask_for_consent(face: "Wearable") -> None:
    """Asks once for each picture of `face`; for one that is kept by name it was asked before.

    Where nobody can be asked, says what is taken for granted.

    Raises:
        SourceError: A picture cannot be read.
        SettingsError: The answer was no, or cannot be recorded.
    """
    from livecam.faces import pictures_of  # noqa: PLC0415 - `--help` must not wait for it

    for picture in pictures_of(face):
        _ask_for_picture(picture)


def faces_worn(face: "Wearable | None", cast: Path | None) -> "list[Wearable]":
    """All faces that are worn: the one that is named, and those of a cast file.

    Raises:
        SettingsError: The file is no cast.
    """
    from livecam.faces.cast import read_cast  # noqa: PLC0415 - as above

    named = [face] if face else []
    return [*named, *(part.face for part in read_cast(cast))] if cast else named


def ask_to_keep(name: str, photos: Sequence[Path]) -> Agreement:
    """Asks whether the person agrees that their face is kept.

    Raises:
        SettingsError: The answer was no.
    """
    shown = ", ".join(map(str, photos))
    question = f"Does the person on {shown} agree to have their face kept as '{name}' and worn?"
    if not typer.confirm(question, err=True):
        raise SettingsError(
            f"The face '{name}' is not kept without the person's consent.",
            hint="Ask them, or use another face.",
        )
    return Agreement.today(Said.TERMINAL)


def refuse_unasked(name: str) -> None:
    """Refuses to keep a face where nobody can be asked for it.

    Raises:
        SettingsError: There is no terminal to ask at.
    """
    if not _can_ask():
        raise SettingsError(
            f"Nobody can be asked here whether the person agrees to have their face kept as "
            f"'{name}'.",
            hint="Run this in a terminal, or say --yes-i-have-consent if they agreed.",
        )


def _ask_for_picture(portrait: Path) -> None:
    record = ConsentRecord()
    if record.has(portrait):
        return
    if not _can_ask():
        say(
            remarks(),
            f"Taking it that the person on {portrait} agreed; --yes-i-have-consent says so.",
        )
        return
    if not typer.confirm(f"Does the person on {portrait} agree to lend their face?", err=True):
        raise SettingsError(
            f"The face on {portrait} is not used without the person's consent.",
            hint="Ask them, or use another portrait.",
        )
    record.add(portrait)


def _can_ask() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()
