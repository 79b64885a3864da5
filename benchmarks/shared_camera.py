"""How late pictures are for another program: capture to its eyes, through a virtual camera.

    python benchmarks/shared_camera.py --seconds 30

Registers a virtual camera with pyvirtualcam whose pictures lie in shared memory. A reader in a
process of its own is woken for each, and reads from the pixels when it was captured. First frames
are passed through untouched, then faces are swapped.
"""

import argparse
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.shared_memory import SharedMemory
from multiprocessing.synchronize import Semaphore
from pathlib import Path
from time import monotonic

import numpy as np
import numpy.typing as npt
import pyvirtualcam

from livecam.frame import Frame, VideoFormat
from livecam.load import load_models
from livecam.picture import Colour, Matrix
from livecam.pipeline.pipeline import Pipeline
from livecam.pipeline.protocols import Processor
from livecam.settings import Settings
from livecam.sinks.threaded import Threaded
from livecam.sinks.virtual_camera import VirtualCamera
from livecam.sources import live_source
from livecam.swap import FaceSwap
from livecam.swap.identity import read_portrait
from livecam.tracking import Tracker
from livecam.vision.timestamp import read_timestamp

BACKEND = "shared-memory"
PORTRAIT = Path(__file__).parent.parent / "assets" / "portrait_c.png"
_SLOTS = 4
_SETTLING_S = 3.0
_Samples = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Sighting:
    """One picture as the other process saw it."""

    sequence: int
    """Counts pictures handed over, from 0."""
    seen_at: float
    """`time.monotonic()`, the same in all processes of a machine, s."""
    number: int | None
    """Of the frame, from the pixels; None where they cannot be read."""
    captured_at: float | None
    """From the pixels, s."""


class SharedCamera:
    """A virtual camera in memory, and a process that watches it. A context.

    Inside, `VirtualCamera(backend=BACKEND)` writes to it; what was seen is there after it ended.

    Args:
        width: Of the pictures, px.
        height: Likewise.
    """

    def __init__(self, width: int, height: int) -> None:
        self.sightings: list[Sighting] = []
        self._size = width, height
        self._samples = width * height * 3 // 2
        self._memory = SharedMemory(create=True, size=8 + _SLOTS * self._samples)
        context = get_context("spawn")
        self._there_is_one = context.Semaphore(0)
        self._report, report = context.Pipe(duplex=False)
        arguments = (self._memory.name, width, height, self._there_is_one, report)
        self._reader = context.Process(target=_watch, args=arguments)

    def __enter__(self) -> "SharedCamera":
        self._reader.start()
        self._report.recv()  # it is ready
        pyvirtualcam.register_backend(BACKEND, self._backend())
        return self

    def __exit__(self, *exception: object) -> None:
        del pyvirtualcam.camera.BACKENDS[BACKEND]
        _publish(self._memory, -1)
        self._there_is_one.release()
        self.sightings = self._report.recv()
        self._reader.join()
        self._memory.close()
        self._memory.unlink()

    def _backend(self) -> type:
        memory, size, there_is_one = self._memory, self._size, self._there_is_one
        slots = _slots(memory, self._samples)

        class Backend:
            """As pyvirtualcam describes it."""

            def __init__(
                self, *, width: int, height: int, fps: float, fourcc: int, device: str | None
            ) -> None:
                del fps, device
                if (width, height) != size or fourcc.to_bytes(4, "little") != b"I420":
                    raise RuntimeError(f"takes I420 pictures of {size[0]}×{size[1]}")
                self._count = 0

            def close(self) -> None:
                """Nothing: the memory is the camera's."""

            def send(self, frame: _Samples) -> None:
                """Lays a picture out for the reader, and wakes it."""
                slots[self._count % _SLOTS] = frame
                self._count += 1
                _publish(memory, self._count)
                there_is_one.release()

            def device(self) -> str:
                return BACKEND

            def native_fourcc(self) -> None:
                return None

        return Backend


