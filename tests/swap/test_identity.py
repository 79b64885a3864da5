"""The face to be worn, from all kinds of portraits."""

import logging
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest
from wearing import detector, landmarker, portrait

from livecam.errors import SourceError
from livecam.face import Box, Detection, Identity
from livecam.picture import Image, Picture
from livecam.swap.identity import make_identity, read_portrait

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

    def detect(self, picture: Picture) -> list[Detection]:
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


def test_of_several_faces_the_largest_is_worn_and_that_is_said(
    caplog: pytest.LogCaptureFixture,
) -> None:
    image = np.full((640, 1200, 3), 90, np.uint8)
    image[100:500, 40:440] = sized("a", 400)
    image[0:640, 520:1160] = sized("c", 640)
    with caplog.at_level(logging.WARNING):
        made = make_identity(named("us.jpg", image), detector(), landmarker())
    assert 520 < made.mesh[:, 0].mean() < 1160
    assert caplog.messages == ["There are 2 faces in the portrait 'us.jpg'; the largest is worn."]


def test_one_face_is_no_cause_for_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    make_identity(named("me.jpg", sized("b", 300)), detector(), landmarker())
    assert not caplog.records


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
