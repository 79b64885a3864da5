"""Frames of a live input, whatever their size and format become on the way."""

import logging
import time
from dataclasses import replace

import av
from av.video.stream import VideoStream

from livecam.frame import MICROSECOND, Frame
from livecam.media.colour import colour_of
from livecam.media.planes import Door
from livecam.picture import Picture

_LOG = logging.getLogger(__name__)
_UNSPECIFIED, _SMPTE_170M = 2, 6  # AVColorSpace
_OLDEST_S = 2.0
_VIEWED = {"yuv420p", "nv12", "gray"}
"""What a `Door` does not convert."""


class LiveDoor:
    """Makes frames of one live input: of the size they come in, limited in range, in order.

    Args:
        camera: The input is a camera, which means three things. Untagged pictures are BT.601 at
            any size (USB Video Class 1.5, colour matching descriptor). Stamps may be those of the
            monotonic clock. Raw pictures may lie in the driver's memory, which is gone once the
            device is closed: they are copied.
    """

    def __init__(self, *, camera: bool) -> None:
        self._camera = camera
        self._door: Door | None = None
        self._index = -1
        self._last = 0

    def frames(self, stream: VideoStream, packet: "av.Packet[VideoStream]") -> list[Frame]:
        """The frames in `packet`, captured now or when a camera says; damaged ones are left out.

        Raises:
            av.FFmpegError: libswscale cannot convert this pixel format.
        """
        if packet.size == 0:  # to decode it would end the decoder
            return []
        now = time.monotonic()
        try:
            raws = stream.decode(packet)
        except av.FFmpegError as e:
            _LOG.debug("a damaged picture is passed over: %s", e)
            return []
        return [self._frame(raw, now) for raw in raws]

    def picture(self, raw: av.VideoFrame) -> Picture:
        """`raw` as a picture; its planes may be views of the frame.

        Raises:
            av.FFmpegError: libswscale cannot convert this pixel format.
        """
        if self._camera and int(raw.colorspace) == _UNSPECIFIED:
            raw.colorspace = _SMPTE_170M
        colour = replace(colour_of(raw, None), full_range=False)
        door, size = self._door, (raw.width, raw.height)
        if door is None or (door.width, door.height) != size or door.colour != colour:
            door = self._door = Door(raw, colour)
            door.describe(raw)
        return door.picture(raw)

    def _frame(self, raw: av.VideoFrame, now: float) -> Frame:
        captured_at = _capture_time(raw, now) if self._camera else now
        self._index += 1
        self._last = max(self._last + 1, round(captured_at / MICROSECOND))
        picture = self.picture(raw)
        if self._camera and raw.format.name in _VIEWED:
            y, u, v = picture.y.copy(), picture.u.copy(), picture.v.copy()
            picture = Picture(y, u, v, picture.colour)
        return Frame(picture, self._index, self._last, MICROSECOND, captured_at)


def _capture_time(raw: av.VideoFrame, now: float) -> float:
    if raw.pts is None or raw.time_base != MICROSECOND:
        return now
    stamp = float(raw.pts * MICROSECOND)
    return min(stamp, now) if abs(now - stamp) < _OLDEST_S else now
