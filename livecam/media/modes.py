"""What a camera offers."""

from dataclasses import dataclass
from fractions import Fraction

_USUAL_RATES = (5, 10, 15, 20, 24, 25, 30, 50, 60, 90, 120)


@dataclass(frozen=True, slots=True)
class Mode:
    """One size in one format, and how fast it comes."""

    pixel_format: str
    """FFmpeg's name of the pixel format (yuyv422, nv12 …) or of the codec (mjpeg, h264)."""
    width: int
    """px"""
    height: int
    """px"""
    rates: tuple[Fraction, ...]
    """Frames per second, rising; empty where the camera does not tell."""


def usual_rates(slowest: Fraction, fastest: Fraction) -> list[Fraction]:
    """The usual rates within these two, 1/s, for cameras that take any."""
    return [Fraction(rate) for rate in _USUAL_RATES if slowest <= rate <= fastest]
