"""Cameras of macOS. Built from the documentation of FFmpeg and PyAV; not run on a Mac."""

import re
from collections.abc import Iterable
from fractions import Fraction

import av

from livecam.media.messages import listening
from livecam.media.modes import Mode
from livecam.sources.camera_info import CameraInfo, Reading

_FORMAT = "nv12"
"""Every Mac camera gives it, and it is the least work."""
_SUPPORTED = re.compile(r"(\d+)x(\d+)@\[([\d.]+) ([\d.]+)\]fps")


class AvFoundation:
    """AVFoundation: devices are numbered, and opened by number."""

    permission_hint = (
        "Allow the camera for this terminal: System Settings, Privacy & Security, Camera."
    )

    def candidates(self) -> list[CameraInfo]:
        """All video inputs but screens."""
        found = av.enumerate_input_devices("avfoundation")
        cameras = [device for device in found if "video" in device.media_types]
        return [
            CameraInfo(index, device.description, device.name)
            for index, device in enumerate(cameras)
            if not device.description.startswith("Capture screen")
        ]

    def modes(self, camera: CameraInfo) -> tuple[Mode, ...]:
        """What FFmpeg lists when it is asked for a size no camera has."""
        asked = self.reading(camera, Mode("", 1, 1, ()), rate=Fraction(30))
        with listening() as lines:
            try:
                av.open(asked.url, format=asked.input_format, container_options={**asked.options})
            except (av.FFmpegError, OSError):
                return listed_modes(lines())
        return ()

    def reading(self, camera: CameraInfo, mode: Mode, *, rate: Fraction) -> Reading:
        """Sizes and rates have to be listed ones."""
        options = {
            "video_size": f"{mode.width}x{mode.height}",
            "framerate": f"{rate.numerator}/{rate.denominator}",
            "pixel_format": _FORMAT,
        }
        return Reading("avfoundation", f"{camera.device}:none", options)


def listed_modes(lines: Iterable[str]) -> tuple[Mode, ...]:
    """The modes in FFmpeg's list. Of a range of rates it opens the fastest alone."""
    rates: dict[tuple[int, int], set[Fraction]] = {}
    for line in lines:
        if match := _SUPPORTED.search(line):
            width, height, _, fastest = match.groups()
            rate = Fraction(fastest).limit_denominator(1001)
            rates.setdefault((int(width), int(height)), set()).add(rate)
    return tuple(Mode(_FORMAT, *size, tuple(sorted(some))) for size, some in rates.items())
