"""A frame of video on its way through the pipeline, and the format of a stream of them."""

from dataclasses import dataclass, field, replace
from fractions import Fraction

from livecam.picture import Colour, Picture

MICROSECOND = Fraction(1, 1_000_000)
"""The time base of live frames, and of FFmpeg's times of whole files, s."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture with its place in time."""

    picture: Picture
    index: int
    """Counts captured frames from 0; gaps are drops."""
    pts: int
    """Presentation time in units of `time_base`; may be negative."""
    time_base: Fraction
    """Seconds per unit of `pts`."""
    captured_at: float
    """`time.monotonic()` when the frame was captured, s. For latency only."""
    original: Picture | None = field(default=None, kw_only=True)
    """What a live swap was given, for a view of before and after; never sent anywhere."""

    @property
    def time(self) -> float:
        """Presentation time, s."""
        # What float(Fraction) gives, without finding the common divisor first.
        return self.pts * self.time_base.numerator / self.time_base.denominator

    def with_picture(self, picture: Picture) -> "Frame":
        """This frame, at its own time, showing `picture`."""
        return replace(self, picture=picture)


@dataclass(frozen=True, slots=True)
class VideoFormat:
    """What every frame of a stream has in common."""

    width: int
    """px"""
    height: int
    """px"""
    rate: Fraction
    """Frames per second; the average where the rate varies."""
    colour: Colour
