"""A thousand things that somebody might do to the window, and whether it stands them.

python benchmarks/clicks.py [--actions 1000] [--live] [--seed 5]

With --live it is wished back whenever it ended, for most of what is done to end it by chance.
"""

import argparse
import gc
import os
import random
import resource
import tempfile
import threading
from collections import Counter
from contextlib import ExitStack, chdir, closing
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from livecam.batch import Batch
from livecam.engine import Engine, Phase, Wanted
from livecam.gui.start import start
from livecam.settings import load_settings
from livecam.sources.synthetic import demo_portrait

start()

from PySide6.QtCore import QObject, Qt, QTimer  # noqa: E402 - after `start`
from PySide6.QtGui import QDesktopServices  # noqa: E402
from PySide6.QtTest import QTest  # noqa: E402
from PySide6.QtWidgets import (  # noqa: E402
    QAbstractButton,
    QApplication,
    QComboBox,
    QMenu,
    QTabWidget,
    QWidget,
)

from livecam.gui.garbage import collected_here  # noqa: E402
from livecam.gui.memory import Memory  # noqa: E402
from livecam.gui.preview import attend  # noqa: E402
from livecam.gui.profile_menu import ProfileMenu  # noqa: E402
from livecam.gui.studio import studio  # noqa: E402
from livecam.gui.window import MainWindow  # noqa: E402

KEYS = [
    *(Qt.Key.Key_Tab, Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Delete),
    *(Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home),
    *(Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_9, Qt.Key.Key_A, Qt.Key.Key_End),
]
HOMES = (
    *("LIVECAM_FACES", "LIVECAM_SETTINGS"),
    *("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_VIDEOS_DIR"),
)


class Monkey:
    """Does one thing after the other, by chance.

    Args:
        window: What it is done to.
        seed: Of chance.
    """

    def __init__(self, window: MainWindow, seed: int) -> None:
        self.window = window
        self.chance = random.Random(seed)
        QDesktopServices.openUrl = lambda *_: True

    def act(self) -> None:
        """One thing."""
        acts = [
            self._click,
            self._click,
            self._click,
            self._turn,
            self._pick,
            self._key,
            self._menu,
        ]
        self.chance.choice([*acts, self._key, self._shape])()
        attend(0.02)

    def _seen(self, kind: type[QWidget]) -> list[QWidget]:
        found = self.window.findChildren(kind)
        return [one for one in found if one.isVisible() and one.isEnabled()]

    def _click(self) -> None:
        buttons = self._seen(QAbstractButton)
        if buttons:
            one = self.chance.choice(buttons)
            assert isinstance(one, QAbstractButton)
            one.click()

    def _turn(self) -> None:
        for tabs in self.window.findChildren(QTabWidget):
            tabs.setCurrentIndex(self.chance.randrange(tabs.count()))

    def _pick(self) -> None:
        boxes = [one for one in self._seen(QComboBox) if isinstance(one, QComboBox) and one.count()]
        if boxes:
            box = self.chance.choice(boxes)
            place = self.chance.randrange(box.count())
            box.setCurrentIndex(place)
            box.activated.emit(place)

    def _key(self) -> None:
        self.window.activateWindow()
        QTest.keyClick(self.window.focusWidget() or self.window, self.chance.choice(KEYS))

    def _menu(self) -> None:
        menus = list(self.window.menuBar().findChildren(QMenu))
        menu = self.chance.choice(menus)
        menu.aboutToShow.emit()
        actions = [one for one in menu.actions() if one.isEnabled() and not one.menu()]
        if actions:
            self.chance.choice(actions).trigger()

    def _shape(self) -> None:
        if self.chance.random() < 0.3:
            self.window.hide()
            attend(0.05)
            self.window.show()
        else:
            self.window.resize(self.chance.randint(400, 1600), self.chance.randint(300, 1000))


def go_live(engine: Engine, wished: Wanted, output: Path) -> None:
    """Wishes it live into a file of its own, and gives it ten seconds."""
    live = replace(wished.settings.live, to=(str(output),))
    settings = replace(wished.settings, live=live)
    engine.wanted = replace(wished, settings=settings, running=True, outputs=live.to)
    for _ in range(100):
        if engine.status().phase is Phase.LIVE:
            return
        attend(0.1)
    print("not live:", engine.status().trouble, flush=True)


def resident_mb() -> float:
    """What this process holds now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def main() -> None:
    """Acts, closes, and says what is left."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--actions", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--live", action="store_true")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, ExitStack() as opened:
        opened.enter_context(collected_here())
        folder = Path(name)
        opened.enter_context(chdir(folder))  # where a dialog for files begins
        for home in HOMES:
            os.environ[home] = str(folder / home)
        batch = opened.enter_context(closing(Batch()))
        size = {"live.width": 320, "live.height": 180, "live.fps": 15}
        settings = load_settings(None, overrides=size | {"live.to": [str(folder / "x.mkv")]})
        face = demo_portrait()
        wanted = Wanted(settings=settings, face=face, camera="synthetic")
        engine = opened.enter_context(closing(Engine(wanted)))
        window = opened.enter_context(studio(engine, batch))
        memory = Memory(window)
        window.menuBar().addMenu(ProfileMenu(engine, memory, window.notices, window))
        window.show()
        wished = engine.wanted
        monkey, phases = Monkey(window, chosen.seed), Counter[Phase]()
        for number in range(chosen.actions):
            if chosen.live and engine.status().phase is not Phase.LIVE:
                go_live(engine, wished, folder / f"{number}.mkv")
            phases[engine.status().phase] += 1
            monkey.act()
            if number % max(chosen.actions // 5, 1) == 0:
                gc.collect()
                objects = len(window.findChildren(QObject))
                print(f"{number:5} {resident_mb():6.0f} MB, {objects} objects", flush=True)
        print("done while", {str(one): f"{n / chosen.actions:.0%}" for one, n in phases.items()})
        engine.wanted = replace(engine.wanted, running=False, outputs=())
        while engine.status().stats is not None or engine.status().doing is not None:
            attend(0.1)
        print(f"  end {resident_mb():6.0f} MB")
        window.close()
        memory.close()
        running = [one for one in window.findChildren(QTimer) if one.isActive()]
        print("timers that run:", [one.parent() for one in running])
        window.deleteLater()
        attend(0.1)
    left = [one.name for one in threading.enumerate() if one.name.startswith("livecam")]
    print("threads that run:", left)
    print("windows:", [one for one in QApplication.topLevelWidgets() if one.isVisible()])


if __name__ == "__main__":
    main()
