"""Any source as a mirror shows it."""

from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass

import cv2
import numpy as np

from livecam.frame import Frame, VideoFormat
from livecam.picture import Picture, Plane, Siting
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
    # Chroma that lies on the left column of each pair comes to lie on the right one.
    shifted = picture.colour.siting is not Siting.CENTRE and picture.width % 2 == 0
    u, v = (_flipped(plane, shifted=shifted) for plane in (picture.u, picture.v))
    return Picture(_flipped(picture.y, shifted=False), u, v, picture.colour)


def _flipped(plane: Plane, *, shifted: bool) -> Plane:
    """`plane` from right to left, `shifted` by half a sample to the left."""
    flipped = np.asarray(cv2.flip(plane, 1), np.uint8)
    if not shifted:
        return flipped
    before = np.concatenate([flipped[:, :1], flipped[:, :-1]], axis=1)
    return np.asarray(cv2.addWeighted(flipped, 0.5, before, 0.5, 0), np.uint8)
