"""Whether memory stays flat, however long the film: one clip over and over, swapped.

    python benchmarks/memory.py [FRAMES]

Prints the resident memory every 1000 frames, and how far it strays from the first value after the
warm-up. The sink is a real file; all else is what `livecam swap` runs.
"""

import gc
import sys
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from livecam.build import make_face_swap
from livecam.frame import Frame, VideoFormat
from livecam.pipeline.pipeline import Pipeline
from livecam.settings import Settings
from livecam.sinks.media_file import MediaFileSink
from livecam.sources.media_file import MediaFile

ASSETS = Path(__file__).parent.parent / "assets"
EVERY = 1000
WARM_UP = 2000


class Looped:
    """A clip, over and over, `count` frames in all."""

    live = False

    def __init__(self, clip: MediaFile, count: int) -> None:
        self._clip = clip
        self._count = count

    def probe(self) -> VideoFormat:
        """As the clip's."""
        return self._clip.probe()

    def frames(self) -> Generator[Frame, None, None]:
        """The clip's, at times that go on rising."""
        index = 0
        rate = self.probe().rate
        while True:
            for frame in self._clip.frames():
                yield replace(frame, index=index, pts=index, time_base=1 / rate)
                index += 1
                if index == self._count:
                    return


def main() -> None:
    """Runs and prints."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    source = Looped(MediaFile(ASSETS / "clip_a_360p.mp4"), count)
    face_swap = make_face_swap(ASSETS / "portrait_c.png", Settings())
    process, taken = psutil.Process(), []
    with TemporaryDirectory() as folder:
        sink = MediaFileSink(Path(folder) / "out.mp4")
        run = Pipeline(source, face_swap, [sink], video_format=source.probe())
        due = EVERY
        with run:
            while not run.join(0.05):
                if run.stats().delivered >= due:
                    gc.collect()
                    taken.append((due, process.memory_info().rss / 1e6))
                    print(
                        f"{due:6d} frames {taken[-1][1]:8.1f} MB {run.stats().fps:6.1f} fps",
                        flush=True,
                    )
                    due += EVERY
    settled = [rss for frames, rss in taken if frames >= WARM_UP]
    stray = max(abs(rss / settled[0] - 1) for rss in settled)
    print(f"strays at most {stray:.1%} from {settled[0]:.1f} MB")


if __name__ == "__main__":
    main()
