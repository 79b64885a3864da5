"""Stand-ins for a camera, a model and an output, made of plain frames and real time."""

import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from livecam.errors import LivecamError, SourceError
from livecam.frame import Frame, VideoFormat
from livecam.picture import Colour, Picture

WIDTH, HEIGHT = 64, 36
FORMAT = VideoFormat(width=WIDTH, height=HEIGHT, rate=Fraction(30), colour=Colour())


def plain(level: int) -> Picture:
    chroma = np.full((HEIGHT // 2, WIDTH // 2), 128, np.uint8)
    return Picture(np.full((HEIGHT, WIDTH), level, np.uint8), chroma, chroma, Colour())


@dataclass
class Camera:
    """Frames at an even rate, the index in the picture; silent for a while if asked."""

    rate: float = 30.0
    count: int = 1_000_000
    silent: tuple[float, float] = (0.0, 0.0)
    """From when to when, s after the start."""
    live: bool = True
    fail_at: int | None = None
    given: int = 0
    closed: int = 0

    def probe(self) -> VideoFormat:
        return FORMAT

    def frames(self) -> Generator[Frame | None, None, None]:
        start = due = time.monotonic()
        try:
            for index in range(self.count):
                while self.silent[0] <= time.monotonic() - start < self.silent[1]:
                    time.sleep(0.05)
                    yield None
                due = max(due + 1 / self.rate, time.monotonic())
                time.sleep(max(0.0, due - time.monotonic()))
                if index == self.fail_at:
                    raise SourceError("cable out", hint="Plug it in.")
                self.given += 1
                yield frame(index)
        finally:
            self.closed += 1


def frame(index: int) -> Frame:
    now = time.monotonic()
    return Frame(
        plain(index % 256),
        index=index,
        pts=round(now * 1_000_000),
        time_base=Fraction(1, 1_000_000),
        captured_at=now,
    )


@dataclass
class Slow:
    """A processor that takes its time."""

    seconds: float = 0.0
    fail_at: int | None = None

    def process(self, frame: Frame) -> Frame:
        if self.fail_at is not None and frame.index >= self.fail_at:  # that one may be dropped
            raise ZeroDivisionError("no face")
        time.sleep(self.seconds)
        return frame


@dataclass
class Screen:
    """A sink that notes what it gets and when; hangs or fails if asked."""

    sent: list[Frame] = field(default_factory=list)
    at: list[float] = field(default_factory=list)
    errors: dict[str, list[LivecamError]] = field(default_factory=dict)
    """What `open`, `send` and `finish` raise, once each."""
    hold: dict[str, threading.Event] = field(default_factory=dict)
    """What `open`, `send` and `finish` wait for."""
    opened: int = 0
    finished: int = 0
    dropped: int = 0

    @contextmanager
    def open(self, video_format: VideoFormat) -> Iterator[Callable[[Frame], None]]:
        assert video_format == FORMAT
        self._meet("open")
        self.opened += 1
        try:
            yield self._send
            self._meet("finish")
            self.finished += 1
        except BaseException:
            self.dropped += 1
            raise

    def _send(self, frame: Frame) -> None:
        self._meet("send")
        self.sent.append(frame)
        self.at.append(time.monotonic())

    def _meet(self, what: str) -> None:
        if what in self.hold:
            self.hold[what].wait(30)
        if self.errors.get(what):
            raise self.errors[what].pop(0)

    @property
    def indices(self) -> list[int]:
        return [frame.index for frame in self.sent]
