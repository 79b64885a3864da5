"""Pictures brought to one size and one meaning."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from livecam.media.fitting import Fitting, inner_size
from livecam.picture import Colour, Matrix, Picture, Siting

SD = Colour(Matrix.BT601)
HD = Colour(Matrix.BT709)


def scene(width: int, height: int, colour: Colour = SD) -> Picture:
    """Soft colours: what scaling does to edges is no matter here."""
    blobs = np.random.default_rng(5).integers(40, 215, (6, 8, 3), np.uint8)
    return Picture.from_rgb(
        np.asarray(cv2.resize(blobs, (width, height), interpolation=cv2.INTER_CUBIC)), colour
    )


def test_what_fits_is_the_same_object() -> None:
    picture = scene(64, 48)
    assert Fitting(64, 48, SD).picture(picture) is picture


def test_tags_and_siting_alone_do_not_make_a_picture_unfit() -> None:
    picture = scene(64, 48, Colour(Matrix.BT601, siting=Siting.CENTRE, primaries=6, transfer=6))
    assert Fitting(64, 48, SD).picture(picture) is picture


@pytest.mark.parametrize(
    "theirs", [HD, Colour(Matrix.BT2020), Colour(Matrix.BT601, full_range=True)]
)
@pytest.mark.parametrize("ours", [SD, Colour(Matrix.BT709, full_range=True)])
def test_the_numbers_change_and_the_colours_stay(theirs: Colour, ours: Colour) -> None:
    picture = scene(160, 120, theirs)
    fitted = Fitting(160, 120, ours).picture(picture)
    assert (fitted.colour.matrix, fitted.colour.full_range) == (ours.matrix, ours.full_range)
    error = fitted.to_rgb().astype(int) - picture.to_rgb().astype(int)
    assert np.abs(error.reshape(-1, 3).mean(0)).max() < 0.5, "no cast"
    assert np.percentile(np.abs(error), 99) <= 4


def test_greys_stay_grey_to_the_level() -> None:
    ramp = np.repeat(np.arange(16, 236, dtype=np.uint8), 2)[None].repeat(8, 0)
    neutral = np.full((4, ramp.shape[1] // 2), 128, np.uint8)
    picture = Picture(ramp, neutral, neutral, HD)
    fitted = Fitting(ramp.shape[1], 8, SD).picture(picture)
    np.testing.assert_array_equal(fitted.y, ramp)
    np.testing.assert_array_equal(fitted.u, neutral)


@pytest.mark.parametrize("size", [(320, 180), (1280, 720), (642, 362)])
def test_another_size_of_the_same_shape_fills_the_frame(size: tuple[int, int]) -> None:
    fitted = Fitting(640, 360, SD).picture(scene(*size))
    expected = scene(640, 360).to_rgb().astype(int)
    assert fitted.y.shape == (360, 640)
    assert fitted.u.shape == fitted.v.shape == (180, 320)
    # Away from the border, where cubic interpolation of so few blobs goes its own ways.
    inside = np.s_[40:-40, 40:-40]
    assert np.abs(fitted.to_rgb()[inside] - expected[inside]).mean() < 4


def test_other_shapes_stand_between_black_bars() -> None:
    white = Picture.from_rgb(np.full((480, 640, 3), 255, np.uint8), SD)
    rgb = Fitting(1280, 720, SD).picture(white).to_rgb()
    assert rgb[:, :158].max() <= 2
    assert rgb[:, -158:].max() <= 2
    assert rgb[:, 162:-162].min() >= 250
    tall = Fitting(320, 320, Colour(Matrix.BT601, full_range=True)).picture(white).to_rgb()
    assert tall[:38].max() <= 2
    assert tall[-38:].max() <= 2
    assert tall[42:-42].min() >= 250


def test_a_size_that_changes_on_the_way_just_works() -> None:
    fitting = Fitting(320, 240, SD)
    for size in [(640, 480), (320, 240), (1280, 720), (101, 77), (640, 480)]:
        fitted = fitting.picture(scene(*size, HD))
        assert (fitted.width, fitted.height) == (320, 240)
        assert fitted.u.shape == (120, 160)


def test_pictures_handed_out_before_stay_as_they_were() -> None:
    fitting = Fitting(320, 240, SD)
    first = fitting.picture(scene(640, 480))
    before = first.y.copy()
    fitting.picture(Picture.from_rgb(np.zeros((480, 640, 3), np.uint8), SD))
    np.testing.assert_array_equal(first.y, before)


SIDES = st.integers(16, 4096)


@given(width=SIDES, height=SIDES, outer=st.tuples(SIDES, SIDES).map(lambda s: (s[0] * 2, s[1] * 2)))
def test_the_inner_size_touches_two_sides_and_keeps_the_shape(width, height, outer) -> None:
    inner = inner_size(width, height, within=outer)
    assert inner[0] == outer[0] or inner[1] == outer[1]
    assert all(2 <= i <= o for i, o in zip(inner, outer, strict=True))
    assert all(i % 2 == 0 for i in inner)
    exact = min(outer[0] / width, outer[1] / height)
    assert abs(inner[0] - width * exact) <= 3
    assert abs(inner[1] - height * exact) <= 3
