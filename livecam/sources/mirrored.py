"""Any source as a mirror shows it."""

from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass

import cv2
import numpy as np

from livecam.frame import Frame, VideoFormat
from livecam.picture import Picture
from livecam.picture.affine import compose, invert
from livecam.picture.colour import frame_from_chroma
from livecam.picture.resample import sample
from livecam.pipeline.protocols import Source


@dataclass(frozen=True, slots=True)
class Mirrored:
    """The frames of a source with left and right exchanged."""

    source: Source

    @property
    def live(self) -> bool:
        """As the source is."""
        return self.source.live

    def probe(self) -> VideoFormat:
        """What the source's frames are.

        Raises:
            SourceError: As the source does.
        """
        return self.source.probe()

    def frames(self) -> Generator[Frame | None, None, None]:
        """The source's frames, mirrored.

        Raises:
            SourceError: As the source does.
        """
        with closing(self.source.frames()) as frames:
            for frame in frames:
                yield frame and frame.with_picture(_mirrored(frame.picture))


def _mirrored(picture: Picture) -> Picture:
    mirror = np.array([[-1.0, 0.0, picture.width - 1.0], [0.0, 1.0, 0.0]])
    placed = frame_from_chroma(picture.colour.siting)
    # Chroma that lies on the left of its pixels would come to lie on the right: moved by half.
    chroma = compose(invert(placed), compose(mirror, placed))
    rows, columns = picture.u.shape
    return Picture(
        np.asarray(cv2.flip(picture.y, 1), np.uint8),
        sample(picture.u, chroma, columns, rows),
        sample(picture.v, chroma, columns, rows),
        picture.colour,
    )
