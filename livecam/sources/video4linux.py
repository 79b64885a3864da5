"""Cameras of Linux."""

import re
from fractions import Fraction
from pathlib import Path

from livecam.media import v4l2
from livecam.media.modes import Mode
from livecam.sources.camera_info import CameraInfo, Reading

_SYSTEM = Path("/sys/class/video4linux")


class Video4Linux:
    """V4L2: nodes under /dev, names under /sys."""

    permission_hint = (
        "Add yourself to the group video (`sudo usermod -aG video $USER`), log in anew."
    )

    def candidates(self) -> list[CameraInfo]:
        """All video nodes, those of real devices before loopbacks."""
        nodes = v4l2.nodes()
        return [self.at(node) for node in sorted(nodes, key=_is_virtual)]

    def at(self, node: Path) -> CameraInfo:
        """The node at that path, whatever it is."""
        number = re.sub(r"\D", "", node.name)
        try:
            name = (_SYSTEM / node.name / "name").read_text("utf-8", "replace").strip()
        except OSError:
            name = node.name
        return CameraInfo(int(number or 0), name, str(node))

    def modes(self, camera: CameraInfo) -> tuple[Mode, ...] | None:
        """What it offers; None for nodes that give no pictures, as a loopback without a writer.

        Raises:
            OSError: It cannot be opened.
        """
        node = Path(camera.device)
        if not v4l2.capabilities(node).captures:
            return None
        return tuple(v4l2.modes(node)) or None

    def reading(self, camera: CameraInfo, mode: Mode, *, rate: Fraction) -> Reading:
        """Any size and rate may be asked for; what comes is the driver's choice."""
        options = {
            "video_size": f"{mode.width}x{mode.height}",
            "framerate": f"{rate.numerator}/{rate.denominator}",
        }
        if mode.pixel_format:
            options["input_format"] = mode.pixel_format
        return Reading("v4l2", camera.device, options)


def _is_virtual(node: Path) -> bool:
    try:
        return "virtual" in (_SYSTEM / node.name).resolve().parts
    except OSError:
        return False
