"""The real detectors on the rendered people, against the truth."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from people import Moment, moments

from livecam.detectors import FAMILIES, Detector, DetectorOptions
from livecam.face import Detection
from livecam.picture import Picture
from livecam.runtime.catalog import Catalog
from livecam.runtime.graph import make_ready
from livecam.runtime.session import open_session

# Of the other families no weights can be had here; tests/conformance looks at how they decode.
WEIGHTS = {"centerface": "centerface.onnx", "yunet": "yunet_s_640_640.onnx"}
CLIPS = ("clip_a", "clip_b", "clip_c_hand", "clip_ab", "clip_a_360p")

Opener = Callable[..., Detector]


@pytest.fixture
def detector_of(shared: Path, tmp_path: Path) -> Opener:
    """Opens a family's detector with the weights in ../shared."""

    def detector(family: str, **options: Any) -> Detector:
        manifest = Catalog().manifest(family)
        weights = shared / "weights" / WEIGHTS[family]
        path = make_ready(weights, manifest.input, tmp_path / f"{family}.onnx")
        session = open_session(path, providers=["cpu"])
        return FAMILIES[family](manifest, session, DetectorOptions(**options))

    return detector


def errors(found: list[Detection], moment: Moment) -> NDArray[np.float64]:
    """Mean error of the five points of each true face, in eye distances; inf where it is missed."""
    result = np.full(len(moment.five), np.inf)
    for place, (five, eyes) in enumerate(zip(moment.five, moment.eye_distance, strict=True)):
        for detection in found:
            error = np.linalg.norm(detection.landmarks - five, axis=1).mean() / eyes
            result[place] = min(result[place], error)
    return np.where(result < 1, result, np.inf)


@pytest.mark.needs_shared
@pytest.mark.parametrize("clip", CLIPS)
@pytest.mark.parametrize("family", WEIGHTS)
def test_every_face_is_found_and_nothing_else(
    shared: Path, detector_of: Opener, family: str, clip: str
) -> None:
    detector = detector_of(family, longest_side=320)
    near_front = []
    for moment in moments(shared / "people" / f"{clip}.mp4", every=20):
        found = detector.detect(moment.picture)
        missed = errors(found, moment)
        assert len(found) == len(moment.five)
        assert np.isfinite(missed).all()
        near_front += missed[np.abs(moment.yaw_deg) <= 30].tolist()
        for detection in found:
            box, (x, y) = detection.box, detection.landmarks.mean(axis=0)
            assert detection.score > 0.6
            assert box.left < x < box.right
            assert box.top < y < box.bottom
    assert np.mean(near_front) < 0.12


@pytest.mark.needs_shared
@pytest.mark.parametrize("family", WEIGHTS)
def test_small_faces_are_found_down_to_ten_px_between_the_eyes(
    shared: Path, detector_of: Opener, family: str
) -> None:
    detector = detector_of(family, longest_side=DetectorOptions().longest_side)
    for moment in moments(shared / "people" / "clip_ab.mp4", every=60):
        # A fifth of the frame, in the middle of a grey one: some 26 px, 9.6 px in the thumbnail.
        image = cv2.resize(moment.picture.to_rgb(), (256, 144), interpolation=cv2.INTER_AREA)
        frame = np.full((720, 1280, 3), 90, np.uint8)
        frame[300:444, 401:657] = image
        points = (moment.points + 0.5) / 5 - 0.5 + np.float32([401, 300])
        small = Moment(Picture.from_rgb(frame), points, moment.yaw_deg)
        assert np.isfinite(errors(detector.detect(small.picture), small)).all()


@pytest.mark.needs_shared
@pytest.mark.parametrize("family", WEIGHTS)
@pytest.mark.parametrize("clip", ["clip_ab", "clip_c_hand"])
def test_faces_of_the_size_that_has_to_be_found_are_found(
    shared: Path, detector_of: Opener, family: str, clip: str
) -> None:
    detector = detector_of(family)
    for moment in moments(shared / "people" / f"{clip}.mp4", every=30):
        left, right = moment.points[:, 36], moment.points[:, 45]
        corners = np.linalg.norm(right - left, axis=1) / np.cos(np.radians(moment.yaw_deg))
        found = detector.detect(moment.picture, smallest=corners.min())
        assert np.isfinite(errors(found, moment)).all()


@pytest.mark.needs_shared
@pytest.mark.parametrize("family", WEIGHTS)
def test_a_closer_look_is_no_worse(shared: Path, detector_of: Opener, family: str) -> None:
    clip = shared / "people" / "clip_a.mp4"
    means = []
    for longest_side in (160, 640):
        detector = detector_of(family, longest_side=longest_side)
        found = [errors(detector.detect(m.picture), m) for m in moments(clip, every=40)]
        means.append(np.mean(found))
    assert np.isfinite(means[1])
    assert means[1] < means[0]


@pytest.mark.needs_shared
@pytest.mark.parametrize("turns", [1, 2, 3])
@pytest.mark.parametrize("family", WEIGHTS)
def test_rolled_faces_are_found_as_well_as_upright_ones(
    shared: Path, detector_of: Opener, family: str, turns: int
) -> None:
    detector = detector_of(family, longest_side=320, angles=(0, 90, 180, 270))
    near_front = []
    for moment in moments(shared / "people" / "clip_ab.mp4", every=60):
        image, points = moment.picture.to_rgb(), moment.points
        for _ in range(turns):
            points = np.stack([image.shape[0] - 1 - points[..., 1], points[..., 0]], axis=-1)
            image = np.ascontiguousarray(np.rot90(image, -1))
        rolled = Moment(Picture.from_rgb(image), points, moment.yaw_deg)
        found = detector.detect(rolled.picture)
        missed = errors(found, rolled)
        assert len(found) == len(moment.five)
        assert np.isfinite(missed).all()
        near_front += missed[np.abs(moment.yaw_deg) <= 30].tolist()
    assert np.mean(near_front) < 0.12


@pytest.mark.needs_network
def test_the_default_detector_follows_the_demo_clip(
    assets: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    catalog = Catalog(store=tmp_path_factory.mktemp("models"))
    session = open_session(catalog.path("centerface"), providers=["cpu"])
    detector = FAMILIES["centerface"](catalog.manifest("centerface"), session)
    for moment in moments(assets / "clip_a_360p.mp4", every=15):
        assert errors(detector.detect(moment.picture), moment) == pytest.approx([0.07], abs=0.07)
    # Of the first picture only the wall.
    wall = np.ascontiguousarray(moment.picture.to_rgb()[:200, :200])
    assert detector.detect(Picture.from_rgb(wall)) == []
