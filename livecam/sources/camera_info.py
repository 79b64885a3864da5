"""What is known of a camera that is not open, and how an operating system is asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from livecam.media.modes import Mode


@dataclass(frozen=True, slots=True)
class CameraInfo:
    """One camera of this machine."""

    index: int
    """The number to choose it by: of its node on Linux, its place in the list elsewhere."""
    name: str
    """The name to choose it by."""
    device: str
    """What the system knows it as: a path on Linux."""
    modes: tuple[Mode, ...] = ()
    """Formats, sizes and rates it offers; empty where the system does not tell."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What FFmpeg is asked to open."""

    input_format: str
    """FFmpeg's name of the kind of device."""
    url: str
    options: Mapping[str, str]
    """For the device alone, not for its decoder."""


class CameraSystem(Protocol):
    """How an operating system lists its cameras and opens one."""

    @property
    def permission_hint(self) -> str:
        """What to do when a camera may not be opened."""

    def candidates(self) -> list[CameraInfo]:
        """What may be cameras, by name and without modes, likeliest first; opens none of them."""

    def modes(self, camera: CameraInfo) -> tuple[Mode, ...] | None:
        """What `camera` offers, empty where it does not tell; None where it is no camera now.

        Raises:
            OSError: It cannot be asked.
        """

    def reading(self, camera: CameraInfo, mode: Mode, *, rate: Fraction) -> Reading:
        """How to open `camera` in `mode` at `rate`; an empty pixel format leaves it the choice."""
