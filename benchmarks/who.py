"""How often somebody else wears the swap: people who cross, cover each other, leave and return.

The rendered people are put before a wall or before each other, and everyone's place is known. A
swap is wrong where it is made on the face of somebody who is not meant, and missed where the one
who is meant is seen, turned by 30° at most, and not swapped. Of a live run frames are counted, too,
in which the policy showed something else.

    python benchmarks/who.py ../shared [SCENE…] [--live [--without]]
"""

import argparse
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import count, islice
from pathlib import Path

import numpy as np
from privacy import INNER, RATE, SEEN, STRIP, Clip, mobilefacenet, stand, wall

from livecam.embedders import Embedder
from livecam.face import Crop, Face, Identity, Points
from livecam.frame import Frame
from livecam.load import Models, load_models
from livecam.picture import Affine, Patch, Picture
from livecam.settings import Settings
from livecam.swap import Faces, FaceSwap, SwapOptions
from livecam.swap.identity import read_portrait
from livecam.swap.options import Order
from livecam.swap.recognition import FILE_PACE, LIVE_PACE, Recognition
from livecam.swappers import Disguise, Swapper
from livecam.swappers.manner import Manner
from livecam.tracking import Tracker, TrackingOptions

CLIPS = {"a": "clip_a", "b": "clip_b", "c": "clip_c_hand"}
NEAR = 0.6
"""Distances of the eyes within which a face is somebody's."""
FRONTAL_DEG = 30.0
LEFT, MIDDLE, RIGHT = 20, 420, 820


@dataclass(frozen=True)
class Walk:
    """Somebody's way: the left edge of the strip they are seen in, frame by frame, px."""

    who: str
    left: Callable[[int], float]


@dataclass(frozen=True)
class Scene:
    """People from back to front."""

    walks: Sequence[Walk]
    frames: int
    wearer: str
    order: Order = Order.LARGE_SMALL
    """In which the wearer comes first at first sight."""


@dataclass(frozen=True)
class Moment:
    """A frame, and whoever is seen in it."""

    picture: Picture
    seen: Mapping[str, Points]
    """Those of whose features most are seen."""
    due: frozenset[str]
    """Those who are seen wholly, and from the front."""


def still(at: float) -> Callable[[int], float]:
    """Stays."""
    return lambda _: at


def goes(start: float, end: float, *, begin: int = 0, speed: float = 12) -> Callable[[int], float]:
    """From one place to another, in so many px a frame."""
    step = speed if end > start else -speed

    def left(n: int) -> float:
        there = start + step * max(n - begin, 0)
        return min(there, end) if step > 0 else max(there, end)

    return left


def then(
    one: Callable[[int], float], other: Callable[[int], float], *, begin: int
) -> Callable[[int], float]:
    """One way, and another from a frame on."""
    return lambda n: other(n) if n >= begin else one(n)


def away(
    at: float, side: float, *, gone: int, back: int, speed: float = 20
) -> Callable[[int], float]:
    """Leaves towards a side, and returns."""
    leaves, returns = (
        goes(at, side, begin=gone, speed=speed),
        goes(side, at, begin=back, speed=speed),
    )
    return then(leaves, returns, begin=back)


OUT_LEFT, OUT_RIGHT = -STRIP - 40, 1320

PASSES = Walk("b", goes(OUT_LEFT, OUT_RIGHT))
STAYS = Walk("a", still(MIDDLE))

