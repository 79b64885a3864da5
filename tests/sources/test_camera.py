"""Cameras, with FFmpeg's own test device in their place; the guest's tests have real drivers."""

import errno
import time
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice, pairwise

import av
import numpy as np
import pytest

from livecam.errors import SourceError
from livecam.media.modes import Mode
from livecam.picture import Matrix
from livecam.sources import camera as camera_module
from livecam.sources import devices
from livecam.sources.camera import Camera
from livecam.sources.camera_info import CameraInfo, Reading
from livecam.sources.capture import captured
from livecam.sources.formats import Asked

OPEN = av.open
MODES = (
    Mode("yuv420p", 320, 240, (Fraction(30),)),
    Mode("yuv420p", 640, 360, (Fraction(60),)),
)


@dataclass
class TestDevices:
    """FFmpeg's filters as a camera: a moving test picture at the pace of the clock."""

    __test__ = False
    then: str = ""
    """Further filters."""
    permission_hint: str = "Ask nicely."

    def candidates(self) -> list[CameraInfo]:
        return [CameraInfo(0, "Test device", "lavfi")]

    def modes(self, _camera: CameraInfo) -> tuple[Mode, ...]:
        return MODES

    def reading(self, _camera: CameraInfo, mode: Mode, *, rate: Fraction) -> Reading:
        size = f"{mode.width}x{mode.height}"
        return Reading("lavfi", f"testsrc2=size={size}:rate={rate}{self.then},realtime", {})


@pytest.fixture
def plugged_in(monkeypatch: pytest.MonkeyPatch):
    def plug(system: TestDevices) -> None:
        for module in (devices, camera_module):
            monkeypatch.setattr(module, "camera_system", lambda: system)

    return plug


def test_frames_come_as_they_are_captured(plugged_in) -> None:
    plugged_in(TestDevices())
    start = time.monotonic()
    with closing(Camera("test", Asked(320, 240)).frames()) as frames:
        taken = list(islice((frame for frame in frames if frame), 10))
    assert [frame.index for frame in taken] == list(range(10))
    assert all(a.pts < b.pts for a, b in pairwise(taken))
    assert all(start <= frame.captured_at <= time.monotonic() for frame in taken)
    assert taken[-1].time - taken[0].time == pytest.approx(9 / 30, abs=0.2)
    first, last = taken[0].picture, taken[-1].picture
    assert (first.width, first.height) == (320, 240)
    assert first.colour.matrix is Matrix.BT601
    assert not first.colour.full_range
    assert not np.array_equal(first.y, last.y)


def test_the_nearest_mode_is_taken_and_told(plugged_in, caplog: pytest.LogCaptureFixture) -> None:
    plugged_in(TestDevices())
    with caplog.at_level("INFO", logger="livecam"):
        video_format = Camera(None, Asked(1280, 720)).probe()
    assert (video_format.width, video_format.height) == (640, 360)
    assert "sends 640×360" in caplog.text


def test_a_camera_that_ends_is_an_error(plugged_in) -> None:
    plugged_in(TestDevices(then=":duration=0.2"))
    frames = Camera("test", Asked(320, 240)).frames()
    taken = []
    with pytest.raises(SourceError, match=r"“Test device” .*ended"):
        taken.extend(frames)
    assert len(taken) == 6


def test_what_ffmpeg_refuses_is_said_in_its_words(plugged_in) -> None:
    plugged_in(TestDevices(then=",nosuchfilter"))
    with pytest.raises(SourceError, match=r"“Test device” .*does not work.*nosuchfilter") as error:
        next(Camera("test", Asked(320, 240)).frames())
    assert error.value.hint


@pytest.mark.parametrize("stopped", [0, 3])
def test_nothing_is_left_open(plugged_in, stopped: int) -> None:
    plugged_in(TestDevices())
    frames = Camera("test", Asked(320, 240)).frames()
    list(islice(frames, stopped))
    frames.close()
    assert next(frames, None) is None


class Stalling:
    """A real device that has nothing to give after its first packet."""

    def __init__(self, url: str) -> None:
        self._device = OPEN(url, format="lavfi")
        self.streams = self._device.streams
        self.asked = 0

    def demux(self, stream):
        self.asked += 1
        if self.asked > 1:
            raise BlockingIOError(errno.EAGAIN, "nothing yet")
        yield next(self._device.demux(stream))
        raise BlockingIOError(errno.EAGAIN, "nothing yet")

    def close(self) -> None:
        self._device.close()


def test_a_device_that_gives_nothing_says_so_every_half_second(monkeypatch) -> None:
    made: list[Stalling] = []

    def opened(url: str, **options: object) -> Stalling:
        assert options["container_options"] == {"fflags": "4"}
        made.append(Stalling(url))
        return made[0]

    monkeypatch.setattr("livecam.sources.capture.av.open", opened)
    with closing(captured(Reading("lavfi", "testsrc2=size=64x48:rate=30", {}))) as frames:
        assert next(frames) is not None
        start = time.monotonic()
        assert [next(frames), next(frames)] == [None, None]
        assert 0.9 < time.monotonic() - start < 5
    assert 20 < made[0].asked < 1000, "asked often, without spinning"


def test_an_unplugged_camera_is_told_from_one_that_was_never_there(
    plugged_in, monkeypatch: pytest.MonkeyPatch
) -> None:
    plugged_in(TestDevices())

    def unplugged(reading: Reading):
        with closing(captured(reading)) as frames:
            yield from islice(frames, 2)
        raise OSError(errno.ENODEV, "No such device")

    monkeypatch.setattr(camera_module, "captured", unplugged)
    frames = Camera("test", Asked(320, 240)).frames()
    assert all(next(frames) for _ in range(2))
    with pytest.raises(SourceError, match="was unplugged"):
        next(frames)
