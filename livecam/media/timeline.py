"""Time stamps that rise, whatever a file says."""

import math
from dataclasses import dataclass
from fractions import Fraction

_STEP_S = Fraction(1, 1000)
_JUMP_S = 1


def exact(seconds: float) -> Fraction:
    """`seconds` to the microsecond, so that 0.8 is the tick it means."""
    return Fraction(seconds).limit_denominator(1_000_000)


@dataclass(slots=True)
class Timeline:
    """Places the frames of one stream in time, strictly rising.

    A missing stamp follows the one before by one frame. A stamp at most a second too early is
    moved to a millisecond after the one before; a longer step back is a new clock (files strung
    together), and all that follows is moved with it.
    """

    time_base: Fraction
    """Seconds per tick."""
    frame_ticks: int
    """The average length of a frame, ticks; for frames that do not tell theirs."""
    repaired: int = 0
    """Stamps that were missing or moved."""
    _offset: int = 0
    _last: int | None = None
    _length: int = 0

    @property
    def end(self) -> int:
        """The tick at which the frame placed last ends; 0 before the first."""
        return 0 if self._last is None else self._last + self._length

    def place(self, pts: int | None, duration: int = 0) -> int:
        """The tick at which the next frame stands.

        Args:
            pts: Its stamp, if it has one.
            duration: How long it lasts, ticks; 0 where unknown.
        """
        last, length = self._last, self._length
        self._length = duration or self.frame_ticks
        if pts is None:
            placed = 0 if last is None else last + length
            self.repaired += 1
        else:
            placed = pts + self._offset
            if last is not None and placed <= last:
                placed = self._after(last, placed, length)
        self._last = placed
        return placed

    def _after(self, last: int, placed: int, length: int) -> int:
        self.repaired += 1
        if (last - placed) * self.time_base <= _JUMP_S:
            return last + max(1, math.ceil(_STEP_S / self.time_base))
        self._offset += last + length - placed
        return last + length