SCENES: Mapping[str, Scene] = {
    "two": Scene([Walk("a", still(100)), Walk("b", still(740))], 150, "a", Order.LEFT_RIGHT),
    "walks_past": Scene([STAYS, PASSES], 170, "a"),
    "walks_behind": Scene([PASSES, STAYS], 170, "a"),
    "runs_past": Scene([STAYS, Walk("b", goes(OUT_LEFT, OUT_RIGHT, begin=20, speed=30))], 110, "a"),
    "flies_past": Scene([STAYS, Walk("b", goes(OUT_LEFT, OUT_RIGHT, begin=20, speed=60))], 80, "a"),
    "stops_before": Scene(
        [
            STAYS,
            Walk("b", then(goes(OUT_LEFT, MIDDLE), goes(MIDDLE, OUT_RIGHT, begin=110), begin=110)),
        ],
        190,
        "a",
    ),
    "cross": Scene(
        [Walk("b", goes(RIGHT, LEFT, begin=20)), Walk("a", goes(LEFT, RIGHT, begin=20))],
        150,
        "a",
        Order.LEFT_RIGHT,
    ),
    "cross_behind": Scene(
        [Walk("a", goes(LEFT, RIGHT, begin=20)), Walk("b", goes(RIGHT, LEFT, begin=20))],
        150,
        "a",
        Order.LEFT_RIGHT,
    ),
    "takes_over": Scene(
        [
            Walk("b", goes(OUT_RIGHT, LEFT, begin=70)),
            Walk(
                "a",
                then(goes(LEFT, OUT_LEFT, begin=30), goes(OUT_RIGHT, RIGHT, begin=180), begin=180),
            ),
        ],
        270,
        "a",
    ),
    "beside": Scene(
        [
            Walk("b", goes(OUT_RIGHT, RIGHT, begin=10)),
            Walk("a", away(LEFT, OUT_LEFT, gone=90, back=160)),
        ],
        230,
        "a",
    ),
    "three": Scene(
        [
            Walk("c", still(MIDDLE)),
            Walk("b", goes(RIGHT, LEFT, begin=30, speed=10)),
            Walk("a", goes(LEFT, RIGHT, begin=60, speed=14)),
        ],
        200,
        "a",
        Order.LEFT_RIGHT,
    ),
    "three_return": Scene(
        [
            Walk("a", away(LEFT, OUT_LEFT, gone=30, back=110)),
            Walk("c", away(RIGHT, OUT_RIGHT, gone=50, back=120)),
            Walk("b", away(MIDDLE, OUT_RIGHT, gone=60, back=160, speed=30)),
        ],
        230,
        "c",
        Order.RIGHT_LEFT,
    ),
}


def moments(scene: Scene, people: Path) -> Iterator[Moment]:
    """The frames of a scene."""
    clips = {walk.who: Clip(people / f"{CLIPS[walk.who]}.mp4") for walk in scene.walks}
    yaws = {
        who: np.abs(np.load(clip.path.with_suffix(".npz"))["pose_deg"].reshape(-1, 3)[:, 0])
        for who, clip in clips.items()
    }
    shown = zip(count(), *(iter(clips[walk.who]) for walk in scene.walks), strict=False)
    for n, *people_now in islice(shown, scene.frames):
        picture = wall(people_now[0][0])
        places: dict[str, tuple[Points, float]] = {}
        for walk, clip in zip(scene.walks, people_now, strict=True):
            left = walk.left(n)
            picture, points = stand(picture, clip, left)
            places[walk.who] = points, int(left) // 2 * 2
        seen, due = {}, set()
        for k, walk in enumerate(scene.walks):
            points, _ = places[walk.who]
            share = _uncovered(points, [places[w.who][1] for w in scene.walks[k + 1 :]], picture)
            if share >= SEEN:
                seen[walk.who] = points
            if share == 1 and yaws[walk.who][n] <= FRONTAL_DEG:
                due.add(walk.who)
        yield Moment(picture, seen, frozenset(due))


def _uncovered(points: Points, strips: Sequence[float], picture: Picture) -> float:
    """Share of the features that are in the picture, and before all strips."""
    x, y = points[INNER, 0], points[INNER, 1]
    free = (x >= 0) & (x < picture.width) & (y >= 0) & (y < picture.height)
    for left in strips:
        free &= (x < left) | (x >= left + STRIP)
    return float(free.mean())


@dataclass
class Noted:
    """A swapper that notes which faces were swapped."""

    swapper: Swapper
    swaps: list[Face] = field(default_factory=list)

    @property
    def embedder(self) -> str | None:
        """As the swapper's."""
        return self.swapper.embedder

    @property
    def needs_portrait(self) -> bool:
        """As the swapper's."""
        return self.swapper.needs_portrait

    def wear(self, identity: Identity) -> "NotedDisguise":
        """The disguise, noted."""
        return NotedDisguise(self.swapper.wear(identity), self)


@dataclass
class NotedDisguise:
    """A disguise that notes what it does."""

    disguise: Disguise
    noted: Noted

    def alignment(self, face: Face, manner: Manner) -> tuple[Affine, int]:
        """As the disguise's."""
        return self.disguise.alignment(face, manner)

    def swap(self, crop: Crop, face: Face, manner: Manner, *, time_s: float) -> Patch | None:
        """As the disguise's, noted where there is a swap."""
        patch = self.disguise.swap(crop, face, manner, time_s=time_s)
        if patch is not None:
            self.noted.swaps.append(face)
        return patch

    def forget(self, alive: set[int]) -> None:
        """As the disguise's."""
        self.disguise.forget(alive)


