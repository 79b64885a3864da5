import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from wearing import PORTRAITS, portrait, turned

from livecam.face import Points
from livecam.swappers.texture import with_rim
from livecam.swappers.warp import Triangles, lay_out, triangulate

SIDE = 32


def twice_areas(points: Points, triangles: Triangles) -> NDArray[np.float64]:
    a, b, c = (points[triangles[:, i]].astype(np.float64) for i in range(3))
    (ux, uy), (vx, vy) = (b - a).T, (c - a).T
    return ux * vy - uy * vx


def cloud(seed: int, count: int, side: float) -> Points:
    return np.random.default_rng(seed).uniform(0, side, (count, 2)).astype(np.float32)


def flat(count: int) -> NDArray[np.float32]:
    return np.zeros(count, np.float32)


def columns_rows() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    rows, columns = np.mgrid[:SIDE, :SIDE].astype(np.float32)
    return columns, rows


class TestTriangulate:
    @settings(max_examples=80)
    @given(
        seed=st.integers(0, 2**32 - 1),
        count=st.integers(12, 80),
        side=st.sampled_from([4.0, 64.0, 512.0, 3000.0]),
        shift=st.floats(-2000, 2000),
    )
    def test_covers_the_hull_once_with_every_point(
        self, seed: int, count: int, side: float, shift: float
    ) -> None:
        points = cloud(seed, count, side) + np.float32(shift)
        triangles = triangulate(points)
        areas = twice_areas(points, triangles)
        assert (areas > 0).all()
        assert areas.sum() / 2 == pytest.approx(cv2.contourArea(cv2.convexHull(points)), rel=1e-3)
        assert set(triangles.ravel().tolist()) == set(range(count))

    @pytest.mark.parametrize("yaw_deg", [-35, -20, 0, 20, 35])
    @pytest.mark.parametrize("who", PORTRAITS)
    def test_a_portraits_mesh_and_rim_are_covered_exactly(self, who: str, yaw_deg: float) -> None:
        points = with_rim(turned(portrait(who).mesh, yaw_deg))
        triangles = triangulate(points)
        areas = twice_areas(points, triangles)
        assert triangles.dtype == np.int32
        assert (areas > 0).all()
        assert areas.sum() / 2 == pytest.approx(cv2.contourArea(cv2.convexHull(points)), rel=1e-5)
        assert set(triangles.ravel().tolist()) == set(range(len(points)))

    def test_no_other_point_lies_within_a_triangles_circle(self) -> None:
        """What makes them Delaunay's."""
        points = cloud(5, 40, 100.0).astype(np.float64)
        for triangle in triangulate(points.astype(np.float32)):
            a, b, c = points[triangle]
            sides = 2 * np.array([b - a, c - a])
            centre = np.linalg.solve(sides, [b @ b - a @ a, c @ c - a @ a])
            others = np.delete(points, triangle, axis=0)
            radius = np.linalg.norm(a - centre)
            assert (np.linalg.norm(others - centre, axis=1) > radius * (1 - 1e-5)).all()


