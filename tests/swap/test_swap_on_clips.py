"""The whole swap, tracker and all, on the rendered people, against the truth."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from people import Moment, moments
from wearing import detector, frame, landmarker, portrait, session

from livecam.picture import Picture
from livecam.runtime.catalog import Catalog
from livecam.swap import FaceSwap, SwapOptions
from livecam.swappers import FAMILIES
from livecam.tracking import Tracker, TrackingOptions
from livecam.vision.mask import polygon

pytestmark = pytest.mark.needs_network

INNER_LIPS, LEFT_EYE, RIGHT_EYE = slice(60, 68), slice(36, 42), slice(42, 48)
"""Of the iBUG points."""


def face_swap(worn: str, **options: object) -> FaceSwap:
    swapper = FAMILIES["mesh"](Catalog().manifest("mesh"), session("mesh"))
    tracker = Tracker(detector(), landmarker(), TrackingOptions())
    return FaceSwap(tracker, swapper, portrait(worn), SwapOptions(**options))


@dataclass(frozen=True)
class Shown:
    """A moment, what was made of it, and whether a face was swapped."""

    moment: Moment
    picture: Picture
    swapped: bool

    def luma(self, points: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Before and after, of the samples well within the polygon of these points."""
        middle = points.mean(axis=0)
        hull = cv2.convexHull((middle + 0.5 * (points - middle)).astype(np.float32))[:, 0]
        left, top = np.floor(hull.min(axis=0)).astype(int) - 1
        size = int(np.ptp(hull, axis=0).max()) + 4
        there = polygon(hull - np.float32([left, top]), size) > 0.5
        part = np.s_[top : top + size, left : left + size]
        before, after = (picture.luma[part] for picture in (self.moment.picture, self.picture))
        return before[there].astype(np.float32), after[there].astype(np.float32)


def shown(clip: Path, made: FaceSwap) -> Iterator[Shown]:
    for index, moment in enumerate(moments(clip, every=1)):
        before = made.report.unswapped
        picture = made.process(frame(moment.picture, index)).picture
        yield Shown(moment, picture, made.report.unswapped == before)


def check(clip: Path, worn: str) -> None:
    """All are swapped up to 45°; an open mouth and open eyes are the target's.

    Without strength, so that features stay where they can be compared.
    """
    made = face_swap(worn, strength=0.0)
    changes, mouths, eyes, noses = [], [], [], []
    for one in shown(clip, made):
        yaw, points = abs(float(one.moment.yaw_deg[0])), one.moment.points[0]
        distance = float(one.moment.eye_distance[0])
        assert one.swapped or yaw > 45, (yaw, clip)
        if yaw > 30:
            continue
        changed = one.picture.y != one.moment.picture.y
        changes.append(changed.sum() / distance**2)
        opening = np.linalg.norm(points[62] - points[66]) / distance
        if opening > 0.15:
            before, after = one.luma(points[INNER_LIPS])
            mouths.append(np.abs(before - after).mean())
        for eye in (LEFT_EYE, RIGHT_EYE):
            lids = points[eye]
            if np.linalg.norm(lids[1] - lids[5]) > 0.3 * np.linalg.norm(lids[0] - lids[3]):
                before, after = one.luma(lids)
                eyes.append(abs(before.mean() - after.mean()))
        nose = points[30:31] + np.float32([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * 0.2 * distance
        before, after = one.luma(nose.astype(np.float32))
        noses.append(np.abs(before - after).mean())
    assert 2.5 < min(changes) < max(changes) < 8, "as much of the face as there is, all the time"
    assert np.mean(mouths) < 8
    assert np.mean(eyes) < 2.5
    assert np.mean(noses) > 7, "the nose is the portrait's"


def test_the_demo_clip_is_swapped(assets: Path) -> None:
    check(assets / "clip_a_360p.mp4", "c")


@pytest.mark.needs_shared
@pytest.mark.parametrize(("name", "worn"), [("clip_a", "c"), ("clip_b", "a")])
def test_the_clips_are_swapped(shared: Path, name: str, worn: str) -> None:
    check(shared / "people" / f"{name}.mp4", worn)
