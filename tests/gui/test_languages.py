"""Every text of the window is in the catalogue, translated whole, and seen in German."""

import ast
import re
import shutil
import string
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

pytest.importorskip("PySide6.QtWidgets", exc_type=ImportError)

from PySide6.QtCore import QCoreApplication, QTranslator

from livecam.engine import Doing
from livecam.gui.languages import FOLDER, of_doing, of_option, speak
from livecam.gui.languages.catalogue import update
from livecam.settings import options

CATALOGUE = FOLDER / "livecam_de.ts"
Message = tuple[str, str, str]
Start = Callable[..., "subprocess.Popen[str]"]


def messages(catalogue: Path) -> list[Message]:
    """Context, text and translation of each; no translation where it is unfinished."""
    return [
        (context.findtext("name", ""), message.findtext("source", ""), translated(message))
        for context in ElementTree.parse(catalogue).getroot().iter("context")
        for message in context.iter("message")
    ]


def translated(message: ElementTree.Element) -> str:
    translation = message.find("translation")
    assert translation is not None
    return "" if translation.get("type") else translation.text or ""


def texts_in_the_code() -> Iterator[str]:
    """What is given to `tr` or `translate`, as Python reads it."""
    for path in FOLDER.parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args:
                name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
                name = node.func.id if isinstance(node.func, ast.Name) else name
                text = node.args[-1]
                if name in {"tr", "translate"} and isinstance(text, ast.Constant):
                    yield str(text.value)


@pytest.fixture
def german(offscreen: None) -> Iterator[None]:  # noqa: ARG001 - Qt must be there
    speak("de")
    yield
    speak("en")


def test_every_text_is_in_the_catalogue() -> None:
    known = {text for _, text, _ in messages(CATALOGUE)}
    assert set(texts_in_the_code()) - known == set()
    assert set(map(str, Doing)) - known == set()
    assert {one.help for one in options() if one.name.startswith("swap.")} - known == set()


def test_the_catalogue_holds_what_the_code_says_and_no_more(tmp_path: Path) -> None:
    fresh = Path(shutil.copy(CATALOGUE, tmp_path))
    update(fresh)
    assert messages(fresh) == messages(CATALOGUE), "python -m livecam.gui.languages.catalogue"


@pytest.mark.parametrize(
    ("context", "text", "translation"),
    [pytest.param(*one, id=one[1]) for one in messages(CATALOGUE)],
)
def test_translated_whole(context: str, text: str, translation: str) -> None:
    assert translation, context
    assert placeholders(translation) == placeholders(text)
    assert shortcut(translation) == shortcut(text)
    assert translation.endswith("…") == text.endswith("…")
    assert translation.endswith(".") == text.endswith(".")


def placeholders(text: str) -> set[str]:
    return {f"{name}:{form}" for _, name, form, _ in string.Formatter().parse(text) if name}


def shortcut(text: str) -> bool:
    return bool(re.search(r"&\w", text))


def test_what_the_window_reads_is_the_catalogue() -> None:
    compiled = QTranslator()
    assert compiled.load(str(CATALOGUE.with_suffix(".qm")))
    for context, text, translation in messages(CATALOGUE):
        assert compiled.translate(context, text) == translation


@pytest.mark.usefixtures("german")
def test_german() -> None:
    assert of_option("hold,blur") == "halten, dann unscharf"
    assert of_doing(Doing.LOADING, "mesh") == "mesh wird geladen"
    assert QCoreApplication.translate("QPlatformTheme", "Cancel") == "Abbrechen"  # Qt's own


PROGRAM = """
import sys
from livecam.gui.start import start
start()
from livecam.gui.languages import of_option, speak
speak(sys.argv[1])
print(of_option("off"), of_option("on"))
"""


@pytest.mark.usefixtures("offscreen")
@pytest.mark.parametrize(
    ("wished", "system", "spoken"),
    [
        ("de", "en_US.UTF-8", "aus an"),
        ("en", "de_DE.UTF-8", "off on"),
        ("system", "de_AT.UTF-8", "aus an"),
        ("system", "en_GB.UTF-8:de", "off on"),
        ("system", "fr_FR.UTF-8:de", "aus an"),
        ("system", "fr_FR.UTF-8", "off on"),
    ],
)
def test_the_language_that_is_set(python: Start, wished: str, system: str, spoken: str) -> None:
    languages = {"LC_ALL": system.partition(":")[0], "LANGUAGE": system}
    child = python("-c", PROGRAM, wished, **languages)
    assert child.communicate(timeout=60) == (f"{spoken}\n", "")
