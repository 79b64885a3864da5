"""Keys from a terminal, one by one."""

import os
import pty
import subprocess
import sys
import termios
import time
from collections.abc import Iterator

import pytest

from livecam.cli.live.keys import Keyboard, keyboard


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The other end of a terminal that is this process's standard input."""
    outside, inside = pty.openpty()
    with os.fdopen(inside) as terminal:
        monkeypatch.setattr(sys, "stdin", terminal)
        yield outside
    os.close(outside)


def pressed(keys: Keyboard, count: int) -> str:
    """The next `count` keys; typing takes its time to reach the other end."""
    seen, deadline = "", time.monotonic() + 10
    while len(seen) < count and time.monotonic() < deadline:
        seen += keys()
    return seen


def test_keys_come_without_return_and_are_not_shown(typed: int) -> None:
    with keyboard() as keys:
        assert keys is not None
        assert keys() == ""
        os.write(typed, b"q+\xc3\xa9")
        assert pressed(keys, 3) == "q+é"
        os.set_blocking(typed, False)
        with pytest.raises(BlockingIOError):
            os.read(typed, 64)


def test_arrows_are_no_keys(typed: int) -> None:
    with keyboard() as keys:
        assert keys is not None
        os.write(typed, b"\x1b[A")
        time.sleep(0.1)
        assert keys() == ""
        os.write(typed, b"l")
        assert pressed(keys, 1) == "l"


@pytest.mark.usefixtures("typed")
def test_the_terminal_is_left_as_it_was() -> None:
    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)
    with keyboard():
        assert termios.tcgetattr(terminal) != before
    assert termios.tcgetattr(terminal) == before
    with pytest.raises(KeyError), keyboard():
        raise KeyError
    assert termios.tcgetattr(terminal) == before


def test_a_terminal_that_goes_away_gives_no_more_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    outside, inside = pty.openpty()
    with os.fdopen(inside) as terminal:
        monkeypatch.setattr(sys, "stdin", terminal)
        with keyboard() as keys:
            assert keys is not None
            os.close(outside)
            assert keys() == ""
            assert keys() == ""


def test_without_a_terminal_there_are_none() -> None:
    code = "from livecam.cli.live.keys import keyboard\nwith keyboard() as keys: print(keys)"
    done = subprocess.run(
        [sys.executable, "-c", code], input="q", capture_output=True, text=True, check=True
    )
    assert done.stdout == "None\n"


IN_THE_BACKGROUND = """
import fcntl, os, pty, termios
from livecam.cli.live.keys import keyboard

_, inside = pty.openpty()
fcntl.ioctl(inside, termios.TIOCSCTTY, 0)
os.dup2(inside, 0)
with keyboard() as keys:
    assert keys is not None
behind = os.fork()
if not behind:
    os.setpgid(0, 0)
    with keyboard() as keys:
        os._exit(keys is not None)
_, status = os.waitpid(behind, os.WUNTRACED)
print("stopped" if os.WIFSTOPPED(status) else os.WEXITSTATUS(status))
"""


def test_in_the_background_of_its_terminal_it_leaves_that_alone() -> None:
    command = [sys.executable, "-c", IN_THE_BACKGROUND]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, start_new_session=True
    )
    assert done.stdout == "0\n"
