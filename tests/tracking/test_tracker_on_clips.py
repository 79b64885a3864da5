"""The tracker with the real models on the rendered people, against the truth."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from people import Moment, moments

from livecam.detectors import FAMILIES as DETECTORS
from livecam.detectors import Detector
from livecam.face import Detection, Face, Mesh
from livecam.frame import Frame
from livecam.landmarkers import FAMILIES as LANDMARKERS
from livecam.landmarkers import Landmarker
from livecam.picture import Picture
from livecam.runtime.catalog import Catalog
from livecam.runtime.session import open_session
from livecam.tracking import Tracker, TrackingOptions

pytestmark = pytest.mark.needs_network

# fmt: off
INNER_51 = [
    70, 63, 105, 66, 107, 336, 296, 334, 293, 300, 168, 197, 5, 4, 75, 97, 2, 326, 305,
    33, 160, 158, 133, 153, 144, 362, 385, 387, 263, 373, 380,
    61, 39, 37, 0, 267, 269, 291, 405, 314, 17, 84, 181, 78, 82, 13, 312, 308, 317, 14, 87,
]
# fmt: on
OUTER_CORNERS = (36, 45)


@dataclass
class Counted:
    """A detector that counts its looks."""

    detector: Detector
    looks: int = 0

    def detect(self, picture: Picture, *, smallest: float | None = None) -> list[Detection]:
        self.looks += 1
        return self.detector.detect(picture, smallest=smallest)


@dataclass
class Models:
    detector: Detector
    landmarker: Landmarker
    counted: Counted = field(init=False)

    def tracker(self) -> Tracker:
        self.counted = Counted(self.detector)
        return Tracker(self.counted, self.landmarker, TrackingOptions())


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Models:
    catalog = Catalog(store=tmp_path_factory.mktemp("models"))
    made = []
    for name, families in (("centerface", DETECTORS), ("facemesh", LANDMARKERS)):
        manifest = catalog.manifest(name)
        session = open_session(catalog.path(name), providers=["cpu"])
        made.append(families[manifest.family](manifest, session))
    return Models(*made)


def frame(picture: Picture, index: int) -> Frame:
    return Frame(picture, index, index, Fraction(1, 30), 0.0)


def distance(mesh: Mesh, points: NDArray[np.float32]) -> float:
    """Of the middles of the inner points, in eye distances."""
    left, right = OUTER_CORNERS
    eyes = np.linalg.norm(points[left] - points[right])
    off = mesh[INNER_51, :2].mean(axis=0) - points[17:].mean(axis=0)
    return float(np.linalg.norm(off) / eyes)


def errors(clip: Path, found: list[list[Mesh]]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Per frame and person the 51 errors (x, y) as shares of the eye distance, NaN where hidden,
    and whether the head is turned by 30° at most.
    """
    truth = np.load(clip.with_suffix(".npz"))
    count = len(truth["points"])
    points = truth["points"].reshape(count, -1, 68, 2)
    left, right = OUTER_CORNERS
    eyes = np.linalg.norm(points[:, :, left] - points[:, :, right], axis=-1)
    off = np.full((*points.shape[:2], 51, 2), np.nan)
    for n, meshes in enumerate(found):
        for mesh in meshes:
            who = min(range(points.shape[1]), key=lambda k: distance(mesh, points[n, k]))
            off[n, who] = (mesh[INNER_51, :2] - points[n, who, 17:]) / eyes[n, who]
    assert not np.isnan(off).any(), "somebody was not followed"
    off[~truth["visible"].reshape(count, -1, 68)[..., 17:]] = np.nan
    return off, np.abs(truth["pose_deg"].reshape(count, -1, 3)[..., 0]) <= 30


def tremble(off: NDArray[np.float64]) -> float:
    return float(np.nanmean(np.linalg.norm(off[2:] - 2 * off[1:-1] + off[:-2], axis=-1)))


def follow(models: Models, clip: Path) -> list[list[Face]]:
    tracker = models.tracker()
    return [
        tracker.track(frame(moment.picture, index))
        for index, moment in enumerate(moments(clip, every=1))
    ]


def check(models: Models, clip: Path) -> list[list[Face]]:
    """Error, share of the detector, and that everybody keeps one number."""
    faces = follow(models, clip)
    off, near_front = errors(clip, [[face.mesh for face in seen] for seen in faces])
    for who in range(off.shape[1]):
        near = np.linalg.norm(off[near_front[:, who], who], axis=-1)
        assert np.nanmean(near) < 0.04
        assert np.nanquantile(np.nanmean(near, axis=1), 0.95) < 0.06
    assert models.counted.looks <= 0.1 * len(faces)
    assert {face.track_id for seen in faces for face in seen} == set(range(off.shape[1]))
    assert all(len(seen) == off.shape[1] for seen in faces)
    return faces


def test_the_small_clip_is_followed_and_calmer_than_the_landmarker(
    models: Models, assets: Path
) -> None:
    clip = assets / "clip_a_360p.mp4"
    faces = check(models, clip)
    alone, mesh = [], faces[0][0].mesh
    for moment in moments(clip, every=1):
        mesh = models.landmarker.locate(moment.picture, mesh).mesh
        alone.append([mesh])
    calm, _ = errors(clip, [[face.mesh for face in seen] for seen in faces])
    raw, _ = errors(clip, alone)
    assert tremble(calm) < 0.8 * tremble(raw)


