"""Claps: pictures that flash and sound that beeps at the same moments, sent and found again."""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from livecam.frame import MICROSECOND, Frame, VideoFormat
from livecam.media.sound import RATE_HZ, AudioChunk, Chunks
from livecam.picture import Colour, Picture

WIDTH, HEIGHT, FPS = 160, 96, 30
FORMAT = VideoFormat(WIDTH, HEIGHT, Fraction(FPS), Colour())
EVERY_S = 0.8
LENGTH_S = 0.1


def picture(level: int) -> Picture:
    """An even grey."""
    chroma = np.full((HEIGHT // 2, WIDTH // 2), 128, np.uint8)
    return Picture(np.full((HEIGHT, WIDTH), level, np.uint8), chroma, chroma)


class Ears:
    """A microphone (a `Sound`) in real time: a beep every `EVERY_S`, once `first` is set."""

    def __init__(self) -> None:
        self.first = np.inf
        """When the first beep begins, as `time.monotonic()` tells it."""
        self.end = np.inf
        """When it falls silent for good: no more chunks."""
        self._listeners: list[Chunks] = []
        self._stopping = threading.Event()

    @contextmanager
    def listen(self) -> Iterator[Chunks]:
        chunks: Chunks = deque(maxlen=400)
        self._listeners.append(chunks)
        yield chunks

    def __enter__(self) -> "Ears":
        self._thread = threading.Thread(target=self._work)
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._stopping.set()
        self._thread.join()

    def _work(self) -> None:
        count = RATE_HZ // 100
        at = time.monotonic()
        while not self._stopping.wait(max(0, at + 0.01 - time.monotonic())):
            times = at + np.arange(count) / count * 0.01 - min(self.first, at + 1)
            sounding = (times >= 0) & (times % EVERY_S < LENGTH_S)
            beep = 0.5 * np.sin(2 * np.pi * 1000 * times) * sounding
            if at < self.end:
                samples = np.stack([beep, beep]).astype(np.float32)
                for chunks in self._listeners:
                    chunks.append(AudioChunk(samples, at))
            at += 0.01


def ticks(start: float, seconds: float) -> Iterator[tuple[int, float]]:
    """The ticks of an output's clock, each at its time."""
    for number in range(round(seconds * FPS)):
        at = start + number / FPS
        time.sleep(max(0, at - time.monotonic()))
        yield number, at


def clap(
    send: Callable[[Frame], None], seconds: float, *, ears: Ears, latency_s: float = 0.08
) -> None:
    """Sends `seconds` of frames that flash when `ears` hear a beep, from now on, in real time.

    A frame goes out `latency_s`, give or take 5 %, after it was captured. Every tenth is the one
    before again, never one that begins a flash.
    """
    random = np.random.default_rng(3)
    start = time.monotonic()
    first = ears.first = start + 11 / FPS - 1.06 * latency_s
    frame: Frame | None = None
    for number, at in ticks(start, seconds):
        pts = round(at / MICROSECOND)
        if frame is None or number % 10:
            captured_at = at - latency_s * random.uniform(0.95, 1.05)
            on = captured_at >= first and (captured_at - first) % EVERY_S < LENGTH_S
            frame = Frame(picture(235 if on else 20), number, pts, MICROSECOND, captured_at)
        else:
            frame = Frame(frame.picture, frame.index, pts, MICROSECOND, frame.captured_at)
        send(frame)


@dataclass(frozen=True)
class Heard:
    """What came out at the other end."""

    pictures: Sequence[tuple[float, float]]
    """Time in s and mean luma of each."""
    sound: np.ndarray
    """Loudness of each millisecond."""
    sound_start_s: float
    metadata: dict[str, str]

    @property
    def flashes(self) -> list[float]:
        """When each flash begins, s."""
        found, on = [], False
        for at, level in self.pictures:
            if level > 120 and not on:
                found.append(at)
            on = level > 120
        return found

    @property
    def beeps(self) -> list[float]:
        """When each beep begins, s."""
        loud = self.sound > 0.1
        starts = np.flatnonzero(loud & ~np.concatenate([[False], loud[:-1]]))
        apart = np.diff(starts, prepend=-1000) > 300  # ms
        return [self.sound_start_s + ms / 1000 for ms in starts[apart]]

    @property
    def offsets_ms(self) -> list[float]:
        """For each flash, how much later its beep is, ms."""
        beeps = np.array(self.beeps)
        nearest = [beeps[np.argmin(abs(beeps - flash))] - flash for flash in self.flashes]
        return [1000 * offset for offset in nearest if abs(offset) < EVERY_S / 2]


def heard(path: Path) -> Heard:
    """Decodes a file, up to where it ends or is damaged."""
    pictures: list[tuple[float, float]] = []
    loudness: list[np.ndarray] = []
    start: float | None = None
    with av.open(str(path)) as source:
        streams = [*source.streams.video[:1], *source.streams.audio[:1]]
        for stream in streams:
            stream.codec_context.thread_count = 1
        try:
            for frame in source.decode(streams):
                if isinstance(frame, av.VideoFrame):
                    pictures.append((float(frame.time), float(frame.to_ndarray()[:HEIGHT].mean())))
                else:
                    start = float(frame.time) if start is None else start
                    assert frame.sample_rate == RATE_HZ
                    missing = round((float(frame.time) - start) * RATE_HZ) - sum(map(len, loudness))
                    loudness.append(np.zeros(max(0, missing), np.float32))
                    loudness.append(abs(frame.to_ndarray()).max(axis=0))
        except av.FFmpegError:
            pass  # cut off
        metadata = {key.lower(): value for key, value in source.metadata.items()}
    sound = np.concatenate([np.zeros(0, np.float32), *loudness])
    whole = len(sound) // 48 * 48
    return Heard(pictures, sound[:whole].reshape(-1, 48).max(axis=1), start or 0.0, metadata)
