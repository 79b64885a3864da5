"""Crops and thumbnails against a scene whose colour is known at every point."""

import math
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livecam.errors import PipelineError
from livecam.picture import Affine, Colour, Matrix, Patch, Picture, Screen, Siting
from livecam.picture.colour import rgb_from_yuv

MakeScene = Callable[..., Any]


def turned(scale: float, angle: float, centre: tuple[float, float], size: int) -> Affine:
    """The map that puts `centre` in the middle of the crop, scaled and turned."""
    cosine, sine = scale * math.cos(angle), scale * math.sin(angle)
    linear = np.array([[cosine, -sine], [sine, cosine]])
    shift = (size - 1) / 2 - linear @ centre
    return np.column_stack([linear, shift]).astype(np.float32)


def truth(scene: Any, crop_from_frame: Affine, width: int, height: int) -> np.ndarray:
    """float64 (height, width, 3) RGB of the scene itself."""
    y, x = np.mgrid[:height, :width].astype(float)
    inverse = cv2.invertAffineTransform(crop_from_frame.astype(float))
    points = np.stack([x, y, np.ones_like(x)], axis=-1) @ inverse.T
    yuv = scene.yuv(points[..., 0], points[..., 1])
    matrix = rgb_from_yuv(scene.colour.matrix, full_range=scene.colour.full_range)
    return np.clip(cv2.transform(yuv, matrix), 0, 255)


@pytest.mark.parametrize("siting", Siting)
@pytest.mark.parametrize("full_range", [False, True])
def test_a_crop_shows_the_scene(scene: MakeScene, siting: Siting, *, full_range: bool) -> None:
    made = scene(321, 243, Colour(Matrix.BT601, full_range, siting))
    crop_from_frame = turned(0.9, 0.4, (150, 120), 128)
    crop = made.picture().crop(crop_from_frame, 128)
    error = np.abs(crop - truth(made, crop_from_frame, 128, 128))
    assert crop.dtype == np.uint8
    assert crop.flags.c_contiguous
    assert error.max() <= 5
    assert error.mean() < 0.8


