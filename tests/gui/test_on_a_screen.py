"""The preview on a real screen, its keys pressed and its pixels looked at from outside."""

import signal
import struct
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from painted import BLUE, GREEN, GREY, RED, quarters

from livecam.picture import Screen

HERE = Path(__file__).parent
Start = Callable[..., "subprocess.Popen[str]"]


def seen(screen: Path) -> np.ndarray:
    """What the screen shows: uint8 (h, w, 3) RGB, from the X server's file (XWD, 24 bits)."""
    data = screen.read_bytes()
    header = struct.unpack(">25I", data[:100])
    size, width, height, line, colours = (header[i] for i in (0, 4, 5, 12, 19))
    pixels = np.frombuffer(data, np.uint8, line * height, size + 12 * colours)
    return pixels.reshape(height, line // 4, 4)[:, :width, 2::-1]


def corners(image: np.ndarray) -> list[list[int]]:
    height, width = image.shape[:2]
    places = [(0.25, 0.25), (0.25, 0.75), (0.75, 0.25), (0.75, 0.75)]
    return [image[int(down * height), int(across * width)].tolist() for down, across in places]


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def xdotool(*arguments: object) -> str:
    command = ["xdotool", *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=30).stdout


def is_near(colours: object, expected: object) -> bool:
    return bool(np.abs(np.subtract(colours, expected)).max() <= 3)


@pytest.mark.parametrize("scale", ["1", "1.5"])
def test_pixels_mirror_and_end(screen: Path, python: Start, scale: str) -> None:
    child = python(HERE / "window.py", QT_SCALE_FACTOR=scale)
    assert child.stdout is not None
    first = child.stdout.readline().split()
    assert first, child.communicate()[1]
    window, ratio = int(first[0]), float(first[1])
    assert ratio == float(scale)
    assert xdotool("getwindowname", window).strip() == "livecam – test"
    place = dict(
        line.split("=") for line in xdotool("getwindowgeometry", "--shell", window).split()
    )
    left, top, width, height = (int(place[name]) for name in ("X", "Y", "WIDTH", "HEIGHT"))
    assert abs(width - 320) <= 1
    assert abs(height - 180) <= 1  # a pixel of the frame for each of the screen's
    xdotool("mousemove", 630, 390)

    def inside() -> np.ndarray:
        return seen(screen)[top : top + height, left : left + width]

    wait_for(lambda: is_near(corners(inside()), (RED, GREEN, BLUE, GREY)))
    if (width, height) == (320, 180):
        assert np.array_equal(inside(), Screen(320, 180).show(quarters()))
    xdotool("windowfocus", "--sync", window, "key", "m")
    wait_for(lambda: is_near(corners(inside()), (GREEN, RED, GREY, BLUE)))
    xdotool("key", "Escape")
    assert child.wait(30) == 0
    assert child.communicate() == ("[] True\n", "")


LIVE = ("-m", "livecam", "live", "--camera", "synthetic", "--size", "320x180", "--fps", "15")


def live(python: Start, assets: Path, *arguments: object, **environment: str) -> Any:
    face = ("--face", assets / "portrait_c.png", "--yes-i-have-consent")
    return python(*LIVE, *face, *arguments, **environment)


@pytest.mark.needs_network
def test_closing_the_window_ends_the_run(
    screen: Path, python: Start, assets: Path, tmp_path: Path
) -> None:
    output = tmp_path / "out.mkv"
    child = live(python, assets, "--to", "preview", "--to", output)
    window = xdotool("search", "--sync", "--onlyvisible", "--name", "livecam – LIVE").split()[0]
    assert xdotool("getwindowname", window).strip() == "livecam – LIVE – portrait_c.png"
    wait_for(lambda: len(np.unique(seen(screen)[:180, :320].reshape(-1, 3), axis=0)) > 1000)
    wait_for(lambda: output.exists() and output.stat().st_size > 2_000)
    xdotool("windowfocus", "--sync", window, "key", "Escape")
    out, said = child.communicate(timeout=60)
    assert (child.returncode, out) == (0, "")
    assert said.splitlines()[-1].startswith("Ended after ")
    with av.open(output) as made:
        assert any(made.decode(video=0)), "what was recorded until then is there"


@pytest.mark.needs_network
def test_the_end_of_the_run_closes_the_window(screen: Path, python: Start, assets: Path) -> None:
    child = live(python, assets, "--to", "preview", "--duration", 2, "--stats", "json")
    window = xdotool("search", "--sync", "--onlyvisible", "--name", "preview only").split()[0]
    assert "portrait_c.png" in xdotool("getwindowname", window)
    out, said = child.communicate(timeout=60)
    assert child.returncode == 0, said
    assert out.count("\n") >= 1
    assert screen.exists()


@pytest.mark.needs_network
@pytest.mark.usefixtures("screen")
def test_a_second_ctrl_c_stops_at_once(python: Start, assets: Path, tmp_path: Path) -> None:
    """Most likely it comes while Qt calls back, and Qt swallows what is raised there."""
    child = live(python, assets, "--to", "preview", "--to", tmp_path / "out.mkv")
    xdotool("search", "--sync", "--onlyvisible", "--name", "livecam – LIVE")
    for _ in range(2):
        child.send_signal(signal.SIGINT)
        time.sleep(0.05)
    _, said = child.communicate(timeout=60)
    assert child.returncode == 130
    assert said.splitlines()[-1].startswith(("Stopped at once", "Ended after"))
    assert "Traceback" not in said
    assert "Error" not in said
