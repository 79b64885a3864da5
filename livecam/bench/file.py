"""The benchmark of file mode: what a swap costs on this machine, as ratios within one run.

A scene is a video made of one clip, at some size and with some number of faces. It is copied
(decoded and encoded, nothing between) and swapped, with the same codecs, threads and settings, in
turns. The fastest turn of each counts: whatever else the machine does can only slow a turn down.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from livecam.bench.figures import Figures
from livecam.build import make_face_swap
from livecam.frame import Frame
from livecam.picture import Plane
from livecam.pipeline.pipeline import Pipeline
from livecam.pipeline.protocols import Processor
from livecam.pipeline.stats import Stats, Timings
from livecam.settings import Settings
from livecam.sinks.media_file import MediaFileSink
from livecam.sources.media_file import MediaFile
from livecam.swap import Faces

_BLACK, _GREY = 16, 128


@dataclass(frozen=True, slots=True)
class Scene:
    """A video to be made: a clip, scaled, once or more side by side on a black canvas."""

    name: str
    size: tuple[int, int]
    """Width and height of the canvas, px; even."""
    tile: tuple[int, int]
    """Width and height of each copy of the clip, px; even."""
    copies: int = 1


_SIZES = {"720p": (1280, 720), "1080p": (1920, 1080), "2160p": (3840, 2160)}
WHOLE = tuple(Scene(name, size, tile=size) for name, size in _SIZES.items())
"""The picture grows, and the face with it."""
CANVAS = tuple(Scene(name, size, tile=_SIZES["720p"]) for name, size in _SIZES.items())
"""The frame grows, the face does not."""
CROWD = tuple(Scene(str(n), _SIZES["1080p"], tile=(640, 360), copies=n) for n in (1, 2, 4, 8))
"""The faces multiply, the frame does not grow."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One way through a scene."""

    seconds: float
    """From the start of the threads to the finished file."""
    cpu_s: float
    """Time of all cores together, s."""
    stats: Stats
    looks: int = 0
    """Frames the detector looked at."""

    @property
    def fps(self) -> float:
        """Frames per second."""
        return self.stats.delivered / self.seconds

    @property
    def cpu_ms(self) -> float:
        """Time of all cores together for one frame, ms."""
        return 1000 * self.cpu_s / self.stats.delivered


class FileBench:
    """Makes scenes and times what is done with them.

    Args:
        clip: The video that scenes are made of, with one face.
        face: The portrait.
        folder: For scenes and outputs.
        seconds: How much of the clip is taken, s.
        turns: How often everything is repeated.
    """

    def __init__(
        self, clip: Path, face: Path, *, folder: Path, seconds: float = 5, turns: int = 3
    ) -> None:
        self._clip = MediaFile(clip, end_s=seconds)
        self._face = face
        self._folder = folder
        self._turns = turns

    def compare(self, scene: Scene, settings: Settings) -> tuple[Turn, Turn]:
        """The scene copied, and the scene swapped, turn about.

        Raises:
            LivecamError: The clip, the portrait or a model does not do.
        """
        video = self.made(scene)
        turns = [
            (self._copy(video, settings), self._swap(video, settings)) for _ in range(self._turns)
        ]
        copied, swapped = zip(*turns, strict=True)
        return _fastest(copied), _fastest(swapped)

    def swap(self, scene: Scene, settings: Settings) -> Turn:
        """The scene swapped.

        Raises:
            LivecamError: The clip, the portrait or a model does not do.
        """
        video = self.made(scene)
        return _fastest(self._swap(video, settings) for _ in range(self._turns))

    def _copy(self, video: MediaFile, settings: Settings) -> Turn:
        return self._run(video, _Keep(), settings, Timings())

    def _swap(self, video: MediaFile, settings: Settings) -> Turn:
        timings = Timings()
        face_swap = make_face_swap(self._face, settings, timings=timings)
        turn = self._run(video, face_swap, settings, timings, ahead=face_swap.follow)
        return replace(turn, looks=face_swap.report.looks)

    def _run(
        self,
        video: MediaFile,
        processor: Processor,
        settings: Settings,
        timings: Timings,
        *,
        ahead: Callable[[Frame], Frame] | None = None,
    ) -> Turn:
        sink = MediaFileSink(
            self._folder / "out.mkv",
            copy_from=video.path,
            encoding=settings.output,
            overwrite=True,
        )
        pipeline = Pipeline(
            video,
            processor,
            [sink],
            video_format=video.probe(),
            timings=timings,
            ahead=ahead,
        )
        start, cpu_start = time.perf_counter(), time.process_time()
        pipeline.run()
        seconds, cpu_s = time.perf_counter() - start, time.process_time() - cpu_start
        return Turn(seconds, cpu_s, pipeline.stats())

    def made(self, scene: Scene) -> MediaFile:
        """The scene as a file; made when it is first asked for.

        Raises:
            LivecamError: The clip cannot be read, or the folder cannot be written.
        """
        made = self._folder / f"{scene.size} {scene.tile} {scene.copies}.mp4"
        if not made.exists():
            width, height = scene.size
            canvas = replace(self._clip.probe(), width=width, height=height)
            tiles = _Tiles(scene)
            Pipeline(self._clip, tiles, [MediaFileSink(made)], video_format=canvas).run()
        return MediaFile(made)


