"""What a source, a processor and a sink have to be."""

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager
from typing import Protocol

from livecam.frame import Frame, VideoFormat
from livecam.picture import Picture


class Source(Protocol):
    """Where frames come from. Options only: the open handle lives inside `frames`."""

    @property
    def live(self) -> bool:
        """True when frames come in real time and old ones are worth nothing."""

    def probe(self) -> VideoFormat:
        """What the frames will be. Opens, looks and closes.

        Raises:
            SourceError: The input cannot be opened or has no picture.
        """

    def frames(self) -> Generator[Frame | None, None, None]:
        """Opens, yields every frame in order, closes; never blocks for more than a second.

        A live source yields None when nothing has come for about half a second, so that it can
        be stopped all the same; a file never does.

        Raises:
            SourceError: The input cannot be opened or read.
        """


class Processor(Protocol):
    """What happens to a frame. May keep state, must not read a clock."""

    def process(self, frame: Frame) -> Frame:
        """The frame to show instead of `frame`."""


class Standby(Protocol):
    """What is shown while the source is silent."""

    def picture(self, last: Frame | None, silence_s: float) -> Picture | None:
        """The picture to show instead of `last`, of the same size; None shows `last` again.

        Asked at every tick, so it has to be quick.

        Args:
            last: The newest frame that was shown; None before the first.
            silence_s: How long the source has been silent, s.
        """


class Sink(Protocol):
    """Where frames go. Options only: the open handle lives inside the context."""

    def open(self, video_format: VideoFormat) -> AbstractContextManager[Callable[[Frame], None]]:
        """A context that gives the function to send frames with.

        Leaving it normally finishes the output; leaving it with an exception drops what is
        unfinished.

        Raises:
            SinkError: The output cannot be opened or written.
        """
