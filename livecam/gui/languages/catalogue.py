"""Keeps the catalogues true to the code; needs the tools that come with PySide6.

python -m livecam.gui.languages.catalogue
"""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import PySide6

from livecam.engine import Doing
from livecam.gui.control import option_texts
from livecam.gui.languages import FOLDER, LANGUAGES
from livecam.settings import options

_CONTROLS = "swap."
"""Options that the window has controls for."""


def update(catalogue: Path) -> None:
    """Adds to a catalogue what is new in the code, and drops what is gone."""
    with TemporaryDirectory(prefix="livecam-") as folder:
        collected = Path(folder) / "collected.py"
        collected.write_text("".join(_collected()), encoding="utf-8")
        sources = [*sorted(FOLDER.parent.rglob("*.py")), collected]
        quiet = ("-silent", "-no-obsolete", "-locations", "none", "-source-language", "en")
        _run("lupdate", *quiet, *map(str, sources), "-ts", str(catalogue))


def compile_(catalogue: Path) -> None:
    """Writes what the window reads, beside the catalogue."""
    _run("lrelease", "-silent", str(catalogue), "-qm", str(catalogue.with_suffix(".qm")))


def _collected() -> Iterator[str]:
    """A program with the texts that stand elsewhere than in gui/, each as lupdate knows it."""
    shown = [option for option in options() if option.name.startswith(_CONTROLS)]
    texts = [("options", text) for option in shown for text in option_texts(option)]
    for context, text in [*texts, *(("doing", doing.value) for doing in Doing)]:
        yield f'QT_TRANSLATE_NOOP("{context}", {_quoted(text)})\n'


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _run(tool: str, *arguments: str) -> None:
    subprocess.run([str(Path(PySide6.__path__[0]) / tool), *arguments], check=True)


if __name__ == "__main__":
    for code in LANGUAGES:
        one = FOLDER / f"livecam_{code}.ts"
        if one.exists():
            update(one)
            compile_(one)
