from collections.abc import Generator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from livecam.errors import SinkError, SourceError
from livecam.frame import Frame, VideoFormat
from livecam.picture import Colour, Picture
from livecam.pipeline.pipeline import Pipeline
from livecam.sinks.before_after import BeforeAfter
from livecam.sinks.image_file import ImageFileSink

FORMAT = VideoFormat(64, 48, Fraction(30), Colour())


@dataclass
class Greys:
    """Frames of one grey each: 40, 41, 42 …"""

    count: int
    fails: bool = False
    live: bool = field(default=False, init=False)

    def probe(self) -> VideoFormat:
        return FORMAT

    def frames(self) -> Generator[Frame, None, None]:
        for index in range(self.count):
            image = np.full((48, 64, 3), 40 + index, np.uint8)
            yield Frame(Picture.from_rgb(image, FORMAT.colour), index, index, Fraction(1, 30), 0.0)
        if self.fails:
            raise SourceError("cable out", hint="Plug it in.")


@dataclass
class Whitens:
    """Makes the first columns white: as many as `widths` says for each frame."""

    widths: dict[int, int]

    def process(self, frame: Frame) -> Frame:
        width = self.widths.get(frame.index, 0)
        if not width:
            return frame
        rgb = frame.picture.to_rgb()
        rgb[:, :width] = 255
        return frame.with_picture(Picture.from_rgb(rgb, FORMAT.colour))


def show(path: Path, source: Greys, widths: dict[int, int]) -> None:
    both = BeforeAfter(Whitens(widths), ImageFileSink(path))
    Pipeline(source, both, [both], video_format=FORMAT).run()


@pytest.mark.parametrize(
    ("widths", "shown"), [({3: 16, 5: 32, 7: 24}, 5), ({2: 30, 4: 32}, 2), ({6: 8}, 6), ({}, 0)]
)
def test_the_first_much_changed_frame_is_shown(
    tmp_path: Path, widths: dict[int, int], shown: int
) -> None:
    show(tmp_path / "both.png", Greys(9), widths)
    with Image.open(tmp_path / "both.png") as image:
        pixels = np.asarray(image).astype(int)
    assert pixels.shape == (48, 128, 3)
    width = widths.get(shown, 0)
    assert np.abs(pixels[:, :64] - (40 + shown)).max() <= 1
    assert np.abs(pixels[:, 64 + width + 2 :] - (40 + shown)).max() <= 1
    assert width == 0 or pixels[:, 64 : 64 + width - 2].min() >= 253
    assert [path.name for path in tmp_path.iterdir()] == ["both.png"]


def test_a_failed_run_shows_nothing(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="cable out"):
        show(tmp_path / "both.png", Greys(3, fails=True), {1: 8})
    assert list(tmp_path.iterdir()) == []


def test_no_frame_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SinkError):
        show(tmp_path / "both.png", Greys(0), {})
    assert list(tmp_path.iterdir()) == []


def test_an_image_that_cannot_be_written_ends_the_run(tmp_path: Path) -> None:
    with pytest.raises(SinkError, match="nowhere"):
        show(tmp_path / "nowhere" / "both.png", Greys(3), {1: 8})
