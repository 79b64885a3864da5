"""What the doctor says of cameras; the rest is seen in `tests/cli/test_cli.py`."""

import sys

import pytest

from livecam import doctor
from livecam.doctor import Finding, State, findings
from livecam.errors import SinkError, SourceError
from livecam.sinks import loopback
from livecam.sinks.virtual_camera import VirtualCameraInfo
from livecam.sources.camera_info import CameraInfo

WEBCAM = CameraInfo(index=0, name="Webcam", device="/dev/video0")
LOCKED = CameraInfo(index=1, name="Other", device="/dev/video1")


def found(area: str) -> list[Finding]:
    return [finding for finding in findings() if finding.area == area]


def test_virtual_cameras(monkeypatch: pytest.MonkeyPatch) -> None:
    busy = SinkError("livecam is busy: another program sends to it", hint="End that program.")
    there = [
        VirtualCameraInfo("livecam", "/dev/video10", None),
        VirtualCameraInfo("other", "/dev/video11", busy),
    ]
    monkeypatch.setattr(doctor, "virtual_cameras", lambda: there)
    free, held = found("virtual cameras")
    assert (free.name, free.state, free.detail) == ("livecam", State.GOOD, "/dev/video10")
    assert (held.name, held.state) == ("other", State.NOTE)
    assert held.detail == "livecam is busy: another program sends to it. End that program."


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs Linux's kernel modules")
def test_without_a_virtual_camera_it_names_the_command_that_makes_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(loopback, "loopbacks", list)
    (only,) = found("virtual cameras")
    assert only.state is State.NOTE
    assert "sudo modprobe v4l2loopback devices=1 video_nr=" in only.detail
    assert "card_label=livecam exclusive_caps=1" in only.detail


def test_cameras(monkeypatch: pytest.MonkeyPatch) -> None:
    def find(device: str | None) -> CameraInfo:
        if device == "1":
            raise SourceError("camera “Other” may not be opened", hint="Join the group video.")
        return WEBCAM

    monkeypatch.setattr(doctor, "cameras", lambda: [WEBCAM, LOCKED])
    monkeypatch.setattr(doctor, "find_camera", find)
    seen, locked = found("cameras")
    assert (seen.name, seen.state, seen.detail) == ("Webcam", State.GOOD, "/dev/video0")
    assert (locked.name, locked.state) == ("Other", State.NOTE)
    assert locked.detail == "camera “Other” may not be opened. Join the group video."


def test_no_camera_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "cameras", list)
    (only,) = found("cameras")
    assert only.state is State.NOTE
    assert "synthetic" in only.detail
