"""Any source in one size and colour."""

from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass

from livecam.frame import Frame, VideoFormat
from livecam.media.fitting import Fitting
from livecam.pipeline.protocols import Source


@dataclass(frozen=True, slots=True)
class Fitted:
    """The frames of a source, each scaled, letterboxed in black and converted where it must be.

    A frame that fits already passes with the very same picture. Chroma keeps its siting.
    """

    source: Source
    video_format: VideoFormat
    """What every frame will be."""

    @property
    def live(self) -> bool:
        """As the source is."""
        return self.source.live

    def probe(self) -> VideoFormat:
        """What was asked for; the source is not opened."""
        return self.video_format

    def frames(self) -> Generator[Frame | None, None, None]:
        """The source's frames, fitted.

        Raises:
            SourceError: As the source does.
        """
        wanted = self.video_format
        fitting = Fitting(wanted.width, wanted.height, wanted.colour)
        with closing(self.source.frames()) as frames:
            for frame in frames:
                yield frame and frame.with_picture(fitting.picture(frame.picture))
