"""Which of a camera's modes to ask for: a pure choice."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from livecam.media.modes import Mode

_RANKS = ("yuv420p", "nv12", "yuyv422", "uyvy422", "yuv422p", "mjpeg", "rgb24", "bgr24", "h264")
"""From little work and no loss to much; formats not named come after them."""
_SLACK = Fraction(99, 100)
# What an octave of each shortfall costs. Slow pictures are worse than small ones, bars at the
# sides as bad, and more pixels than wanted only cost time.
_SLOW, _SMALL, _LARGE, _OTHER_SHAPE = 2.0, 1.0, 0.25, 2.0
_UNKNOWN_RATE = 0.1


@dataclass(frozen=True, slots=True)
class Asked:
    """A size and a rate that a camera is asked for; as a text, such as 1280x720@30."""

    width: int = 1280
    """px"""
    height: int = 720
    """px"""
    rate: Fraction = Fraction(30)
    """Frames per second."""

    @classmethod
    def of(cls, text: str) -> "Asked":
        """What `text` says.

        Raises:
            ValueError: It is not written so.
        """
        size, _, rate = text.partition("@")
        width, height = size.split("x")
        return cls(int(width), int(height), Fraction(rate))

    def __str__(self) -> str:
        return f"{self.width}x{self.height}@{float(self.rate):g}"


@dataclass(frozen=True, slots=True)
class Choice:
    """A mode, and the rate to ask for in it."""

    mode: Mode
    rate: Fraction
    """Frames per second."""


def choose(modes: Sequence[Mode], asked: Asked) -> Choice | None:
    """The mode that comes nearest to what is wanted; None without modes.

    A mode of that size which reaches that rate is always taken where there is one. Of several
    formats the one that costs the least work is.

    Args:
        modes: What the camera offers.
        asked: What is wanted.
    """
    choices = [Choice(mode, _nearest(mode.rates, asked.rate)) for mode in modes]
    return min(
        choices,
        key=lambda choice: (
            round(_shortfall(choice, asked), 3),
            _rank(choice.mode.pixel_format),
            choice.rate,
        ),
        default=None,
    )


def reaches(rate: Fraction, wanted: Fraction) -> bool:
    """True when `rate` is `wanted` or more; 29.97 is as good as 30."""
    return rate >= wanted * _SLACK


def _nearest(rates: Sequence[Fraction], rate: Fraction) -> Fraction:
    """The slowest rate that reaches `rate`, else the fastest there is."""
    if not rates:
        return rate
    return min((r for r in rates if reaches(r, rate)), default=max(rates))


def _shortfall(choice: Choice, asked: Asked) -> float:
    mode = choice.mode
    slow = math.log2(asked.rate / choice.rate) if not reaches(choice.rate, asked.rate) else 0.0
    larger = math.log2(mode.width * mode.height / (asked.width * asked.height))
    shape = abs(math.log2(mode.width * asked.height / (mode.height * asked.width)))
    return (
        _SLOW * slow
        + (_LARGE * larger if larger > 0 else -_SMALL * larger)
        + _OTHER_SHAPE * shape
        + (0 if mode.rates else _UNKNOWN_RATE)
    )


def _rank(pixel_format: str) -> int:
    return _RANKS.index(pixel_format) if pixel_format in _RANKS else len(_RANKS)
