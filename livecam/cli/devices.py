"""`livecam devices`: where pictures and sound can come from, and where they can go."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from livecam.cli.console import results, say
from livecam.cli.options import switch

if TYPE_CHECKING:
    from livecam.media.modes import Mode
    from livecam.sinks.virtual_camera import VirtualCameraInfo
    from livecam.sources.camera_info import CameraInfo

AsJson = Annotated[bool, switch("--json", help="For programs.")]


@dataclass(frozen=True, slots=True)
class Devices:
    """All there is on this machine."""

    cameras: Sequence["CameraInfo"]
    microphones: Sequence[str]
    virtual_cameras: Sequence["VirtualCameraInfo"]


def devices(*, as_json: AsJson = False) -> None:
    """Lists cameras, microphones and virtual cameras, by the names `livecam live` takes."""
    found = _found()
    if as_json:
        results().print_json(json.dumps(_table(found)))
        return
    _title("Cameras")
    for camera in found.cameras:
        say(results(), f"  {camera.index} {camera.name} ({camera.device})")
        for mode in camera.modes:
            size = f"{mode.width}×{mode.height}"
            say(results(), f"      {mode.pixel_format:<9} {size:<10} {_rates(mode)}", style="dim")
    if not found.cameras:
        _nothing("none; plug one in, or take a file, a URL or `synthetic` with --camera")
    _title("Microphones")
    for microphone in found.microphones:
        say(results(), f"  {microphone}")
    if not found.microphones:
        _nothing("none")
    _title("Virtual cameras")
    for virtual in found.virtual_cameras:
        _say_virtual(virtual)


def _found() -> Devices:
    # `--help` must not wait for these.
    from livecam.sinks.virtual_camera import virtual_cameras  # noqa: PLC0415
    from livecam.sources.devices import cameras  # noqa: PLC0415
    from livecam.sources.microphone import microphones  # noqa: PLC0415

    return Devices(cameras(), microphones(), virtual_cameras())


def _say_virtual(virtual: "VirtualCameraInfo") -> None:
    if virtual.problem is None:
        place = f" ({virtual.path})" if virtual.path else ""
        say(results(), f"  {virtual.name}{place}: ready")
    else:
        say(results(), f"  {virtual.problem.message.rstrip('.')}.", style="yellow")
        say(results(), f"  {virtual.problem.hint}")


def _title(text: str) -> None:
    say(results(), text, style="bold")


def _nothing(text: str) -> None:
    say(results(), f"  {text}", style="dim")


def _rates(mode: "Mode") -> str:
    return ", ".join(f"{float(rate):g}" for rate in mode.rates) + " fps" if mode.rates else ""


def _table(found: Devices) -> dict[str, object]:
    return {
        "cameras": [
            {
                "index": camera.index,
                "name": camera.name,
                "device": camera.device,
                "modes": [
                    {
                        "pixel_format": mode.pixel_format,
                        "width": mode.width,
                        "height": mode.height,
                        "rates_hz": [round(float(rate), 3) for rate in mode.rates],
                    }
                    for mode in camera.modes
                ],
            }
            for camera in found.cameras
        ],
        "microphones": list(found.microphones),
        "virtual_cameras": [
            {
                "name": virtual.name,
                "path": virtual.path,
                "writable": virtual.writable,
                "problem": virtual.problem and virtual.problem.message,
                "hint": virtual.problem and virtual.problem.hint,
            }
            for virtual in found.virtual_cameras
        ],
    }
