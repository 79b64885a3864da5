"""The question whether somebody agreed to be worn."""

import sys
from pathlib import Path

import typer

from livecam.cli.console import remarks, say
from livecam.consent import ConsentRecord
from livecam.errors import SettingsError


def ask_for_consent(portrait: Path) -> None:
    """Asks once for each picture; where nobody can be asked, says what is taken for granted.

    Raises:
        SourceError: The portrait cannot be read.
        SettingsError: The answer was no, or cannot be recorded.
    """
    record = ConsentRecord()
    if record.has(portrait):
        return
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
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
