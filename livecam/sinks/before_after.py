"""One frame of a run beside what it was before, as an image file."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np

from livecam.frame import Frame, VideoFormat
from livecam.media.still import picture_of
from livecam.picture import Picture
from livecam.pipeline.protocols import Processor
from livecam.sinks.image_file import ImageFileSink

_MORE = 1.25
"""How many times the samples of the frame that is kept another must change to take its place: the
first good one is enough, and most begin with a face at rest."""


class BeforeAfter:
    """Watches a processor for a frame that it changes much; as a sink, shows both in an image.

    The original is on the left.

    Args:
        processor: Does the work.
        image: Where both are shown; appears when the run ends well.
    """

    def __init__(self, processor: Processor, image: ImageFileSink) -> None:
        self._processor = processor
        self._image = image
        self._changed = 0
        self._pair: tuple[Frame, Frame] | None = None

    def process(self, frame: Frame) -> Frame:
        """What the processor makes of `frame`."""
        result = self._processor.process(frame)
        before, after = frame.picture, result.picture
        changed = 0 if before is after else int(np.count_nonzero(before.y != after.y))
        if self._pair is None or changed > _MORE * self._changed:
            self._changed, self._pair = changed, (frame, result)
        return result

    @contextmanager
    def open(self, video_format: VideoFormat) -> Iterator[Callable[[Frame], None]]:
        """A context whose frames are only waited for; the image is written at its clean end.

        Raises:
            SinkError: The image cannot be written, or there was no frame.
        """
        with self._image.open(replace(video_format, width=2 * video_format.width)) as send:
            yield lambda _frame: None
            if self._pair is not None:
                before, after = self._pair
                send(before.with_picture(_beside(before.picture, after.picture)))


def _beside(left: Picture, right: Picture) -> Picture:
    return picture_of(np.hstack([left.to_rgb(), right.to_rgb()]))
