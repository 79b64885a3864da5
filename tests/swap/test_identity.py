"""The face to be worn, from all kinds of portraits."""

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest
from people import moments
from wearing import detector, landmarker, portrait

from livecam.embedders import FAMILIES as EMBEDDERS
from livecam.embedders import cosine
from livecam.errors import SourceError
from livecam.face import Box, Detection, Embedding, Identity, Points
from livecam.media.still import rgb_of
from livecam.picture import Image, Picture
from livecam.runtime.catalog import Catalog
from livecam.runtime.session import open_session
from livecam.swap.identity import (
    averaged,
    best_of,
    faces_on,
    find_face,
    make_identity,
    read_portrait,
)

pytestmark = pytest.mark.needs_network


def named(name: str, image: Image) -> Identity:
    return Identity(name, image)


def sized(who: str, side: int) -> Image:
    image = portrait(who).portrait
    return np.asarray(cv2.resize(image, (side, side), interpolation=cv2.INTER_AREA), np.uint8)


@dataclass
class Sees:
    """A detector with an opinion."""

    found: list[Detection]

    def detect(
        self,
        picture: Picture,
        *,
        smallest: float | None = None,  # noqa: ARG002 – it has its answer
    ) -> list[Detection]:
        assert picture.width
        return self.found


@pytest.mark.parametrize("who", ["a", "b", "c"])
def test_a_portrait_becomes_an_identity(assets: Path, who: str) -> None:
    read = read_portrait(assets / f"portrait_{who}.png")
    assert read.name == f"portrait_{who}.png"
    assert read.portrait.shape == (1024, 1024, 3)
    assert read.mesh is None
    made = make_identity(read, detector(), landmarker())
    assert made.name == read.name
    assert made.portrait is read.portrait
    assert made.embeddings == {}
    gap = np.linalg.norm(made.mesh - portrait(who).mesh, axis=1)
    eyes = np.linalg.norm(made.mesh[33] - made.mesh[263])
    assert gap.max() < 0.02 * eyes


@pytest.fixture
def two() -> Identity:
    """A smaller one on the left and a larger one on the right."""
    image = np.full((640, 1200, 3), 90, np.uint8)
    image[100:500, 40:440] = sized("a", 400)
    image[0:640, 520:1160] = sized("c", 640)
    return named("us.jpg", image)


def test_of_several_faces_none_is_worn_before_one_is_chosen(two: Identity) -> None:
    with pytest.raises(SourceError, match=r"There are 2 faces in the portrait 'us\.jpg'") as why:
        make_identity(two, detector(), landmarker())
    places = re.findall(r"(\d) at x (\d+), y (\d+) \((\d+) px wide\)", why.value.message)
    (_, x, y, width), (_, right_x, _, wider) = [map(int, place) for place in places]
    assert (x, y, right_x) == pytest.approx((240, 300, 840), abs=30)
    assert width < wider
    assert "--which N" in why.value.hint


def test_of_several_faces_one_is_chosen_from_the_left(two: Identity) -> None:
    assert find_face(two, detector(), which=1).box.centre[0] < 440
    assert find_face(two, detector(), which=2).box.centre[0] > 520
    for number in (0, 3, -1):
        with pytest.raises(SourceError, match=rf"2 faces in .*, not {number}\. From the left"):
            find_face(two, detector(), which=number)


def test_a_second_face_that_is_not_there_is_not_the_first() -> None:
    with pytest.raises(SourceError, match=r"There is 1 face in the portrait 'me\.jpg', not 2"):
        find_face(named("me.jpg", sized("b", 300)), detector(), which=2)


def test_faces_are_listed_from_the_left(two: Identity) -> None:
    left, right = faces_on(two, detector())
    assert left.box.centre[0] < 440
    assert right.box.centre[0] > 520
    assert find_face(two, detector(), which=2).box == right.box
    with pytest.raises(SourceError, match=r"No face was found in the portrait 'wall\.png'"):
        faces_on(named("wall.png", np.full((300, 300, 3), 90, np.uint8)), detector())


