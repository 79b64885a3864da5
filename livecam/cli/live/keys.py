"""Keys as they are pressed, without the return key, from the terminal livecam was started in."""

import os
import select
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

Keyboard = Callable[[], str]
"""The keys pressed since the last call, in order; empty where none was. Never waits."""


@contextmanager
def keyboard() -> Iterator[Keyboard | None]:
    """Listens to the terminal's keys inside the context, and leaves it as it was.

    None where there is no terminal, or where this program runs in its background.
    """
    if not sys.stdin.isatty():
        yield None
    elif sys.platform == "win32":
        yield _pressed_on_windows
    elif _in_background(sys.stdin.fileno()):
        yield None  # touching the terminal would stop this program
    else:
        with _one_by_one(sys.stdin.fileno()):
            yield _Terminal(sys.stdin.fileno()).pressed


if sys.platform == "win32":
    import msvcrt

    def _pressed_on_windows() -> str:
        keys = ""
        while msvcrt.kbhit():
            key = msvcrt.getwch()
            if key in "\0\xe0":  # a key without a character: the next one says which
                msvcrt.getwch()
            else:
                keys += key
        return keys

else:
    import termios
    import tty

    def _in_background(terminal: int) -> bool:
        try:
            return os.tcgetpgrp(terminal) != os.getpgrp()
        except OSError:  # not the terminal that decides on this program's background
            return False

    @contextmanager
    def _one_by_one(terminal: int) -> Iterator[None]:
        """Keys come at once and are not shown; those that send signals still do."""
        before = termios.tcgetattr(terminal)
        tty.setcbreak(terminal)
        try:
            yield
        finally:
            with suppress(termios.error):  # the terminal is gone, and with it what was changed
                termios.tcsetattr(terminal, termios.TCSADRAIN, before)


class _Terminal:
    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._hung_up = False

    def pressed(self) -> str:
        keys = ""
        while not self._hung_up and select.select([self._descriptor], [], [], 0)[0]:
            try:
                typed = os.read(self._descriptor, 64)
            except OSError:  # how Linux says that the terminal is gone
                typed = b""
            self._hung_up = not typed
            if not typed.startswith(b"\x1b"):  # arrows and the like: several bytes, none a key
                keys += typed.decode(errors="replace")
        return keys
