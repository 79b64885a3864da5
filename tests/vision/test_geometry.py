"""Maps of the plane: laws that hold for all of them."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from livecam.errors import PipelineError
from livecam.picture import Affine
from livecam.vision.geometry import compose, extent, invert, scale, similarity, transform
from livecam.vision.mesh import carried
from livecam.vision.templates import TEMPLATES

coordinates = st.floats(-2000, 2000, width=32)


@st.composite
def similarities(draw: st.DrawFn) -> Affine:
    size, angle = draw(st.floats(0.05, 20)), draw(st.floats(-math.pi, math.pi))
    cosine, sine = size * math.cos(angle), size * math.sin(angle)
    shift = draw(coordinates), draw(coordinates)
    return np.array([[cosine, -sine, shift[0]], [sine, cosine, shift[1]]], np.float32)


point_sets = arrays(np.float32, st.tuples(st.integers(2, 40), st.just(2)), elements=coordinates)


@given(points=point_sets, affine=similarities())
def test_a_similarity_is_found_again(points: np.ndarray, affine: Affine) -> None:
    assume(np.ptp(points, axis=0).max() > 10)
    target = transform(points, affine)
    found = similarity(points, target)
    tolerance = 1e-3 * (1 + np.abs(target).max() / 100)
    np.testing.assert_allclose(transform(points, found), target, atol=tolerance)
    assert scale(found) == pytest.approx(scale(affine), rel=0.01, abs=1e-3)


@given(source=point_sets, affine=similarities(), seed=st.integers(0, 2**32 - 1))
def test_no_other_similarity_fits_better(source: np.ndarray, affine: Affine, seed: int) -> None:
    assume(np.ptp(source, axis=0).max() > 10)
    rng = np.random.default_rng(seed)
    target = transform(source, affine) + rng.normal(0, 3, source.shape).astype(np.float32)
    found = similarity(source, target)

    def error(a: float, b: float, x: float, y: float) -> float:
        linear = np.array([[a, -b], [b, a]])
        fitted = source.astype(float) @ linear.T + (x, y)
        return float(((fitted - target) ** 2).sum())

    (a, _, x), (b, _, y) = found.tolist()
    best = error(a, b, x, y)
    for step in rng.normal(0, 1, (8, 4)) * (1e-3, 1e-3, 0.5, 0.5):
        assert best <= error(a + step[0], b + step[1], x + step[2], y + step[3]) * (1 + 1e-6) + 1e-3


def test_a_mirrored_target_is_not_met_by_mirroring() -> None:
    source = np.array([[0, 0], [4, 0], [0, 2]], np.float32)
    found = similarity(source, source * (-1, 1))
    assert np.linalg.det(found[:, :2]) > 0


@given(affine=similarities(), points=point_sets)
def test_inverting_leads_back(affine: Affine, points: np.ndarray) -> None:
    there = transform(points, affine)
    tolerance = 1e-5 * (1 + np.abs(there).max()) / scale(affine) + 1e-5 * np.abs(points).max()
    np.testing.assert_allclose(transform(there, invert(affine)), points, atol=tolerance + 1e-3)


@given(first=similarities(), second=similarities(), points=point_sets)
def test_composing_is_doing_one_after_the_other(
    first: Affine, second: Affine, points: np.ndarray
) -> None:
    between = transform(points, first)
    expected = transform(between, second)
    longest = 1 + np.abs(points).max() * scale(first) + np.abs(first[:, 2]).max()
    tolerance = 1e-6 * (longest * scale(second) + np.abs(second[:, 2]).max())
    np.testing.assert_allclose(
        transform(points, compose(second, first)), expected, atol=tolerance, rtol=1e-6
    )


@pytest.mark.parametrize(
    "points",
    [np.full((5, 2), 7), np.zeros((1, 2)), np.full((3, 2), math.nan), [[0, 0], [math.inf, 1]]],
    ids=["all in one place", "a single point", "not numbers", "infinitely far"],
)
def test_points_without_a_similarity_are_refused(points: np.ndarray) -> None:
    source = np.array(points, np.float32)
    with pytest.raises(PipelineError, match="No similarity"):
        similarity(source, np.zeros_like(source))


def test_a_fold_cannot_be_inverted() -> None:
    with pytest.raises(PipelineError, match="cannot be inverted"):
        invert(np.array([[1, 2, 3], [2, 4, 5]], np.float32))


@pytest.mark.parametrize("name", TEMPLATES)
def test_templates_are_faces_the_right_way_up(name: str) -> None:
    points = TEMPLATES[name]
    left_eye, right_eye, nose, left_mouth, right_mouth = points
    assert points.dtype == np.float32
    assert ((points > 0) & (points < 1)).all()
    assert left_eye[0] < nose[0] < right_eye[0]
    assert left_mouth[0] < right_mouth[0]
    assert max(left_eye[1], right_eye[1]) < nose[1] < min(left_mouth[1], right_mouth[1])


def test_the_recognisers_template_is_the_published_one_in_px() -> None:
    published = [
        [38.2946, 51.6963],
        [73.5318, 51.5014],
        [56.0252, 71.7366],
        [41.5493, 92.3655],
        [70.7299, 92.2041],
    ]
    np.testing.assert_allclose(TEMPLATES["arcface_112_v2"] * 112, published, atol=1e-3)
    shifted = (TEMPLATES["arcface_128"] * 128 - (8, 0)).astype(np.float32)
    np.testing.assert_allclose(shifted, published, atol=1e-3)


def test_templates_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        TEMPLATES["ffhq_512"][0, 0] = 1


@given(points=point_sets)
def test_the_extent_holds_every_point_and_no_more(points: np.ndarray) -> None:
    assert extent(points) == (*points.min(axis=0), *points.max(axis=0))


@given(points=point_sets, affine=similarities())
def test_what_is_carried_keeps_its_depth_in_proportion(points: np.ndarray, affine: Affine) -> None:
    flat = transform(points, affine)
    np.testing.assert_array_equal(carried(points, affine), flat)
    deep = carried(np.column_stack([points, points[:, 0]]), affine)
    assert deep.dtype == np.float32
    np.testing.assert_allclose(deep[:, :2], flat, rtol=1e-4, atol=1e-2)
    np.testing.assert_allclose(deep[:, 2], points[:, 0] * scale(affine), rtol=1e-4, atol=1e-6)
