"""The command line, in this process and as a process of its own."""

import logging
import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from livecam.cli import main


@dataclass(frozen=True)
class Outcome:
    """How a command ended."""

    code: int
    out: str
    err: str


Command = Callable[..., Outcome]


@pytest.fixture(autouse=True)
def _own_data(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes what the user has agreed to."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data")))


@pytest.fixture
def _process_as_it_was() -> Iterator[None]:
    signals = {n: signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    handlers, level = logging.root.handlers[:], logging.getLogger("livecam").level
    yield
    for number, handler in signals.items():
        signal.signal(number, handler)
    logging.root.handlers[:] = handlers
    logging.getLogger("livecam").setLevel(level)


@pytest.fixture
def livecam(
    _process_as_it_was: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Command:
    """Runs a command line in this process, which is no terminal."""

    def run(*arguments: object) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["livecam", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        code = ended.value.code
        assert code is None or isinstance(code, int)
        return Outcome(code or 0, *capsys.readouterr())

    return run


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


@pytest.fixture
def child() -> Iterator[Callable[..., Child]]:
    """Starts commands in processes of their own; none of them outlives the test."""
    started: list[Child] = []

    def start(*arguments: object, **options: Any) -> Child:
        started.append(Child(*arguments, **options))
        return started[-1]

    yield start
    for one in started:
        one.process.kill()
        one.process.wait()


@pytest.fixture
def files(tmp_path: Path) -> Callable[[], list[str]]:
    """Names of all that lies in the test's folder, hidden files included."""
    return lambda: sorted(path.name for path in tmp_path.iterdir())
