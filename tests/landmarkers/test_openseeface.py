"""The real OpenSeeFace on the rendered people, against the truth."""

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

pytestmark = pytest.mark.needs_shared

SAME = [*range(17, 48)]
"""Brows, nose and eyes: iBUG's points, in its order."""
LIPS = {58: 48, 62: 54, 48: 49, 49: 50, 50: 51, 51: 52, 52: 53, 53: 55, 55: 57, 57: 59}
"""OpenSeeFace's point for iBUG's: the corners and the outer edge."""
OUTER_CORNERS = (36, 45)


@pytest.fixture(scope="module")
def openseeface(shared: Path) -> Landmarker:
    manifest = Catalog().manifest("openseeface_66")
    session = open_session(shared / "weights" / "osf_lm_model0_opt.onnx", providers=["cpu"])
    return FAMILIES[manifest.family](manifest, session)


def error(points: NDArray[np.float32], truth: NDArray[np.float32]) -> float:
    """Mean over the inner points, as a share of the distance of the outer corners of the eyes."""
    left, right = OUTER_CORNERS
    mine, theirs = [*SAME, *LIPS], [*SAME, *LIPS.values()]
    off = np.linalg.norm(points[mine] - truth[theirs], axis=1).mean()
    return float(off / np.linalg.norm(truth[left] - truth[right]))


@pytest.mark.parametrize("clip", ["clip_a", "clip_b", "clip_c_hand", "clip_ab"])
def test_the_points_are_near_the_truth(openseeface: Landmarker, shared: Path, clip: str) -> None:
    front, side = [], []
    for moment in moments(shared / "people" / f"{clip}.mp4", every=15):
        for face, truth in enumerate(moment.points):
            seen = openseeface.locate(moment.picture, moment.five[face])
            assert seen.presence > 0.5
            (front if abs(moment.yaw_deg[face]) <= 30 else side).append(error(seen.points, truth))
    assert np.mean(front) < 0.055
    assert max(front) < 0.08
    assert not side or np.mean(side) < 0.12


def test_the_demo_clip_is_followed_from_points_to_points(
    openseeface: Landmarker, assets: Path
) -> None:
    errors, around = [], None
    for moment in moments(assets / "clip_a_360p.mp4", every=1):
        seen = openseeface.locate(moment.picture, moment.five[0] if around is None else around)
        around = seen.points
        errors.append(error(around, moment.points[0]))
        off = np.linalg.norm(seen.landmarks - moment.five[0], axis=1).mean()
        assert off < 0.15 * moment.eye_distance[0]
    assert np.mean(errors) < 0.06


@pytest.mark.parametrize("turn", [cv2.ROTATE_90_CLOCKWISE, cv2.ROTATE_180])
def test_a_turned_picture_turns_the_points(
    openseeface: Landmarker, assets: Path, turn: int
) -> None:
    moment = next(iter(moments(assets / "clip_a_360p.mp4", every=1)))
    image = moment.picture.to_rgb()
    height, width = image.shape[:2]

    def turned(points: NDArray[np.float32]) -> NDArray[np.float32]:
        x, y = points[..., 0], points[..., 1]
        to = (
            (height - 1 - y, x)
            if turn == cv2.ROTATE_90_CLOCKWISE
            else (width - 1 - x, height - 1 - y)
        )
        return np.stack(to, axis=-1).astype(np.float32)

    upright = openseeface.locate(moment.picture, moment.five[0])
    found = openseeface.locate(Picture.from_rgb(cv2.rotate(image, turn)), turned(moment.five[0]))
    gap = np.linalg.norm(found.points - turned(upright.points), axis=1).mean()
    assert gap < 0.03 * moment.eye_distance[0]


def test_presence_is_low_where_there_is_no_face(openseeface: Landmarker, shared: Path) -> None:
    moment: Moment = next(iter(moments(shared / "people" / "clip_a.mp4", every=1)))
    five, eyes = moment.five[0], moment.eye_distance[0]
    for across, down in [(-4, 0), (4, 0), (-3, -1.5), (4, 3), (60, 0), (-60, -60)]:
        around = five + np.float32([across, down]) * eyes
        assert openseeface.locate(moment.picture, around).presence < 0.5, (across, down)
    height, width = moment.picture.luma.shape
    noise = np.random.default_rng(2).integers(0, 256, (height, width, 3), np.uint8)
    for image in (np.full((height, width, 3), 128, np.uint8), noise):
        assert openseeface.locate(Picture.from_rgb(image), five).presence < 0.1
