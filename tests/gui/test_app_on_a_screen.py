"""`livecam app` as somebody sits before it: its buttons clicked, its keys pressed, on a screen."""

import ctypes
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from test_on_a_screen import seen, wait_for, xdotool

Start = Callable[..., "subprocess.Popen[str]"]


class Message(ctypes.Structure):
    """What one program sends to the window of another (XClientMessageEvent)."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("serial", ctypes.c_ulong),
        ("sent", ctypes.c_int),
        ("display", ctypes.c_void_p),
        ("window", ctypes.c_ulong),
        ("kind", ctypes.c_ulong),
        ("format", ctypes.c_int),
        ("data", ctypes.c_long * 5),
        ("rest", ctypes.c_long * 12),  # XEvent is 24 of them
    )


def close(window: str) -> None:
    """As a window manager does whose cross is clicked; there is none on this screen."""
    x11 = ctypes.CDLL("libX11.so.6")
    x11.XOpenDisplay.restype = ctypes.c_void_p
    x11.XInternAtom.restype = ctypes.c_ulong
    display = ctypes.c_void_p(x11.XOpenDisplay(None))
    protocols, delete = (
        x11.XInternAtom(display, name, 0) for name in (b"WM_PROTOCOLS", b"WM_DELETE_WINDOW")
    )
    data = (ctypes.c_long * 5)(delete)
    message = Message(33, 0, 1, display, int(window), protocols, 32, data)
    x11.XSendEvent(display, ctypes.c_ulong(int(window)), 0, ctypes.c_long(0), ctypes.byref(message))
    x11.XCloseDisplay(display)


def titled(title: str) -> str:
    """The window whose title that becomes."""
    return xdotool("search", "--sync", "--onlyvisible", "--name", title).split()[0]


def live_button(screen: Path) -> tuple[int, int]:
    """Where "Go live" is: right above the picture's upper right corner, px."""
    black = (seen(screen) == 0).all(axis=2)
    across = 10
    top = int(np.argmax(black[:, across]))  # there is a black bar above the camera's picture
    right = int(np.argmin(black[top]))
    assert top > 0
    assert right > 400
    return right - 40, top - 25


def is_split(screen: Path) -> bool:
    """Whether a white line goes down through the middle of the picture."""
    image = seen(screen)[:500]
    x, _ = live_button(screen)
    middle = (x + 40) // 2
    return bool((image[130:300, middle - 3 : middle + 4] == 255).all(axis=2).all(axis=0).any())


@pytest.mark.needs_network
def test_live_and_back_and_what_is_remembered(
    screen: Path, python: Start, assets: Path, tmp_path: Path
) -> None:
    output, kept = tmp_path / "x.mkv", tmp_path / "kept"
    names = ("LIVECAM_SETTINGS", "LIVECAM_FACES", "XDG_DATA_HOME")
    homes = {name: str(kept / name) for name in names}
    size = ("--set", "live.width=320", "--set", "live.height=180", "--set", "live.fps=15")
    app = ("-m", "livecam", "app", "--camera", "synthetic")
    face = ("--face", assets / "portrait_b.png", "--set", f'live.to=["{output}"]')
    child = python(*app, *face, *size, **homes)
    window = titled("livecam – PREVIEW ONLY – portrait_b.png")
    wait_for(lambda: len(np.unique(seen(screen)[150:400, 50:400].reshape(-1, 3), axis=0)) > 1000)
    assert not is_split(screen)
    assert not output.exists()
    xdotool("mousemove", *live_button(screen), "click", 1)
    assert titled("livecam – LIVE – portrait_b.png") == window
    xdotool("windowfocus", "--sync", window, "key", "1")  # the face that livecam brings along
    assert titled("livecam – LIVE – portrait_c.png") == window
    xdotool("key", "ctrl+3")
    wait_for(lambda: is_split(screen))
    wait_for(lambda: output.exists() and output.stat().st_size > 2_000)
    xdotool("key", "space")  # the button that was clicked has the keyboard: "End"
    assert titled("livecam – PREVIEW ONLY – portrait_c.png") == window
    close(window)
    out, said = child.communicate(timeout=60)
    assert (child.returncode, out) == (0, ""), said
    assert "Traceback" not in said
    with av.open(output) as made:
        assert any(made.decode(video=0))
    settings = tomllib.loads((kept / "LIVECAM_SETTINGS" / "settings.toml").read_text())
    assert settings["window"]["showing"] == "split"
    assert (settings["live"]["width"], settings["live"]["to"]) == (320, [str(output)])
    again = python(*app[:3], **homes)
    window = titled("livecam – PREVIEW ONLY – portrait_c.png")
    wait_for(lambda: is_split(screen))
    close(window)
    _, said = again.communicate(timeout=60)
    assert again.returncode == 0, said
