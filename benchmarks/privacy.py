"""How often the wearer's own face goes out live: scenes, at default settings, counted and shown.

The rendered people are put before the camera so that it goes wrong where it can: occlusion, cuts,
leaving and returning, somebody else, dropped frames. Every picture that goes out is searched for
faces; one is the wearer's when MobileFaceNet finds it nearer to some picture of the wearer than
`SAME`. Besides, it is counted where the wearer's own samples go out, by where the face truly is.

    python benchmarks/privacy.py ../shared OUT [SCENE…] [--lock]

With --lock the wearer is known again by the face, otherwise by time alone.
"""

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.embedders import FAMILIES, Embedder
from livecam.face import Points
from livecam.frame import Frame
from livecam.load import Models, load_models
from livecam.picture import Image, Picture
from livecam.runtime.catalog import Catalog
from livecam.runtime.session import Session, open_session
from livecam.settings import Settings
from livecam.sources.media_file import MediaFile
from livecam.swap import FaceSwap, SwapOptions
from livecam.swap.identity import read_portrait
from livecam.swap.recognition import LIVE_PACE, Recognition
from livecam.tracking import Tracker, TrackingOptions
from livecam.vision.geometry import similarity
from livecam.vision.mask import hull
from livecam.vision.templates import TEMPLATES

SAME = 0.70
"""Cosine from which a face is the wearer's. Nearest pictures of the same person have 0.85 and more
(the least of half the frames of each clip against the other half, at any yaw), those of
different people 0.55 and less; this is the middle."""
BARE = 0.5
"""Share of the samples within the wearer's features that go out as they came in."""
SEEN = 0.6
"""Share of the features that must be within the picture; nobody is known by an ear at its edge."""
STRIP = 440
"""px of a clip that are cut out around the person."""
RATE = 30
INNER = slice(17, 68)
"""iBUG points of the features, without the jaw."""


@dataclass(frozen=True)
class Clip:
    """A clip with its truth."""

    path: Path

    def __iter__(self) -> Iterator[tuple[Picture, Points]]:
        truth = np.load(self.path.with_suffix(".npz"))["points"].reshape(-1, 68, 2)
        with closing(MediaFile(self.path).frames()) as frames:
            for frame, points in zip(frames, truth, strict=False):
                if frame is not None:
                    yield frame.picture, points


Shown = Iterator[tuple[Picture, Points | None]]
Scene = Callable[[Path], Shown]


def _planes(picture: Picture) -> Iterator[tuple[NDArray[np.uint8], int]]:
    return zip((picture.y, picture.u, picture.v), (1, 2, 2), strict=True)


def wall(like: Picture) -> Picture:
    """A room without anybody: soft stripes."""
    x = np.linspace(0, 9, like.width)
    y = np.tile((110 + 30 * np.sin(x)).astype(np.uint8), (like.height, 1))
    grey = np.full_like(like.u, 128)
    return Picture(y, grey, grey, like.colour)


def with_strip(back: Picture, front: Picture, middle: int, left: int) -> Picture:
    """`back`, with the strip of `front` about column `middle` over it, from column `left` on."""
    planes = []
    for (below, step), (above, _) in zip(_planes(back), _planes(front), strict=True):
        start, cut, width = left // step, (middle - STRIP // 2) // step, STRIP // step
        first, last = max(start, 0), min(start + width, below.shape[1])
        made = below.copy()
        if first < last:
            made[:, first:last] = above[:, cut + first - start : cut + last - start]
        planes.append(made)
    return Picture(*planes, back.colour)


