"""The tracker on clips with ground truth: error, tremble, share of the detector, time by stage.

Against it stand the same detector and landmarker run on every frame. The error is the mean
distance of the inner points that are visible; the tremble is the second difference of that error
from frame to frame; both in % of the distance of the outer corners of the eyes. Time is that of
one core, and tells more as a ratio than as a figure.

    python benchmarks/tracking.py ../shared/people/clip_*.mp4
"""

import argparse
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.detectors import FAMILIES as DETECTORS
from livecam.face import Detection, Mesh, Points
from livecam.frame import Frame
from livecam.landmarkers import FAMILIES as LANDMARKERS
from livecam.landmarkers import Landmarks
from livecam.picture import Picture
from livecam.runtime.catalog import Catalog
from livecam.runtime.session import open_session
from livecam.sources.media_file import MediaFile
from livecam.tracking import Tracker, TrackingOptions, Watch

# fmt: off
INNER_51 = [
    70, 63, 105, 66, 107, 336, 296, 334, 293, 300, 168, 197, 5, 4, 75, 97, 2, 326, 305,
    33, 160, 158, 133, 153, 144, 362, 385, 387, 263, 373, 380,
    61, 39, 37, 0, 267, 269, 291, 405, 314, 17, 84, 181, 78, 82, 13, 312, 308, 317, 14, 87,
]
# fmt: on
"""The vertex of the mesh at each iBUG point from 17 on."""
OUTER_CORNERS = (36, 45)
"""iBUG points of the eyes."""
NEAR_FRONT_DEG = 30
Meshes = list[list[Mesh]]
"""Of every frame, of every face."""


class Models:
    """The default detector and landmarker, and how long each of their calls took."""

    def __init__(self) -> None:
        catalog = Catalog()
        detector, landmarker = (catalog.manifest(name) for name in ("centerface", "facemesh"))
        self._detector = DETECTORS[detector.family](
            detector, open_session(catalog.path(detector.name))
        )
        self._landmarker = LANDMARKERS[landmarker.family](
            landmarker, open_session(catalog.path(landmarker.name))
        )
        self.ms: dict[str, list[float]] = {"detector": [], "landmarker": [], "frame": []}

    @contextmanager
    def clock(self, stage: str) -> Iterator[None]:
        """Notes how long its body takes."""
        start = time.perf_counter()
        yield
        self.ms[stage].append(1000 * (time.perf_counter() - start))

    def detect(self, picture: Picture, *, smallest: float | None = None) -> list[Detection]:
        """See `Detector.detect`."""
        with self.clock("detector"):
            return self._detector.detect(picture, smallest=smallest)

    def locate(self, picture: Picture, around: Points | Mesh) -> Landmarks:
        """See `Landmarker.locate`."""
        with self.clock("landmarker"):
            return self._landmarker.locate(picture, around)

    def run(self, clip: Path, follow: Callable[[Frame], list[Mesh]]) -> Meshes:
        """What `follow` gives for every frame of the clip."""
        found = []
        with closing(MediaFile(clip).frames()) as frames:
            for frame in frames:
                with self.clock("frame"):
                    found.append(follow(frame))
        return found


@dataclass(frozen=True)
class Truth:
    """Of one person in a clip."""

    points: NDArray[np.float32]
    """float32 (frames, 68, 2) px"""
    visible: NDArray[np.bool_]
    """bool (frames, 68)"""
    yaw_deg: NDArray[np.float32]
    """float32 (frames,)"""

    def judge(self, meshes: Meshes) -> str:
        """The columns of the table: mean and p95 near the front, mean at any yaw, tremble."""
        off = self._off(meshes)
        front = np.abs(self.yaw_deg) <= NEAR_FRONT_DEG
        error = np.linalg.norm(off, axis=2)
        tremble = np.linalg.norm(off[2:] - 2 * off[1:-1] + off[:-2], axis=2)[front[1:-1]]
        p95 = np.nanquantile(np.nanmean(error[front], axis=1), 0.95)
        return (
            f"{np.nanmean(error[front]):7.2f}{p95:7.2f}{np.nanmean(error):7.2f}"
            f"{np.nanmean(tremble):9.2f}"
        )

    def _off(self, meshes: Meshes) -> NDArray[np.float64]:
        """float64 (frames, 51, 2), % of the eye distance; NaN where unseen or not followed."""
        left, right = OUTER_CORNERS
        eyes = np.linalg.norm(self.points[:, left] - self.points[:, right], axis=1)
        off = np.full((len(meshes), 51, 2), np.nan)
        for n, found in enumerate(meshes):
            for mesh in found:
                here = 100 * (mesh[INNER_51, :2] - self.points[n, 17:]) / eyes[n]
                if np.linalg.norm(here.mean(axis=0)) < 50:
                    off[n] = here
        off[~self.visible[:, 17:]] = np.nan
        return off


def truths(clip: Path) -> list[Truth]:
    """Of every person in the clip."""
    file = np.load(clip.with_suffix(".npz"))
    count = len(file["points"])
    points = file["points"].reshape(count, -1, 68, 2)
    visible = file["visible"].reshape(count, -1, 68)
    yaw = file["pose_deg"].reshape(count, -1, 3)[..., 0]
    return [Truth(points[:, n], visible[:, n], yaw[:, n]) for n in range(points.shape[1])]


def row(name: str, judged: str, models: Models) -> str:
    """One line of the table."""
    frames = len(models.ms["frame"])
    whole, detector, landmarker = (sum(models.ms[s]) / frames for s in ("frame", *STAGES))
    share = 100 * len(models.ms["detector"]) / frames
    p50, p95 = np.quantile(models.ms["frame"], (0.5, 0.95))
    return (
        f"{name:22}{judged}{share:9.1f}{p50:6.1f}{p95:7.1f}{whole:7.1f}"
        f"{detector:7.2f}{landmarker:7.2f}{whole - detector - landmarker:7.2f}"
    )


STAGES = ("detector", "landmarker")
HEAD = """\
                      error, % of the eyes    tremble detector       ms per frame, one core
clip                   ≤ 30°    p95    all     ≤ 30°  share %   p50    p95   mean   det.   mesh rest
"""


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("clips", nargs="+", type=Path, metavar="CLIP")
    cv2.setNumThreads(1)
    print(HEAD, end="")
    for clip in sorted(parser.parse_args().clips):
        plain = Models()

        def look(frame: Frame, models: Models = plain) -> list[Mesh]:
            seen = models.detect(frame.picture)
            return [models.locate(frame.picture, face.landmarks).mesh for face in seen]

        gated, numbers = Models(), Counter[int]()
        tracker = Tracker(gated, gated, TrackingOptions())

        def track(frame: Frame, tracker: Tracker = tracker, seen: Counter = numbers) -> list[Mesh]:
            faces = tracker.track(frame, watch=Watch.FOLLOWED)
            seen.update(face.track_id for face in faces)
            return [face.mesh for face in faces]

        every, followed = plain.run(clip, look), gated.run(clip, track)
        for truth in truths(clip):
            print(row(clip.stem, truth.judge(followed), gated))
            print(row("  every frame", truth.judge(every), plain))
        ratio = sum(gated.ms["frame"]) / sum(plain.ms["frame"])
        print(f"  {ratio:.2f} of the time; frames by track: {dict(numbers)}")


if __name__ == "__main__":
    main()
