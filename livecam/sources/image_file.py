"""A still image as a source of one frame."""

import logging
import time
from collections.abc import Generator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from livecam.frame import Frame, VideoFormat
from livecam.media.still import STILL_COLOUR, picture_of, read_still

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ImageFile:
    """The one frame of an image file, upright."""

    path: Path

    @property
    def live(self) -> bool:
        """False: a file waits."""
        return False

    def probe(self) -> VideoFormat:
        """What the frame will be.

        Raises:
            SourceError: There is no image, or it is damaged.
        """
        height, width = read_still(self.path).rgb.shape[:2]
        return VideoFormat(width, height, Fraction(1), STILL_COLOUR)

    def frames(self) -> Generator[Frame, None, None]:
        """Yields the frame.

        Raises:
            SourceError: There is no image, or it is damaged.
        """
        still = read_still(self.path)
        for loss in still.losses:
            _LOG.warning("%s: %s", self.path, loss)
        yield Frame(
            picture=picture_of(still.rgb),
            index=0,
            pts=0,
            time_base=Fraction(1),
            captured_at=time.monotonic(),
        )
