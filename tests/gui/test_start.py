"""What is said where no window can be opened: an error, never Qt's abort."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Start = Callable[..., "subprocess.Popen[str]"]

COMMAND = """
import sys
{before}
sys.argv = ["livecam", "live", "--face", sys.argv[1], "--camera", "synthetic", "--to", "preview",
            "--to", "out.mkv", "--yes-i-have-consent"]
from livecam.cli import main
main()
"""
NO_PYSIDE = 'sys.modules["PySide6"] = None'
NO_LIBRARY = """
class Broken:
    def find_spec(self, name, path, target=None):
        if name == "PySide6.QtWidgets":
            raise ImportError("libEGL.so.1: cannot open shared object file: No such file")
sys.meta_path.insert(0, Broken())
"""
NO_SCREEN = {"DISPLAY": "", "WAYLAND_DISPLAY": "", "QT_QPA_PLATFORM": ""}


def refused(python: Start, folder: Path, assets: Path, before: str, **environment: str) -> str:
    """The message, after everything that goes with one is checked."""
    face = assets / "portrait_c.png"
    environment = {"LIVECAM_MODELS": str(folder), **NO_SCREEN, **environment}
    child = python("-c", COMMAND.format(before=before), face, cwd=folder, **environment)
    out, said = child.communicate(timeout=60)
    assert (child.returncode, out) == (5, "")
    assert len(said.splitlines()) == 2
    assert list(folder.iterdir()) == []
    return str(said)


def test_without_pyside(python: Start, tmp_path: Path, assets: Path) -> None:
    said = refused(python, tmp_path, assets, NO_PYSIDE)
    assert "needs PySide6" in said
    assert "pip install 'livecam[app]'" in said


def test_without_a_library_that_pyside_needs(python: Start, tmp_path: Path, assets: Path) -> None:
    said = refused(python, tmp_path, assets, NO_LIBRARY)
    assert "libEGL.so.1, which is not here" in said
    assert "sudo apt-get install libegl1 " in said


@pytest.mark.usefixtures("offscreen")
@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({}, "neither DISPLAY nor WAYLAND_DISPLAY is set"),
        ({"DISPLAY": ":987"}, "could not connect to display :987"),
        ({"QT_QPA_PLATFORM": "nowhere"}, "nowhere"),
    ],
)
def test_without_a_screen(
    python: Start, tmp_path: Path, assets: Path, environment: dict[str, str], words: str
) -> None:
    said = refused(python, tmp_path, assets, "", **environment)
    if environment and "which is not here" in said:
        pytest.skip(said.splitlines()[0])
    assert words in said


@pytest.mark.usefixtures("offscreen")
def test_without_a_library_that_the_screen_needs(
    python: Start, tmp_path: Path, assets: Path
) -> None:
    from PySide6.QtCore import QLibraryInfo  # noqa: PLC0415 - `offscreen` skips where it is absent

    paths = QLibraryInfo.LibraryPath
    plugins = Path(QLibraryInfo.path(paths.PluginsPath)) / "platforms"
    broken = tmp_path / "plugins" / "platforms" / "libqxcb.so"
    broken.parent.mkdir(parents=True)
    plugin = (plugins / "libqxcb.so").read_bytes()
    assert b"libxcb-cursor.so.0" in plugin
    broken.write_bytes(plugin.replace(b"libxcb-cursor.so.0", b"libxcb-kursor.so.0"))
    folder = tmp_path / "work"
    folder.mkdir()
    places = {"QT_QPA_PLATFORM_PLUGIN_PATH": broken.parent, "QT_PLUGIN_PATH": broken.parent.parent}
    environment = {name: str(place) for name, place in places.items()}
    environment["LD_LIBRARY_PATH"] = QLibraryInfo.path(paths.LibrariesPath)
    (broken.parent / "libqoffscreen.so").symlink_to(plugins / "libqoffscreen.so")
    said = refused(python, folder, assets, "", DISPLAY=":987", **environment)
    assert "libxcb-kursor.so.0, which is not here" in said
    assert "libxcb-cursor0" in said
