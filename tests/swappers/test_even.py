"""What a portrait's skin becomes for one of another lightness, on painted faces."""

from functools import cache

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from wearing import portrait

from livecam.face import Mesh
from livecam.swappers.even import evenly_lit
from livecam.swappers.skin import SIDE, Areas
from livecam.vision.facemesh import LEFT_BROW, LIPS, OVAL, RIGHT_BROW
from livecam.vision.mask import hull, polygon
from livecam.vision.mesh import carried, upright

Lab = NDArray[np.float32]
Plane = NDArray[np.float32]
DARK, LIGHT = 30.0, 75.0
HUES = {DARK: (0.5, 0.6), LIGHT: (0.15, 0.28)}
BROWS = (LEFT_BROW, RIGHT_BROW)


@cache
def mesh() -> Mesh:
    identity = portrait("b")
    assert identity.mesh is not None
    return carried(identity.mesh, upright(identity.mesh, SIDE, 1.5))


def drawn(points: tuple[int, ...], *, below: float = 0.0) -> Plane:
    """The hull of a part of the face, stretched downwards by `below` px, with soft edges."""
    flat = hull(mesh()[list(points), :2])
    part = polygon(np.vstack([flat, flat + np.float32([0, below])]), SIDE)
    part = polygon(hull(np.argwhere(part > 0.5)[:, ::-1].astype(np.float32)), SIDE)
    return np.asarray(cv2.GaussianBlur(part, (0, 0), 1.5), np.float32)


def bare() -> NDArray[np.bool_]:
    """Cheeks and forehead, away from what is painted."""
    face = np.asarray(cv2.erode(drawn(OVAL), np.ones((25, 25), np.uint8))) > 0.9
    rows, columns = np.mgrid[:SIDE, :SIDE]
    low, high = mesh()[[10, 5], 1]
    eyes = np.abs(rows - mesh()[[33, 263, 105, 334], 1].mean()) < 45
    middle = np.abs(columns - mesh()[1, 0]) < 70
    return face & ~eyes & (rows > low + 10) & ~(middle & (rows > high))


def painted(skin: float, *, blotches: float = 0.0, wide: float = 2.0, grain: float = 0.0) -> Lab:
    """A face with brows and lips; skins have blotches, some 2.5 `wide` px wide, and grain."""
    random = np.random.default_rng(7)
    lab = np.empty((SIDE, SIDE, 3), np.float32)
    lab[:] = (skin, *HUES[skin])
    noise = random.standard_normal((3, SIDE, SIDE)).astype(np.float32)
    for channel, spread in enumerate((blotches, blotches / 50, blotches / 50)):
        lab[..., channel] += np.sign(cv2.GaussianBlur(noise[channel], (0, 0), wide)) * spread
    lab[..., 0] += grain * noise[0]
    for brow in BROWS:
        lab[..., 0] -= 12 * drawn(brow)
    lips = drawn(LIPS, below=10)[..., None]
    return lab + lips * (np.float32([-2, -0.1, -0.1]) - (lab - lab[0, 0]))


def middle_scale(plane: Plane) -> float:
    """How much bare skin varies at 3 to 30 px."""
    between = cv2.GaussianBlur(plane, (0, 0), 1.5) - cv2.GaussianBlur(plane, (0, 0), 15.0)
    return float(between[bare()].std())


def test_a_dark_skins_blotches_are_faint_and_its_features_stay() -> None:
    lab = painted(DARK, blotches=1.5)
    even = evenly_lit(lab, Areas(mesh()))
    for channel, most in ((0, 0.7), (1, 0.35), (2, 0.35)):
        assert middle_scale(even[..., channel]) < most * middle_scale(lab[..., channel]), channel
    for brow in BROWS:
        inside = drawn(brow) > 0.95
        depths = [
            np.median(each[..., 0][bare()]) - np.median(each[..., 0][inside])
            for each in (lab, even)
        ]
        assert depths[1] > 0.9 * depths[0]


def steepness(plane: Plane) -> float:
    """How steep edges on bare skin are, per px."""
    slope = np.hypot(*np.gradient(cv2.GaussianBlur(plane, (0, 0), 0.7)))
    return float(np.percentile(slope[bare()], 98))


def test_large_blotches_of_a_dark_skin_have_no_edges() -> None:
    lab = painted(DARK, blotches=1.5, wide=8.0)
    even = evenly_lit(lab, Areas(mesh()))
    assert steepness(even[..., 0]) < 0.6 * steepness(lab[..., 0])


def test_a_light_skin_keeps_its_contrasts() -> None:
    lab = painted(LIGHT, blotches=1.5)
    even = evenly_lit(lab, Areas(mesh()))
    assert middle_scale(even[..., 0]) > 0.75 * middle_scale(lab[..., 0])


def test_a_dark_skin_keeps_half_of_its_pores() -> None:
    lab = painted(DARK, grain=1.0)
    even = evenly_lit(lab, Areas(mesh()))
    fine = [
        (each[..., 0] - cv2.GaussianBlur(each[..., 0], (0, 0), 1.0))[bare()].std()
        for each in (lab, even)
    ]
    assert 0.35 < fine[1] / fine[0] < 0.65


def test_lips_redden_as_far_down_as_their_colour_is_seen() -> None:
    """Landmarkers put the lower edge of full lips too high."""
    even = evenly_lit(painted(DARK), Areas(mesh()))
    lips = drawn(LIPS, below=10) > 0.95
    beyond = lips & (drawn(LIPS) < 0.05)
    assert beyond.sum() > 200
    redder = even[..., 1] - np.median(even[..., 1][bare()])
    assert np.percentile(redder[lips], 10) > 0.04
    assert np.percentile(redder[beyond], 25) > 0.04
    assert np.abs(redder[bare()]).max() < 0.02


@pytest.mark.parametrize("skin", [DARK, LIGHT])
def test_what_is_even_already_stays(skin: float) -> None:
    lab = np.empty((SIDE, SIDE, 3), np.float32)
    lab[:] = (skin, *HUES[skin])
    even = evenly_lit(lab, Areas(mesh()))
    np.testing.assert_allclose(even[bare()], lab[bare()], atol=1e-3)
