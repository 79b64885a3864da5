"""Faces followed by landmarkers other than FaceMesh: fewer points, no depth, no opinion."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from paper import Person, Stage
from people import Moment, moments
from wearing import PORTRAITS, portrait

from livecam.detectors import FAMILIES as DETECTORS
from livecam.face import Box, Detection, Face
from livecam.frame import Frame
from livecam.landmarkers import FAMILIES as LANDMARKERS
from livecam.landmarkers import Landmarks
from livecam.picture import Picture
from livecam.runtime.catalog import Catalog
from livecam.runtime.graph import make_ready
from livecam.runtime.manifest import Manifest
from livecam.runtime.session import Session, open_session
from livecam.tracking import Tracker, TrackingOptions
from livecam.tracking.motion import face_size
from livecam.vision.ibug import ibug_points
from livecam.vision.layout import layout_of, mesh_of
from livecam.vision.mesh import face_box, five_points

INNER = [*range(17, 68)]
OPENSEEFACE = [*range(48), 49, 50, 51, 52, 53, 55, 56, 57, 58, 59, 48, 61, 62, 63, 54, 65, 66, 67]
"""iBUG's point for each of OpenSeeFace's."""


@dataclass
class Told:
    """Plays the detector and a landmarker that are told the truth, which trembles."""

    order: Sequence[int]
    """iBUG's point for each of the landmarker's."""
    points: NDArray[np.float32] = field(default_factory=lambda: np.zeros((68, 2), np.float32))
    tremble: float = 0.01
    """In eye distances."""
    _noise: np.random.Generator = field(default_factory=lambda: np.random.default_rng(0))

    def detect(
        self,
        picture: Picture,  # noqa: ARG002 – it knows
        *,
        smallest: float | None = None,  # noqa: ARG002 – it knows
    ) -> list[Detection]:
        low, high = self.points.min(axis=0).tolist(), self.points.max(axis=0).tolist()
        return [Detection(Box(*low, *high), 0.9, five_points(self.points))]

    def locate(self, picture: Picture, around: NDArray[np.float32]) -> Landmarks:  # noqa: ARG002
        assert len(around) in {5, len(self.order)}
        points = self.points[self.order]
        noise = self._noise.normal(size=points.shape) * self.tremble * face_size(points)
        seen = (points + noise).astype(np.float32)
        return Landmarks(seen, 0.99)


def follow(told: Told, clip: Path) -> tuple[list[NDArray[np.float32]], list[Moment]]:
    tracker = Tracker(told, told, TrackingOptions())
    found, shown = [], []
    for index, moment in enumerate(moments(clip, every=1)):
        told.points = moment.points[0]
        (face,) = tracker.track(Frame(moment.picture, index, index, Fraction(1, 30), 0.0))
        assert face.track_id == 0
        assert face.mesh is None
        found.append(tracker._tracks[0].points)
        np.testing.assert_array_equal(face.landmarks, five_points(found[-1]))
        shown.append(moment)
    return found, shown


def tremble(points: Sequence[NDArray[np.float32]]) -> float:
    track = np.stack(points)
    return float(np.linalg.norm(track[2:] - 2 * track[1:-1] + track[:-2], axis=2).mean())


@pytest.mark.parametrize("order", [range(68), OPENSEEFACE], ids=["68 points", "66 points"])
def test_points_without_depth_are_followed_and_calmed(order: Sequence[int], assets: Path) -> None:
    clip = assets / "clip_a_360p.mp4"
    found, shown = follow(Told(list(order)), clip)
    inner = [n for n, ibug in enumerate(order) if ibug in INNER]
    truth = [moment.points[0][list(order)] for moment in shown]
    sizes = [face_size(points) for points in truth]
    errors = [
        np.linalg.norm(mine[inner] - true[inner], axis=1).mean() / size
        for mine, true, size in zip(found, truth, sizes, strict=True)
    ]
    assert np.mean(errors) < 0.013
    raw = Told(list(order))
    measured = []
    for moment in shown:
        raw.points = moment.points[0]
        measured.append(raw.locate(moment.picture, np.zeros((5, 2), np.float32)).points)
    calm = tremble([points[inner] for points in found])
    assert calm < 0.75 * tremble([points[inner] for points in measured])


def test_the_size_of_a_flat_face_hardly_changes_with_yaw(assets: Path) -> None:
    truth = np.load(assets / "clip_a_360p.npz")
    ratios = []
    for points, pose in zip(truth["points"], truth["pose_deg"], strict=True):
        eyes = np.linalg.norm(points[36] - points[45])
        ratios.append((abs(pose[0]), face_size(points.astype(np.float32)) / eyes))
    front = [ratio for yaw, ratio in ratios if yaw < 15]
    assert np.mean(front) == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize("roll_deg", [0, 90, 180, 30])
def test_the_box_of_fewer_points_is_that_of_the_mesh(roll_deg: int) -> None:
    """What hides a face covers as much of it, whatever landmarker follows it."""
    for who in PORTRAITS:
        mesh = portrait(who).mesh.copy()
        angle = np.radians(roll_deg)
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        mesh[:, :2] = mesh[:, :2] @ turn.T
        whole, fewer = face_box(mesh), face_box(ibug_points(mesh))
        assert whole.iou(fewer) > 0.88
        assert (fewer.width, fewer.height) == pytest.approx((whole.width, whole.height), rel=0.09)


def test_what_is_no_mesh_is_not_taken_for_one() -> None:
    for count, depth in ((68, 2), (66, 2), (106, 2), (468, 2)):
        assert mesh_of(np.zeros((count, depth), np.float32)) is None
    assert mesh_of(np.zeros((468, 3), np.float32)) is not None
    assert {layout_of(np.zeros((n, 2), np.float32)).count for n in (66, 68, 106, 468)} == {
        66, 68, 106, 468,
    }  # fmt: skip


class Sanguine(Stage):
    """Takes whatever it looks at for a face, and cannot tell."""

    def locate(self, picture: Picture, around: NDArray[np.float32]) -> Landmarks:
        seen = super().locate(picture, around)
        return Landmarks(seen.points, 0.9, tells=False)


def faces_of(stage: Stage, people: Sequence[Sequence[Person]]) -> list[list[Face]]:
    tracker = Tracker(stage, stage, TrackingOptions())
    return [tracker.track(stage.frame(n, who)) for n, who in enumerate(people)]


def test_a_face_only_the_detector_can_tell_ends_when_two_looks_miss_it() -> None:
    ann = [Person("ann", x=320 + n) for n in range(30)]
    faces = faces_of(Sanguine(), [*([who] for who in ann), *([[]] * 60)])
    assert all(len(seen) == 1 for seen in faces[:30])
    assert all(not seen for seen in faces[30 + 32 :]), "gone within two looks, a second"


def test_one_look_that_misses_does_not_end_it() -> None:
    stage = Sanguine()
    tracker = Tracker(stage, stage, TrackingOptions())
    for n in range(60):
        stage.blind = 10 <= n < 20  # over the look at half a second
        (face,) = tracker.track(stage.frame(n, [Person("ann", x=320 + n / 4)]))
        assert face.track_id == 0


@pytest.mark.needs_shared
def test_openseeface_follows_a_face_that_a_hand_covers(shared: Path, tmp_path: Path) -> None:
    def opened(name: str, weights: str) -> tuple[Manifest, Session]:
        manifest = Catalog().manifest(name)
        path = make_ready(shared / "weights" / weights, manifest.input, tmp_path / f"{name}.onnx")
        return manifest, open_session(path, providers=["cpu"])

    detector = DETECTORS["yunet"](*opened("yunet", "yunet_s_640_640.onnx"))
    landmarker = LANDMARKERS["openseeface"](*opened("openseeface_66", "osf_lm_model0_opt.onnx"))
    tracker = Tracker(detector, landmarker, TrackingOptions())
    errors = []
    for index, moment in enumerate(moments(shared / "people" / "clip_c_hand.mp4", every=1)):
        (face,) = tracker.track(Frame(moment.picture, index, index, Fraction(1, 30), 0.0))
        assert face.track_id == 0
        off = np.linalg.norm(face.landmarks - moment.five[0], axis=1).mean()
        errors.append(off / moment.eye_distance[0])
    assert np.mean(errors) < 0.1
