"""A live source in whose place another may come while it runs."""

from collections.abc import Generator
from contextlib import closing
from dataclasses import replace

from livecam.frame import Frame, VideoFormat
from livecam.pipeline.protocols import Source


class Switchable:
    """The frames of one source, then of another, opened and closed on the one thread that reads.

    Frames are counted on. The run ends when the source does that is read from.

    Args:
        source: The first; all have to give the same format.
    """

    live = True

    def __init__(self, source: Source) -> None:
        self._source = source

    def switch(self, source: Source) -> None:
        """Lets `source` take over with the next frame; from any thread."""
        self._source = source

    def probe(self) -> VideoFormat:
        """What the source's frames are.

        Raises:
            SourceError: As the source does.
        """
        return self._source.probe()

    def frames(self) -> Generator[Frame | None, None, None]:
        """The frames of whichever source is on.

        Raises:
            SourceError: As the source does.
        """
        count, before = 0, None
        while before is not self._source:
            before, first = self._source, count
            with closing(before.frames()) as frames:
                for frame in frames:
                    if frame is not None:
                        frame = replace(frame, index=first + frame.index)  # noqa: PLW2901
                        count = frame.index + 1
                    yield frame
                    if self._source is not before:
                        break
