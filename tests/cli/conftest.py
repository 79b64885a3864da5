"""The command line, in this process and as a process of its own."""

import logging
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from commands import Child, Command, Outcome

from livecam.cli import main


@pytest.fixture(autouse=True)
def _own_data(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes what the user has agreed to, or has set."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data")))
    monkeypatch.setenv("LIVECAM_SETTINGS", str(tmp_path_factory.mktemp("settings")))


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
