"""Whole pictures enlarged after the swap."""

from dataclasses import replace

from livecam.enhancers import Upscaler
from livecam.frame import Frame, VideoFormat
from livecam.picture import Picture
from livecam.pipeline.protocols import Processor


def enlarged(video_format: VideoFormat, upscaler: Upscaler | None) -> VideoFormat:
    """The format of frames after `upscaler`, if there is one."""
    scale = upscaler.scale if upscaler else 1
    return replace(
        video_format, width=scale * video_format.width, height=scale * video_format.height
    )


class Upscaled:
    """Enlarges what a processor makes of each frame.

    Args:
        processor: Does the work before.
        upscaler: Enlarges.
    """

    def __init__(self, processor: Processor, upscaler: Upscaler) -> None:
        self._processor = processor
        self._upscaler = upscaler

    def process(self, frame: Frame) -> Frame:
        """What the processor makes of `frame`, enlarged, in the frame's own colour.

        Raises:
            ModelError: The upscaler failed.
        """
        result = self._processor.process(frame)
        picture = result.picture
        large = self._upscaler.enlarge(picture.to_rgb())
        return result.with_picture(Picture.from_rgb(large, picture.colour))
