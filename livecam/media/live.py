"""Frames of a live input as pictures, whatever its size and format become on the way."""

from dataclasses import replace

import av

from livecam.media.colour import colour_of
from livecam.media.planes import Door
from livecam.picture import Picture

_UNSPECIFIED, _SMPTE_170M = 2, 6  # AVColorSpace


class LiveDoor:
    """Makes every frame a picture of the frame's own size, limited in range.

    Args:
        sd_unless_tagged: True for cameras, which mean BT.601 at any size (USB Video Class 1.5,
            colour matching descriptor); untagged streams go by their size, as files do.
    """

    def __init__(self, *, sd_unless_tagged: bool = False) -> None:
        self._sd_unless_tagged = sd_unless_tagged
        self._door: Door | None = None

    def picture(self, frame: av.VideoFrame) -> Picture:
        """`frame` as a picture; its planes are views of the frame where nothing is converted.

        Raises:
            av.FFmpegError: libswscale cannot convert this pixel format.
        """
        if self._sd_unless_tagged and int(frame.colorspace) == _UNSPECIFIED:
            frame.colorspace = _SMPTE_170M
        colour = replace(colour_of(frame, None), full_range=False)
        door, size = self._door, (frame.width, frame.height)
        if door is None or (door.width, door.height) != size or door.colour != colour:
            door = self._door = Door(frame, colour)
            door.describe(frame)
        return door.picture(frame)
