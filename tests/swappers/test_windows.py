"""Where the target shows through: by the eyes, by the mouth, and nowhere else."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from wearing import PORTRAITS, portrait

from livecam.face import Mesh
from livecam.swappers.eyes import Eyes
from livecam.swappers.shape import AtRest, Proportions, eye_openings
from livecam.swappers.windows import windows
from livecam.vision.facemesh import INNER_LIPS, LEFT_EYE, LEFT_LIDS, RIGHT_EYE
from livecam.vision.mask import polygon
from livecam.vision.mesh import carried, eye_distance, upright

SIZE = 256


def mesh_of(who: str) -> Mesh:
    """The portrait's mesh in a crop."""
    mesh = portrait(who).mesh
    return carried(mesh, upright(mesh, SIZE, 1.08))


def drawn(mesh: Mesh, *, eyes: Eyes = Eyes.TARGET, wide: float = 0.0) -> NDArray[np.float32]:
    """All windows on one plane, for a face whose eyes have been as open as now or as `wide`."""
    at_rest = AtRest(Proportions(mesh))
    at_rest.watch(mesh, 50, 0.0)
    at_rest.open_eyes = max(at_rest.open_eyes, wide)
    plane = np.zeros((SIZE, SIZE), np.float32)
    for window in windows(mesh, mesh, at_rest, eyes=eyes, size=SIZE):
        assert window.share.shape == plane[window.place].shape, "it lies within the crop"
        plane[window.place] = np.maximum(plane[window.place], window.share)
    return plane


def within(mesh: Mesh, part: tuple[int, ...], scale: float) -> NDArray[np.bool_]:
    """The hull of a part of the face, scaled about its middle."""
    flat = mesh[list(part), :2]
    middle = flat.mean(axis=0)
    hull = cv2.convexHull((middle + scale * (flat - middle)).astype(np.float32))[:, 0]
    return polygon(np.asarray(hull, np.float32), SIZE) == 1


def gaping(mesh: Mesh) -> Mesh:
    """With the lower lip's inner edge a fifth of the eye distance further down."""
    opened = mesh.copy()
    opened[[95, 88, 178, 87, 14, 317, 402, 318, 324], 1] += np.float32(0.2 * eye_distance(mesh))
    return opened


@pytest.mark.parametrize("who", PORTRAITS)
def test_the_eyes_are_seen_and_nothing_far_from_them(who: str) -> None:
    mesh = mesh_of(who)
    plane = drawn(mesh)
    assert 0 <= plane.min() <= plane.max() <= 1
    for eye in (LEFT_EYE, RIGHT_EYE):
        assert plane[within(mesh, eye, 0.3)].min() > 0.9
    near = within(mesh, LEFT_EYE, 1.4) | within(mesh, RIGHT_EYE, 1.4)
    near |= within(mesh, INNER_LIPS, 1.1)
    around = cv2.dilate(near.astype(np.uint8), np.ones((11, 11), np.uint8)) == 1
    assert plane[~around].max() < 0.05
    assert not plane[0].any(), "a window ends where nothing shows"


def test_edges_are_soft_and_windows_end_at_nothing() -> None:
    mesh = gaping(mesh_of("a"))
    at_rest = AtRest(Proportions(mesh))
    at_rest.watch(mesh, 50, 0.0)
    for window in windows(mesh, mesh, at_rest, eyes=Eyes.TARGET, size=SIZE):
        share = window.share
        edge = np.concatenate([share[0], share[-1], share[:, 0], share[:, -1]])
        assert edge.max() < 1e-3
        assert np.abs(np.diff(share, axis=1)).max() < 0.6


@pytest.mark.parametrize("who", PORTRAITS)
def test_an_open_mouth_is_the_targets_and_with_the_portraits_eyes_it_alone(who: str) -> None:
    mesh = gaping(mesh_of(who))
    plane = drawn(mesh, eyes=Eyes.PORTRAIT)
    assert plane[within(mesh, INNER_LIPS, 0.7)].min() > 0.9
    assert not plane[: int(mesh[INNER_LIPS, 1].min()) - 20].any()
    shut = mesh.copy()
    shut[14] = shut[13]
    assert not drawn(shut, eyes=Eyes.PORTRAIT).any()


def test_in_a_blink_the_lids_show_too() -> None:
    mesh = mesh_of("a")
    upper, lower, outer, inner = mesh[list(LEFT_LIDS), :2]
    opening = float(np.linalg.norm(upper - lower) / np.linalg.norm(outer - inner))
    above = upper - (lower - upper) * 0.4
    at = tuple(np.rint(above[::-1]).astype(int))
    awake, blinking = drawn(mesh), drawn(mesh, wide=2 * opening)
    assert awake[at] < 0.2
    assert blinking[at] > 0.5


@pytest.mark.parametrize("who", PORTRAITS)
def test_nothing_of_the_portraits_open_eye_shows_in_a_blink(who: str) -> None:
    mesh = mesh_of(who)
    lids = within(mesh, LEFT_EYE, 1.0) | within(mesh, RIGHT_EYE, 1.0)
    inside = cv2.erode(lids.astype(np.uint8), np.ones((3, 3), np.uint8)) == 1
    wide = 2 * max(eye_openings(mesh))
    assert drawn(mesh, wide=wide)[inside].min() > 0.9
    assert drawn(mesh)[inside].min() < 0.5


@pytest.mark.parametrize("shift", [(-90, 0), (100, 0), (0, -80), (0, 150), (900, 900)])
def test_windows_beyond_the_crop_are_cut_or_left_out(shift: tuple[float, float]) -> None:
    mesh = gaping(mesh_of("b")) + np.array([*shift, 0], np.float32)
    whole, moved = drawn(gaping(mesh_of("b"))), drawn(mesh)
    across, down = shift
    affine = np.array([[1, 0, across], [0, 1, down]], np.float32)
    expected = cv2.warpAffine(whole, affine, (SIZE, SIZE), flags=cv2.INTER_NEAREST)
    inner = np.s_[8:-8, 8:-8]  # a contour that is cut off is blurred with nothing beyond
    np.testing.assert_allclose(moved[inner], expected[inner], atol=0.05)
