"""The line between a portrait's lips: found where it lies, left out of an open mouth."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from wearing import portrait

from livecam.face import Mesh
from livecam.swappers.lips import opening, parted, parting
from livecam.swappers.texture import make_texture
from livecam.vision.facemesh import INNER_LIPS, LOWER_LIP, OVAL, UPPER_LIP
from livecam.vision.mesh import carried, eye_distance, upright

SIDE = 512
LOWER = INNER_LIPS[1:10]


def mesh_of(who: str) -> Mesh:
    """The portrait's mesh on a texture, its lips closed."""
    mesh = portrait(who).mesh
    return with_mouth(carried(mesh, upright(mesh, SIDE, 1.5)), 0.01)


def with_mouth(mesh: Mesh, wide: float) -> Mesh:
    """The mesh with its lips `wide` eye distances apart, along all of the mouth."""
    changed = mesh.copy()
    upper = mesh[list(INNER_LIPS[:10:-1])]
    changed[list(LOWER)] = upper + np.float32([0, wide * eye_distance(mesh), 0])
    return changed


def with_line(mesh: Mesh, lower: float) -> NDArray[np.float32]:
    """A light picture with a dark line `lower` px below where the mesh has the lips meet."""
    picture = np.full((SIDE, SIDE), 70, np.float32)
    across = mesh[[*INNER_LIPS[:1], *INNER_LIPS[:10:-1], INNER_LIPS[10]], :2]
    way = across + np.float32([0, 0.005 * eye_distance(mesh) + lower])
    ends = way[0] - np.float32([12, 0]), way[-1] + np.float32([12, 0])
    drawn = np.rint(np.vstack([ends[0], way, ends[1]]) * 16).astype(np.int32)
    cv2.polylines(picture, [drawn], isClosed=False, color=20.0, thickness=2, shift=4)
    return picture


@pytest.mark.parametrize("lower", [-5.0, 0.0, 5.0])
@pytest.mark.parametrize("who", "ac")
def test_the_lips_end_on_both_sides_of_the_line(who: str, lower: float) -> None:
    mesh = mesh_of(who)
    picture = with_line(mesh, lower)
    moved = mesh[:, :2] + parting(mesh, picture)
    for above, below in zip(INNER_LIPS[13:18], INNER_LIPS[7:2:-1], strict=True):
        x, top = moved[above]
        bottom = moved[below, 1]
        (dark,) = np.nonzero(picture[:, round(float(x))] < 45)
        assert top < dark.min() + 1
        assert dark.max() - 1 < bottom
        assert bottom - top < 0.04 * eye_distance(mesh), "no more than the line is left out"


def test_what_lies_far_from_the_lips_stays() -> None:
    mesh = mesh_of("a")
    moves = parting(mesh, with_line(mesh, 4.0))
    assert not moves[:, 0].any()
    assert not moves[list(OVAL)].any()
    far = np.abs(mesh[:, 1] - mesh[UPPER_LIP, 1]) > 0.2 * eye_distance(mesh)
    assert not moves[far].any()
    assert np.abs(moves).max() < 0.1 * eye_distance(mesh)


def test_an_open_mouth_has_no_line_between_its_lips() -> None:
    mesh = with_mouth(mesh_of("a"), 0.1)
    assert not parting(mesh, with_line(mesh, 0.0)).any()


def test_a_texture_is_worn_as_it_is_until_the_mouth_opens() -> None:
    texture = make_texture(portrait("a"))
    closed, wide = with_mouth(texture.mesh, 0.02), with_mouth(texture.mesh, 0.2)
    assert opening(wide) == pytest.approx(0.2, abs=0.01)
    assert (parted(closed), parted(wide)) == (0, 1)
    np.testing.assert_array_equal(texture.worn_by(closed), texture.points)
    apart = texture.worn_by(wide)[LOWER_LIP, 1] - texture.worn_by(wide)[UPPER_LIP, 1]
    assert apart > texture.points[LOWER_LIP, 1] - texture.points[UPPER_LIP, 1]
