"""What the window remembers, and where."""

import tomllib
from dataclasses import replace

import pytest

from livecam.profiles import profile_file, remembered

pytestmark = pytest.mark.usefixtures("offscreen")

try:
    from whole import FPS, HEIGHT, WIDTH, until

    from livecam.gui.memory import Memory
    from livecam.gui.preview import attend
    from livecam.gui.window import MainWindow
    from livecam.settings import Showing
except ImportError as error:
    pytest.skip(f"no windows here: {error}", allow_module_level=True)


def test_what_changed_is_in_the_file_soon_after(window: MainWindow) -> None:
    Memory(window)
    assert not profile_file().exists(), "nothing has changed yet"
    wanted = window.engine.wanted
    swap = replace(wanted.settings.swap, strength=0.5)
    settings = replace(wanted.settings, swap=swap)
    window.engine.wanted = replace(wanted, settings=settings, face="Ann", camera="desk")
    window.view.showing, window.view.mirrored = Showing.SPLIT, True
    until(profile_file().exists, 10)
    kept = tomllib.loads(profile_file().read_text())
    assert kept["swap"] == {"strength": 0.5}
    size = {"width": WIDTH, "height": HEIGHT, "fps": FPS}
    assert kept["live"] == size | {"face": "Ann", "camera": "desk"}
    assert (remembered().window.showing, remembered().window.mirror) == (Showing.SPLIT, True)


def test_the_size_of_the_full_screen_is_not_remembered(window: MainWindow) -> None:
    memory = Memory(window)
    window.resize(1100, 800)
    attend(0.1)
    before = memory.settings().window
    window.showFullScreen()
    attend(0.2)
    assert memory.settings().window == before


def test_a_file_that_cannot_be_written_is_said(window: MainWindow) -> None:
    memory = Memory(window)
    profile_file().parent.mkdir(parents=True, exist_ok=True)
    profile_file().write_text("no [ toml")
    window.view.mirrored = True
    memory.save()
    assert str(profile_file()) in window.notices.text
    assert profile_file().read_text() == "no [ toml"
    window.notices.clear()
    memory.save()
    assert not window.notices.text, "said once, not every two seconds"
