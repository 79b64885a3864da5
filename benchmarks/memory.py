"""Whether memory stays flat, however long the film: a clip over and over in one file, swapped.

    python benchmarks/memory.py [FRAMES]

Prints the resident memory every 1000 frames, and how far it strays after the warm-up.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import av
import psutil

import livecam

ASSETS = Path(__file__).parent.parent / "assets"
EVERY = 1000
WARM_UP = 2000


def looped(clip: Path, count: int, path: Path) -> Path:
    """A file of about `count` frames: the packets of `clip` over and over."""
    with av.open(str(path), "w") as output:
        stream, shift, frames = None, 0, 0
        while frames < count:
            with av.open(str(clip)) as source:
                video = source.streams.video[0]
                stream = stream or output.add_stream_from_template(video)
                for packet in source.demux(video):
                    if packet.dts is not None and packet.pts is not None:
                        packet.pts, packet.dts = packet.pts + shift, packet.dts + shift
                        packet.stream = stream
                        output.mux(packet)
                frames += video.frames
                shift += video.duration
    return path


def main() -> None:
    """Runs and prints."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    process, taken = psutil.Process(), {}
    with TemporaryDirectory() as folder:
        film = looped(ASSETS / "clip_a_360p.mp4", count, Path(folder) / "in.mp4")
        face = ASSETS / "portrait_c.png"
        job = livecam.FileSwap(film, Path(folder) / "out.mp4", face=face).prepare()
        with job.pipeline as pipeline:
            while not pipeline.join(0.05):
                done = pipeline.stats().delivered // EVERY * EVERY
                if done not in taken:
                    taken[done] = process.memory_info().rss / 1e6
                    print(f"{done:6d} frames  {taken[done]:6.1f} MB", flush=True)
    settled = [rss for frames, rss in taken.items() if frames >= WARM_UP]
    middle = (max(settled) + min(settled)) / 2
    print(f"{middle:.1f} MB ± {max(settled) / middle - 1:.1%} from {WARM_UP} frames on")


if __name__ == "__main__":
    main()
