"""Whether a live run stays what it is, however long it lasts: memory, threads, descriptors, order.

    python benchmarks/soak.py --seconds 1800

A face moves before the synthetic camera and is swapped, with the default models; every minute it
wears another portrait. It goes to a sink that looks at what comes, into a UDP stream that nobody
reads, and into a recording that is deleted at the end (5 GB a day). A line every ten seconds, a
verdict at the end; the exit code is 1 if it is a bad one.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import psutil

from livecam.frame import Frame, VideoFormat
from livecam.load import Models, load_models
from livecam.picture import Colour, Matrix
from livecam.pipeline.pipeline import Pipeline
from livecam.pipeline.stats import Timings
from livecam.settings import Settings
from livecam.sinks import stream_sink
from livecam.sinks.threaded import SinkState, Threaded
from livecam.sources import live_source
from livecam.swap import FaceSwap
from livecam.swap.identity import read_portrait
from livecam.swap.standby import PolicyStandby
from livecam.tracking import Tracker

ASSETS = Path(__file__).parent.parent / "assets"
PORTRAITS = ASSETS / "portrait_a.png", ASSETS / "portrait_b.png"
NOBODY = "udp://127.0.0.1:9"
EVERY_S = 10.0
OTHER_FACE_EVERY = 6
"""Lines."""
WARM_UP_S = 180.0
"""Then every portrait has been worn. Or a third of the run, if that is shorter."""
MOST = 0.05
"""How far memory may stray from its middle after the warm-up."""


class Viewer:
    """A sink that keeps nothing but how many frames came, and how many after a later one."""

    def __init__(self) -> None:
        self.seen = 0
        self.disorder = 0
        self.last = -1

    @contextmanager
    def open(self, video_format: VideoFormat) -> Iterator[Callable[[Frame], None]]:  # noqa: ARG002 - any will do
        """A context that gives the function to send frames with."""
        yield self._see

    def _see(self, frame: Frame) -> None:
        self.seen += 1
        self.disorder += frame.index < self.last
        self.last = frame.index


@dataclass(frozen=True, slots=True)
class Holding:
    """What this process holds at one moment."""

    rss_mib: float
    """Resident memory, MiB."""
    threads: int
    descriptors: int
    children: int
    """Processes it has started."""

    @classmethod
    def now(cls) -> "Holding":
        """What it is at present."""
        process = psutil.Process()
        return cls(
            process.memory_info().rss / 2**20,
            process.num_threads(),
            process.num_fds(),
            len(process.children()),
        )


@dataclass(frozen=True, slots=True)
class Soak:
    """A live run that is watched."""

    models: Models
    run: Pipeline
    swap: FaceSwap
    viewer: Viewer
    outputs: Sequence[Threaded]

    @classmethod
    def of(cls, models: Models, video_format: VideoFormat, targets: Sequence[str]) -> "Soak":
        """The run as `livecam.Live` makes it, with a viewer besides."""
        timings, viewer, settings = Timings(), Viewer(), Settings()
        tracker = Tracker(models.detector, models.landmarker, settings.tracking, live=True)
        worn = models.identity(read_portrait(PORTRAITS[0]))
        swap = FaceSwap(tracker, models.swapper, worn, settings.swap, live=True, timings=timings)
        outputs = [
            Threaded(viewer, name="viewer", retry=False),
            *(Threaded(stream_sink(target), name=target, retry=False) for target in targets),
        ]
        run = Pipeline(
            live_source("synthetic", video_format=video_format),
            swap,
            outputs,
            video_format=video_format,
            timings=timings,
            rate=video_format.rate,
            standby=PolicyStandby(lambda: swap.tuning, video_format),
        )
        return cls(models, run, swap, viewer, outputs)

    def watch(self, seconds: float) -> list[Holding]:
        """What the process held, every ten seconds; prints it."""
        held, start = [], time.monotonic()
        with self.swap, self.run:
            for number in range(1, round(seconds / EVERY_S) + 1):
                self.run.join(max(0.0, start + number * EVERY_S - time.monotonic()))
                held.append(Holding.now())
                self._show(number * EVERY_S, held[-1])
                if number % OTHER_FACE_EVERY == 0:
                    face = PORTRAITS[number // OTHER_FACE_EVERY % len(PORTRAITS)]
                    self.swap.wear(self.models.identity(read_portrait(face)))
        return held

    def _show(self, seconds: float, held: Holding) -> None:
        stats, seen = self.run.stats(), self.outputs[0].status()
        sinks = " ".join(str(one.status().dropped) for one in self.outputs)
        print(
            f"{seconds:6.0f} s  RSS {held.rss_mib:6.1f} MiB  threads {held.threads}  "
            f"descriptors {held.descriptors}  children {held.children}  "
            f"fps {stats.fps_out:5.1f}  latency p50 {seen.latency_p50_ms:5.1f} "
            f"p95 {seen.latency_p95_ms:5.1f} ms  dropped {stats.drops.capture} capture "
            f"{stats.drops.process} process {sinks} sinks  swapped "
            f"{self.swap.report.frames - self.swap.report.unswapped}",
            flush=True,
        )

    @property
    def lost(self) -> list[str]:
        """Outputs that failed."""
        status = [output.status() for output in self.outputs]
        return [one.name for one in status if one.state is not SinkState.OPEN]


def verdict(soak: Soak, before: Holding, held: Sequence[Holding], after: Holding) -> bool:
    """Prints what came of it; True if nothing grew and nothing came late."""
    warm = held[int(min(WARM_UP_S / EVERY_S, len(held) / 3)) :]
    rss = np.array([one.rss_mib for one in warm])
    middle = (rss.max() + rss.min()) / 2
    stray = rss.max() / middle - 1
    hours = np.arange(len(rss)) * EVERY_S / 3600
    slope = np.polyfit(hours, rss, 1)[0] if len(rss) > 1 else 0.0
    print(f"RSS after warm-up {middle:.1f} MiB ± {stray:.1%}, {slope:+.1f} MiB an hour")
    growth = {
        name: max(getattr(one, name) for one in warm) - getattr(warm[0], name)
        for name in ("threads", "descriptors", "children")
    }
    left = {name: getattr(after, name) - getattr(before, name) for name in growth}
    print("growth after warm-up:", ", ".join(f"{name} {more}" for name, more in growth.items()))
    print("left when it had ended:", ", ".join(f"{name} {more}" for name, more in left.items()))
    print(f"frames seen {soak.viewer.seen}, out of order {soak.viewer.disorder}")
    print(f"outputs that failed: {', '.join(soak.lost) or 'none'}")
    good = stray <= MOST and not any(growth.values()) and max(left.values()) <= 0
    good = good and soak.viewer.seen > 0 and not soak.viewer.disorder and not soak.lost
    print("It holds." if good else "It does NOT hold.")
    return bool(good)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=1800)
    parser.add_argument("--fps", type=int, default=60)
    parser.add_argument("--size", default="640x360")
    options = parser.parse_args()
    width, height = map(int, options.size.split("x"))
    video_format = VideoFormat(width, height, Fraction(options.fps), Colour(Matrix.BT601))
    with TemporaryDirectory() as folder:
        file = Path(folder) / "soak.mkv"
        soak = Soak.of(load_models(Settings()), video_format, [NOBODY, str(file)])
        before = Holding.now()
        held = soak.watch(options.seconds)
        after = Holding.now()
        print(f"the recording has {file.stat().st_size / 1e6:.1f} MB")
    sys.exit(0 if verdict(soak, before, held, after) else 1)


if __name__ == "__main__":
    main()
