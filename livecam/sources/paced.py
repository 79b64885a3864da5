"""A file played in real time, as a live source."""

import time
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from itertools import count

from livecam.frame import MICROSECOND, Frame, VideoFormat
from livecam.picture import Picture
from livecam.pipeline.protocols import Source

_LONGEST_S = 0.2
"""A picture that stays longer is given again, as a camera would."""
_MOST_SKIPPED = 4
"""Decoding that cannot keep up still shows every fifth frame."""
_LATEST_S = 1.0
"""Later than this, the clock is moved instead of more frames being skipped."""


@dataclass(frozen=True, slots=True)
class Paced:
    """The frames of a file, each at its own time on the clock, again and again.

    When frames are asked for too late, those whose time is over are skipped. Stamps are the times
    at which frames are due, and go on through every loop.
    """

    source: Source
    """A file."""

    @property
    def live(self) -> bool:
        """True: it does not wait."""
        return True

    def probe(self) -> VideoFormat:
        """What the file's frames are.

        Raises:
            SourceError: As the file does.
        """
        return self.source.probe()

    def frames(self) -> Generator[Frame, None, None]:
        """Frames when they are due.

        Raises:
            SourceError: As the file does.
        """
        clock = _Clock(length_s=float(1 / self.source.probe().rate))
        indices = count()
        shown: Picture | None = None
        while True:
            with closing(self.source.frames()) as frames:
                for frame in frames:
                    if frame is None:
                        continue
                    due = clock.due(frame.time)
                    if clock.skips(due):
                        next(indices)
                        continue
                    while shown and due - (now := time.monotonic()) > _LONGEST_S:
                        yield _at(now + _LONGEST_S, shown, next(indices))
                    yield _at(due, frame.picture, next(indices))
                    shown = frame.picture
            clock.begin_again()


def _at(due: float, picture: Picture, index: int) -> Frame:
    """The frame that shows `picture`, when it is due."""
    time.sleep(max(0.0, due - time.monotonic()))
    return Frame(picture, index, round(due / MICROSECOND), MICROSECOND, due)


class _Clock:
    """When frames are due, in the time of `time.monotonic()`.

    Args:
        length_s: How long the last frame of a file is shown.
    """

    def __init__(self, *, length_s: float) -> None:
        self._length_s = length_s
        self._start: float | None = None
        """When time 0 of the file is due."""
        self._last = 0.0
        self._skipped = 0

    def due(self, file_time: float) -> float:
        """When the frame at `file_time` s of the file is due."""
        now = time.monotonic()
        if self._start is None:  # one frame after the last of the loop before
            self._start = max(self._last + self._length_s, now) - file_time
        if now - (self._start + file_time) > _LATEST_S:
            self._start = now - file_time
        self._last = self._start + file_time
        return self._last

    def skips(self, due: float) -> bool:
        """True for a frame whose time is over."""
        late = time.monotonic() - due > self._length_s
        self._skipped = self._skipped + 1 if late and self._skipped < _MOST_SKIPPED else 0
        return self._skipped > 0

    def begin_again(self) -> None:
        """The next frame is the first of the file again."""
        self._start = None
