"""The display server dies: what it showed ends, with an error, and what was recorded is whole."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import av
import psutil
import pytest
from test_app_on_a_screen import live_button, titled
from test_on_a_screen import live, seen, wait_for, xdotool

Start = Callable[..., "subprocess.Popen[str]"]
pytestmark = pytest.mark.needs_network

SINK_ERROR = 5


def kill_screen() -> None:
    """The only one of this process."""
    (server,) = [one for one in psutil.Process().children() if one.name() == "Xvfb"]
    server.kill()


def ended(child: "subprocess.Popen[str]", output: Path) -> None:
    wait_for(lambda: output.exists() and output.stat().st_size > 2_000)
    kill_screen()
    _, said = child.communicate(timeout=60)
    assert child.returncode == SINK_ERROR, said
    assert "Error: The screen that the window was on has gone." in said
    assert "Traceback" not in said
    with av.open(output) as made:
        assert any(made.decode(video=0))


@pytest.mark.usefixtures("screen")
def test_under_a_preview(python: Start, assets: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.mkv"
    child = live(python, assets, "--to", "preview", "--to", output)
    titled("livecam – LIVE")
    ended(child, output)


def test_under_the_window(screen: Path, python: Start, tmp_path: Path) -> None:
    output = tmp_path / "out.mkv"
    names = ("LIVECAM_SETTINGS", "LIVECAM_FACES", "XDG_DATA_HOME")
    homes = {name: str(tmp_path / name) for name in names}
    size = ("--set", "live.width=320", "--set", "live.height=180", "--set", "live.fps=15")
    app = ("-m", "livecam", "app", "--camera", "synthetic", "--set", f'live.to=["{output}"]')
    child = python(*app, *size, **homes)
    titled("livecam – PREVIEW ONLY")
    wait_for(lambda: bool(seen(screen)[150:400, 50:400].any()))
    xdotool("mousemove", *live_button(screen), "click", 1)
    titled("livecam – LIVE")
    ended(child, output)
