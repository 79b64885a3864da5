"""`livecam devices`, on whatever machine this is, and what it says of devices that are not here."""

import json
from fractions import Fraction

import pytest
from commands import Command

from livecam.cli import devices
from livecam.cli.devices import Devices
from livecam.errors import SinkError
from livecam.media.modes import Mode
from livecam.sinks.virtual_camera import VirtualCameraInfo, virtual_cameras
from livecam.sources.camera_info import CameraInfo
from livecam.sources.devices import cameras

WEBCAM = CameraInfo(
    index=2,
    name="HD [Webcam]",
    device="/dev/video2",
    modes=(
        Mode("mjpeg", 1280, 720, (Fraction(30), Fraction(60))),
        Mode("yuyv422", 640, 480, (Fraction(30000, 1001),)),
    ),
)
MISSING = SinkError("There is no virtual camera: no module", hint="Load it: sudo modprobe it")
MANY = Devices(
    cameras=[WEBCAM],
    microphones=["default"],
    virtual_cameras=[
        VirtualCameraInfo("livecam", "/dev/video10", None),
        VirtualCameraInfo("other", None, MISSING),
    ],
)


def test_this_machine(livecam: Command) -> None:
    outcome = livecam("devices")
    assert (outcome.code, outcome.err) == (0, "")
    for camera in cameras():
        assert camera.name in outcome.out
    for virtual in virtual_cameras():
        assert (virtual.problem.hint if virtual.problem else virtual.name) in outcome.out


def test_this_machine_for_programs(livecam: Command) -> None:
    found = json.loads(livecam("devices", "--json").out)
    assert [camera["name"] for camera in found["cameras"]] == [c.name for c in cameras()]
    assert [one["writable"] for one in found["virtual_cameras"]] == [
        one.writable for one in virtual_cameras()
    ]


def test_everything_is_told(livecam: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "_found", lambda: MANY)
    assert livecam("devices").out.splitlines() == [
        "Cameras",
        "  2 HD [Webcam] (/dev/video2)",
        "      mjpeg     1280×720   30, 60 fps",
        "      yuyv422   640×480    29.97 fps",
        "Microphones",
        "  default",
        "Virtual cameras",
        "  livecam (/dev/video10): ready",
        "  There is no virtual camera: no module.",
        "  Load it: sudo modprobe it",
    ]
    found = json.loads(livecam("devices", "--json").out)
    assert found["cameras"][0]["modes"][0]["rates_hz"] == [30, 60]
    assert found["virtual_cameras"][1] == {
        "name": "other",
        "path": None,
        "writable": False,
        "problem": MISSING.message,
        "hint": MISSING.hint,
    }


def test_what_to_do_without_any(livecam: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "_found", lambda: Devices([], [], virtual_cameras()))
    out = livecam("devices").out
    assert "none; plug one in, or take a file, a URL or `synthetic` with --camera" in out
