import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livecam.vision.mask import box, hull, polygon, risen, smoothstep

SQUARE = np.array([[16, 16], [48, 16], [30, 30], [48, 48], [16, 48]], np.float32)


def test_a_hull_has_the_outermost_points_in_order_and_no_others() -> None:
    corners = hull(SQUARE)
    assert corners.dtype == np.float32
    assert {tuple(corner) for corner in corners.tolist()} == {
        (16, 16),
        (48, 16),
        (48, 48),
        (16, 48),
    }
    assert (np.abs(corners - np.roll(corners, 1, axis=0)).sum(axis=1) == 32).all(), "side by side"


def test_a_polygon_is_one_inside_and_zero_outside() -> None:
    box = np.array([[10, 20], [30, 20], [30, 50], [10, 50]], np.float32)
    drawn = polygon(box, 64)
    assert drawn.dtype == np.float32
    assert drawn.shape == (64, 64)
    assert (drawn[21:50, 11:30] == 1).all()
    outside = np.ones((64, 64), bool)
    outside[19:52, 9:32] = False
    assert (drawn[outside] == 0).all()


@settings(max_examples=40)
@given(
    middle=st.tuples(st.floats(20, 44), st.floats(20, 44)),
    radius=st.floats(5, 18),
    corners=st.integers(3, 24),
)
def test_a_polygon_is_as_large_as_it_is_whichever_way_round(
    middle: tuple[float, float], radius: float, corners: int
) -> None:
    angles = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    round_it = np.stack([np.cos(angles), np.sin(angles)], axis=1) * radius + middle
    contour = round_it.astype(np.float32)
    drawn = polygon(contour, 64)
    outline = float(np.linalg.norm(contour - np.roll(contour, 1, axis=0), axis=1).sum())
    area = corners / 2 * radius**2 * math.sin(2 * math.pi / corners)
    # The line that is drawn around it adds some half a pixel.
    assert area - 0.1 * outline < drawn.sum() < area + outline
    np.testing.assert_allclose(polygon(contour[::-1], 64), drawn, atol=0.02)
    assert drawn.min() == 0
    assert drawn.max() == 1


def test_a_polygons_edge_follows_fractions_of_a_pixel() -> None:
    triangle = np.array([[10, 10], [50, 14], [24, 50]], np.float32)
    sums = [polygon(triangle + np.float32(k / 4), 64).sum() for k in range(5)]
    assert np.ptp(sums) < 0.02 * sums[0]
    rows, columns = np.mgrid[:64, :64]
    for k in range(5):
        drawn = polygon(triangle + np.float32([k / 4, 0]), 64)
        middle = (drawn * columns).sum() / drawn.sum(), (drawn * rows).sum() / drawn.sum()
        assert middle == pytest.approx((triangle + np.float32([k / 4, 0])).mean(axis=0), abs=0.06)
    between = polygon(triangle, 64)
    assert ((between > 0.1) & (between < 0.9)).sum() > 30


def test_a_polygon_beyond_the_crop_is_cut_off() -> None:
    box = np.array([[-40, -40], [10, -40], [10, 90], [-40, 90]], np.float32)
    drawn = polygon(box, 64)
    assert (drawn[:, :10] == 1).all()
    assert (drawn[:, 12:] == 0).all()
    assert not polygon(box - 100, 64).any()
    np.testing.assert_array_equal(polygon(box, 20, 64), drawn[:, :20])


@pytest.mark.parametrize("size", [64, 128, 513])
@pytest.mark.parametrize("blur", [0.0, 0.15, 0.5])
def test_a_box_is_one_in_the_middle_and_nought_along_the_border(size: int, blur: float) -> None:
    mask = box(size, blur=blur)
    assert mask.dtype == np.float32
    assert mask.shape == (size, size)
    assert mask[size // 2, size // 2] > 0.99
    np.testing.assert_array_equal(mask, mask.T)
    np.testing.assert_allclose(mask, mask[::-1, ::-1], atol=1e-6)
    rim = max(math.ceil(blur * size), 1)
    assert (mask[rim : size - rim, rim : size - rim] == 1).all()
    assert not np.concatenate([mask[0], mask[-1], mask[:, 0], mask[:, -1]]).any()
    row = mask[size // 2]
    assert (np.diff(row[: size // 2]) >= 0).all(), "it rises once"
    assert row[round(blur * size / 2)] == pytest.approx(0.5, abs=0.1) or blur == 0
    assert box(size, blur=blur) is mask, "made once"


def test_a_box_is_padded_at_each_side_by_itself() -> None:
    mask = box(101, padding=(0.1, 0.2, 0.3, 0.4), blur=0.0)
    rows, columns = np.nonzero(mask)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (11, 69, 41, 79)
    assert not box(101, padding=(0.6, 0.0, 0.6, 0.0)).any(), "more padding than there is side"


@given(
    value=st.floats(-100, 100),
    low=st.floats(-50, 49),
    width=st.floats(0.1, 50),
)
def test_smoothstep_rises_once_from_nought_to_one(value: float, low: float, width: float) -> None:
    high = low + width
    here = smoothstep(np.array([value, low, low + width / 2, high, value + 1]), low, high)
    assert here.dtype == np.float32
    assert here[1] == 0
    assert here[2] == pytest.approx(0.5, abs=1e-5)
    assert here[3] == 1
    assert 0 <= here[0] <= here[4] <= 1
    assert float(smoothstep(np.array(low + width / 4), low, high)) == pytest.approx(5 / 32)
    assert risen(value, low, high) == pytest.approx(float(here[0]), abs=1e-5)


def test_smoothstep_falls_where_the_first_bound_is_the_higher() -> None:
    falling = smoothstep(np.array([0.0, 1.0, 2.0, 3.0]), 2.0, 1.0)
    np.testing.assert_array_equal(falling, [1, 1, 0, 0])
