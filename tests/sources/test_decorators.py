"""Sources in a mirror, and in one size."""

from collections.abc import Generator
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice

import cv2
import numpy as np
import pytest

from livecam.frame import Frame, VideoFormat
from livecam.picture import Colour, Matrix, Picture, Siting
from livecam.sources.fitted import Fitted
from livecam.sources.mirrored import Mirrored
from livecam.sources.switchable import Switchable


@dataclass
class Given:
    """Frames of these pictures, and None where there is none."""

    pictures: list[Picture | None]
    live: bool = True
    closed: bool = False

    def probe(self) -> VideoFormat:
        return VideoFormat(1, 2, Fraction(3), Colour())

    def frames(self) -> Generator[Frame | None, None, None]:
        try:
            for n, picture in enumerate(self.pictures):
                yield picture and Frame(picture, n, 10 * n, Fraction(1, 1000), float(n))
        finally:
            self.closed = True


def scene(width: int, height: int, colour: Colour) -> Picture:
    blobs = np.random.default_rng(5).integers(60, 200, (5, 7, 3), np.uint8)
    scaled = cv2.resize(blobs, (width, height), interpolation=cv2.INTER_CUBIC)
    return Picture.from_rgb(np.asarray(scaled, np.uint8), colour)


@pytest.mark.parametrize("siting", list(Siting))
@pytest.mark.parametrize("width", [160, 161])
def test_a_mirror_exchanges_left_and_right(siting: Siting, width: int) -> None:
    picture = scene(width, 90, Colour(Matrix.BT601, siting=siting))
    [frame] = Mirrored(Given([picture])).frames()
    assert frame is not None
    np.testing.assert_array_equal(frame.picture.y, picture.y[:, ::-1])
    assert frame.picture.colour == picture.colour
    expected = picture.to_rgb()[:, ::-1].astype(int)
    inside = np.s_[:, 4:-4]
    assert np.abs(frame.picture.to_rgb()[inside] - expected[inside]).max() <= 6


def test_twice_mirrored_is_as_it_was() -> None:
    picture = scene(160, 90, Colour(siting=Siting.CENTRE))
    [frame] = Mirrored(Mirrored(Given([picture]))).frames()
    assert frame is not None
    for plane in ("y", "u", "v"):
        np.testing.assert_array_equal(getattr(frame.picture, plane), getattr(picture, plane))


WANTED = VideoFormat(160, 90, Fraction(30), Colour(Matrix.BT601))


def test_what_fits_passes_untouched() -> None:
    picture = scene(160, 90, WANTED.colour)
    [frame] = Fitted(Given([picture]), WANTED).frames()
    assert frame is not None
    assert frame.picture is picture


def test_all_comes_out_in_one_size_and_colour() -> None:
    given = [
        scene(160, 90, WANTED.colour),
        scene(320, 240, Colour(Matrix.BT709)),
        None,
        scene(64, 64, Colour(Matrix.BT601, full_range=True)),
        scene(160, 90, WANTED.colour),
    ]
    frames = list(Fitted(Given(given), WANTED).frames())
    assert [frame is None for frame in frames] == [picture is None for picture in given]
    for n, frame in enumerate(frames):
        if frame is not None:
            assert frame.picture.y.shape == (90, 160)
            assert frame.picture.colour.matrix is Matrix.BT601
            assert not frame.picture.colour.full_range
            assert (frame.index, frame.pts, frame.captured_at) == (n, 10 * n, float(n))
    assert frames[-1].picture is given[-1]


def test_fitted_tells_its_format_without_asking_the_source() -> None:
    given = Given([])
    assert Fitted(given, WANTED).probe() == WANTED
    assert Mirrored(given).probe() == given.probe()


def test_another_source_takes_over_and_frames_are_counted_on() -> None:
    first = Given([scene(160, 90, WANTED.colour)] * 9)
    second = Given([None, *[scene(160, 90, WANTED.colour)] * 2])
    switchable = Switchable(first)
    frames = switchable.frames()
    assert [frame.index for frame in islice(frames, 3)] == [0, 1, 2]
    switchable.switch(second)
    rest = list(frames)
    assert first.closed
    assert second.closed
    assert [frame and frame.picture for frame in rest] == second.pictures
    assert [frame.index for frame in rest if frame is not None] == [4, 5]


@pytest.mark.parametrize("decorated", [Switchable, Mirrored, lambda source: Fitted(source, WANTED)])
def test_the_source_is_closed_with_its_decorator(decorated) -> None:
    given = Given([scene(160, 90, WANTED.colour)] * 3)
    source = decorated(given)
    assert source.live
    frames = source.frames()
    next(frames)
    assert not given.closed
    frames.close()
    assert given.closed