class TestLayOut:
    @settings(max_examples=60)
    @given(
        seed=st.integers(0, 2**32 - 1),
        a=st.floats(-3, 3),
        b=st.floats(-3, 3),
        c=st.floats(-100, 100),
    )
    def test_an_affine_map_of_the_corners_is_met_at_every_node(
        self, seed: int, a: float, b: float, c: float
    ) -> None:
        corners = cloud(seed, 30, SIDE - 1.0)
        values = (corners @ np.array([[a, b], [-b, a]]) + c).astype(np.float32)
        lattice, inside = lay_out(corners, flat(30), triangulate(corners), values, side=SIDE)
        columns, rows = columns_rows()
        expected = np.stack([a * columns - b * rows + c, b * columns + a * rows + c], axis=-1)
        assert lattice.dtype == np.float32
        np.testing.assert_allclose(lattice[inside], expected[inside], atol=2e-3)
        hull = cv2.convexHull(corners)
        for row, column in np.ndindex(SIDE, SIDE):
            depth = cv2.pointPolygonTest(hull, (column, row), measureDist=True)
            if abs(depth) > 0.3:  # slivers along the hull may be missing
                assert inside[row, column] == (depth > 0)

    @settings(max_examples=30)
    @given(seed=st.integers(0, 2**32 - 1))
    def test_each_node_has_the_value_its_own_triangle_gives(self, seed: int) -> None:
        corners = cloud(seed, 12, SIDE - 1.0)
        triangles = triangulate(corners)
        values = np.random.default_rng(seed).uniform(-9, 9, (12, 3)).astype(np.float32)
        lattice, inside = lay_out(corners, flat(12), triangles, values, side=SIDE)
        for row, column in zip(*np.nonzero(inside), strict=True):
            matches = []
            for triangle in triangles:
                a, b, c = corners[triangle].astype(np.float64)
                at_b, at_c = np.linalg.solve(np.stack([b - a, c - a], 1), [column, row] - a)
                weights = np.array([1 - at_b - at_c, at_b, at_c])
                if (weights > -1e-4).all():
                    matches.append(np.abs(weights @ values[triangle] - lattice[row, column]).max())
            assert min(matches) < 0.02

    def test_triangles_that_are_turned_over_are_not_drawn(self) -> None:
        corners = np.array([[2, 2], [28, 2], [28, 28], [2, 28]], np.float32)
        over = np.array([[0, 1, 2], [0, 3, 2]], np.int32)  # the second the wrong way round
        values = np.array([[1], [1], [1], [100]], np.float32)
        lattice, inside = lay_out(corners, flat(4), over, values, side=SIDE)
        columns, rows = columns_rows()
        within = (columns >= rows) & (columns <= 28) & (rows >= 2)
        np.testing.assert_array_equal(inside, within)
        np.testing.assert_allclose(lattice, 1, rtol=1e-6)

    @pytest.mark.parametrize("swapped", [False, True])
    def test_of_two_that_overlap_the_nearer_is_seen(self, *, swapped: bool) -> None:
        triangle = np.array([[1, 1], [30, 1], [1, 30]], np.float32)
        corners = np.concatenate([triangle, triangle])
        depth = np.array([5, 5, 5, -5, -5, -5], np.float32)
        triangles = np.array([[0, 1, 2], [3, 4, 5]], np.int32)[:: -1 if swapped else 1]
        values = np.array([[1], [1], [1], [2], [2], [2]], np.float32)
        lattice, inside = lay_out(corners, depth, triangles, values, side=SIDE)
        assert inside.any()
        np.testing.assert_allclose(lattice, 2, rtol=1e-6)

    @settings(max_examples=30)
    @given(seed=st.integers(0, 2**32 - 1))
    def test_nodes_outside_take_the_value_of_the_nearest_inside(self, seed: int) -> None:
        corners = cloud(seed, 6, 20.0) + np.float32(5)
        values = np.random.default_rng(seed).uniform(0, 9, (6, 1)).astype(np.float32)
        triangles = triangulate(corners)
        lattice, inside = lay_out(corners, flat(6), triangles, values, side=SIDE)
        if not inside.any():
            return
        nodes = np.argwhere(inside)
        for row, column in np.argwhere(~inside):
            distances = np.linalg.norm(nodes - [row, column], axis=1)
            # The distance transform goes by 3×3 steps, which are up to a tenth too long.
            near = nodes[distances <= distances.min() * 1.12 + 0.1]
            assert lattice[row, column, 0] in lattice[near[:, 0], near[:, 1], 0]

    def test_corners_far_outside_the_lattice_are_met_within_it(self) -> None:
        corners = np.array([[-500, -500], [900, -500], [-500, 900]], np.float32)
        triangles = np.array([[0, 1, 2]], np.int32)
        lattice, inside = lay_out(corners, flat(3), triangles, corners, side=SIDE)
        columns, rows = columns_rows()
        assert inside.all()
        np.testing.assert_allclose(lattice, np.stack([columns, rows], axis=-1), atol=1e-2)

    @pytest.mark.parametrize("shift", [-100, 100])
    def test_nothing_is_drawn_of_what_lies_beyond(self, shift: float) -> None:
        corners = np.array([[1, 1], [20, 1], [1, 20]], np.float32) + np.float32(shift)
        triangles = np.array([[0, 1, 2]], np.int32)
        values = np.ones((3, 2), np.float32)
        lattice, inside = lay_out(corners, flat(3), triangles, values, side=SIDE)
        assert not inside.any()
        assert not lattice.any()
        assert lattice.shape == (SIDE, SIDE, 2)
