"""A test source: a moving face, with number and time written into the pixels."""

import math
import time
from collections.abc import Generator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from livecam.frame import MICROSECOND, Frame, VideoFormat
from livecam.media.still import read_still
from livecam.sources.scene import SCENE_COLOUR, Scene
from livecam.vision.timestamp import Timestamp, write_timestamp


@dataclass(frozen=True, slots=True)
class Synthetic:
    """Frames as a camera would send them: a face that sways over a blurred room.

    At the top stand the frame's index and the time of its capture, to be read with
    `livecam.vision.timestamp.read_timestamp`. When frames are asked for too late, those whose
    time is over are left out.
    """

    width: int = 1280
    """px"""
    height: int = 720
    """px"""
    rate: Fraction = Fraction(30)
    """Frames per second."""
    portrait: Path | None = field(default=None, kw_only=True)
    """A square picture of a face in its middle; by default the demo's."""

    @property
    def live(self) -> bool:
        """True: it does not wait."""
        return True

    def probe(self) -> VideoFormat:
        """What the frames will be."""
        return VideoFormat(self.width, self.height, self.rate, SCENE_COLOUR)

    def frames(self) -> Generator[Frame, None, None]:
        """Frames at their rate, without end.

        Raises:
            SourceError: The portrait cannot be read.
        """
        portrait = read_still(self.portrait or demo_portrait()).rgb
        scene = Scene.of(portrait, self.width, self.height)
        start = time.monotonic()
        index = -1
        while True:
            late = math.floor((time.monotonic() - start) * self.rate)
            index = max(index + 1, late)
            due = start + float(index / self.rate)
            time.sleep(max(0.0, due - time.monotonic()))
            captured_at = time.monotonic()
            pts = round(captured_at / MICROSECOND)
            picture = scene.at(captured_at)
            write_timestamp(picture.y, Timestamp(index, pts))
            yield Frame(picture, index, pts, MICROSECOND, captured_at)


def demo_portrait() -> Path:
    """A picture of a rendered face that comes along."""
    return demo_file("portrait_c.png")


def demo_file(name: str) -> Path:
    """A file that comes along: inside the installed package, or beside a checkout's."""
    package = Path(__file__).parents[1]
    installed = package / "assets" / name
    return installed if installed.is_file() else package.parent / "assets" / name
