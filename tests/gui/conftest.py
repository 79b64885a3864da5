"""Windows on no screen at all, and a screen of their own for those in other processes."""

import gc
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from livecam.errors import SinkError
from livecam.gui.start import start

_DEFERRED_DELETE = 52
"""Of `QEvent.Type`; PySide6 may be absent."""


@pytest.fixture
def offscreen(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Qt in this process, drawing into memory; windows end on this thread and no other."""
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    try:
        application = start()
    except SinkError as error:
        pytest.skip(f"no windows here: {error}")
    gc.disable()
    yield
    application.sendPostedEvents(None, _DEFERRED_DELETE)
    gc.collect()
    gc.enable()


@pytest.fixture
def window(
    offscreen: None,  # noqa: ARG001 - it needs the application
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Any]:
    """The whole window, a `MainWindow`, its camera off."""
    from whole import whole  # noqa: PLC0415 - PySide6 may be absent

    with whole(tmp_path, monkeypatch) as made:
        yield made


@pytest.fixture
def faces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kept faces, and remembered settings, of the test's own."""
    monkeypatch.setenv("LIVECAM_FACES", str(tmp_path / "kept"))
    monkeypatch.setenv("LIVECAM_SETTINGS", str(tmp_path / "settings"))


@pytest.fixture
def opened(offscreen: None, faces: None) -> Iterator[Any]:  # noqa: ARG001 - it needs both
    """A window with a gallery and an empty second page, an `Opened`."""
    from galleries import open_gallery  # noqa: PLC0415 - PySide6 may be absent

    with open_gallery() as made:
        yield made


@pytest.fixture
def ann(assets: Path) -> Path:
    return assets / "portrait_a.png"


def _why_no_window() -> str | None:
    """The system library without which nothing opens on a screen; None where all are here."""
    program = "from livecam.gui.start import start; start()"
    command = [sys.executable, "-c", program]
    tried = subprocess.run(command, capture_output=True, text=True, check=False)
    return tried.stderr.splitlines()[-2] if "which is not here" in tried.stderr else None


@pytest.fixture
def screen(
    offscreen: None,  # noqa: ARG001 - skips where Qt itself cannot be imported
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Path]:
    """A real X server for the children of this process; the file that it draws into."""
    missing = [tool for tool in ("Xvfb", "xdotool") if shutil.which(tool) is None]
    if missing:
        pytest.skip(f"needs {' and '.join(missing)}: tests/guest/install brings them on Debian")
    number, ready = os.pipe()
    command = ["Xvfb", "-displayfd", str(ready), "-screen", "0", "1280x720x24", "-nolisten", "tcp"]
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
        try:
            if reason := _why_no_window():
                pytest.skip(reason)
            yield tmp_path / "Xvfb_screen0"
        finally:
            server.terminate()


Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def python() -> Iterator[Start]:
    """Starts Python in a process of its own, which does not outlive the test."""
    started: list[subprocess.Popen[str]] = []

    def run(
        *arguments: object, cwd: Path | None = None, **environment: str
    ) -> "subprocess.Popen[str]":
        pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
        command, environment = [sys.executable, *map(str, arguments)], os.environ | environment
        started.append(subprocess.Popen(command, cwd=cwd, env=environment, text=True, **pipes))
        return started[-1]

    yield run
    for one in started:
        one.kill()
        one.communicate()
