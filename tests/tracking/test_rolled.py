"""Heads on their side and upside down, with the real models, from the picture to the faces."""

from fractions import Fraction

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from wearing import PORTRAITS, landmarker, portrait, session

from livecam.detectors import FAMILIES, Detector, DetectorOptions
from livecam.detectors.options import QuarterTurn
from livecam.face import Mesh
from livecam.frame import Frame
from livecam.picture import Image, Picture
from livecam.runtime.catalog import Catalog
from livecam.tracking import Tracker, TrackingOptions
from livecam.vision.mesh import five_points

pytestmark = pytest.mark.needs_network

WIDTH, HEIGHT = 1280, 720
EVERY: tuple[QuarterTurn, ...] = (0, 90, 180, 270)


def rolled(who: str, angle: int, *, shift: float = 0.0) -> tuple[Image, Mesh]:
    """A frame with the portrait rolled clockwise by `angle`, and where its mesh then lies."""
    shown, mesh = portrait(who).portrait, portrait(who).mesh
    assert mesh is not None
    gain = 500 / shown.shape[0]
    cosine, sine = np.cos(np.radians(angle)) * gain, np.sin(np.radians(angle)) * gain
    turn = np.array([[cosine, -sine], [sine, cosine]])
    middle = np.array([shown.shape[1] - 1, shown.shape[0] - 1]) / 2
    offset = np.array([640 + shift, 360 + shift / 2]) - turn @ middle
    matrix = np.column_stack([turn, offset])
    frame = cv2.warpAffine(
        shown, matrix, (WIDTH, HEIGHT), flags=cv2.INTER_AREA, borderValue=(120, 120, 120)
    )
    moved = mesh.copy()
    moved[:, :2] = mesh[:, :2] @ turn.T + offset
    return np.asarray(frame, np.uint8), moved


def detector(*angles: QuarterTurn) -> Detector:
    manifest = Catalog().manifest("centerface")
    return FAMILIES["centerface"](manifest, session("centerface"), DetectorOptions(angles=angles))


def tracker(*angles: QuarterTurn) -> Tracker:
    return Tracker(detector(*angles), landmarker(), TrackingOptions())


def frame(image: Image, index: int) -> Frame:
    return Frame(Picture.from_rgb(image), index, index, Fraction(1, 30), 0.0)


def error(mesh: NDArray[np.float32], truth: Mesh) -> float:
    """Mean distance in eye distances."""
    eyes = np.linalg.norm(truth[33, :2] - truth[263, :2])
    return float(np.linalg.norm(mesh[:, :2] - truth[:, :2], axis=1).mean() / eyes)


@pytest.mark.parametrize("angle", [90, 180, 270, 60, 200])
@pytest.mark.parametrize("who", PORTRAITS)
def test_a_rolled_face_is_found_and_followed(who: str, angle: int) -> None:
    following = tracker(*EVERY)
    for index in range(4):
        image, truth = rolled(who, angle, shift=3.0 * index)
        (face,) = following.track(frame(image, index))
        assert error(face.mesh, truth) < 0.03
        np.testing.assert_allclose(face.landmarks, five_points(truth), atol=8)
        assert face.score > 0.9
        assert face.track_id == 0


@pytest.mark.parametrize("who", PORTRAITS)
def test_an_upright_face_is_found_as_if_no_others_were_looked_for(who: str) -> None:
    image, _ = rolled(who, 0)
    (one,), (other,) = (tracker(*angles).track(frame(image, 0)) for angles in ((0,), EVERY))
    np.testing.assert_array_equal(one.mesh, other.mesh)


def test_upright_and_rolled_faces_are_found_beside_each_other() -> None:
    (up, mesh), (down, turned) = rolled("a", 0), rolled("b", 180)
    left = up[:, 390:890]
    image = np.full((HEIGHT, WIDTH, 3), 120, np.uint8)
    image[:, 100:600], image[:, 700:1200] = left, down[:, 390:890]
    truths = [m + np.float32([dx, 0, 0]) for m, dx in ((mesh, -290), (turned, 310))]
    faces = sorted(tracker(*EVERY).track(frame(image, 0)), key=lambda face: face.box.left)
    assert len(faces) == 2
    for face, truth in zip(faces, truths, strict=True):
        assert error(face.mesh, truth) < 0.03


def test_each_angle_gives_five_points_as_good_as_upright_ones() -> None:
    def off(angle: int, *looked_for: int) -> float:
        """Mean error over the portraits, in eye distances."""
        errors = []
        for who in PORTRAITS:
            image, truth = rolled(who, angle)
            five = five_points(truth)
            (found,) = detector(*looked_for).detect(Picture.from_rgb(image))
            eyes = np.linalg.norm(five[0] - five[1])
            errors.append(np.linalg.norm(found.landmarks - five, axis=1).mean() / eyes)
        return float(np.mean(errors))

    upright = off(0, 0)
    assert upright < 0.1
    for angle in (90, 180, 270):
        assert off(angle, *EVERY) == pytest.approx(upright, abs=0.02)
        assert off(angle, 0) > 2 * upright
