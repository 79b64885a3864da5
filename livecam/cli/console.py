"""Where words go: results to stdout, everything said on the way to stderr."""

import logging
import os
import sys
from codecs import lookup
from contextlib import suppress
from functools import cache
from io import TextIOWrapper
from typing import TextIO

from rich.console import Console

_WIDTH_IN_A_PIPE = 200


def results() -> Console:
    """The console for what was asked for."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else _WIDTH_IN_A_PIPE)


@cache
def remarks() -> Console:
    """The console for progress, questions and errors.

    There is but one: what is drawn in place on it makes way for what is said on it.
    """
    return Console(
        stderr=True, highlight=False, width=None if sys.stderr.isatty() else _WIDTH_IN_A_PIPE
    )


def say(console: Console, text: str, *, style: str = "") -> None:
    """Prints `text` as it stands: no markup in it, no line broken by us."""
    console.print(text, style=style, markup=False, soft_wrap=True)


def let_all_be_said() -> None:
    """Lets standard output and error take any character, whatever this system's own encoding.

    A file and a pipe get UTF-8, as TOML has to be; a terminal that lacks a character shows another.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            if not stream.isatty():
                stream.reconfigure(encoding="utf-8")
            is_utf8 = lookup(stream.encoding).name == "utf-8"
            # Names of files need not be Unicode: so they come out as they are.
            stream.reconfigure(errors="surrogateescape" if is_utf8 else "replace")


def silence(stream: TextIO) -> None:
    """Sends what is written to `stream` from now on nowhere: its reader or terminal is gone."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


class Remarks(logging.Handler):
    """Says what the rooms log, above a progress bar if one is there."""

    def emit(self, record: logging.LogRecord) -> None:
        """Prints the record to stderr; that nobody is there to read it troubles no room."""
        with suppress(OSError):
            say(remarks(), self.format(record))