def opening(
    points: NDArray[np.float32], a: int, b: int, left: int, right: int
) -> NDArray[np.float64]:
    """Of a mouth, frame by frame: the distance of its lips over that of its corners."""
    gap = np.linalg.norm(points[:, a] - points[:, b], axis=1)
    return gap / np.linalg.norm(points[:, left] - points[:, right], axis=1)


@pytest.mark.needs_shared
@pytest.mark.parametrize(
    ("name", "speech"), [("clip_a", 0.97), ("clip_b", 0.94), ("clip_c_hand", 0), ("clip_ab", 0)]
)
def test_the_clips_are_followed(models: Models, shared: Path, name: str, speech: float) -> None:
    """`speech`: least correlation of the mouth's opening; the landmarker alone has no more."""
    clip = shared / "people" / f"{name}.mp4"
    faces = check(models, clip)
    if speech:
        truth = np.load(clip.with_suffix(".npz"))
        mesh = np.stack([seen[0].mesh for seen in faces])
        mouths = opening(mesh[..., :2], 13, 14, 78, 308), opening(truth["points"], 62, 66, 60, 64)
        near_front = np.abs(truth["pose_deg"][:, 0]) <= 30
        assert np.corrcoef(*(mouth[near_front] for mouth in mouths))[0, 1] > speech


STRIP = 440
"""px of the second person's clip that are cut out around them."""


def with_strip(back: Picture, front: Picture, middle: int, left: int) -> Picture:
    """`back`, with the strip of `front` about column `middle` over it, from column `left` on."""
    planes = []
    for n, (below, above) in enumerate([(back.y, front.y), (back.u, front.u), (back.v, front.v)]):
        step = 2 if n else 1
        start, cut, width = left // step, (middle - STRIP // 2) // step, STRIP // step
        first, last = max(start, 0), min(start + width, below.shape[1])
        made = below.copy()
        if first < last:
            made[:, first:last] = above[:, cut + first - start : cut + last - start]
        planes.append(made)
    return Picture(*planes, back.colour)


@dataclass(frozen=True)
class Composed:
    """A frame in which b's strip passes, and where everyone's points are in it."""

    picture: Picture
    points: dict[str, NDArray[np.float32]]
    hidden: dict[str, float]
    """Share of the inner points that are covered or outside the frame."""


def passing(
    people: Path, left: Callable[[int], float], *, behind: bool = True
) -> Iterator[Composed]:
    """Clip b's strip over clip a, or over a grey wall, its left edge at `left` of the frame."""
    clips = (moments(people / f"clip_{name}.mp4", every=1) for name in "ab")
    pairs: Iterator[tuple[Moment, Moment]] = zip(*clips, strict=True)
    for index, (a, b) in enumerate(pairs):
        edge, middle = int(left(index)) // 2 * 2, int(b.points[0, :, 0].mean()) // 2 * 2
        wall = Picture(
            *(np.full_like(plane, 128) for plane in (a.picture.y, a.picture.u, a.picture.v))
        )
        picture = with_strip(a.picture if behind else wall, b.picture, middle, edge)
        shifted = b.points[0] + np.float32([edge - (middle - STRIP // 2), 0])
        points, hidden = {"b": shifted}, {}
        hidden["b"] = float(np.mean((shifted[17:, 0] < 0) | (shifted[17:, 0] >= a.picture.width)))
        if behind:
            x = a.points[0, 17:, 0]
            points["a"] = a.points[0]
            hidden["a"] = float(np.mean((x > edge) & (x < edge + STRIP)))
        yield Composed(picture, points, hidden)


def owners(
    models: Models, scenes: Iterator[Composed], frames: int
) -> tuple[dict[int, dict[str, int]], int]:
    """How often each number was on whose face, and in how many frames a face in full view had
    none.
    """
    tracker = models.tracker()
    found: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    missed = 0
    for index, scene in enumerate(islice(scenes, frames)):
        seen = set()
        for face in tracker.track(frame(scene.picture, index)):
            near = {
                name: distance(face.mesh, points)
                for name, points in scene.points.items()
                if scene.hidden[name] < 0.5
            }
            name = min(near, key=near.__getitem__, default="nobody")
            if near.get(name, 9) < 0.6:
                found[face.track_id][name] += 1
                seen.add(name)
        missed += sum(scene.hidden[name] == 0 and name not in seen for name in scene.points)
    return {number: dict(names) for number, names in found.items()}, missed


@pytest.mark.needs_shared
@pytest.mark.parametrize(
    ("left", "frames"),
    [
        (lambda n: 10 * n - STRIP, 170),
        (lambda n: 25 * n - STRIP, 90),
        (lambda n: 50 * n - STRIP, 60),
        (lambda n: min(10 * n - STRIP, 420, 1720 - 10 * n), 200),
    ],
    ids=["walks past", "runs past", "flies past", "stops before"],
)
def test_numbers_stay_with_their_people_when_one_crosses_the_other(
    models: Models, shared: Path, left: Callable[[int], float], frames: int
) -> None:
    found, missed = owners(models, passing(shared / "people", left), frames)
    assert all(len(names) == 1 for names in found.values()), found
    assert {name for names in found.values() for name in names} == {"a", "b"}
    assert list(found[0]) == ["a"]
    assert missed <= 16


@pytest.mark.needs_shared
def test_whoever_leaves_and_returns_gets_a_new_number_at_once(models: Models, shared: Path) -> None:
    def left(n: int) -> float:
        return 300 - 30 * n if n < 60 else 30 * (n - 90) - STRIP

    found, missed = owners(models, passing(shared / "people", left, behind=False), 130)
    assert [list(names) for names in found.values()] == [["b"], ["b"]]
    assert missed <= 4
