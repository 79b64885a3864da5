"""Flow on textures moved by known maps: no weights, no clips."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from livecam.vision.flow import follow

WIDTH, HEIGHT = 640, 480


def texture(seed: int, width: int = WIDTH, height: int = HEIGHT) -> NDArray[np.uint8]:
    """Blurred noise, about as rich as skin."""
    noise = np.random.default_rng(seed).normal(size=(height, width)).astype(np.float32)
    grain = sum(cv2.GaussianBlur(noise, (0, 0), s) * s for s in (2, 4, 8, 16, 32))
    return np.clip(128 + 40 * grain / grain.std(), 0, 255).astype(np.uint8)


def similarity(
    turn_deg: float = 0, zoom: float = 1, shift: tuple[float, float] = (0, 0)
) -> NDArray[np.float64]:
    """About the middle of the picture."""
    matrix = cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), turn_deg, zoom)
    matrix[:, 2] += shift
    return matrix


def moved(plane: NDArray[np.uint8], matrix: NDArray[np.float64]) -> NDArray[np.uint8]:
    size = plane.shape[::-1]
    return cv2.warpAffine(plane, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)


def grid(span: float, centre: tuple[float, float] = (WIDTH / 2, HEIGHT / 2)) -> NDArray[np.float32]:
    """8 × 8 points that span `span` px."""
    line = np.linspace(-span / 2, span / 2, 8)
    return np.stack(np.meshgrid(line, line), -1).reshape(-1, 2).astype(np.float32) + np.float32(
        centre
    )


def apply(points: NDArray[np.float32], matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    return points @ matrix[:, :2].T + matrix[:, 2]


@pytest.mark.parametrize("span", [60, 150, 220, 400])
@pytest.mark.parametrize(
    "motion",
    [
        {"shift": (3.3, -2.1)},
        {"turn_deg": 3},
        {"zoom": 1.04},
        {"turn_deg": -2, "zoom": 0.98, "shift": (-8.4, 5.7)},
    ],
)
def test_points_are_followed_to_a_fraction_of_a_pixel(
    span: float, motion: dict[str, object]
) -> None:
    matrix = similarity(**motion)  # type: ignore[arg-type]  # keywords of differing types
    before, points = texture(1), grid(span)
    flow = follow(before, moved(before, matrix), points)
    off = np.linalg.norm(flow.points - apply(points, matrix), axis=1)[flow.kept]
    assert flow.kept.mean() > 0.9
    assert np.median(off) < 0.2


def test_an_eighth_of_the_span_from_frame_to_frame_is_followed() -> None:
    matrix = similarity(shift=(22, -12))
    before, points = texture(2), grid(200)
    flow = follow(before, moved(before, matrix), points)
    off = np.linalg.norm(flow.points - apply(points, matrix), axis=1)
    assert flow.kept.mean() > 0.85
    assert np.median(off[flow.kept]) < 0.2


def test_covered_points_are_not_kept() -> None:
    before, points = texture(3), grid(200)
    after = before.copy()
    after[:, WIDTH // 2 :] = texture(4)[:, WIDTH // 2 :]
    flow = follow(before, after, points)
    covered = points[:, 0] > WIDTH / 2 + 20
    free = points[:, 0] < WIDTH / 2 - 20
    assert flow.kept[covered].mean() < 0.2
    assert flow.kept[free].mean() > 0.9


def test_nothing_is_kept_where_there_is_nothing_to_hold_on_to() -> None:
    flat = np.full((HEIGHT, WIDTH), 90, np.uint8)
    assert not follow(flat, flat, grid(200)).kept.any()


def test_points_beyond_the_edge_are_not_kept() -> None:
    before = texture(5)
    points = grid(200, centre=(20, 240))
    flow = follow(before, before, points)
    outside = points[:, 0] < 0
    assert outside.any()
    assert not flow.kept[outside].any()
    assert flow.kept[points[:, 0] > 15].mean() > 0.9


@pytest.mark.parametrize("centre", [(-500, 240), (WIDTH + 500, 240), (320, -500), (320, 5000)])
def test_a_face_that_left_the_frame_keeps_no_point(centre: tuple[float, float]) -> None:
    plane = texture(6)
    assert not follow(plane, plane, grid(200, centre)).kept.any()


def test_planes_with_padded_rows_and_points_that_coincide_are_taken() -> None:
    wide = texture(7, WIDTH + 64)
    plane = wide[:, :WIDTH]
    flow = follow(plane, plane, np.full((5, 2), 200, np.float32))
    np.testing.assert_allclose(flow.points[flow.kept], 200, atol=0.05)
