"""What a camera offers."""

from dataclasses import dataclass
from fractions import Fraction


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
