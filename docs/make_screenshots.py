"""Draws the window's states for the README, with rendered people only.

python docs/make_screenshots.py [FOLDER]
"""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from shutil import copy

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np

from livecam.batch import Batch
from livecam.engine import Engine, Phase, Wanted
from livecam.gui.start import start
from livecam.settings import Showing, load_settings

start()

from PySide6.QtGui import QColor, QGuiApplication, QPalette  # noqa: E402 - after `start`
from PySide6.QtWidgets import QTabWidget  # noqa: E402

from livecam.gui.files import Files  # noqa: E402
from livecam.gui.preview import attend  # noqa: E402
from livecam.gui.studio import studio  # noqa: E402
from livecam.gui.window import MainWindow  # noqa: E402

HERE = Path(__file__).parent
ASSETS = HERE.parent / "assets"
PAGES = {0: "faces", 1: "camera", 2: "look", 4: "files"}


@contextmanager
def opened(folder: Path) -> Iterator[MainWindow]:
    """The window in an empty profile."""
    for home in ("LIVECAM_FACES", "LIVECAM_SETTINGS"):
        os.environ[home] = str(folder / home)
    to = {"live.to": [str(folder / "talk.mkv")]}
    settings = load_settings(None, overrides=to | {"live.width": 960, "live.height": 540})
    wanted = Wanted(settings=settings, face=ASSETS / "portrait_b.png", camera="synthetic")
    with (
        closing(Batch()) as batch,
        closing(Engine(wanted)) as engine,
        studio(engine, batch) as window,
    ):
        window.resize(1180, 720)
        window.show()
        yield window
        engine.wanted = replace(engine.wanted, running=False, outputs=())
        until(window, Phase.OFF)
        window.close()


def until(window: MainWindow, phase: Phase) -> None:
    """Waits for a state, and for a few frames of it."""
    while window.engine.status().phase is not phase or window.engine.status().doing:
        attend(0.1)
    attend(3)


def divide(window: MainWindow) -> None:
    """Puts the divider of before and after through the middle of the face."""
    frame = window.engine.newest()
    if frame is not None and frame.original is not None:
        _, changed = np.nonzero(frame.original.y != frame.picture.y)
        window.view.divider = float(np.median(changed)) / frame.picture.width


def main() -> None:
    """Draws all of them."""
    to = Path(sys.argv[1]) if sys.argv[1:] else HERE
    with tempfile.TemporaryDirectory() as name, opened(Path(name)) as window:
        tabs = window.findChildren(QTabWidget)[0]

        def draw(file: str) -> None:
            attend(0.5)
            divide(window)
            window.grab().save(str(to / f"{file}.jpg"), "JPG", 82)

        wanted = window.engine.wanted
        window.engine.wanted = replace(wanted, running=True)
        until(window, Phase.PREVIEW)
        window.view.showing = Showing.SPLIT
        window.engine.wanted = replace(wanted, running=True, outputs=wanted.settings.live.to)
        until(window, Phase.LIVE)
        # Beside the file its swap is written.
        window.findChildren(Files)[0].add([Path(copy(ASSETS / "clip_a.mp4", name))])
        for place, page in PAGES.items():
            tabs.setCurrentIndex(place)
            attend(2 if page == "files" else 0.5)
            draw(page)
        QGuiApplication.setPalette(QPalette(QColor("#2b2b2b")))  # as the system's dark look
        tabs.setCurrentIndex(1)
        draw("dark")


if __name__ == "__main__":
    main()
