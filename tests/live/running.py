"""What tests of whole live runs share: a run, and somebody who looks at what comes out."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest
from generated import Slow

from livecam.frame import Frame, VideoFormat
from livecam.live import Live, LiveRun
from livecam.picture import Colour, Matrix
from livecam.pipeline.pipeline import Pipeline
from livecam.pipeline.protocols import Sink
from livecam.settings import load_settings
from livecam.sinks import stream_sink
from livecam.sources.synthetic import Synthetic
from livecam.vision.timestamp import Timestamp, read_timestamp

WIDTH, HEIGHT, FPS = 320, 180, 15
FORMAT = VideoFormat(WIDTH, HEIGHT, Fraction(FPS), Colour(Matrix.BT601))
LONGEST_S = 1.5
"""No pause of the output is longer: that is a busy machine, and far from any fault's length."""


@dataclass(frozen=True)
class Sight:
    """One frame that came out."""

    at: float
    age_s: float
    index: int
    pts: int
    size: tuple[int, int]
    detail: float
    """How much there is to see, above the label; next to nothing where all is blurred."""
    left: float
    """Mean luma of the left edge."""


@dataclass
class Viewer:
    """A sink that takes note of what it sees, and may be held up."""

    sights: list[Sight] = field(default_factory=list)
    free: threading.Event = field(default_factory=threading.Event)
    """It waits for this."""

    def __post_init__(self) -> None:
        self.free.set()

    @contextmanager
    def open(self, video_format: VideoFormat) -> Iterator[Callable[[Frame], None]]:
        assert video_format == FORMAT
        yield self._see

    def _see(self, frame: Frame) -> None:
        self.free.wait(60)
        now, picture = time.monotonic(), frame.picture
        luma = picture.y[HEIGHT // 6 : HEIGHT * 5 // 6]
        sight = Sight(
            at=now,
            age_s=now - frame.captured_at,
            index=frame.index,
            pts=frame.pts,
            size=(picture.width, picture.height),
            detail=float(cv2.Laplacian(np.ascontiguousarray(luma), cv2.CV_32F).std()),
            left=float(luma[:, :4].mean()),
        )
        self.sights.append(sight)

    def wait_until(self, condition: Callable[[Sight], bool], seconds: float = 30.0) -> Sight:
        """The first frame from now on that is as wanted."""
        seen, deadline = len(self.sights), time.monotonic() + seconds
        while True:
            for sight in self.sights[seen:]:
                if condition(sight):
                    return sight
            seen = len(self.sights)
            assert time.monotonic() < deadline, "it was never seen"
            time.sleep(0.02)

    def assert_steady(self, *, fewest: int = 20) -> None:
        """It saw frames of one size, in order, without a pause."""
        sights = self.sights
        assert len(sights) >= fewest
        assert {sight.size for sight in sights} == {(WIDTH, HEIGHT)}
        indices = [sight.index for sight in sights]
        assert indices == sorted(indices)
        assert np.diff([sight.pts for sight in sights]).min() > 0
        assert np.diff([sight.at for sight in sights]).max() < LONGEST_S


def recorded_times(path: Path) -> tuple[list[float], list[Timestamp]]:
    """When each picture of a file is shown, s, and what is written in those that can be read."""
    times, stamps = [], []
    with av.open(str(path)) as source, suppress(av.FFmpegError):  # it may be cut off
        source.streams.video[0].codec_context.thread_count = 1
        for frame in source.decode(video=0):
            luma = np.frombuffer(frame.planes[0], np.uint8).reshape(frame.height, -1)
            stamp = read_timestamp(luma[:, : frame.width])
            times.append(float(frame.time))
            stamps += [stamp] if stamp else []
    return times, stamps


def assert_in_order(path: Path, *, fewest: int = 10) -> None:
    """It plays, without a pause, and what is written in its pictures is in order."""
    times, stamps = recorded_times(path)
    assert len(stamps) >= fewest
    assert 0 < np.diff(times).min() <= np.diff(times).max() < LONGEST_S
    numbers = [stamp.number for stamp in stamps]
    assert numbers == sorted(numbers)


def wait_until(condition: Callable[[], object], seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.02)


def passed_through(*sinks: Sink) -> Pipeline:
    """A run as `Live` makes it, without models."""
    return Pipeline(
        Synthetic(WIDTH, HEIGHT, FORMAT.rate),
        Slow(),
        sinks,
        video_format=FORMAT,
        rate=FORMAT.rate,
    )


@contextmanager
def watched(
    face: Path, *, camera: str = "synthetic", to: Sequence[str] = (), **overrides: object
) -> Iterator[tuple[LiveRun, Viewer]]:
    """The whole run with its models, under way, and who looks at it beside the other outputs."""
    viewer = Viewer()

    def made(target: str, **options: Any) -> Any:
        return viewer if target == "viewer" else stream_sink(target, **options)

    size = {"live.width": WIDTH, "live.height": HEIGHT, "live.fps": FPS}
    settings = load_settings(None, overrides=size | overrides)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("livecam.sinks.live.stream_sink", made)
        run = Live(face=face, camera=camera, to=("viewer", *to), settings=settings).prepare()
    with run:
        yield run, viewer
