"""Windows on no screen at all, and a screen of their own for those in other processes."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from livecam.errors import SinkError
from livecam.gui.start import start


@pytest.fixture
def offscreen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Qt in this process, drawing into memory."""
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    try:
        start()
    except SinkError as error:
        pytest.skip(f"no windows here: {error}")


@pytest.fixture
def screen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A real X server for the children of this process; the file that it draws into."""
    missing = [tool for tool in ("Xvfb", "xdotool") if shutil.which(tool) is None]
    if missing:
        pytest.skip(f"needs {' and '.join(missing)}: tests/guest/install brings them on Debian")
    number, ready = os.pipe()
    command = ["Xvfb", "-displayfd", str(ready), "-screen", "0", "640x400x24", "-nolisten", "tcp"]
    with (
        (tmp_path / "xvfb.log").open("wb") as log,
        subprocess.Popen(
            [*command, "-fbdir", tmp_path], pass_fds=[ready], stdout=log, stderr=log
        ) as server,
    ):
        os.close(ready)
        with os.fdopen(number) as answer:
            display = answer.readline().strip()
        assert display, (tmp_path / "xvfb.log").read_text()
        monkeypatch.setenv("DISPLAY", f":{display}")
        monkeypatch.setenv("QT_QPA_PLATFORM", "xcb")
        monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
        yield tmp_path / "Xvfb_screen0"
        server.terminate()


Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def python() -> Iterator[Start]:
    """Starts Python in a process of its own, which does not outlive the test."""
    started: list[subprocess.Popen[str]] = []

    def run(*arguments: object, **environment: str) -> "subprocess.Popen[str]":
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        command = [sys.executable, *map(str, arguments)]
        started.append(subprocess.Popen(command, env=os.environ | environment, text=True, **pipes))
        return started[-1]

    yield run
    for one in started:
        one.kill()
        one.communicate()
