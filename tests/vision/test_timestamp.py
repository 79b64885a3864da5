"""Numbers and times that survive what happens to pictures on their way."""

from fractions import Fraction

import av
import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from livecam.vision.timestamp import Timestamp, read_timestamp, strip_height, write_timestamp

STAMP = Timestamp(123_456, 98_765_432_101_234)


def stamped(width: int = 640, height: int = 360, stamp: Timestamp = STAMP) -> np.ndarray:
    grain = np.random.default_rng(1).integers(16, 235, (height, width), np.uint8)
    write_timestamp(grain, stamp)
    return grain


@given(number=st.integers(0, 2**32 - 1), time_us=st.integers(0, 2**48 - 1))
def test_what_is_written_is_read(number: int, time_us: int) -> None:
    stamp = Timestamp(number, time_us)
    assert read_timestamp(stamped(320, 64, stamp)) == stamp


def test_only_the_strip_is_written() -> None:
    before = np.random.default_rng(1).integers(16, 235, (360, 640), np.uint8)
    height = strip_height(640)
    assert height % 2 == 0
    assert height < 30
    np.testing.assert_array_equal(stamped()[height:], before[height:])


@pytest.mark.parametrize("size", [(1280, 720), (320, 180), (960, 540), (638, 358), (1920, 1080)])
def test_survives_scaling(size: tuple[int, int]) -> None:
    scaled = cv2.resize(stamped(), size, interpolation=cv2.INTER_AREA)
    assert read_timestamp(np.asarray(scaled, np.uint8)) == STAMP


@pytest.mark.parametrize(
    ("gain", "offset"), [(219 / 255, 16), (255 / 219, -18), (0.7, 40), (1, 30)]
)
def test_survives_another_range_and_light(gain: float, offset: float) -> None:
    changed = np.clip(stamped() * gain + offset, 0, 255).astype(np.uint8)
    assert read_timestamp(changed) == STAMP


def test_survives_blur_and_noise() -> None:
    blurred = cv2.GaussianBlur(stamped(), (0, 0), 2.5)
    noise = np.random.default_rng(2).normal(0, 20, blurred.shape)
    assert read_timestamp(np.clip(blurred + noise, 0, 255).astype(np.uint8)) == STAMP


@pytest.mark.parametrize(
    ("codec", "options"), [("libx264", {"crf": "38", "preset": "ultrafast"}), ("mjpeg", {})]
)
def test_survives_video_codecs(codec: str, options: dict[str, str]) -> None:
    encoder = av.CodecContext.create(codec, "w")
    encoder.width, encoder.height = 640, 360
    encoder.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
    encoder.time_base, encoder.options = Fraction(1, 30), options
    decoder = av.CodecContext.create("h264" if codec == "libx264" else codec, "r")
    packets, seen = [], []
    for n in range(5):
        raw = av.VideoFrame(640, 360, encoder.pix_fmt)
        samples = stamped(stamp=Timestamp(n, 10**12 + n))
        np.frombuffer(raw.planes[0], np.uint8).reshape(360, -1)[:, :640] = samples
        for plane in raw.planes[1:]:
            np.frombuffer(plane, np.uint8)[:] = 128
        raw.pts = n
        packets += encoder.encode(raw)
    for packet in [*packets, *encoder.encode(None), None]:
        for frame in decoder.decode(packet):
            plane = np.frombuffer(frame.planes[0], np.uint8).reshape(360, -1)[:, :640]
            seen.append(read_timestamp(plane))
    assert seen == [Timestamp(n, 10**12 + n) for n in range(5)]


def test_pictures_without_one_have_none() -> None:
    random = np.random.default_rng(3)
    pictures = [
        *(random.integers(0, 256, (360, 640), np.uint8) for _ in range(200)),
        *(np.full((360, 640), level, np.uint8) for level in (0, 16, 128, 235, 255)),
        *(np.kron(b, np.ones((40, 40), np.uint8)) for b in random.choice([0, 255], (200, 9, 16))),
        np.zeros((4, 640), np.uint8),
        np.zeros((360, 20), np.uint8),
    ]
    assert not any(read_timestamp(picture.astype(np.uint8)) for picture in pictures)


def test_a_wrong_block_is_noticed() -> None:
    damaged = stamped()
    damaged[:13, 40:53] = 255 - damaged[:13, 40:53]
    assert read_timestamp(damaged) is None
