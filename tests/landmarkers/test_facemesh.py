"""The real FaceMesh on the rendered people, against the truth."""

from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from people import Moment, moments

from livecam.landmarkers import FAMILIES, Landmarker
from livecam.picture import Picture
from livecam.runtime.catalog import Catalog
from livecam.runtime.session import open_session

pytestmark = pytest.mark.needs_network

INNER_51 = [
    *(70, 63, 105, 66, 107),  # brow on the picture's left
    *(336, 296, 334, 293, 300),
    *(168, 197, 5, 4),  # bridge of the nose
    *(75, 97, 2, 326, 305),
    *(33, 160, 158, 133, 153, 144),  # eye on the picture's left
    *(362, 385, 387, 263, 373, 380),
    *(61, 39, 37, 0, 267, 269, 291, 405, 314, 17, 84, 181),  # lips, outer edge
    *(78, 82, 13, 312, 308, 317, 14, 87),
]
"""The vertex of the mesh at each iBUG point from 17 on: nearest to the truth on average."""


@pytest.fixture(scope="module")
def facemesh(tmp_path_factory: pytest.TempPathFactory) -> Landmarker:
    catalog = Catalog(store=tmp_path_factory.mktemp("models"))
    session = open_session(catalog.path("facemesh"), providers=["cpu"])
    return FAMILIES["facemesh"](catalog.manifest("facemesh"), session)


def error(mesh: NDArray[np.float32], moment: Moment, face: int = 0) -> float:
    """Mean over the inner points, in eye distances."""
    truth = moment.points[face, 17:]
    distance = np.linalg.norm(mesh[INNER_51, :2] - truth, axis=1).mean()
    return float(distance / moment.eye_distance[face])


def first(clip: Path) -> Moment:
    return next(iter(moments(clip, every=1)))


def errors_near_front(facemesh: Landmarker, clip: Iterable[Moment]) -> NDArray[np.float64]:
    found = []
    for moment in clip:
        for face in np.flatnonzero(np.abs(moment.yaw_deg) <= 30):
            seen = facemesh.locate(moment.picture, moment.five[face])
            assert seen.presence > 0.99
            found.append(error(seen.mesh, moment, face))
    return np.array(found)


@pytest.mark.needs_shared
def test_the_mesh_is_near_the_truth_near_the_front(facemesh: Landmarker, shared: Path) -> None:
    clips = ("clip_a", "clip_b", "clip_c_hand", "clip_ab")
    found = [
        errors_near_front(facemesh, moments(shared / "people" / f"{clip}.mp4", every=10))
        for clip in clips
    ]
    means = [errors.mean() for errors in found]
    assert max(means) < 0.043
    assert np.mean(means) < 0.041
    assert max(errors.max() for errors in found) < 0.1


def test_the_demo_clip_is_followed_from_mesh_to_mesh(facemesh: Landmarker, assets: Path) -> None:
    around = None
    errors = []
    for moment in moments(assets / "clip_a_360p.mp4", every=1):
        seen = facemesh.locate(moment.picture, moment.five[0] if around is None else around)
        around = seen.mesh
        assert seen.presence > 0.99
        errors.append(error(seen.mesh, moment))
        assert np.linalg.norm(seen.landmarks - moment.five[0], axis=1).mean() < (
            0.1 * moment.eye_distance[0]
        )
    assert np.mean(errors) < 0.045


def test_a_second_look_from_five_points_is_better_than_one(
    facemesh: Landmarker, assets: Path
) -> None:
    """Far off at first, the points are found again as near as from a good start."""
    moment = first(assets / "clip_a_360p.mp4")
    shift = np.float32([0.25, 0.15]) * moment.eye_distance[0]
    good, bad = (facemesh.locate(moment.picture, moment.five[0] + offset) for offset in (0, shift))
    assert error(bad.mesh, moment) < error(good.mesh, moment) + 0.015


def test_a_turned_picture_turns_the_mesh(facemesh: Landmarker, assets: Path) -> None:
    moment = first(assets / "clip_a_360p.mp4")
    upright = facemesh.locate(moment.picture, moment.five[0])
    image = moment.picture.to_rgb()
    turned = Picture.from_rgb(cv2.rotate(image, cv2.ROTATE_90_CLOCKWISE))
    quarter = np.array([[0, 1], [-1, 0]], np.float32)  # (x, y) → (height − 1 − y, x)
    five = moment.five[0] @ quarter + np.float32([image.shape[0] - 1, 0])
    found = facemesh.locate(turned, five.astype(np.float32))
    expected = upright.mesh[:, :2] @ quarter + np.float32([image.shape[0] - 1, 0])
    gap = np.linalg.norm(found.mesh[:, :2] - expected, axis=1).mean()
    assert gap < 0.02 * moment.eye_distance[0]


@pytest.mark.parametrize("divisor", [2, 4, 8])
def test_small_faces_keep_their_points(facemesh: Landmarker, assets: Path, divisor: int) -> None:
    moment = first(assets / "clip_a_360p.mp4")  # 64 px between the eyes
    image = moment.picture.to_rgb()
    size = (image.shape[1] // divisor, image.shape[0] // divisor)
    picture = Picture.from_rgb(cv2.resize(image, size, interpolation=cv2.INTER_AREA))
    small = Moment(picture, (moment.points + 0.5) / divisor - 0.5, moment.yaw_deg)
    found = facemesh.locate(picture, small.five[0])
    assert found.presence > 0.95
    assert error(found.mesh, small) < 0.1


def test_a_face_cut_by_the_border_is_still_seen(facemesh: Landmarker, assets: Path) -> None:
    moment = first(assets / "clip_a_360p.mp4")
    left_eye = int(moment.five[0, 0, 0])
    picture = Picture.from_rgb(np.ascontiguousarray(moment.picture.to_rgb()[:, left_eye:]))
    cut = Moment(picture, moment.points - np.float32([left_eye, 0]), moment.yaw_deg)
    found = facemesh.locate(picture, cut.five[0])
    assert found.presence > 0.9
    assert error(found.mesh, cut) < 0.15


def test_presence_is_low_where_there_is_no_face(facemesh: Landmarker, assets: Path) -> None:
    moment = first(assets / "clip_a_360p.mp4")
    five, eyes = moment.five[0], moment.eye_distance[0]
    for across, down in [(-4, 0), (4, 0), (-3, -1.5), (4, 3), (60, 0), (-60, -60)]:
        around = five + np.float32([across, down]) * eyes
        assert facemesh.locate(moment.picture, around).presence < 0.1, (across, down)
    random = np.random.default_rng(2)
    height, width = moment.picture.luma.shape
    blank = Picture.from_rgb(np.full((height, width, 3), 128, np.uint8))
    noise = Picture.from_rgb(random.integers(0, 256, (height, width, 3), np.uint8))
    for picture in (blank, noise):
        assert facemesh.locate(picture, five).presence < 0.01
