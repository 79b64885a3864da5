"""The whole window with a person at its mouse, in this process."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QComboBox,
    QDialog,
    QLabel,
    QTabWidget,
    QWidget,
)

from livecam.batch import Batch
from livecam.engine import Engine, Wanted
from livecam.gui.preview import attend
from livecam.gui.studio import studio
from livecam.gui.window import MainWindow
from livecam.settings import Settings, load_settings
from livecam.sources.synthetic import demo_portrait

HOMES = ("LIVECAM_FACES", "LIVECAM_SETTINGS", "XDG_DATA_HOME", "XDG_CONFIG_HOME")
WIDTH, HEIGHT, FPS = 320, 180, 15


def small(**overrides: object) -> Settings:
    """Of a picture that a busy machine keeps up with."""
    size = {"live.width": WIDTH, "live.height": HEIGHT, "live.fps": FPS}
    return load_settings(None, overrides=size | overrides)


@contextmanager
def whole(
    home: Path, monkeypatch: pytest.MonkeyPatch, settings: Settings | None = None
) -> Iterator[MainWindow]:
    """The window as `livecam app` opens it in an empty profile, with no camera open."""
    for name in HOMES:
        monkeypatch.setenv(name, str(home / name))
    wanted = Wanted(settings=settings or small(), face=demo_portrait(), camera="synthetic")
    with (
        closing(Batch()) as batch,
        closing(Engine(wanted)) as engine,
        studio(engine, batch) as window,
    ):
        window.show()
        window.activateWindow()
        attend(0.2)
        try:
            yield window
        finally:
            window.engine.wanted = wanted  # nobody is asked about a live picture
            until(lambda: engine.status().stats is None)
            window.close()
            window.deleteLater()
            attend(0.05)


def until(condition: Callable[[], object], seconds: float = 60.0) -> None:
    """Lets the window work until something is so."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came to that"
        attend(0.02)


def page(window: MainWindow, title: str) -> QWidget:
    """Turns to the page with this title."""
    (tabs,) = window.findChildren(QTabWidget)
    place = next(n for n in range(tabs.count()) if tabs.tabText(n).replace("&", "") == title)
    tabs.setCurrentIndex(place)
    attend(0.05)
    shown = tabs.currentWidget()
    assert shown is not None
    return shown


def button(within: QWidget, text: str) -> QAbstractButton:
    """The one that can be seen and reads so, as soon as there is one."""

    def reads_so() -> list[QAbstractButton]:
        buttons = within.findChildren(QAbstractButton)
        return [one for one in buttons if one.isVisible() and one.text().replace("&", "") == text]

    until(reads_so, 10)
    (found,) = reads_so()
    return found


def click(within: QWidget, text: str) -> None:
    """Presses a button by the mouse, in its middle, or on the box of a check box."""
    found = button(within, text)
    until(found.isEnabled, 10)
    place = (
        QPoint(8, found.height() // 2) if isinstance(found, QCheckBox) else found.rect().center()
    )
    QTest.mouseClick(found, Qt.MouseButton.LeftButton, pos=place)


def question(window: QWidget) -> QDialog:
    """What stands before the window, as soon as something does."""

    def standing() -> list[QDialog]:
        return [one for one in window.findChildren(QDialog) if one.isVisible()]

    until(standing, 10)
    (found,) = standing()
    return found


def pick(box: QComboBox, place: int) -> None:
    """Chooses an entry as the keyboard does."""
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Home)
    for _ in range(place):
        QTest.keyClick(box, Qt.Key.Key_Down)
    assert box.currentIndex() == place


def combo(within: QWidget, name: str) -> QComboBox:
    """The combo box with this accessible name or label."""
    (found,) = [
        one for one in within.findChildren(QComboBox) if name in {one.accessibleName(), _label(one)}
    ]
    return found


def _label(widget: QWidget) -> str:
    labels = widget.window().findChildren(QLabel)
    return next((one.text().replace("&", "") for one in labels if one.buddy() is widget), "")


def threads() -> list[str]:
    """Those of livecam's that run."""
    return [one.name for one in threading.enumerate() if one.name.startswith("livecam")]