def test_a_face_in_the_background_does_not_count(caplog: pytest.LogCaptureFixture) -> None:
    image = np.full((700, 1100, 3), 90, np.uint8)
    image[0:700, 0:700] = sized("a", 700)
    image[100:320, 740:960] = sized("c", 220)
    caplog.set_level(logging.INFO, "livecam")
    five = find_face(named("me.jpg", image), detector()).landmarks
    assert five[:, 0].max() < 700
    assert "'me.jpg' shows 1 more, too small to be meant" in caplog.text
    image[100:420, 740:1060] = sized("c", 320)
    with pytest.raises(SourceError, match="2 faces"):
        find_face(named("me.jpg", image), detector())


@pytest.mark.parametrize("who", ["a", "b", "c"])
@pytest.mark.parametrize("side", [128, 300])
def test_a_small_portrait_will_do(who: str, side: int) -> None:
    assert make_identity(named("me.jpg", sized(who, side)), detector(), landmarker()).mesh.any()


@pytest.mark.parametrize("who", ["a", "b", "c"])
def test_a_blurred_face_is_refused_with_its_sharpness(who: str) -> None:
    def look(sigma: float) -> None:
        blurred = cv2.GaussianBlur(portrait(who).portrait, (0, 0), sigma)
        make_identity(named("foggy.jpg", np.asarray(blurred, np.uint8)), detector(), landmarker())

    look(6)
    with pytest.raises(
        SourceError, match=r"'foggy\.jpg' is blurred: .* 0\.[345]\d, at.*0\.52"
    ) as why:
        look(12)
    assert "sharper picture" in why.value.hint


@pytest.mark.parametrize("who", ["a", "b", "c"])
def test_contrast_and_noise_do_not_make_a_face_blurred(who: str) -> None:
    noise = np.random.default_rng(3).normal(0, 4, (512, 512, 3))
    flat = 120 + 0.25 * (sized(who, 512) - 120.0) + noise
    make_identity(named("dull.jpg", flat.clip(0, 255).astype(np.uint8)), detector(), landmarker())


def test_a_face_that_is_cut_off_is_refused_with_the_share_that_is_missing() -> None:
    image = portrait("a").portrait
    make_identity(named("close.jpg", image[300:].copy()), detector(), landmarker())
    for cut in (image[:, 480:].copy(), image[420:].copy(), image[:, :540].copy()):
        with pytest.raises(
            SourceError, match=r"\d\d% of the face .* 'cut\.jpg' lies out.*5%"
        ) as why:
            make_identity(named("cut.jpg", cut), detector(), landmarker())
        assert "whole face" in why.value.hint


@pytest.mark.needs_shared
@pytest.mark.parametrize("clip", ["clip_a", "clip_b"])
def test_a_face_turned_away_is_refused_and_one_within_30_degrees_is_not(
    shared: Path, clip: str
) -> None:
    told = []
    for moment in moments(shared / "people" / f"{clip}.mp4", every=15):
        why = refusal(named("frame.png", rgb_of(moment.picture)))
        yaw = abs(moment.yaw_deg[0])
        assert bool(why) or yaw < 35
        if why:
            told.append(why)
            assert yaw > 30
            (said,) = re.findall(r"turned away by (\d+)°; at most 35°", why)
            assert float(said) == pytest.approx(yaw, abs=8)
    assert told


def refusal(picture: Identity) -> str:
    try:
        make_identity(picture, detector(), landmarker())
    except SourceError as why:
        return why.message
    return ""


class Tells:
    """An embedder that says of a picture what it is told."""

    def __init__(self, *said: list[float]) -> None:
        self.said = iter(said)

    def embed(self, picture: Picture, landmarks: Points) -> Embedding:
        assert picture.y.shape[0] > 0
        assert landmarks.shape == (5, 2)
        return np.float32(next(self.said))


def looked_at(*embeddings: list[float], sides: Sequence[int]) -> list[Identity]:
    embedder = Tells(*embeddings)
    return [
        make_identity(
            named(f"{side}.png", sized("a", side)), detector(), landmarker(), {"e": embedder}
        )
        for side in sides
    ]


def test_several_pictures_become_one_identity() -> None:
    seen = looked_at([3, 0], [0, 8], [4, 4], sides=(150, 400, 200))
    with pytest.raises(
        SourceError, match=r"'150\.png' and '400\.png' show different people: .* 0\.00"
    ):
        averaged(seen)
    seen = looked_at([3, 1], [5, 8], [4, 3], sides=(150, 400, 200))
    one = averaged(seen)
    assert one.portrait is seen[1].portrait
    assert one.mesh is seen[1].mesh
    assert one.embeddings["e"].tolist() == [4, 4]
    assert one.embeddings["e"].dtype == np.float32