def stand(back: Picture, clip: tuple[Picture, Points], left: float) -> tuple[Picture, Points]:
    """`back` with the person of a clip before it, their strip from column `left` on."""
    picture, points = clip
    middle = int(np.clip(points[:, 0].mean(), STRIP // 2, picture.width - STRIP // 2)) // 2 * 2
    at = int(left) // 2 * 2
    return with_strip(back, picture, middle, at), points + np.float32([at - middle + STRIP // 2, 0])


def changed(picture: Picture, gain: float) -> Picture:
    """`picture` in another light."""
    y = np.clip((picture.y.astype(np.float32) - 16) * gain + 16, 16, 235).astype(np.uint8)
    return replace(picture, y=y)


def mirrored(clip: tuple[Picture, Points]) -> tuple[Picture, Points]:
    """The clip's picture as in a mirror."""
    picture, points = clip
    planes = (np.ascontiguousarray(plane[:, ::-1]) for plane, _ in _planes(picture))
    turned = points.copy()
    turned[:, 0] = picture.width - 1 - points[:, 0]
    return Picture(*planes, picture.colour), turned


def covered(picture: Picture, x: float, y: float, radius: float) -> Picture:
    """A dark disc before the camera."""
    planes = []
    for (plane, step), value in zip(_planes(picture), (60, 120, 135), strict=True):
        made = plane.copy()
        cv2.circle(made, (round(x / step), round(y / step)), round(radius / step), value, -1)
        planes.append(made)
    return Picture(*planes, picture.colour)


def _clip(people: Path, name: str) -> Clip:
    return Clip(people / f"clip_{name}.mp4")


def alone(people: Path) -> Shown:
    """Speech, blinks, light that changes."""
    yield from _clip(people, "a")


def turning(people: Path) -> Shown:
    """To the side and back, yaw up to 56°, twice as fast the second time."""
    yaw = np.abs(np.load(people / "clip_a.npz")["pose_deg"][:, 0])
    middle = int(yaw.argmax())
    around = list(islice(_clip(people, "a"), max(middle - 35, 0), middle + 35))
    yield from around
    yield from around[::-2]


def hand(people: Path) -> Shown:
    """A hand wipes over the face, and is held beside an eye."""
    yield from _clip(people, "c_hand")


def disc(people: Path) -> Shown:
    """A disc passes over the face, larger from time to time, until it covers all of it."""
    for n, (picture, points) in enumerate(islice(_clip(people, "a"), 240)):
        turn, size = n % 60, float(np.ptp(points[INNER, 0]))
        x = points[:, 0].mean() + (turn - 30) / 15 * size
        yield covered(picture, x, points[INNER, 1].mean(), size * (0.3 + 0.25 * (n // 60))), points


def leaves(people: Path) -> Shown:
    """Walks out, stays away for a second, and returns on the same side; then runs."""
    for n, clip in enumerate(islice(_clip(people, "a"), 290)):
        speed, turn = (12, n) if n < 200 else (40, n - 200)
        gone = min(speed * turn, 1000, 2000 + 30 * speed - speed * turn)
        yield stand(wall(clip[0]), clip, 340 + max(gone, 0))


def _passes(people: Path, speed: int) -> Shown:
    for n, (a, b) in enumerate(zip(_clip(people, "a"), _clip(people, "b"), strict=False)):
        if speed * n > 1280 + 2 * STRIP + 20 * speed:
            return
        yield stand(a[0], b, speed * (n - 10) - STRIP)[0], a[1]


def walks_past(people: Path) -> Shown:
    """Somebody else walks past before the wearer."""
    yield from _passes(people, 10)


def runs_past(people: Path) -> Shown:
    """The same, running."""
    yield from _passes(people, 25)


def flies_past(people: Path) -> Shown:
    """The same, too fast to be found before the wearer is covered."""
    yield from _passes(people, 50)


def stops_before(people: Path) -> Shown:
    """Somebody else stops before the wearer, and goes on."""
    for n, (a, b) in enumerate(islice(zip(_clip(people, "a"), _clip(people, "b")), 200)):  # noqa: B905
        yield stand(a[0], b, min(10 * n - STRIP, 420, 1720 - 10 * n))[0], a[1]


def beside(people: Path) -> Shown:
    """Somebody else comes, the wearer leaves and returns, while they stay."""
    for n, (a, b) in enumerate(islice(zip(_clip(people, "a"), _clip(people, "b")), 270)):  # noqa: B905
        room, _ = stand(wall(a[0]), b, max(1280 - 20 * n, 780))
        yield stand(room, a, 60 - 20 * min(max(n - 80, 0), max(200 - n, 0), 30))


def takes_over(people: Path) -> Shown:
    """The wearer leaves, somebody else comes, the wearer returns beside them."""
    for n, (a, b) in enumerate(islice(zip(_clip(people, "a"), _clip(people, "b")), 240)):  # noqa: B905
        room = wall(a[0])
        if n > 70:
            room, _ = stand(room, b, max(1280 - 20 * (n - 70), 780))
        yield stand(room, a, 60 - 20 * min(max(n - 30, 0), max(180 - n, 0), 30))


def cuts(people: Path) -> Shown:
    """Cuts every 20 frames: elsewhere, mirrored, another light, somebody else, nobody."""
    zipped = zip(_clip(people, "a"), _clip(people, "b"), strict=False)
    for n, (a, b) in enumerate(islice(zipped, 260)):
        match n // 20 % 6:
            case 0 | 4:
                yield a
            case 1:
                yield mirrored(a)
            case 2:
                picture, points = stand(changed(b[0], 0.6), a, 60)
                yield changed(picture, 0.6), points
            case 3:
                yield b[0], None
            case _:
                yield (wall(a[0]), None) if n % 20 < 10 else stand(wall(a[0]), a, 700)


def lights(people: Path) -> Shown:
    """The light goes off and on, and flickers."""
    for n, (picture, points) in enumerate(islice(_clip(people, "a"), 180)):
        gain = 0.03 if n % 60 in range(20, 35) else 0.5 if n % 60 in {45, 47, 49} else 1.0
        yield changed(picture, gain), points


def fast(people: Path) -> Shown:
    """Every fourth frame: head and mouth four times as fast."""
    yield from islice(_clip(people, "a"), 0, None, 4)


def near(people: Path) -> Shown:
    """So near that the picture does not hold the face, from side to side."""
    for n, (picture, points) in enumerate(islice(_clip(people, "b"), 180)):
        zoom, (x, y) = 2.2, points[INNER].mean(axis=0)
        x += 150 * np.sin(n / 12)
        frame = np.float32([[zoom, 0, 640 - zoom * x], [0, zoom, 420 - zoom * y]])
        chroma = frame.copy()
        chroma[:, 2] /= 2
        planes = [
            cv2.warpAffine(plane, frame if step == 1 else chroma, plane.shape[::-1],
                           borderMode=cv2.BORDER_REPLICATE)
            for plane, step in _planes(picture)
        ]  # fmt: skip
        yield Picture(*planes, picture.colour), points @ frame[:, :2].T + frame[:, 2]


def both(people: Path) -> Shown:
    """Two people at once, one of them the wearer."""
    truth = np.load(people / "clip_ab.npz")["points"]
    wide = np.ptp(truth[0], axis=1)[:, 0]
    with closing(MediaFile(people / "clip_ab.mp4").frames()) as frames:
        for frame, points in zip(frames, truth[:, int(wide.argmax())], strict=False):
            if frame is not None:
                yield frame.picture, points


SCENES: dict[str, tuple[Scene, str, str]] = {
    scene.__name__: (scene, wearer, worn)
    for scene, wearer, worn in [
        (alone, "a", "c"), (turning, "a", "c"), (hand, "c", "a"), (disc, "a", "b"),
        (leaves, "a", "c"), (walks_past, "a", "c"), (runs_past, "a", "c"),
        (flies_past, "a", "c"), (stops_before, "a", "c"), (beside, "a", "c"),
        (takes_over, "a", "c"), (cuts, "a", "c"), (lights, "a", "c"), (fast, "a", "b"),
        (near, "b", "c"), (both, "b", "c"),
    ]
}  # fmt: skip
"""By name: the scene, who the wearer is, and who is worn."""


def mobilefacenet(shared: Path) -> Embedder:
    """The embedder that tells people, with its weights from `shared`."""
    manifest = Catalog().manifest("mobilefacenet")
    session = open_session(shared / "weights" / "foamliu_MobileFaceNet.onnx")
    embedder: Embedder = FAMILIES[manifest.family](manifest, session, {}.__getitem__)
    return embedder


class Recogniser:
    """Tells whether a face is one person's."""

    def __init__(self, shared: Path, models: Models, *, every: int = 4) -> None:
        self._graph: Session = open_session(shared / "weights" / "foamliu_MobileFaceNet.onnx")
        self._models = models
        self._galleries = {
            who: np.stack([self._embedding(p, t) for p, t in islice(Clip(clip), 0, None, every)])
            for who, clip in zip(
                "abc",
                [shared / "people" / f"clip_{name}.mp4" for name in ("a", "b", "c_hand")],
                strict=True,
            )
        }

    def likeness(self, picture: Picture, who: str) -> float:
        """The largest cosine of a face in `picture` to a picture of `who`; −1 without a face."""
        found = sorted(self._models.detector.detect(picture), key=lambda face: -face.box.area)
        return max(
            (
                float((self._galleries[who] @ self._of(picture, face.landmarks)).max())
                for face in found[:4]
            ),
            default=-1.0,
        )

    def _embedding(self, picture: Picture, truth: Points) -> NDArray[np.float32]:
        found = self._models.detector.detect(picture)
        middle = truth[INNER].mean(axis=0)
        face = min(found, key=lambda f: np.hypot(*(f.landmarks.mean(axis=0) - middle)))
        return self._of(picture, face.landmarks)

    def _of(self, picture: Picture, five: Points) -> NDArray[np.float32]:
        place = similarity(five, TEMPLATES["arcface_112_v2"] * 112 - np.float32(0.5))
        image = picture.crop(place, 112)
        mean, deviation = np.float32([0.485, 0.456, 0.406]), np.float32([0.229, 0.224, 0.225])
        (name,) = self._graph.inputs
        summed = np.zeros(1, np.float32)
        for view in (image, image[:, ::-1]):
            scaled = ((view / np.float32(255)) - mean) / deviation
            feed = np.ascontiguousarray(scaled.transpose(2, 0, 1)[None], np.float32)
            summed = summed + self._graph.run({name: feed})[0].ravel()
        return np.asarray(summed / np.linalg.norm(summed), np.float32)


@dataclass(frozen=True)
class Judged:
    """One frame that went out."""

    before: Picture
    after: Picture
    policy: bool
    """Whether the policy decided what it shows."""
    likeness: float
    bare: float
    """Share of the wearer's own samples, 0–1."""

    @property
    def leaks(self) -> bool:
        """Whether the wearer is seen."""
        return self.likeness >= SAME or self.bare > BARE


def bare_share(before: Picture, after: Picture, wearer: Points | None) -> float:
    """How much of what is within the wearer's features goes out as it came in."""
    if wearer is None:
        return 0.0
    points = np.asarray(wearer[INNER], np.float32)
    in_frame = ((points >= 0) & (points < (before.width, before.height))).all(axis=1)
    if in_frame.mean() < SEEN:
        return 0.0
    inside = np.zeros(before.y.shape, np.uint8)
    cv2.fillPoly(inside, [np.rint(hull(points)).astype(np.int32)], (255,))
    there = inside > 0
    return float(np.mean(before.y[there] == after.y[there]))


def run(
    scene: Shown, face_swap: FaceSwap
) -> Iterator[tuple[Picture, Points | None, Picture, bool]]:
    """Each frame, the wearer in it, what goes out of it, and whether the policy decided that."""
    start = time.monotonic()
    with face_swap:
        for index, (picture, wearer) in enumerate(scene):
            due = start + index / RATE
            time.sleep(max(0.0, due - time.monotonic()))
            before = face_swap.report.policy
            frame = Frame(picture, index, index, Fraction(1, RATE), captured_at=due)
            after = face_swap.process(frame).picture
            yield picture, wearer, after, face_swap.report.policy > before


def judged(
    scene: Shown,
    *,
    wearer: str,
    portrait: Path,
    models: Models,
    recogniser: Recogniser,
    every: int = 1,
    embedder: Embedder | None = None,
) -> list[Judged]:
    """What went out of a scene, at the default settings; of frames with a swap, so many of them."""
    face_swap = FaceSwap(
        Tracker(models.detector, models.landmarker, TrackingOptions(), live=True),
        models.swapper,
        models.identity(read_portrait(portrait)),
        SwapOptions(),
        recognition=embedder and Recognition(embedder, None, pace=LIVE_PACE),
        live=True,
    )
    # What goes out is judged afterwards, so that the detector of the swap has its time.
    shown = list(run(scene, face_swap))
    found, last, likeness = [], None, -1.0
    for n, (before, points, after, policy) in enumerate(shown):
        if after is not last and (policy or n % every == 0):
            last, likeness = after, recogniser.likeness(after, wearer)
        found.append(Judged(before, after, policy, likeness, bare_share(before, after, points)))
    return found


def strip(frames: Sequence[Judged], path: Path, *, rows: int = 8) -> None:
    """The frames with the greatest likeness and the barest ones, before and after."""
    by_likeness = sorted(range(len(frames)), key=lambda n: -frames[n].likeness)[: rows // 2]
    by_bareness = sorted(range(len(frames)), key=lambda n: -frames[n].bare)[: rows // 2]
    lines = []
    for n in sorted({*by_likeness, *by_bareness}):
        one = frames[n]
        pair = np.hstack([_small(one.before), _small(one.after)])
        words = f"{n}  likeness {one.likeness:.2f}  bare {one.bare:.2f}"
        cv2.putText(pair, words, (8, 20), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (255, 255, 0), 1)
        lines.append(pair)
    cv2.imwrite(str(path), cv2.cvtColor(np.vstack(lines), cv2.COLOR_RGB2BGR))


def _small(picture: Picture) -> Image:
    return np.ascontiguousarray(picture.thumbnail(512, 288))


def main() -> None:
    """Plays the scenes that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shared", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("scenes", nargs="*", choices=[*SCENES, []])
    parser.add_argument("--lock", action="store_true")
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    models = load_models(Settings())
    recogniser = Recogniser(asked.shared, models)
    print(f"{'scene':14}{'frames':>8}{'policy':>8}{'likeness':>10}{'bare':>8}{'leaks':>7}")
    leaks = 0
    for name in asked.scenes or SCENES:
        scene, wearer, worn = SCENES[name]
        frames = judged(
            scene(asked.shared / "people"),
            wearer=wearer,
            portrait=asked.shared / "people" / f"portrait_{worn}.png",
            models=models,
            recogniser=recogniser,
            embedder=mobilefacenet(asked.shared) if asked.lock else None,
        )
        leaking = [n for n, one in enumerate(frames) if one.leaks]
        leaks += len(leaking)
        print(
            f"{name:14}{len(frames):8}{sum(one.policy for one in frames):8}"
            f"{max(one.likeness for one in frames):10.2f}{max(one.bare for one in frames):8.2f}"
            f"{len(leaking):7}  {leaking[:12] or ''}",
            flush=True,
        )
        strip(frames, asked.out / f"{name}.png")
    print(f"{leaks} frames show the wearer")


if __name__ == "__main__":
    main()
