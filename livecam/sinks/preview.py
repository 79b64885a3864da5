"""The newest frame, for whoever draws it when it suits them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from livecam.frame import Frame, VideoFormat


class Preview:
    """A mailbox that holds one frame: a window looks into it on its own timer.

    A frame never waits and is never queued, so a slow window shows fewer frames, not older ones.
    """

    def __init__(self) -> None:
        self._newest: Frame | None = None

    def newest(self) -> Frame | None:
        """The frame delivered last; None before the first and after the end. From any thread."""
        return self._newest

    @contextmanager
    def open(self, video_format: VideoFormat) -> Iterator[Callable[[Frame], None]]:  # noqa: ARG002 - a mailbox takes any format
        """A context whose frames each replace the one before."""
        try:
            yield self._put
        finally:
            self._newest = None

    def _put(self, frame: Frame) -> None:
        self._newest = frame
