"""Cameras of Windows. Built from the documentation of FFmpeg and PyAV; not run on Windows."""

import re
from collections.abc import Iterable
from fractions import Fraction

import av

from livecam.media.messages import listening
from livecam.media.modes import Mode, usual_rates
from livecam.sources.camera_info import CameraInfo, Reading

_OPTION = re.compile(
    r"(pixel_format|vcodec)=(\S+)\s+min s=\d+x\d+ fps=([\d.]+) max s=(\d+)x(\d+) fps=([\d.]+)"
)
_CODECS = {"", "mjpeg", "h264"}


class DirectShow:
    """DirectShow: devices are opened by their unique names."""

    permission_hint = "Allow it: Settings, Privacy & security, Camera, desktop apps."

    def candidates(self) -> list[CameraInfo]:
        """All video inputs."""
        found = av.enumerate_input_devices("dshow")
        cameras = [device for device in found if "video" in device.media_types]
        return [
            CameraInfo(index, device.description, device.name)
            for index, device in enumerate(cameras)
        ]

    def modes(self, camera: CameraInfo) -> tuple[Mode, ...]:
        """What FFmpeg lists."""
        with listening(av.logging.INFO) as lines:
            try:
                av.open(
                    f"video={camera.device}",
                    format="dshow",
                    container_options={"list_options": "true"},
                )
            except (av.FFmpegError, OSError):
                return listed_modes(lines())
        return ()

    def reading(self, camera: CameraInfo, mode: Mode, *, rate: Fraction) -> Reading:
        """A codec cannot be asked for: it comes with a size and rate that no raw format has."""
        options = {
            "video_size": f"{mode.width}x{mode.height}",
            "framerate": f"{rate.numerator}/{rate.denominator}",
            "rtbufsize": "64M",
        }
        if mode.pixel_format not in _CODECS:
            options["pixel_format"] = mode.pixel_format
        return Reading("dshow", f"video={camera.device}", options)


def listed_modes(lines: Iterable[str]) -> tuple[Mode, ...]:
    """The modes in FFmpeg's list of a device's options."""
    modes = []
    for line in lines:
        if match := _OPTION.search(line):
            _, name, slowest, width, height, fastest = match.groups()
            first, last = (Fraction(r).limit_denominator(1001) for r in (slowest, fastest))
            rates = {first, last, *usual_rates(first, last)}
            modes.append(Mode(name, int(width), int(height), tuple(sorted(rates))))
    return tuple(dict.fromkeys(modes))
