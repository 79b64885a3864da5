"""Pasting against a float reference, and what it must leave alone."""

import math
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livecam.errors import PipelineError
from livecam.picture import Affine, Colour, Matrix, Patch, Picture, Samples, Siting
from livecam.picture.colour import yuv_from_rgb

MakeScene = Callable[..., Any]
OFFSETS = {Siting.LEFT: (0.0, 0.5), Siting.CENTRE: (0.5, 0.5), Siting.TOP_LEFT: (0.0, 0.0)}


def turned(scale: float, angle: float, centre: tuple[float, float], size: int) -> Affine:
    cosine, sine = scale * math.cos(angle), scale * math.sin(angle)
    linear = np.array([[cosine, -sine], [sine, cosine]])
    return np.column_stack([linear, (size - 1) / 2 - linear @ centre]).astype(np.float32)


def oval(size: int, *, feather: int = 9) -> np.ndarray:
    mask = np.zeros((size, size), np.uint8)
    cv2.ellipse(mask, (size // 2, size // 2), (size // 3, int(size * 0.38)), 0, 0, 360, 255, -1)
    return np.asarray(cv2.blur(mask, (feather, feather)))


def noise(size: int, seed: int = 1) -> np.ndarray:
    small = np.random.default_rng(seed).integers(0, 256, (size // 8 + 1,) * 2 + (3,), np.uint8)
    return np.asarray(cv2.resize(small, (size, size), interpolation=cv2.INTER_LINEAR))


def bilinear(values: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Straight from the definition, zero outside."""
    padded = np.pad(values, ((2, 2), (2, 2), (0, 0)))
    rows, columns = values.shape[:2]
    x, y = np.clip(x, -1.5, columns + 0.5) + 2, np.clip(y, -1.5, rows + 0.5) + 2
    i, j = np.floor(y).astype(int), np.floor(x).astype(int)
    down, across = (y - i)[..., None], (x - j)[..., None]
    upper = padded[i, j] * (1 - across) + padded[i, j + 1] * across
    lower = padded[i + 1, j] * (1 - across) + padded[i + 1, j + 1] * across
    return np.asarray(upper * (1 - down) + lower * down)


def reference(picture: Picture, patch: Patch) -> list[np.ndarray]:
    """The three planes in float64, sample by sample."""
    matrix = yuv_from_rgb(picture.colour.matrix, full_range=picture.colour.full_range)
    weight = patch.mask[..., None] / 255
    yuv = cv2.transform(patch.image.astype(float), matrix) * weight
    blended = []
    right, down = OFFSETS[picture.colour.siting]
    for index, plane in enumerate((picture.y, picture.u, picture.v)):
        y, x = np.mgrid[: plane.shape[0], : plane.shape[1]].astype(float)
        if index:
            x, y = 2 * x + right, 2 * y + down
        affine = patch.crop_from_frame.astype(float)
        u = affine[0, 0] * x + affine[0, 1] * y + affine[0, 2]
        v = affine[1, 0] * x + affine[1, 1] * y + affine[1, 2]
        layer = bilinear(np.concatenate([yuv[..., index : index + 1], weight], axis=-1), u, v)
        blended.append(plane * (1 - layer[..., 1]) + layer[..., 0])
    return blended


def as_samples(picture: Picture) -> Samples:
    return Samples(*(plane.astype(np.float32) for plane in planes(picture)))


@pytest.mark.parametrize("siting", Siting)
@pytest.mark.parametrize("scale", [0.6, 0.9, 1.7])
@pytest.mark.parametrize("side", [33, 64])
def test_what_was_cut_out_goes_back_where_it_was(
    scene: MakeScene, siting: Siting, scale: float, side: int
) -> None:
    before = scene(321, 243, Colour(siting=siting)).picture()
    place = turned(scale, 0.3, (160, 121), 128)
    mask = np.zeros((128, 128), np.uint8)
    mask[29 : 29 + side, 31 : 31 + side] = 255
    patch = Patch(as_samples(before.cut(place, 128)), mask, place)
    after = before.paste([patch])
    for there, here in zip(planes(before), planes(after), strict=True):
        assert np.abs(there.astype(int) - here).max() <= 4, "softened, if at all"
    lifted = Samples(*(s + np.float32(10) for s in planes(before.cut(place, 128))))
    changed = before.paste([Patch(lifted, mask, place)])
    frame_from_crop = cv2.invertAffineTransform(place.astype(float))
    for step, there, here in zip((1, 2, 2), planes(before), planes(changed), strict=True):
        to_frame = np.array([[1 / step, 0, 0], [0, 1 / step, 0]]) @ np.vstack(
            [frame_from_crop, [0, 0, 1]]
        )
        size = there.shape[::-1]
        inside = cv2.warpAffine(cv2.erode(mask, np.ones((9, 9))), to_frame, size) == 255
        outside = cv2.warpAffine(cv2.dilate(mask, np.ones((9, 9))), to_frame, size) == 0
        off = here.astype(int) - there
        assert np.abs(off[inside] - 10).max() <= 4
        assert not off[outside].any()


def test_samples_are_seen_as_the_crop_they_are(scene: MakeScene) -> None:
    before = scene(320, 240).picture()
    place = turned(0.9, 0.3, (160, 121), 128)
    patch = Patch(as_samples(before.cut(place, 128)), oval(128), place)
    seen = patch.rgb(before.colour)
    assert seen.dtype == np.uint8
    assert np.abs(seen.astype(int) - before.crop(place, 128)).mean() < 1
    image = noise(64)
    assert Patch(image, oval(64), place).rgb(before.colour) is image


def planes(picture: Picture) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return picture.y, picture.u, picture.v


@settings(max_examples=40)
@given(
    scale=st.floats(0.55, 0.95),
    angle=st.floats(-math.pi, math.pi),
    x=st.floats(-30, 350),
    y=st.floats(-30, 270),
    siting=st.sampled_from(Siting),
    matrix=st.sampled_from(Matrix),
    full_range=st.booleans(),
    hard=st.booleans(),
)
def test_half_a_level_from_exact_arithmetic(
    scene: MakeScene,
    *,
    scale: float,
    angle: float,
    x: float,
    y: float,
    siting: Siting,
    matrix: Matrix,
    full_range: bool,
    hard: bool,
) -> None:
    """Scales at which nothing is halved or doubled, so that bilinear is all there is."""
    picture = scene(319, 241, Colour(matrix, full_range, siting)).picture()
    mask = np.full((96, 96), 255, np.uint8) if hard else oval(96)
    patch = Patch(noise(96), mask, turned(scale, angle, (x, y), 96))
    pasted = picture.paste([patch])
    for got, expected in zip(planes(pasted), reference(picture, patch), strict=True):
        # A hundredth for the warp's own float32.
        assert np.abs(got - np.clip(expected, 0, 255)).max() <= 0.51


@settings(max_examples=60)
@given(
    scale=st.floats(0.15, 6),
    angle=st.floats(-math.pi, math.pi),
    x=st.floats(-100, 420),
    y=st.floats(-100, 340),
    siting=st.sampled_from(Siting),
)
def test_samples_beyond_the_mask_keep_their_value(
    scene: MakeScene, *, scale: float, angle: float, x: float, y: float, siting: Siting
) -> None:
    picture = scene(319, 241, Colour(siting=siting)).picture()
    mask = oval(96, feather=1)
    white = np.full((96, 96, 3), 255, np.uint8)
    patch = Patch(white, mask, turned(scale, angle, (x, y), 96))
    before = [plane.copy() for plane in planes(picture)]
    pasted = picture.paste([patch])
    right, down = OFFSETS[siting]
    radius = 96 * 0.38 / scale
    for index, (old, new, kept) in enumerate(
        zip(planes(picture), planes(pasted), before, strict=True)
    ):
        np.testing.assert_array_equal(old, kept)
        rows, columns = np.mgrid[: old.shape[0], : old.shape[1]].astype(float)
        if index:
            rows, columns = 2 * rows + down, 2 * columns + right
        # The mask and one more sample of either grid, chroma samples being two px apart.
        reach = radius + 2 / scale + (4 if index else 2)
        outside = np.hypot(rows - y, columns - x) > reach
        np.testing.assert_array_equal(new[outside], old[outside])


@pytest.mark.parametrize("value", [0, 7, 128, 255])
@pytest.mark.parametrize("scale", [0.2, 0.64, 1.0, 3.0])
def test_a_full_mask_replaces_the_frame(value: int, scale: float) -> None:
    rng = np.random.default_rng(2)
    picture = Picture(
        rng.integers(0, 256, (240, 320), np.uint8),
        rng.integers(0, 256, (120, 160), np.uint8),
        rng.integers(0, 256, (120, 160), np.uint8),
        Colour(full_range=True),
    )
    image = np.full((128, 128, 3), value, np.uint8)
    solid = np.full((128, 128), 255, np.uint8)
    pasted = picture.paste([Patch(image, solid, turned(scale, 0.5, (160, 120), 128))])
    reach = int(min(64 / scale * 0.6, 100))
    inner = np.s_[120 - reach : 120 + reach, 160 - reach : 160 + reach]
    half = np.s_[60 - reach // 2 : 60 + reach // 2, 80 - reach // 2 : 80 + reach // 2]
    assert (pasted.y[inner] == value).all()
    assert (pasted.u[half] == 128).all()
    assert (pasted.v[half] == 128).all()


def test_what_lies_beyond_the_mask_does_not_bleed_in() -> None:
    flat = Picture(
        np.full((200, 200), 126, np.uint8),
        np.full((100, 100), 128, np.uint8),
        np.full((100, 100), 128, np.uint8),
    )
    mask = oval(64, feather=1)
    grey = flat.to_rgb()[0, 0]
    image = np.where(mask[..., None] > 0, grey, np.uint8(255)).astype(np.uint8)
    for scale in (0.64, 1.0, 2.5):
        pasted = flat.paste([Patch(image, mask, turned(scale, 0.3, (100, 100), 64))])
        assert np.abs(pasted.y.astype(int) - 126).max() <= 1


@pytest.mark.parametrize("siting", Siting)
@pytest.mark.parametrize("scale", [0.4, 0.64, 1.0, 1.6])
def test_chroma_lands_where_luma_does(siting: Siting, scale: float) -> None:
    """A grey-blue blob: the centroids of its luma and of its chroma are one point."""
    colour = Colour(siting=siting)
    flat = Picture(
        np.full((160, 160), 126, np.uint8),
        np.full((80, 80), 128, np.uint8),
        np.full((80, 80), 128, np.uint8),
        colour,
    )
    size = 64
    place = (79.3, 81.8)
    blue = np.broadcast_to(np.array([30, 60, 250], np.uint8), (size, size, 3)).copy()
    pasted = flat.paste([Patch(blue, oval(size), turned(scale, 0.0, place, size))])
    right, down = OFFSETS[siting]
    centroids = []
    for plane, flat_plane, step, offset in (
        (pasted.y, flat.y, 1, (0.0, 0.0)),
        (pasted.u, flat.u, 2, (right, down)),
    ):
        rise = np.abs(plane.astype(float) - flat_plane)
        rows, columns = np.mgrid[: plane.shape[0], : plane.shape[1]]
        x = (rise * columns).sum() / rise.sum() * step + offset[0]
        y = (rise * rows).sum() / rise.sum() * step + offset[1]
        centroids.append((x, y))
    np.testing.assert_allclose(centroids[0], centroids[1], atol=0.1)


@pytest.mark.parametrize("siting", Siting)
@pytest.mark.parametrize("scale", [0.64, 1.0, 1.7])
def test_a_crop_pasted_back_is_the_picture(scene: MakeScene, siting: Siting, scale: float) -> None:
    picture = scene(319, 241, Colour(siting=siting)).picture()
    size = int(180 * scale)
    crop_from_frame = turned(scale, 0.35, (160, 120), size)
    image = picture.crop(crop_from_frame, size)
    pasted = picture.paste([Patch(image, oval(size), crop_from_frame)])
    for old, new in zip(planes(picture), planes(pasted), strict=True):
        error = np.mean((old.astype(float) - new)[new != old] ** 2)
        assert 10 * math.log10(255**2 / error) > 45


def test_a_real_face_survives_the_round_trip(assets: Any) -> None:
    image = cv2.cvtColor(cv2.imread(str(assets / "portrait_a.png")), cv2.COLOR_BGR2RGB)
    picture = Picture.from_rgb(np.asarray(image, np.uint8))
    for face, least in ((256, 40.0), (400, 36.0)):
        crop_from_frame = turned(256 / face, 0.1, (512, 512), 256)
        crop = picture.crop(crop_from_frame, 256)
        solid = np.full((256, 256), 255, np.uint8)
        pasted = picture.paste([Patch(crop, solid, crop_from_frame)])
        box = np.s_[512 - face // 3 : 512 + face // 3, 512 - face // 3 : 512 + face // 3]
        error = np.mean((picture.y[box].astype(float) - pasted.y[box]) ** 2)
        assert 10 * math.log10(255**2 / error) > least


def test_without_patches_the_picture_is_itself(scene: MakeScene) -> None:
    picture = scene(64, 48).picture()
    assert picture.paste([]) is picture


@pytest.mark.parametrize(
    ("mask", "centre"),
    [(np.zeros((32, 32), np.uint8), (30, 20)), (oval(32), (-500, 20)), (oval(32), (30, 9e5))],
    ids=["empty mask", "left of the frame", "far below"],
)
def test_what_is_not_seen_costs_nothing(
    scene: MakeScene, mask: np.ndarray, centre: tuple[float, float]
) -> None:
    picture = scene(64, 48).picture()
    assert picture.paste([Patch(noise(32), mask, turned(1.0, 0.2, centre, 32))]) is picture


def test_a_mask_that_loses_a_row_changes_nothing_elsewhere(scene: MakeScene) -> None:
    picture = scene(128, 96).picture()
    here = turned(3.0, 0.0, (64, 48), 120)
    solid = np.zeros((120, 120), np.uint8)
    solid[10:100, 10:100] = 255
    shorter = solid.copy()
    shorter[10] = shorter[:, 10] = 0
    image = np.random.default_rng(3).integers(0, 256, (120, 120, 3), np.uint8)
    one, other = (picture.paste([Patch(image, mask, here)]) for mask in (solid, shorter))
    for first, second in zip(planes(one), planes(other), strict=True):
        quarter = np.s_[first.shape[0] // 2 :, first.shape[1] // 2 :]
        np.testing.assert_array_equal(first[quarter], second[quarter])


def test_later_patches_cover_earlier_ones(scene: MakeScene) -> None:
    picture = scene(128, 96).picture()
    here = turned(1.0, 0.0, (64, 48), 32)
    solid = np.full((32, 32), 255, np.uint8)
    first, second = Patch(noise(32, 3), solid, here), Patch(noise(32, 4), solid, here)
    both, last = picture.paste([first, second]), picture.paste([second])
    for got, expected in zip(planes(both), planes(last), strict=True):
        inner = np.s_[got.shape[0] * 3 // 8 : got.shape[0] * 5 // 8]
        middle = np.s_[got.shape[1] * 7 // 16 : got.shape[1] * 9 // 16]
        np.testing.assert_array_equal(got[inner, middle], expected[inner, middle])


@pytest.mark.parametrize(("width", "height"), [(64, 48), (63, 48), (64, 47), (1, 1)])
def test_the_result_lies_in_one_buffer(scene: MakeScene, width: int, height: int) -> None:
    patch = Patch(noise(32), np.full((32, 32), 255, np.uint8), turned(1, 0, (20, 20), 32))
    near = Patch(patch.image, patch.mask, turned(1.0, 0.0, (0, 0), 32))
    picture = scene(width, height).picture(padding=9)
    pasted = picture.paste([near])
    whole = pasted.i420()
    assert np.shares_memory(whole, pasted.y)
    assert np.shares_memory(whole, pasted.v)
    np.testing.assert_array_equal(whole, np.concatenate([p.ravel() for p in planes(pasted)]))
    copied = picture.i420()
    assert not np.shares_memory(copied, picture.y)
    np.testing.assert_array_equal(copied, np.concatenate([p.ravel() for p in planes(picture)]))


@given(exponent=st.floats(-7, 7), x=st.floats(-1e5, 1e5), y=st.floats(-1e5, 1e5))
@settings(max_examples=80)
def test_no_place_or_scale_is_too_extreme(
    scene: MakeScene, exponent: float, x: float, y: float
) -> None:
    picture = scene(66, 45).picture()
    place = turned(10**exponent, 1.0, (x, y), 24)
    pasted = picture.paste([Patch(noise(24), oval(24), place)])
    assert [p.shape for p in planes(pasted)] == [p.shape for p in planes(picture)]


def test_a_transform_that_folds_is_refused(scene: MakeScene) -> None:
    flat = np.array([[1, 2, 0], [2, 4, 0]], np.float32)
    with pytest.raises(PipelineError, match="cannot be inverted"):
        scene(64, 48).picture().paste([Patch(noise(32), oval(32), flat)])


def test_a_blank_mask_with_a_mad_transform_is_refused_too(scene: MakeScene) -> None:
    mad = np.full((2, 3), math.nan, np.float32)
    with pytest.raises(PipelineError, match="cannot be inverted"):
        scene(64, 48).picture().paste([Patch(noise(32), np.zeros((32, 32), np.uint8), mad)])
