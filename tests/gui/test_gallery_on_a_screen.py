"""A photo dragged from another program into the gallery, and answered by keys, on a real screen."""

import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from livecam.consent import Said
from livecam.faces import FaceStore

HERE = Path(__file__).parent
Start = Callable[..., "subprocess.Popen[str]"]


def xdotool(*arguments: object) -> str:
    command = ["xdotool", *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=30).stdout


def drag(start: tuple[int, int], end: tuple[int, int]) -> None:
    """With the left button, as slowly as a hand."""
    xdotool("mousemove", *start, "sleep", 0.2, "mousedown", 1, "sleep", 0.2)
    for share in np.linspace(0.1, 1, 6):
        x, y = ((1 - share) * np.array(start) + share * np.array(end)).round().astype(int)
        xdotool("mousemove", x, y, "sleep", 0.2)
    xdotool("mouseup", 1)


@pytest.mark.needs_network
@pytest.mark.usefixtures("screen")
def test_a_photo_is_dragged_in_and_agreed_to(
    python: Start, assets: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIVECAM_FACES", str(tmp_path / "kept"))
    photo = tmp_path / "Ann Lee.png"
    photo.write_bytes((assets / "portrait_a.png").read_bytes())
    gallery, source = python(HERE / "gallery_window.py"), python(HERE / "drag_source.py", photo)
    window = xdotool("search", "--sync", "--onlyvisible", "--name", "livecam – gallery").split()[0]
    assert source.stdout is not None
    assert source.stdout.readline() == "here\n"
    drag((30, 20), (300, 300))
    assert source.stdout.readline() == "CopyAction\n", "a file manager would delete what is moved"
    time.sleep(0.5)
    assert not (tmp_path / "kept").exists()
    xdotool("windowfocus", "--sync", window, "key", "Return", "sleep", 0.3, "key", "Return")
    said, _ = gallery.communicate(timeout=60)
    assert said == "Ann-Lee, worn\n"
    assert FaceStore().face("Ann-Lee").agreed.said is Said.WINDOW
    assert photo.exists()
