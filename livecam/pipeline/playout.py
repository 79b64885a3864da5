"""What goes out at each tick of the output's clock: a new frame, the last one again, or standby."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import Enum

from livecam.frame import MICROSECOND, Frame
from livecam.picture import Picture
from livecam.pipeline.clock import Clock
from livecam.pipeline.protocols import Standby
from livecam.pipeline.ring import Ring

SILENT_AFTER_S = 0.5
"""A source that has given nothing for longer is silent."""


class Kind(Enum):
    """Why a picture is shown."""

    NEW = "new"
    REPEATED = "repeated"
    STANDBY = "standby"


@dataclass(frozen=True, slots=True)
class Playout:
    """The frames of a live output, one at each tick.

    Args:
        frames: Where processed frames come from.
        clock: Says when.
        standby: Says what is shown while the source is silent: nothing captured for
            `SILENT_AFTER_S`, or nothing shown yet. Stays until the next new frame.
        silence_s: How long the source has given nothing, s.
    """

    frames: Ring[Frame]
    clock: Clock
    standby: Standby | None
    silence_s: Callable[[], float]

    def __iter__(self) -> Iterator[tuple[Frame, Kind]]:
        """Every frame when it is due, until the ring has ended.

        Raises:
            AbortedError: The run was called off.
        """
        last: Frame | None = None
        silent_since: float | None = time.monotonic()
        while True:
            tick = self.clock.next(time.monotonic())
            new = self.frames.take(tick) or self.frames.take(self.clock.latest(), first=True)
            if new is not None:
                last, silent_since = new, None
                yield _at(tick, new), Kind.NEW
                continue
            if self.frames.ended:
                return
            silence_s = self.silence_s()
            if silent_since is None and silence_s > SILENT_AFTER_S:
                silent_since = tick - silence_s
            instead = self._standby(last, tick, silent_since)
            if instead is not None:
                yield instead, Kind.STANDBY
            elif last is not None:
                yield _at(tick, last), Kind.REPEATED

    def _standby(self, last: Frame | None, tick: float, silent_since: float | None) -> Frame | None:
        if self.standby is None or silent_since is None:
            return None
        picture = self.standby.picture(last, tick - silent_since)
        if picture is None:
            return None
        if last is None:
            return _before_the_first(picture, tick)
        return _at(tick, last.with_picture(picture))


def _at(tick: float, frame: Frame) -> Frame:
    return replace(frame, pts=round(tick * 1_000_000), time_base=MICROSECOND)


def _before_the_first(picture: Picture, tick: float) -> Frame:
    return _at(tick, Frame(picture, index=-1, pts=0, time_base=MICROSECOND, captured_at=tick))
