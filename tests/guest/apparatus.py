"""What scenes are made of: a numbered camera, a sink that is watched, and other programs."""

import re
import subprocess
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import pattern

from livecam.errors import LivecamError
from livecam.frame import Frame, VideoFormat
from livecam.pipeline.pipeline import Pipeline
from livecam.pipeline.protocols import Sink, Source
from livecam.sinks.virtual_camera import virtual_cameras

NOBODY = 65534
CAMERA, FEED, VIVID = "/dev/video10", "/dev/video11", "/dev/video0"
LOOPBACKS = "v4l2loopback devices=2 video_nr=10,11 card_label=livecam,feed exclusive_caps=1,1"
WEBCAM = "vivid n_devs=1 vid_cap_nr=0 node_types=1 num_inputs=1 input_types=0"


class Unchanged:
    """A processor that does nothing."""

    def process(self, frame: Frame) -> Frame:
        """The frame itself."""
        return frame


@dataclass(frozen=True)
class Counting:
    """A camera whose pictures say their number."""

    rate: Fraction = pattern.RATE
    live: bool = True

    def probe(self) -> VideoFormat:
        """The pattern's format."""
        return pattern.FORMAT

    def frames(self) -> Generator[Frame, None, None]:
        """Numbered pictures at the rate, as long as they are wanted."""
        due, index = time.monotonic(), 0
        while True:
            time.sleep(max(due - time.monotonic(), 0))
            now = time.monotonic()
            pts = int(now * 1_000_000)
            yield Frame(pattern.numbered(index), index, pts, Fraction(1, 1_000_000), now)
            due, index = max(due + float(1 / self.rate), now), index + 1


@dataclass
class Noted:
    """A sink that notes the numbers that its pictures show, and those of its frames."""

    sink: Sink
    sent: list[int] = field(default_factory=list)
    indexes: list[int] = field(default_factory=list)

    @contextmanager
    def open(self, video_format: VideoFormat) -> Iterator[Callable[[Frame], None]]:
        """The sink's context."""
        with self.sink.open(video_format) as send:

            def note(frame: Frame) -> None:
                send(frame)
                self.sent.append(pattern.number(frame.picture.y))
                self.indexes.append(frame.index)

            yield note


@contextmanager
def running(sink: Sink, source: Source | None = None) -> Iterator[Pipeline]:
    """A pipeline that does nothing to what it shows, until the block ends."""
    made = Pipeline(
        source or Counting(),
        Unchanged(),
        [sink],
        video_format=pattern.FORMAT,
        rate=pattern.RATE,
    )
    with made as pipeline:
        yield pipeline


def shell(*words: str) -> str:
    """What a command writes; the guest's own tools speak both ways."""
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
    return done.stdout + done.stderr


def wait_until(true: Callable[[], object], *, for_s: float = 20) -> bool:
    """Whether it came true in time."""
    end = time.monotonic() + for_s
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def about(device: str = CAMERA) -> dict[str, Any]:
    """What v4l2-ctl sees of a device."""
    said = shell("v4l2-ctl", "--device", device, "--all")
    able = said.split("Device Caps")[-1].split("Extended")[0]
    size = re.search(r"Width/Height +: (\d+)/(\d+)", said)
    found = {
        "label": r"Card type +: (.*)",
        "format": r"Pixel Format +: '(.*)'",
        "rate": r"Frames per second: ([\d.]+)",
    }
    return {
        **{name: (m := re.search(wanted, said)) and m[1] for name, wanted in found.items()},
        "size": size and [int(size[1]), int(size[2])],
        "captures": "Video Capture" in able,
        "outputs": "Video Output" in able,
    }


def refusal(sink: Sink) -> list[str] | None:
    """What a sink that does not open says; None where it opens."""
    try:
        with sink.open(pattern.FORMAT):
            return None
    except LivecamError as error:
        return [type(error).__name__, error.message, error.hint]


def raw_reader(device: str, out: Path, count: int) -> subprocess.Popen[bytes]:
    """v4l2-ctl, copying frames as they are."""
    stream = ["--stream-mmap", f"--stream-count={count}", f"--stream-to={out}"]
    return subprocess.Popen(["v4l2-ctl", "--device", device, *stream], stderr=subprocess.DEVNULL)


def listed() -> list[list[Any]]:
    """What `virtual_cameras` says."""
    return [
        [info.name, info.path, info.problem and [info.problem.message, info.problem.hint]]
        for info in virtual_cameras()
    ]