@pytest.mark.parametrize("siting", Siting)
@pytest.mark.parametrize(("scale", "angle"), [(0.9, 0.4), (0.6, -2.0), (2.3, 0.1)])
def test_a_cut_is_a_picture_of_the_scene(
    scene: MakeScene, siting: Siting, scale: float, angle: float
) -> None:
    made = scene(321, 243, Colour(Matrix.BT601, full_range=True, siting=siting))
    crop_from_frame = turned(scale, angle, (150, 120), 96)
    cut = made.picture().cut(crop_from_frame, 96)
    assert cut.colour == Colour(Matrix.BT601, full_range=True, siting=Siting.CENTRE)
    inverse = cv2.invertAffineTransform(crop_from_frame.astype(float))
    for index, (plane, step) in enumerate([(cut.y, 1), (cut.u, 2), (cut.v, 2)]):
        v, u = np.mgrid[: 96 // step, : 96 // step] * step + (step - 1) / 2
        x, y = np.moveaxis(np.stack([u, v, np.ones_like(u)], axis=-1) @ inverse.T, -1, 0)
        error = np.abs(plane - made.yuv(x, y)[..., index])
        assert error.max() <= 4
        assert error.mean() < 0.8


@settings(max_examples=60)
@given(
    scale=st.floats(0.3, 4),
    angle=st.floats(-math.pi, math.pi),
    x=st.floats(140, 180),
    y=st.floats(100, 140),
)
def test_whatever_the_turn_and_scale(
    scene: MakeScene, scale: float, angle: float, x: float, y: float
) -> None:
    made = scene(320, 240)
    size = max(int(120 * scale), 8)
    crop_from_frame = turned(scale, angle, (x, y), size)
    crop = made.picture().crop(crop_from_frame, size)
    error = np.abs(crop - truth(made, crop_from_frame, size, size))
    assert error.max() <= 8
    assert error.mean() < 1.5


@pytest.mark.parametrize(
    ("siting", "across", "down"),
    [(Siting.LEFT, 40.0, 40.5), (Siting.CENTRE, 40.5, 40.5), (Siting.TOP_LEFT, 40.0, 40.0)],
)
def test_a_chroma_sample_is_centred_where_its_siting_says(
    siting: Siting, across: float, down: float
) -> None:
    u = np.full((40, 40), 128, np.uint8)
    u[20, 20] = 228
    grey = np.full((80, 80), 126, np.uint8)
    picture = Picture(grey, u, np.full_like(u, 128), Colour(siting=siting))
    blue = picture.to_rgb()[..., 2].astype(float) - picture.to_rgb()[0, 0, 2]
    rows, columns = np.mgrid[:80, :80]
    assert (blue * columns).sum() / blue.sum() == pytest.approx(across, abs=0.05)
    assert (blue * rows).sum() / blue.sum() == pytest.approx(down, abs=0.05)


def test_padded_and_interleaved_planes_are_as_good_as_plain_ones(scene: MakeScene) -> None:
    made = scene(201, 133)
    plain, padded = made.picture(), made.picture(padding=23)
    both = np.stack([plain.u, plain.v], axis=-1)
    interleaved = Picture(plain.y, both[..., 0], both[..., 1], plain.colour)
    crop_from_frame = turned(0.3, -0.7, (100, 60), 64)
    crop = plain.crop(crop_from_frame, 64)
    np.testing.assert_array_equal(padded.crop(crop_from_frame, 64), crop)
    np.testing.assert_array_equal(interleaved.crop(crop_from_frame, 64), crop)


def test_a_decoders_read_only_planes_will_do(scene: MakeScene) -> None:
    picture = scene(64, 48).picture()
    image, place = picture.to_rgb(), turned(0.4, 0.1, (30, 20), 16)
    for array in (picture.y, picture.u, picture.v, image, place):
        array.flags.writeable = False
    crop = picture.crop(place, 16)
    crop.flags.writeable = False
    mask = np.full((16, 16), 255, np.uint8)
    mask.flags.writeable = False
    pasted = Picture.from_rgb(image).paste([Patch(crop, mask, place)])
    assert np.abs(pasted.crop(place, 16).astype(int) - crop).mean() < 4


def test_a_mirrored_view_is_a_mirrored_picture(scene: MakeScene) -> None:
    made = scene(64, 48, Colour(siting=Siting.CENTRE))
    picture = made.picture()
    views = [plane[:, ::-1] for plane in (picture.y, picture.u, picture.v)]
    mirrored = Picture(*views, picture.colour).to_rgb()[:, ::-1]
    assert np.abs(mirrored.astype(int) - picture.to_rgb()).max() <= 1


def test_beyond_the_edge_the_edge_goes_on(scene: MakeScene) -> None:
    picture = scene(64, 48).picture()
    away = turned(1.0, 0.0, (-500, 20), 32)
    crop = picture.crop(away, 32).astype(int)
    assert np.abs(crop - crop[:, :1]).max() == 0
    left = picture.to_rgb()[5:36, 0].astype(int)
    assert np.abs(crop[:31, 0] - left).max() <= 8


def test_fine_stripes_turn_grey_instead_of_coarse_ones() -> None:
    y = np.full((512, 512), 16, np.uint8)
    y[:, ::2] = 235
    chroma = np.full((256, 256), 128, np.uint8)
    picture = Picture(y, chroma, chroma)
    for scale in (0.45, 0.21, 0.11):
        crop = picture.crop(turned(scale, 0.0, (256, 256), 48), 48)
        assert crop[4:-4, 4:-4].std() < 3, scale


@pytest.mark.parametrize("height", [1, 2, 3, 5])
@pytest.mark.parametrize("width", [1, 2, 3, 5])
def test_tiny_pictures_have_crops_too(width: int, height: int) -> None:
    rows, columns = (height + 1) // 2, (width + 1) // 2
    picture = Picture(
        np.full((height, width), 100, np.uint8),
        np.full((rows, columns), 90, np.uint8),
        np.full((rows, columns), 160, np.uint8),
    )
    for scale in (1e-3, 0.1, 1.0, 30.0):
        crop = picture.crop(turned(scale, 0.3, (0, 0), 16), 16)
        assert (crop == crop[0, 0]).all()
    assert picture.thumbnail(4, 7).shape == (7, 4, 3)
    assert picture.to_rgb().shape == (height, width, 3)


@pytest.mark.parametrize("size", [(80, 60), (107, 60), (320, 240), (400, 300), (31, 17)])
def test_a_thumbnail_shows_the_whole(scene: MakeScene, size: tuple[int, int]) -> None:
    made = scene(320, 240)
    width, height = size
    across, down = width / 320, height / 240
    thumbnail_from_frame = np.array(
        [[across, 0, (across - 1) / 2], [0, down, (down - 1) / 2]], np.float32
    )
    expected = truth(made, thumbnail_from_frame, width, height)
    inner = np.s_[2:-2, 2:-2]
    error = np.abs(made.picture().thumbnail(width, height)[inner] - expected[inner])
    assert error.mean() < (1.0 if across > 0.2 else 9.0)


@pytest.mark.parametrize(
    "matrix",
    [
        [[0, 0, 5], [0, 0, 5]],
        [[1, 2, 0], [2, 4, 0]],
        [[math.nan, 0, 0], [0, 1, 0]],
        [[1, 0, math.inf], [0, 1, 0]],
    ],
)
def test_a_transform_that_folds_is_refused(scene: MakeScene, matrix: list[list[float]]) -> None:
    with pytest.raises(PipelineError, match="cannot be inverted"):
        scene(64, 48).picture().crop(np.array(matrix, np.float32), 32)


@given(exponent=st.floats(-6, 6), x=st.floats(-1e6, 1e6), y=st.floats(-1e6, 1e6))
@settings(max_examples=60)
def test_no_place_is_too_far(scene: MakeScene, exponent: float, x: float, y: float) -> None:
    picture = scene(66, 45).picture()
    assert picture.crop(turned(10**exponent, 1.0, (x, y), 24), 24).shape == (24, 24, 3)


@pytest.mark.parametrize("siting", Siting)
def test_rgb_and_back(scene: MakeScene, siting: Siting) -> None:
    image = scene(161, 121, Colour(siting=siting)).picture().to_rgb()
    again = Picture.from_rgb(image, Colour(siting=siting)).to_rgb()
    noise = np.mean((image.astype(float) - again) ** 2)
    assert 10 * math.log10(255**2 / noise) > 45


@pytest.mark.parametrize("siting", Siting)
@pytest.mark.parametrize("full_range", [False, True])
@pytest.mark.parametrize("size", [(320, 240), (160, 121), (100, 80), (640, 360)])
def test_a_screen_shows_what_a_thumbnail_does(
    scene: MakeScene, siting: Siting, size: tuple[int, int], *, full_range: bool
) -> None:
    picture = scene(320, 240, Colour(Matrix.BT601, full_range, siting)).picture(padding=7)
    screen, exact = Screen(*size), picture.thumbnail(*size)
    screen.show(scene(64, 48).picture(), mirrored=True)
    shown = screen.show(picture).copy()
    assert (shown.shape, shown.dtype) == (exact.shape, np.uint8)
    difference = np.abs(shown.astype(int) - exact)
    assert difference.mean() < 1.5
    assert difference.max() <= 14
    assert np.array_equal(screen.show(picture, mirrored=True), shown[:, ::-1])