def test_the_best_picture_is_large_sharp_and_from_the_front() -> None:
    small, large = looked_at([1], [1], sides=(200, 600))
    assert best_of([small, large]) == 1
    assert best_of([large, small, large]) == 0
    foggy = named("foggy", np.asarray(cv2.GaussianBlur(large.portrait, (0, 0), 3), np.uint8))
    assert best_of([make_identity(foggy, detector(), landmarker()), large]) == 1


@pytest.mark.needs_shared
def test_real_weights_tell_pictures_of_two_people_and_make_one_of_two(shared: Path) -> None:
    manifest = Catalog().manifest("mobilefacenet")
    session = open_session(shared / "weights" / "foamliu_MobileFaceNet.onnx")
    embedders = {"mobilefacenet": EMBEDDERS[manifest.family](manifest, session, pytest.fail)}
    seen = {
        who: make_identity(portrait(who), detector(), landmarker(), embedders)
        for who in ("a", "b", "c")
    }
    for one, other in ("ab", "ac", "bc"):
        with pytest.raises(SourceError, match=f"'portrait_{one}.png' and 'portrait_{other}.png'"):
            averaged([seen[one], seen[other]])
    (frame, *_) = moments(shared / "people" / "clip_a.mp4", every=300)
    second = make_identity(
        named("clip", rgb_of(frame.picture)), detector(), landmarker(), embedders
    )
    both = averaged([seen["a"], second]).embeddings["mobilefacenet"]
    for single in (seen["a"], second):
        assert cosine(both, single.embeddings["mobilefacenet"]) > 0.9


@pytest.mark.parametrize("shape", [(480, 640), (1, 1), (3000, 40)])
def test_a_picture_without_a_face_is_refused(shape: tuple[int, int]) -> None:
    image = np.full((*shape, 3), 120, np.uint8)
    with pytest.raises(SourceError, match=r"No face was found in the portrait 'wall\.png'") as why:
        make_identity(named("wall.png", image), detector(), landmarker())
    assert "one face that looks towards the camera" in why.value.hint


def test_a_face_that_is_too_small_is_refused_with_its_width() -> None:
    image = np.full((480, 640, 3), 120, np.uint8)
    image[200:296, 300:396] = sized("a", 96)
    with pytest.raises(SourceError, match=r"'tiny\.png' is \d\d px wide; it takes.*48") as why:
        make_identity(named("tiny.png", image), detector(), landmarker())
    assert "larger picture" in why.value.hint


def test_what_only_the_detector_takes_for_a_face_is_refused() -> None:
    image = np.random.default_rng(1).integers(0, 256, (400, 400, 3), np.uint8)
    five = np.float32([[160, 180], [240, 180], [200, 220], [170, 260], [230, 260]])
    wrong = Sees([Detection(Box(120, 120, 280, 300), 0.9, five)])
    with pytest.raises(SourceError, match=r"'moon\.png' is not one on a closer look") as why:
        make_identity(named("moon.png", image), wrong, landmarker())
    assert "0.5" in why.value.message
    assert why.value.hint


def test_a_detector_that_is_a_little_off_does_no_harm() -> None:
    truth = portrait("a")
    five = np.stack(
        [*(truth.mesh[pair, :2].mean(axis=0) for pair in ([33, 133], [362, 263])),
         *truth.mesh[[4, 61, 291], :2]]
    ).astype(np.float32)  # fmt: skip
    off = Sees([Detection(Box(300, 300, 700, 800), 0.9, five * np.float32(1.02) + 6)])
    made = make_identity(named("a.png", truth.portrait), off, landmarker())
    gap = np.linalg.norm(made.mesh[:, :2] - truth.mesh[:, :2], axis=1)
    assert gap.mean() < 0.01 * np.linalg.norm(truth.mesh[33] - truth.mesh[263])


@pytest.mark.parametrize("content", [b"", b"not a picture at all", b"\x89PNG\r\n\x1a\n"])
def test_a_file_that_is_no_picture_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.png"
    path.write_bytes(content)
    with pytest.raises(SourceError, match=r"broken\.png"):
        read_portrait(path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"nobody\.png"):
        read_portrait(tmp_path / "nobody.png")
