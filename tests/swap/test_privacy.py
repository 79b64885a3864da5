"""Blurred faces: nobody is known by them any more."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from wearing import PORTRAITS, face, landmarker, portrait

from livecam.face import Box
from livecam.picture import HD_VIDEO, Colour, Image, Matrix, Picture, Siting
from livecam.runtime.session import Session, open_session
from livecam.swap.privacy import blur_face, blur_person, slate
from livecam.swap.privacy import blurred as all_blurred
from livecam.vision.geometry import similarity
from livecam.vision.templates import TEMPLATES


def noise(width: int, height: int, colour: Colour = HD_VIDEO) -> Picture:
    random = np.random.default_rng(width * height)
    half = ((height + 1) // 2, (width + 1) // 2)
    sizes = ((height, width), half, half)
    return Picture(*(random.integers(16, 236, size, np.uint8) for size in sizes), colour)


@cache
def blurred(who: str) -> tuple[Picture, Picture]:
    """The portrait, and the portrait with its face blurred."""
    picture = Picture.from_rgb(portrait(who).portrait)
    return picture, picture.paste([blur_face(picture, face(portrait(who).mesh).box)])


def detail(image: NDArray[np.uint8]) -> float:
    return float(cv2.Laplacian(image, cv2.CV_32F).std())


@pytest.mark.parametrize("who", PORTRAITS)
def test_no_detail_of_a_face_is_left(who: str) -> None:
    before, after = blurred(who)
    low, high = portrait(who).mesh[:, :2].min(axis=0), portrait(who).mesh[:, :2].max(axis=0)
    (left, top), (right, bottom) = np.rint(low).astype(int), np.rint(high).astype(int)
    there = np.s_[top:bottom, left:right]
    assert detail(after.y[there]) < 0.15 * detail(before.y[there])
    # Nor at a tenth of the size, at which faces are still known.
    small = [
        cv2.resize(picture.y[there], (24, 24), interpolation=cv2.INTER_AREA)
        for picture in (before, after)
    ]
    assert detail(small[1]) < 0.35 * detail(small[0])
    for plane in (after.u, after.v):
        assert detail(plane[top // 2 : bottom // 2, left // 2 : right // 2]) < 2


@pytest.mark.parametrize("who", PORTRAITS)
def test_the_head_is_covered_hair_and_chin_and_no_more_than_the_square(who: str) -> None:
    before, after = blurred(who)
    box = face(portrait(who).mesh).box
    side = max(box.width, box.height)
    (x, y), changed = box.centre, before.y != after.y
    rows = np.nonzero(changed)[0]
    assert rows.min() < y - 0.9 * side
    assert rows.max() > min(y + 0.9 * side, before.height - 3)
    outside = np.ones(changed.shape, bool)
    outside[
        max(int(y - 1.05 * side), 0) : int(y + 1.05 * side),
        max(int(x - 1.05 * side), 0) : int(x + 1.05 * side),
    ] = False
    assert not changed[outside].any()


Embed = Callable[[Picture, NDArray[np.float32]], NDArray[np.float32]]


@pytest.fixture(scope="module")
def embedding(shared: Path) -> Embed:
    """MobileFaceNet: what it says of the face with these five points, of length 1."""
    graph = open_session(shared / "weights" / "foamliu_MobileFaceNet.onnx", providers=["cpu"])
    return partial(embedded, graph)


def embedded(graph: Session, picture: Picture, five: NDArray[np.float32]) -> NDArray[np.float32]:
    image: Image = picture.crop(
        similarity(five, TEMPLATES["arcface_112_v2"] * 112 - np.float32(0.5)), 112
    )
    scaled = (image / np.float32(255) - np.float32([0.485, 0.456, 0.406])) / np.float32(
        [0.229, 0.224, 0.225]
    )
    (name,) = graph.inputs
    found = graph.run({name: scaled.transpose(2, 0, 1)[None].astype(np.float32)})[0].ravel()
    return found / np.linalg.norm(found)


@pytest.mark.needs_shared
@pytest.mark.parametrize("who", PORTRAITS)
def test_a_blurred_face_is_nobodys(embedding: Embed, who: str) -> None:
    before, after = blurred(who)
    five = face(portrait(who).mesh).landmarks
    unsharp = Picture.from_rgb(cv2.GaussianBlur(before.to_rgb(), (0, 0), 4))
    known = embedding(before, five)
    assert known @ embedding(unsharp, five) > 0.6, "a little out of focus it is still known"
    assert known @ embedding(after, five) < 0.3


@pytest.mark.needs_shared
@pytest.mark.parametrize("who", PORTRAITS)
def test_a_blurred_person_and_a_blurred_frame_are_nobodys_by_far(
    embedding: Embed, who: str
) -> None:
    picture, seen = blurred(who)[0], face(portrait(who).mesh)
    known = embedding(picture, seen.landmarks)
    for hidden in (picture.paste([blur_person(picture, seen.box)]), all_blurred(picture)):
        assert known @ embedding(hidden, seen.landmarks) < 0.3


@pytest.mark.parametrize(
    "box", [Box(600, 200, 700, 320), Box(30, 500, 130, 640), Box(-9, 5, 60, 90)]
)
def test_a_person_is_hidden_from_above_the_head_down_to_the_edge_of_the_picture(box: Box) -> None:
    picture = noise(1280, 720)
    after = picture.paste([blur_person(picture, box)])
    changed = after.y != picture.y
    (x, y), size = box.centre, max(box.width, box.height)
    head = np.s_[max(int(y - size), 0) : int(y), max(int(x - 0.6 * size), 0) : int(x + 0.6 * size)]
    body = np.s_[int(y) : 720, max(int(x - 1.2 * size), 0) : int(x + 1.2 * size)]
    for part in (head, body):
        assert changed[part].mean() > 0.9
        assert detail(after.y[part]) < 0.15 * detail(picture.y[part])
    far = np.ones(changed.shape, bool)
    reach = 2.4 * size + 60
    far[max(int(y - reach), 0) :, max(int(x - reach), 0) : int(x + reach)] = False
    assert not changed[far].any(), "others are not hidden"


@pytest.mark.needs_network
@pytest.mark.parametrize("who", PORTRAITS)
def test_not_even_the_landmarker_sees_a_face(who: str) -> None:
    _, after = blurred(who)
    before = landmarker().locate(blurred(who)[0], portrait(who).mesh)
    found = landmarker().locate(after, portrait(who).mesh)
    assert before.presence > 0.9
    assert found.presence < 0.1


@pytest.mark.parametrize("siting", list(Siting))
@pytest.mark.parametrize("size", [(1280, 720), (719, 1281), (64, 64), (33, 17), (1, 1), (2, 900)])
def test_the_whole_frame_is_blurred_to_its_last_sample(
    size: tuple[int, int], siting: Siting
) -> None:
    colour = Colour(Matrix.BT709, full_range=False, siting=siting)
    picture = noise(*size, colour)
    after = all_blurred(picture)
    assert after.colour == colour
    for before, plane in zip(
        (picture.y, picture.u, picture.v), (after.y, after.u, after.v), strict=True
    ):
        assert plane.shape == before.shape
        assert plane.flags.c_contiguous
        spread = int(plane.max()) - int(plane.min())
        assert spread < (60 if plane.size > 10_000 else 150), "of noise that spans 220 levels"
        # What one sample says is lost, wherever it is.
        if plane.size > 10_000:
            other = before.copy()
            for corner in np.s_[0, 0], np.s_[-1, -1], np.s_[0, -1]:
                other[corner] = 255 - other[corner]
            changed = replace(picture, y=other, u=other, v=other)
            assert np.abs(all_blurred(changed).y.astype(int) - plane).max() <= 12


@pytest.mark.parametrize("size", [(1280, 720), (181, 121)])
def test_a_blurred_frame_keeps_its_colour_but_not_its_detail(size: tuple[int, int]) -> None:
    picture = noise(*size)
    after = all_blurred(picture)
    assert detail(after.y) < 0.1 * detail(picture.y)
    assert float(after.y.mean()) == pytest.approx(float(picture.y.mean()), abs=6)


@pytest.mark.parametrize(
    "box",
    [Box(-60, -60, 20, 20), Box(620, 340, 700, 420), Box(100, 100, 101, 101), Box(0, 0, 640, 360)],
    ids=["top left", "bottom right", "tiny", "as large as the frame"],
)
def test_faces_at_the_edge_and_of_any_size_are_blurred(box: Box) -> None:
    picture = noise(640, 360)
    after = picture.paste([blur_face(picture, box)])
    rows = slice(max(int(box.top), 0), max(int(box.bottom), 1))
    columns = slice(max(int(box.left), 0), max(int(box.right), 1))
    before, seen = picture.y[rows, columns], after.y[rows, columns]
    if seen.size > 50:
        assert detail(seen) < 0.15 * detail(before)
        assert (seen != before).mean() > 0.9
    else:
        assert after.y is not picture.y


def test_an_empty_box_is_borne() -> None:
    picture = noise(64, 48)
    assert picture.paste([blur_face(picture, Box(20, 20, 20, 20))]).y.shape == picture.y.shape


def test_a_slate_is_plain_and_made_once() -> None:
    made = slate(641, 359, HD_VIDEO)
    assert (made.width, made.height, made.colour) == (641, 359, HD_VIDEO)
    assert all(np.ptp(plane) == 0 for plane in (made.y, made.u, made.v))
    assert slate(641, 359, HD_VIDEO) is made
