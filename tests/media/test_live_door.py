"""Frames of a live input as pictures."""

import time
from fractions import Fraction

import av
import numpy as np
import pytest
from clips import frame as made

from livecam.frame import MICROSECOND
from livecam.media.live import LiveDoor
from livecam.picture import Matrix


def filled(width: int, height: int, fmt: str, *levels: int) -> av.VideoFrame:
    raw = av.VideoFrame(width, height, fmt)
    for plane, level in zip(raw.planes, levels, strict=True):
        np.frombuffer(plane, np.uint8)[:] = level
    return raw


def through(codec: str, raw: av.VideoFrame, *, camera: bool, pts: int | None = None):
    """The frames that come of `raw`, encoded and read again."""
    encoder = av.CodecContext.create(codec, "w")
    encoder.width, encoder.height, encoder.pix_fmt = raw.width, raw.height, raw.format.name
    encoder.time_base = MICROSECOND
    raw.pts, raw.time_base = 0, MICROSECOND
    [packet] = [*encoder.encode(raw), *encoder.encode(None)]
    packet.pts, packet.time_base = pts, MICROSECOND
    decoder = av.CodecContext.create(codec, "r")
    decoder.width, decoder.height, decoder.pix_fmt = raw.width, raw.height, raw.format.name
    return LiveDoor(camera=camera).frames(decoder, packet)


def test_a_camera_means_bt601_at_any_size_and_a_stream_goes_by_its_size() -> None:
    for size in [(640, 360), (1280, 720)]:
        raw = filled(*size, "yuyv422", 90)
        assert LiveDoor(camera=True).picture(raw).colour.matrix is Matrix.BT601
    assert LiveDoor(camera=False).picture(filled(1280, 720, "yuv420p", 90, 9, 9)).colour.matrix is (
        Matrix.BT709
    )


def test_a_tag_counts_for_cameras_too() -> None:
    raw = filled(64, 48, "yuv420p", 90, 128, 128)
    raw.colorspace = 1
    assert LiveDoor(camera=True).picture(raw).colour.matrix is Matrix.BT709


def test_raw_samples_are_not_converted_when_only_their_matrix_is_unknown() -> None:
    raw = made(3, 1280, 720, "nv12")
    expected = np.frombuffer(raw.planes[0], np.uint8).reshape(720, -1)[:, :1280]
    np.testing.assert_array_equal(LiveDoor(camera=True).picture(raw).y, expected)


@pytest.mark.parametrize("fmt", ["yuvj420p", "yuvj422p"])
def test_full_range_becomes_limited(fmt: str) -> None:
    [frame] = through("mjpeg", filled(64, 48, fmt, 255, 128, 128), camera=True)
    assert not frame.picture.colour.full_range
    assert frame.picture.colour.matrix is Matrix.BT601
    assert abs(int(frame.picture.y[24, 32]) - 235) <= 1
    [dark] = through("mjpeg", filled(64, 48, fmt, 0, 128, 128), camera=True)
    assert abs(int(dark.picture.y[24, 32]) - 16) <= 1


def test_the_size_and_the_format_may_change() -> None:
    door = LiveDoor(camera=True)
    for width, height, fmt in [(64, 48, "yuv420p"), (128, 96, "nv12"), (64, 48, "rgb24")]:
        picture = door.picture(made(1, width, height, fmt))
        assert (picture.width, picture.height) == (width, height)
        assert not picture.colour.full_range


@pytest.mark.parametrize("fmt", ["yuv420p", "nv12", "gray"])
def test_raw_pictures_of_a_camera_own_their_samples(fmt: str) -> None:
    """The driver takes its memory back when the device is closed: whoever looks then, crashes."""
    planes = (90,) if fmt == "gray" else (90, 128) if fmt == "nv12" else (90, 128, 128)
    [frame] = through("rawvideo", filled(64, 48, fmt, *planes), camera=True)
    for plane in (frame.picture.y, frame.picture.u, frame.picture.v):
        assert plane.flags.owndata
    assert np.ptp(frame.picture.y) == 0


def test_a_stamp_of_the_monotonic_clock_is_the_time_of_capture() -> None:
    ago = time.monotonic() - 0.05
    raw = filled(64, 48, "yuv420p", 90, 128, 128)
    [frame] = through("rawvideo", raw, camera=True, pts=round(ago * 1e6))
    assert frame.captured_at == pytest.approx(ago, abs=1e-5)
    assert frame.time_base == Fraction(1, 1_000_000)
    assert frame.pts == round(ago * 1e6)


@pytest.mark.parametrize("pts", [None, 12345, 1_700_000_000_000_000])
def test_any_other_stamp_is_not_believed(pts: int | None) -> None:
    start = time.monotonic()
    raw = filled(64, 48, "yuv420p", 90, 128, 128)
    if start < 60:
        pytest.skip("the machine has just started")
    [frame] = through("rawvideo", raw, camera=True, pts=pts)
    assert start <= frame.captured_at <= time.monotonic()
    assert frame.pts == round(frame.captured_at * 1e6)


def test_a_stream_s_stamps_are_never_believed() -> None:
    now = time.monotonic()
    raw = filled(64, 48, "yuv420p", 90, 128, 128)
    [frame] = through("rawvideo", raw, camera=False, pts=round((now - 1) * 1e6))
    assert frame.captured_at >= now


def test_damaged_and_empty_packets_give_nothing_and_do_no_harm() -> None:
    encoder = av.CodecContext.create("mjpeg", "w")
    encoder.width, encoder.height, encoder.pix_fmt = 64, 48, "yuvj420p"
    encoder.time_base = MICROSECOND
    raw = filled(64, 48, "yuvj420p", 90, 128, 128)
    raw.pts = 0
    whole = bytes(encoder.encode(raw)[0])
    decoder, door = av.CodecContext.create("mjpeg", "r"), LiveDoor(camera=True)
    assert door.frames(decoder, av.Packet(b"")) == []
    assert door.frames(decoder, av.Packet(b"not a picture")) == []
    first, second = (door.frames(decoder, av.Packet(whole))[0] for _ in range(2))
    assert (first.index, second.index) == (0, 1)
    assert second.pts > first.pts
