"""What FFmpeg says while it works, so that an error can repeat it.

FFmpeg reports the reason of a failure on its log, not in its error code, and from any thread.
The lines are kept in a short ring; `ffmpeg_errors` picks those that belong to the failure.
"""

import logging
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count

import av

from livecam.errors import LivecamError

_LOG = logging.getLogger(__name__)
_KEPT = 256
_SHOWN = 3

FFMPEG_FAILURES = (av.FFmpegError, OSError, ValueError)
"""What PyAV raises: FFmpeg's error codes, those of its own file layer, and refused arguments."""


class _Heard(logging.Handler):
    """Keeps the last lines FFmpeg logged, each with its number and its thread."""

    def __init__(self) -> None:
        super().__init__()
        self._numbers = count()
        self._lines: deque[tuple[int, int, str]] = deque(maxlen=_KEPT)

    def emit(self, record: logging.LogRecord) -> None:
        line = f"{record.name.removeprefix('libav.')}: {record.getMessage().strip()}"
        self._lines.append((next(self._numbers), threading.get_ident(), line))
        _LOG.debug("%s", line)

    def now(self) -> int:
        """The number of the next line."""
        return next(self._numbers) + 1

    def since(self, number: int) -> list[str]:
        """Lines from `number` on: this thread's or, where it was silent, FFmpeg's own threads'."""
        python_threads = {thread.ident for thread in threading.enumerate()}
        mine, workers = [], []
        for line_number, thread, line in tuple(self._lines):
            if line_number >= number:
                if thread == threading.get_ident():
                    mine.append(line)
                elif thread not in python_threads:
                    workers.append(line)
        return mine or workers


@cache
def _heard() -> _Heard:
    """The one listener; the first call turns FFmpeg's error log on."""
    handler = _Heard()
    logger = logging.getLogger("libav")
    logger.addHandler(handler)
    logger.propagate = False
    av.logging.set_skip_repeated(False)
    av.logging.set_level(av.logging.ERROR)
    return handler


def listen() -> None:
    """Turns FFmpeg's error log on, so that later failures can be explained."""
    _heard()


@contextmanager
def ffmpeg_errors(error: type[LivecamError], doing: str, *, hint: str) -> Iterator[None]:
    """Turns what FFmpeg raises inside into `error`, with FFmpeg's own words.

    Args:
        error: The class to raise.
        doing: What was tried, naming the thing; starts the message.
        hint: One next step.

    Raises:
        LivecamError: Of class `error`, when FFmpeg failed.
    """
    heard = _heard()
    begin = heard.now()
    try:
        yield
    except FFMPEG_FAILURES as e:
        raise error(f"{doing}: {in_words(e, heard.since(begin))}", hint=hint) from e


def in_words(failure: BaseException, lines: list[str] | None = None) -> str:
    """A failure of FFmpeg as one line: its error, then the last `lines` of its log."""
    reason = getattr(failure, "strerror", None) or str(failure) or type(failure).__name__
    said = list(dict.fromkeys(lines or []))[-_SHOWN:]
    return f"{reason} (FFmpeg: {'; '.join(said)})" if said else reason