@dataclass
class Tally:
    """What came of a scene."""

    frames: int = 0
    due: int = 0
    wrong: list[int] = field(default_factory=list)
    missed: list[int] = field(default_factory=list)
    policy: int = 0
    looks: int = 0


def nearest(face: Face, seen: Mapping[str, Points]) -> str | None:
    """Whose face it is."""
    middle = face.landmarks[:2].mean(axis=0)
    found = {}
    for who, points in seen.items():
        eyes = points[36:42].mean(axis=0), points[42:48].mean(axis=0)
        wide = float(np.linalg.norm(points[36] - points[45]))
        found[who] = float(np.linalg.norm(middle - np.mean(eyes, axis=0))) / max(wide, 1.0)
    who = min(found, key=found.__getitem__, default=None)
    return who if who is not None and found[who] < NEAR else None


def tally(
    scene: Scene,
    people: Path,
    models: Models,
    embedder: Embedder | None,
    *,
    live: bool,
) -> Tally:
    """Plays a scene: with the reference selector, or live, with the wearer known again.

    Args:
        scene: Who walks where.
        people: Folder of the rendered people.
        models: All but the embedder.
        embedder: Tells people; live, None leaves that to time.
        live: Whether to play it live, each frame at its time.
    """
    noted = Noted(models.swapper)
    worn = "a" if scene.wearer == "c" else "c"
    face_swap = FaceSwap(
        Tracker(models.detector, models.landmarker, TrackingOptions(), live=live),
        noted,
        models.identity(read_portrait(people / f"portrait_{worn}.png")),
        SwapOptions(faces=Faces.ONE if live else Faces.REFERENCE, order=scene.order),
        recognition=embedder and _recognition(scene, people, models, embedder, live=live),
        live=live,
    )
    result, start = Tally(), time.monotonic()
    with face_swap:
        for n, moment in enumerate(moments(scene, people)):
            if live:
                time.sleep(max(0.0, start + n / RATE - time.monotonic()))
            noted.swaps.clear()
            face_swap.process(Frame(moment.picture, n, n, Fraction(1, RATE), 0.0))
            whose = [nearest(face, moment.seen) for face in noted.swaps]
            result.frames += 1
            result.wrong += [n] * any(who not in {scene.wearer, None} for who in whose)
            if scene.wearer in moment.due:
                result.due += 1
                result.missed += [n] * (scene.wearer not in whose)
    result.policy = face_swap.report.policy
    result.looks = face_swap.report.recognitions
    return result


def _recognition(
    scene: Scene, people: Path, models: Models, embedder: Embedder, *, live: bool
) -> Recognition:
    """What knows the wearer: by the portrait, or live as seen at first sight."""
    if live:
        return Recognition(embedder, None, pace=LIVE_PACE)
    known = replace(models, embedders={"telling": embedder})
    reference = known.identity(read_portrait(people / f"portrait_{scene.wearer}.png"))
    return Recognition(embedder, [[reference.embeddings["telling"]]], pace=FILE_PACE)


def main() -> None:
    """Plays the scenes that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shared", type=Path)
    parser.add_argument("scenes", nargs="*", choices=[*SCENES, []])
    parser.add_argument("--live", action="store_true")
    parser.add_argument("--without", action="store_true", help="tell the wearer by time alone")
    asked = parser.parse_args()
    models = load_models(Settings())
    embedder = None if asked.without else mobilefacenet(asked.shared)
    print(f"{'scene':14}{'frames':>8}{'wrong':>7}{'missed':>8}{'of':>6}{'policy':>8}{'looks':>7}")
    for name in asked.scenes or SCENES:
        found = tally(SCENES[name], asked.shared / "people", models, embedder, live=asked.live)
        print(
            f"{name:14}{found.frames:8}{len(found.wrong):7}{len(found.missed):8}{found.due:6}"
            f"{found.policy:8}{found.looks:7}  {found.wrong[:12] or ''}{found.missed[:12] or ''}",
            flush=True,
        )


if __name__ == "__main__":
    main()
