"""The signals that ask livecam to end."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


class Stopped(BaseException):
    """A signal asked livecam to end."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def stop_at_once() -> None:
    """From now on a signal raises `Stopped`, and no other disturbs the cleaning up that follows."""
    for number in _signals():
        signal.signal(number, _stop)


@contextmanager
def noted() -> Iterator[Callable[[], int | None]]:
    """Inside the context the first signal is only taken note of; the second one stops at once.

    Gives the function that tells the signal's number, None before it.
    """
    noted: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        if noted:
            _stop(number, frame)
        noted.append(number)

    before = {number: signal.signal(number, note) for number in _signals()}
    try:
        yield lambda: noted[0] if noted else None
    finally:
        for number, handler in before.items():
            if signal.getsignal(number) is note:  # not while everything is being stopped
                signal.signal(number, handler)


def _stop(number: int, _frame: FrameType | None) -> None:
    for each in _signals():
        signal.signal(each, signal.SIG_IGN)
    raise Stopped(number)


def _signals() -> list[signal.Signals]:
    names = ("SIGINT", "SIGTERM", "SIGHUP")  # Windows has no SIGHUP
    return [signal.Signals[name] for name in names if hasattr(signal, name)]