def measure(bench: FileBench, settings: Settings) -> Iterator[Figures]:
    """Every table of the benchmark, as soon as it is measured.

    Raises:
        LivecamError: The clip, the portrait or a model does not do.
    """
    pairs = {scene.name: bench.compare(scene, settings) for scene in WHOLE}
    yield Figures(
        "Whole swap against decode + encode alone",
        ("frame", "copy fps", "swap fps", "time ratio", "copy CPU ms", "swap CPU ms", "CPU ratio"),
        [(name, *_compared(copy, swap)) for name, (copy, swap) in pairs.items()],
    )
    swaps = {name: swap for name, (_, swap) in pairs.items()}
    yield _stages("Stages of the swap, ms per frame", "frame", swaps)
    every_frame = replace(settings, tracking=replace(settings.tracking, detect_every_s=0))
    looking: dict[str, Turn] = {}
    for scene in WHOLE:
        looking[f"{scene.name}, gated"] = swaps[scene.name]
        looking[f"{scene.name}, every frame"] = bench.swap(scene, every_frame)
    yield Figures(
        "Detector gated against detector on every frame",
        ("frame", "fps", "CPU ms", "process p50 ms", "p95", "detector looks"),
        [(name, *_gated(turn)) for name, turn in looking.items()],
    )
    canvases = {scene.name: bench.swap(scene, settings) for scene in CANVAS}
    yield _stages("As the frame grows and the face does not, ms per frame", "frame", canvases)
    crowds = {scene.name: bench.swap(scene, _for_many(settings)) for scene in CROWD}
    yield _stages("As the faces multiply in 1080p, ms per frame", "faces", crowds)


def _compared(copy: Turn, swap: Turn) -> tuple[str, ...]:
    return (
        f"{copy.fps:.1f}",
        f"{swap.fps:.1f}",
        f"{swap.seconds / copy.seconds:.2f}",
        f"{copy.cpu_ms:.1f}",
        f"{swap.cpu_ms:.1f}",
        f"{swap.cpu_s / copy.cpu_s:.2f}",
    )


def _gated(turn: Turn) -> tuple[str, ...]:
    process = turn.stats.stages["process"]
    return (
        f"{turn.fps:.1f}",
        f"{turn.cpu_ms:.1f}",
        f"{process.p50_ms:.1f}",
        f"{process.p95_ms:.1f}",
        f"{turn.looks / turn.stats.delivered:.1%}",
    )


def _stages(title: str, first: str, turns: Mapping[str, Turn]) -> Figures:
    """p50 and p95 of every stage, a row for each turn."""
    stages = [name for name in next(iter(turns.values())).stats.stages if name != "latency"]
    rows = [
        (
            name,
            *(
                f"{turn.stats.stages[stage].p50_ms:.1f} / {turn.stats.stages[stage].p95_ms:.1f}"
                for stage in stages
            ),
        )
        for name, turn in turns.items()
    ]
    return Figures(f"{title}, p50 / p95", (first, *stages), rows)


def _for_many(settings: Settings) -> Settings:
    return replace(settings, swap=replace(settings.swap, faces=Faces.MANY))


@dataclass(frozen=True, slots=True)
class _Keep:
    def process(self, frame: Frame) -> Frame:
        return frame


@dataclass(frozen=True, slots=True)
class _Tiles:
    scene: Scene

    def process(self, frame: Frame) -> Frame:
        picture = frame.picture
        return frame.with_picture(
            replace(
                picture,
                y=_tiled(picture.y, self.scene, shrink=1, fill=_BLACK),
                u=_tiled(picture.u, self.scene, shrink=2, fill=_GREY),
                v=_tiled(picture.v, self.scene, shrink=2, fill=_GREY),
            )
        )


def _tiled(plane: Plane, scene: Scene, *, shrink: int, fill: int) -> Plane:
    width, height = (side // shrink for side in scene.size)
    across, down = (side // shrink for side in scene.tile)
    tile = cv2.resize(plane, (across, down), interpolation=cv2.INTER_LINEAR)
    canvas = np.full((height, width), fill, np.uint8)
    for n in range(scene.copies):
        row, column = divmod(n, width // across)
        canvas[row * down : (row + 1) * down, column * across : (column + 1) * across] = tile
    return canvas


def _fastest(turns: Iterable[Turn]) -> Turn:
    return min(turns, key=lambda turn: turn.seconds)
