"""What a model that is slower than the camera does to latency, cadence and memory.

    python benchmarks/overload.py --inference-ms 66 --seconds 60
    python benchmarks/overload.py --inference-ms 200 --busy --seconds 600

A synthetic 1280x720 camera at 30 fps goes through a stand-in for a model that holds each frame for
as long as asked, and out to a sink on a thread of its own. Beside it, in a process of its own right
after, runs what some tools do: the same with a queue that drops nothing.
"""

import argparse
import multiprocessing
import queue
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from threading import Event, Thread

import numpy as np
import psutil

from livecam.frame import Frame, VideoFormat
from livecam.picture import Colour, Picture
from livecam.pipeline.pipeline import Pipeline
from livecam.sinks.threaded import Threaded

FORMAT = VideoFormat(width=1280, height=720, rate=Fraction(30), colour=Colour())
PERIOD_S = float(1 / FORMAT.rate)


@dataclass(frozen=True)
class PlainCamera:
    """Frames of one grey at an even rate, each in memory of its own."""

    seconds: float
    live: bool = True

    def probe(self) -> VideoFormat:
        """What the frames are."""
        return FORMAT

    def frames(self) -> Generator[Frame | None, None, None]:
        """Each frame when it is due."""
        start = time.monotonic()
        for index in range(round(self.seconds / PERIOD_S)):
            due = start + index * PERIOD_S
            time.sleep(max(0.0, due - time.monotonic()))
            now = time.monotonic()
            luma = np.full((720, 1280), index % 256, np.uint8)
            chroma = np.full((360, 640), 128, np.uint8)
            picture = Picture(luma, chroma, chroma, FORMAT.colour)
            yield Frame(picture, index, round(now * 1e6), Fraction(1, 1_000_000), now)


@dataclass(frozen=True)
class Model:
    """Holds each frame; `busy` keeps a core at work meanwhile, with the GIL released as in ORT."""

    seconds: float
    busy: bool

    def process(self, frame: Frame) -> Frame:
        """The frame itself, later."""
        end = time.monotonic() + self.seconds
        if not self.busy:
            time.sleep(self.seconds)
        work = np.ones(100_000, np.float32)
        while time.monotonic() < end:
            np.sqrt(work, out=work)
        return frame


@dataclass
class Viewer:
    """Notes when each frame is handed over, and how old a new one is then."""

    at: list[float] = field(default_factory=list)
    ages: list[float] = field(default_factory=list)
    indices: list[int] = field(default_factory=list)

    @contextmanager
    def open(self, _: VideoFormat) -> Iterator[Callable[[Frame], None]]:
        """A context that gives `see`."""
        yield self.see

    def see(self, frame: Frame) -> None:
        """Takes note of a frame that is handed over now."""
        now = time.monotonic()
        self.at.append(now)
        if not self.indices or frame.index != self.indices[-1]:
            self.ages.append(now - frame.captured_at)
        self.indices.append(frame.index)


@dataclass
class Memory:
    """This process's resident memory, MiB, after a warm-up and at the most."""

    start: float = 0.0
    most: float = 0.0
    end: float = 0.0

    def look(self) -> None:
        """Takes note of what it is now."""
        self.end = psutil.Process().memory_info().rss / 2**20
        self.start = self.start or self.end
        self.most = max(self.most, self.end)


QUEUE_S = 30.0
"""The queue is run no longer: it would fill the memory."""


class Timer(Thread):
    """Wakes up at the output's rate and does nothing: the cadence this machine allows just now."""

    def __init__(self) -> None:
        super().__init__(name="timer")
        self.left = Event()
        self.at: list[float] = []

    def run(self) -> None:
        """The thread's life."""
        due = time.monotonic()
        while not self.left.wait(max(0.0, due - time.monotonic())):
            self.at.append(time.monotonic())
            due = max(due + PERIOD_S, time.monotonic())


def run_livecam(model: Model, seconds: float) -> None:
    """The live pipeline."""
    viewer, memory = Viewer(), Memory()
    sink = Threaded(viewer, name="viewer", retry=False)
    run = Pipeline(PlainCamera(seconds), model, [sink], video_format=FORMAT, rate=FORMAT.rate)
    timer = Timer()
    timer.start()
    with run:
        time.sleep(min(3.0, seconds / 2))
        memory.look()
        while not run.join(1):
            memory.look()
    timer.left.set()
    timer.join()
    stats = run.stats()
    drops = f"{stats.drops.capture} at capture, {stats.drops.process} at delivery"
    cpu = ", ".join(f"{stage} {1000 * s / seconds:.1f}" for stage, s in stats.cpu_s.items())
    show("livecam", viewer, memory, drops)
    print(f"  a bare timer beside it: p99 jitter {jitter_ms(timer.at):.2f} ms")
    print(f"  in {stats.captured}, repeated {stats.repeated}, CPU ms per s: {cpu}")


def run_queue(model: Model, seconds: float) -> None:
    """A thread that captures into a queue without bounds, and a loop that empties it."""
    viewer, memory = Viewer(), Memory()
    frames: queue.SimpleQueue[Frame | None] = queue.SimpleQueue()

    def capture() -> None:
        for frame in PlainCamera(seconds).frames():
            frames.put(frame)
        frames.put(None)

    Thread(target=capture, name="capture").start()
    end = time.monotonic() + seconds
    while (frame := frames.get()) is not None and time.monotonic() < end:
        viewer.see(model.process(frame))
        if time.monotonic() > end - seconds + min(3.0, seconds / 2):
            memory.look()
    show("unbounded queue", viewer, memory, f"0, {frames.qsize()} still waiting")


def jitter_ms(at: list[float]) -> float:
    """99 of 100 intervals are nearer to the period than this, ms."""
    return float(1000 * np.quantile(np.abs(np.diff(at) - PERIOD_S), 0.99))


def show(name: str, viewer: Viewer, memory: Memory, drops: str) -> None:
    """Prints the figures of one run."""
    ages = 1000 * np.quantile(viewer.ages, [0.5, 0.95, 0.99])
    cadence = 1000 * np.median(np.diff(viewer.at))
    disorder = int(np.sum(np.diff(viewer.indices) < 0))
    print(name)
    print(f"  latency p50 {ages[0]:.1f} p95 {ages[1]:.1f} p99 {ages[2]:.1f} ms")
    print(f"  latency of the last new frame {1000 * viewer.ages[-1]:.1f} ms")
    print(f"  cadence p50 {cadence:.2f} ms, p99 jitter {jitter_ms(viewer.at):.2f} ms")
    print(f"  new {len(viewer.ages)}, out of order {disorder}, dropped {drops}")
    print(
        f"  RSS {memory.start:.0f} MiB after warm-up, most {memory.most:.0f}, end {memory.end:.0f}"
    )


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--inference-ms", type=float, default=66)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--busy", action="store_true", help="keep a core at work while waiting")
    options = parser.parse_args()
    model = Model(options.inference_ms / 1000, busy=options.busy)
    kind = "busy" if options.busy else "waiting"
    print(f"inference {options.inference_ms:g} ms ({kind}), {options.seconds:g} s", flush=True)
    for run, seconds in (
        (run_livecam, options.seconds),
        (run_queue, min(options.seconds, QUEUE_S)),
    ):
        process = multiprocessing.get_context("spawn").Process(target=run, args=(model, seconds))
        process.start()
        process.join()


if __name__ == "__main__":
    main()
