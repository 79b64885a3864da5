"""Commands as people run them, and what came of them."""

import os
import pty
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Outcome:
    """How a command ended."""

    code: int
    out: str
    err: str


Command = Callable[..., Outcome]


class Child:
    """A `livecam` in a process of its own, perhaps on a terminal.

    Args:
        arguments: Of the command line.
        terminal: Whether its streams are a terminal, as wide as a page.
        largest_file: Bytes a file may have, as if the disk were full then.
    """

    def __init__(
        self, *arguments: object, terminal: bool = False, largest_file: int | None = None
    ) -> None:
        command = [sys.executable, "-m", "livecam", *map(str, arguments)]
        if largest_file is not None:
            command = ["prlimit", f"--fsize={largest_file}", *command]
        self._terminal: int | None = None
        streams: dict[str, int] = {"stdin": subprocess.DEVNULL}
        streams |= dict.fromkeys(("stdout", "stderr"), subprocess.PIPE)
        if terminal:
            command = ["setsid", "--ctty", *command]
            self._terminal, inside = pty.openpty()
            streams = dict.fromkeys(("stdin", "stdout", "stderr"), inside)
        environment = os.environ | {"TERM": "xterm", "COLUMNS": "120", "PYTHONUTF8": "1"}
        self.process = subprocess.Popen(command, env=environment, **streams)
        self._said = b""
        if terminal:
            os.close(inside)

    def answer(self, text: str) -> None:
        """Types a line."""
        self.press(f"{text}\n")

    def press(self, keys: str) -> None:
        """Types `keys`."""
        assert self._terminal is not None
        os.write(self._terminal, keys.encode())

    def hang_up(self) -> None:
        """Closes its terminal, as when the window is closed."""
        assert self._terminal is not None
        os.close(self._terminal)

    def wait_for(self, words: str) -> None:
        """Reads its terminal until it said `words`."""
        assert self._terminal is not None
        while words.encode() not in self._said:
            assert self._hears(self._terminal), self._said

    def wait_until(self, condition: Callable[[], bool]) -> None:
        """Waits while it works."""
        deadline = time.monotonic() + 60
        while not condition():
            assert self.process.poll() is None, self.outcome()
            assert time.monotonic() < deadline
            time.sleep(0.02)

    def outcome(self) -> Outcome:
        """What came of it; on a terminal all that was said is in `out`."""
        if self._terminal is None:
            out, err = self.process.communicate(timeout=60)
            return Outcome(self.process.returncode, out.decode(), err.decode())
        while self._hears(self._terminal):
            pass
        os.close(self._terminal)
        return Outcome(self.process.wait(60), self._said.decode(), "")

    def _hears(self, terminal: int) -> bool:
        try:
            piece = os.read(terminal, 1 << 16)
        except OSError:  # how Linux says that the other end is closed
            return False
        self._said += piece
        return bool(piece)