def _watch(name: str, width: int, height: int, there_is_one: Semaphore, report: Connection) -> None:
    """The reader's life."""
    memory = SharedMemory(name)
    slots = _slots(memory, width * height * 3 // 2)
    sightings = []
    report.send("ready")
    sequence = 0
    while there_is_one.acquire() and _published(memory) >= 0:
        luma = slots[sequence % _SLOTS, : width * height].reshape(height, width)
        stamp = read_timestamp(luma)
        now = monotonic()
        number, captured_at = (stamp.number, stamp.time_us / 1e6) if stamp else (None, None)
        sightings.append(Sighting(sequence, now, number, captured_at))
        sequence += 1
    report.send(sightings)
    del slots, luma
    memory.close()


def _slots(memory: SharedMemory, samples: int) -> _Samples:
    return np.ndarray((_SLOTS, samples), np.uint8, memory.buf, offset=8)


def _publish(memory: SharedMemory, sequence: int) -> None:
    memory.buf[:8] = sequence.to_bytes(8, "little", signed=True)


def _published(memory: SharedMemory) -> int:
    return int.from_bytes(memory.buf[:8], "little", signed=True)


@dataclass(frozen=True, slots=True)
class _Keep:
    def process(self, frame: Frame) -> Frame:
        return frame


@contextmanager
def _swap(face: Path, settings: Settings) -> Iterator[Processor]:
    models = load_models(settings)
    tracker = Tracker(models.detector, models.landmarker, settings.tracking, live=True)
    worn = models.identity(read_portrait(face))
    with FaceSwap(tracker, models.swapper, worn, settings.swap, live=True) as swap:
        yield swap


def watched(processor: Processor, video_format: VideoFormat, *, seconds: float) -> list[Sighting]:
    """What the other process saw of a synthetic camera, after a few seconds of settling."""
    with SharedCamera(video_format.width, video_format.height) as camera:
        sink = Threaded(VirtualCamera(backend=BACKEND), name="virtual camera", retry=False)
        pipeline = Pipeline(
            live_source("synthetic", video_format=video_format),
            processor,
            [sink],
            video_format=video_format,
            rate=video_format.rate,
        )
        with pipeline:
            pipeline.join(_SETTLING_S)
            start = monotonic()
            pipeline.join(seconds)
    return [sighting for sighting in camera.sightings if sighting.seen_at > start]


def _row(name: str, sightings: Sequence[Sighting], period_s: float) -> str:
    read = [sighting for sighting in sightings if sighting.captured_at is not None]
    new = [now for last, now in pairwise(read) if now.number != last.number]
    late = [1000 * (sighting.seen_at - (sighting.captured_at or 0)) for sighting in new]
    gaps = np.diff([sighting.seen_at for sighting in sightings])
    behind = sum((now.number or 0) < (last.number or 0) for last, now in pairwise(read))
    p50, p95, p99 = np.quantile(late, (0.5, 0.95, 0.99))
    jitter = 1000 * np.quantile(np.abs(gaps - period_s), 0.99)
    return (
        f"{name:<14}{p50:>9.1f}{p95:>9.1f}{p99:>9.1f}{1000 * np.median(gaps):>13.2f}"
        f"{jitter:>13.2f}{behind:>14}{len(read) - 1 - len(new):>10}{len(sightings) - len(read):>12}"
    )


def main(arguments: Sequence[str] | None = None, *, say: Callable[[str], None] = print) -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--face", type=Path, default=PORTRAIT)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--size", default="1280x720")
    parser.add_argument("--fps", type=int, default=30)
    options = parser.parse_args(arguments)
    width, height = (int(length) for length in options.size.split("x"))
    video_format = VideoFormat(width, height, Fraction(options.fps), Colour(Matrix.BT601))
    settings = Settings()
    unlabelled = replace(settings.swap, label=replace(settings.swap.label, show="off"))
    say(
        f"{'ms':<14}{'p50':>9}{'p95':>9}{'p99':>9}{'interval':>13}{'jitter p99':>13}"
        f"{'out of order':>14}{'repeated':>10}{'unreadable':>12}"
    )
    period_s = float(1 / video_format.rate)
    say(_row("pass-through", watched(_Keep(), video_format, seconds=options.seconds), period_s))
    with _swap(options.face, replace(settings, swap=unlabelled)) as swap:
        say(_row("swap", watched(swap, video_format, seconds=options.seconds), period_s))


if __name__ == "__main__":
    main()
