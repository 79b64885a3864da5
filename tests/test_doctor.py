"""What the doctor says of models, cameras and windows; the rest is in `tests/cli/test_cli.py`."""

import sys
from pathlib import Path

import onnxruntime
import pytest

from livecam import doctor
from livecam.doctor import Finding, State, findings
from livecam.errors import SinkError, SourceError
from livecam.runtime import tryout
from livecam.runtime.catalog import Catalog
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


def model(name: str) -> Finding:
    return next(finding for finding in found("models") if finding.name == name)


def test_an_installed_model_says_what_runs_it() -> None:
    mesh = model("mesh")
    assert mesh.state is State.GOOD
    assert "mesh.onnx, on cpu" in mesh.detail


@pytest.mark.filterwarnings("ignore:Specified provider:UserWarning")
def test_a_better_provider_that_does_not_work_is_said_with_each_model(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    listed = ["CUDAExecutionProvider", "CPUExecutionProvider"]
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: listed)
    tryout._found.clear()
    everything = list(findings())
    tryout._found.clear()
    reason = "it did not come up and did not say why"
    cuda = next(finding for finding in everything if finding.name == "cuda")
    assert (cuda.state, cuda.detail) == (State.NOTE, reason)
    mesh = next(finding for finding in everything if finding.name == "mesh")
    assert mesh.state is State.NOTE
    assert mesh.detail.endswith(f"mesh.onnx, on cpu; not on cuda: {reason}")


def test_a_damaged_model_is_bad(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = tmp_path / "models"
    folder.mkdir()
    for name in ("mesh.toml", "mesh.onnx"):
        content = (Catalog().folder / name).read_bytes()
        (folder / name).write_bytes(content if name.endswith("toml") else content[:-100])
    monkeypatch.setattr(doctor, "Catalog", lambda: Catalog(folder, store=tmp_path / "store"))
    mesh = model("mesh")
    assert mesh.state is State.BAD
    assert "cannot be loaded on cpu" in mesh.detail


def test_a_window_needs_pyside6_and_a_display(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-7")
    monkeypatch.setattr(doctor, "find_spec", lambda _: object())
    assert "WAYLAND_DISPLAY=wayland-7" in doctor._window().detail
    monkeypatch.delenv("WAYLAND_DISPLAY")
    assert doctor._window().state is State.NOTE
    assert "no display" in doctor._window().detail
    monkeypatch.setattr(doctor, "find_spec", lambda _: None)
    assert "livecam[app]" in doctor._window().detail
