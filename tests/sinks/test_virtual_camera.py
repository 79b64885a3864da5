"""The virtual camera by its contract; on a real device it is tested in tests/guest."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
import pyvirtualcam

from livecam.errors import SinkError
from livecam.frame import Frame, VideoFormat
from livecam.picture import Colour, Image, Matrix, Picture, Plane
from livecam.sinks import loopback
from livecam.sinks.layout import LAYOUTS
from livecam.sinks.loopback import Loopback
from livecam.sinks.virtual_camera import VirtualCamera, virtual_cameras

SD = Colour(Matrix.BT601)


@dataclass
class Device:
    """What the test's backend was asked for and given."""

    size: tuple[int, int] = (0, 0)
    fps: float = 0
    fourcc: int = 0
    frames: list[Plane] = field(default_factory=list)
    closed: int = 0
    broken: bool = False


@pytest.fixture
def device() -> Iterator[Device]:
    """A device of its own kind of virtual camera, named “paper”."""
    made = Device()

    class Backend:
        def __init__(
            self, *, width: int, height: int, fps: float, fourcc: int, device: str | None
        ) -> None:
            if device not in {None, "paper"}:
                raise RuntimeError(f"no camera called {device}")
            made.size, made.fps, made.fourcc = (width, height), fps, fourcc

        def close(self) -> None:
            made.closed += 1

        def send(self, frame: Plane) -> None:
            if made.broken:
                raise RuntimeError("the stream does not exist")
            made.frames.append(frame)

        def device(self) -> str:
            return "paper"

        def native_fourcc(self) -> None:
            return None

    pyvirtualcam.register_backend("test", Backend)
    yield made
    del pyvirtualcam.camera.BACKENDS["test"]


def video_format(width: int, height: int) -> VideoFormat:
    return VideoFormat(width, height, Fraction(30000, 1001), SD)


def frame(picture: Picture) -> Frame:
    return Frame(picture, 0, 0, Fraction(1, 1_000_000), 0.0)


def scene(width: int, height: int) -> Image:
    across, down = np.meshgrid(np.linspace(40, 200, width), np.linspace(60, 180, height))
    return np.dstack([across, down, 230 - across]).astype(np.uint8)


def test_planes_are_handed_over_as_they_lie(device: Device) -> None:
    picture = Picture.from_rgb(scene(64, 36), SD)
    with VirtualCamera(backend="test").open(video_format(64, 36)) as send:
        send(frame(picture))
        assert not device.closed
    assert device.size == (64, 36)
    assert device.fps == pytest.approx(29.97, abs=0.001)
    assert device.fourcc.to_bytes(4, "little") == b"I420"
    [sent] = device.frames
    assert np.shares_memory(sent, picture.y)
    assert np.array_equal(sent, picture.i420())
    assert device.closed == 1


def test_other_pictures_are_made_to_fit(device: Device) -> None:
    image = scene(128, 72)
    with VirtualCamera(backend="test").open(video_format(64, 72)) as send:
        send(frame(Picture.from_rgb(image, Colour(Matrix.BT709, full_range=True))))
    rgb = cv2.cvtColor(device.frames[0].reshape(108, 64), cv2.COLOR_YUV2RGB_I420)
    assert np.abs(rgb[18:54].astype(int) - cv2.resize(image, (64, 36))).mean() < 3
    assert rgb[:16].max() < 8
    assert rgb[-16:].max() < 8


