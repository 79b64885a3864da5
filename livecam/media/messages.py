"""What FFmpeg says while it works, so that an error can repeat it.

FFmpeg reports the reason of a failure on its log, not in its error code, and from any thread.
The lines are kept in a short ring; `ffmpeg_errors` picks those that belong to the failure.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count

import av
from av.container import InputContainer

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
        self._lines: deque[tuple[int, int | None, str]] = deque(maxlen=_KEPT)

    def emit(self, record: logging.LogRecord) -> None:
        line = f"{record.name.removeprefix('libav.')}: {record.getMessage().strip()}"
        # Python calls a thread it did not start itself a dummy.
        own = str(record.threadName).startswith("Dummy-")
        self._lines.append((next(self._numbers), None if own else record.thread, line))
        _LOG.debug("%s", line)

    def now(self) -> int:
        """The number of the next line."""
        return next(self._numbers) + 1

    def since(self, number: int) -> list[str]:
        """Lines from `number` on: this thread's or, where it was silent, FFmpeg's own threads'."""
        me = threading.get_ident()
        lines = [(thread, line) for n, thread, line in tuple(self._lines) if n >= number]
        mine = [line for thread, line in lines if thread == me]
        return mine or [line for thread, line in lines if thread is None]


_HEARD = _Heard()
_LISTENERS = threading.Lock()
_levels: list[int | None] = []
"""For each listener, the level PyAV had before it."""


@contextmanager
def listening(level: int = av.logging.ERROR) -> Iterator[Callable[[], list[str]]]:
    """A context in which FFmpeg's errors are heard; gives a function that lists them.

    With another `level` of `av.logging`, what is as weighty as that.

    PyAV hands a line to Python under the GIL, and frees a decoder with the GIL held: a decoder
    with threads must be flushed before it is let go (`livecam.media.video.close_decoder`). The
    log is as it was once nobody listens, so that other users of PyAV need not know.
    """
    with _LISTENERS:
        if not _levels:
            logger = logging.getLogger("libav")
            logger.addHandler(_HEARD)
            logger.propagate = False
            av.logging.set_skip_repeated(False)
        _levels.append(av.logging.get_level())
        av.logging.set_level(level)
    begin = _HEARD.now()
    try:
        yield lambda: _HEARD.since(begin)
    finally:
        with _LISTENERS:
            before = _levels.pop()
            av.logging.set_level(av.logging.ERROR if _levels else before)
            if not _levels:
                logger = logging.getLogger("libav")
                logger.removeHandler(_HEARD)
                logger.propagate = True


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
    with listening() as complaints:
        try:
            yield
        except FFMPEG_FAILURES as e:
            reason = getattr(e, "strerror", None) or str(e) or type(e).__name__
            raise error(f"{doing}: {in_words(reason, complaints())}", hint=hint) from e


def description(container: InputContainer) -> str:
    """What FFmpeg has to say of an open file, at its verbose level."""
    with _LISTENERS:
        level = av.logging.get_level()
        av.logging.set_level(av.logging.INFO)
        av.logging.set_libav_level(av.logging.VERBOSE)
        try:
            text: str = container.dumps_format()  # type: ignore[attr-defined]  # not in av's stubs
        finally:
            av.logging.set_libav_level(av.logging.INFO)
            av.logging.set_level(level)
    return text


def in_words(reason: str, complaints: Sequence[str]) -> str:
    """Why FFmpeg failed: its `reason`, and the last of what it said before."""
    said = list(dict.fromkeys(complaints))[-_SHOWN:]
    return f"{reason} (FFmpeg: {'; '.join(said)})" if said else reason
