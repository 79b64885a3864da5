"""What is said where no window can be opened: an error, never Qt's abort."""

import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

Start = Callable[..., "subprocess.Popen[str]"]

FACE = Path(__file__).parent.parent.parent / "assets" / "portrait_c.png"
COMMAND = """
import sys
{before}
sys.argv[0] = "livecam"
from livecam.cli import main
main()
"""
LIVE = (
    "live",
    "--face",
    str(FACE),
    "--camera",
    "synthetic",
    "--to",
    "preview",
    "--to",
    "out.mkv",
    "--yes-i-have-consent",
)
APP = ("app",), ()
NO_PYSIDE = 'sys.modules["PySide6"] = None'
NO_LIBRARY = """
class Broken:
    def find_spec(self, name, path, target=None):
        if name == "PySide6.QtWidgets":
            raise ImportError("libEGL.so.1: cannot open shared object file: No such file")
sys.meta_path.insert(0, Broken())
"""
NO_SCREEN = {"DISPLAY": "", "WAYLAND_DISPLAY": "", "QT_QPA_PLATFORM": ""}


def refused(
    python: Start,
    folder: Path,
    before: str,
    commands: Sequence[tuple[object, ...]] = (LIVE,),
    **environment: str,
) -> str:
    """The message, after everything that goes with one is checked."""
    said = ""
    for arguments in commands:
        places = dict.fromkeys(("LIVECAM_MODELS", "XDG_CONFIG_HOME", "XDG_DATA_HOME"), str(folder))
        surroundings = {**places, **NO_SCREEN, **environment}
        child = python("-c", COMMAND.format(before=before), *arguments, cwd=folder, **surroundings)
        out, said = child.communicate(timeout=60)
        assert (child.returncode, out) == (5, "")
        assert len(said.splitlines()) == (2 if arguments else 3)
        assert ("livecam --help" in said) is not bool(arguments)
        assert list(folder.iterdir()) == []
    return str(said)


def test_without_pyside(python: Start, tmp_path: Path) -> None:
    said = refused(python, tmp_path, NO_PYSIDE, (*APP, LIVE))
    assert "needs PySide6" in said
    assert "pip install 'livecam[app]'" in said


def test_without_a_library_that_pyside_needs(python: Start, tmp_path: Path) -> None:
    said = refused(python, tmp_path, NO_LIBRARY, APP)
    assert "libEGL.so.1, which is not here" in said
    assert "sudo apt-get install libegl1 " in said


def test_all_but_windows_works_without_pyside(python: Start, tmp_path: Path) -> None:
    command = COMMAND.format(before=NO_PYSIDE)
    for arguments in (("settings",), ("models", "list")):
        places = dict.fromkeys(("XDG_CONFIG_HOME", "XDG_DATA_HOME"), str(tmp_path))
        child = python("-c", command, *arguments, cwd=tmp_path, **places)
        out, _ = child.communicate(timeout=60)
        assert (child.returncode, bool(out)) == (0, True), arguments


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
    python: Start, tmp_path: Path, environment: dict[str, str], words: str
) -> None:
    said = refused(python, tmp_path, "", **environment)
    if environment and "which is not here" in said:
        pytest.skip(said.splitlines()[0])
    assert words in said


@pytest.mark.usefixtures("offscreen")
def test_without_a_library_that_the_screen_needs(python: Start, tmp_path: Path) -> None:
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
    said = refused(python, folder, "", DISPLAY=":987", **environment)
    assert "libxcb-kursor.so.0, which is not here" in said
    assert "libxcb-cursor0" in said