@pytest.mark.parametrize(
    ("platform", "size"), [("linux", (642, 358)), ("darwin", (642, 358)), ("win32", (640, 352))]
)
def test_sizes_are_what_the_platform_takes(
    device: Device, monkeypatch: pytest.MonkeyPatch, platform: str, size: tuple[int, int]
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    with VirtualCamera(backend="test").open(video_format(643, 359)) as send:
        send(frame(Picture.from_rgb(scene(643, 359), SD)))
    assert device.size == size
    assert device.frames[0].size == size[0] * size[1] * 3 // 2


def test_without_a_backend_named_other_platforms_take_the_first_that_works(
    device: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    with VirtualCamera().open(video_format(64, 32)) as send:
        send(frame(Picture.from_rgb(scene(64, 32), SD)))
    assert len(device.frames) == 1


@pytest.mark.parametrize(
    ("platform", "step"), [("win32", "OBS Studio 26"), ("darwin", "OBS Studio 30")]
)
def test_a_camera_that_does_not_open_is_named_with_a_next_step(
    device: Device, monkeypatch: pytest.MonkeyPatch, platform: str, step: str
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    sink = VirtualCamera("scissors", backend="test")
    with pytest.raises(SinkError, match=r"scissors.*no camera called scissors") as caught:
        sink.open(video_format(64, 36)).__enter__()
    assert step in caught.value.hint
    assert device.closed == 0


def test_an_unknown_backend_is_refused_with_those_there_are(device: Device) -> None:
    del device
    with pytest.raises(SinkError, match=r"nonesuch is no kind of virtual camera.*test"):
        VirtualCamera(backend="nonesuch").open(video_format(64, 36)).__enter__()


def test_a_camera_that_breaks_is_named_and_closed(device: Device) -> None:
    device.broken = True
    with (
        pytest.raises(SinkError, match=r"paper.*the stream does not exist"),
        VirtualCamera(backend="test").open(video_format(64, 36)) as send,
    ):
        send(frame(Picture.from_rgb(scene(64, 36), SD)))
    assert device.closed == 1


def test_a_package_that_does_not_load_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyvirtualcam", None)
    with pytest.raises(SinkError, match=r"pyvirtualcam cannot be loaded"):
        VirtualCamera(backend="test").open(video_format(64, 36)).__enter__()
    [info] = virtual_cameras()
    assert not info.writable
    assert info.problem is not None
    assert "pip install" in info.problem.hint


def test_other_platforms_list_what_opens(device: Device, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    listed = {info.name: info for info in virtual_cameras()}
    assert listed["paper"].writable
    assert device.closed == 1
    assert not listed["v4l2loopback"].writable


@pytest.mark.skipif(bool(loopback.loopbacks()), reason="this machine has a virtual camera")
@pytest.mark.skipif(sys.platform != "linux", reason="Linux says which module to load")
def test_linux_without_a_device_says_how_to_make_one() -> None:
    with pytest.raises(SinkError, match=r"There is no virtual camera: the kernel module") as caught:
        VirtualCamera().open(video_format(64, 36)).__enter__()
    command = "sudo modprobe v4l2loopback devices=1 video_nr="
    assert command in caught.value.hint
    assert caught.value.hint.endswith("card_label=livecam exclusive_caps=1")
    assert [info.writable for info in virtual_cameras()] == [False]


OURS, OTHER, THIRD = (
    Loopback(label, Path(f"/dev/video{number}"))
    for number, label in ((10, "livecam"), (11, "OBS Camera"), (12, "Dummy"))
)


@pytest.mark.parametrize("device", ["OBS Camera", "11", "/dev/video11"])
def test_a_loopback_is_found_by_label_number_or_path(device: str) -> None:
    assert loopback.find(device, [OURS, OTHER, THIRD]) == OTHER


def test_without_a_name_the_labelled_or_only_loopback_is_taken() -> None:
    assert loopback.find(None, [OTHER, OURS]) == OURS
    assert loopback.find(None, [OTHER]) == OTHER
    with pytest.raises(SinkError, match=r"none labelled livecam: OBS Camera.*Dummy"):
        loopback.find(None, [OTHER, THIRD])


def test_a_loopback_that_is_not_there_is_refused_with_those_there_are() -> None:
    with pytest.raises(SinkError, match=r"/dev/video0 is no virtual camera; there is livecam"):
        loopback.find("/dev/video0", [OURS])


@pytest.mark.parametrize(
    ("layout", "code", "shape"),
    [
        ("I420", cv2.COLOR_YUV2RGB_I420, (54, 64)),
        ("NV12", cv2.COLOR_YUV2RGB_NV12, (54, 64)),
        ("YUYV", cv2.COLOR_YUV2RGB_YUYV, (36, 64, 2)),
        ("UYVY", cv2.COLOR_YUV2RGB_UYVY, (36, 64, 2)),
    ],
)
def test_every_layout_shows_the_same(layout: str, code: int, shape: tuple[int, ...]) -> None:
    image = scene(64, 36)
    samples = LAYOUTS[layout](Picture.from_rgb(image, SD))
    rgb = cv2.cvtColor(samples.reshape(shape), code)
    assert np.abs(rgb.astype(int) - image).mean() < 2.5


def test_grey_has_the_full_range() -> None:
    image = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 2, axis=0).repeat(3, axis=2)
    grey = LAYOUTS["GRAY"](Picture.from_rgb(image, SD))
    assert grey.shape == (2, 256)
    assert np.abs(grey[0].astype(int) - np.arange(256)).max() <= 1
