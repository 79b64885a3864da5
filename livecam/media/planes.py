"""FFmpeg's frames as pictures, and pictures as FFmpeg's frames."""

import logging

import av
import cv2
import numpy as np
from av.video.reformatter import VideoReformatter

from livecam.media.colour import (
    FULL,
    SWS_SPACES,
    colour_of,
    is_grey,
    is_rgb,
    range_of,
    space_of,
)
from livecam.picture import Colour, Picture, Plane, Siting

_LOG = logging.getLogger(__name__)
_PLANAR = {"yuv420p", "yuvj420p", "yuva420p"}
_HDR_TRANSFERS = {16: "PQ", 18: "HLG"}
_ROTATIONS = {
    1: cv2.ROTATE_90_COUNTERCLOCKWISE,
    2: cv2.ROTATE_180,
    3: cv2.ROTATE_90_CLOCKWISE,
}


def views(frame: av.VideoFrame) -> list[Plane]:
    """The frame's 8-bit planes without their padding, read-only: the decoder still needs them.

    The views keep the frame alive. NV12's chroma plane comes as (h, 2 w).
    """
    planes = []
    for plane in frame.planes:
        rows = np.frombuffer(memoryview(plane), np.uint8).reshape(
            plane.height, abs(plane.line_size)
        )
        if plane.line_size < 0:
            rows = rows[::-1]
        rows.flags.writeable = False
        planes.append(rows)
    return planes


def turned(picture: Picture, quarter_turns: int, *, siting: Siting) -> Picture:
    """`picture` turned counterclockwise by 90° `quarter_turns` times, as a copy; 0 is itself."""
    if quarter_turns % 4 == 0:
        return picture
    code = _ROTATIONS[quarter_turns % 4]
    planes = (cv2.rotate(plane, code) for plane in (picture.y, picture.u, picture.v))
    y, u, v = (np.asarray(plane, np.uint8) for plane in planes)
    colour = picture.colour
    return Picture(
        y, u, v, Colour(colour.matrix, colour.full_range, siting, colour.primaries, colour.transfer)
    )


class Door:
    """Makes every frame a `Picture` of one size and one meaning; converts only where it must.

    Args:
        first: A frame like those to come; its size is the size of all pictures.
        colour: What the pictures mean, from `colour_of(first, …)`.
    """

    def __init__(self, first: av.VideoFrame, colour: Colour) -> None:
        self.width, self.height = first.width, first.height
        self.colour = colour
        self._reformatter = VideoReformatter()
        self._told: set[str] = set()

    def picture(self, frame: av.VideoFrame) -> Picture:
        """`frame` as a picture; its planes are views of the frame where nothing is converted.

        Raises:
            av.FFmpegError: libswscale cannot convert this pixel format.
        """
        name = frame.format.name
        same_meaning = range_of(colour_of(frame, None)) == range_of(self.colour)
        if (frame.width, frame.height) == (self.width, self.height) and same_meaning:
            if name in _PLANAR:
                return self._planar(frame)
            if name == "nv12":
                return self._semi_planar(frame)
            if name == "gray":
                return self._grey(frame)
        return self._planar(self._converted(frame))

    def describe(self, frame: av.VideoFrame) -> None:
        """Says, once each, what is lost or changed on the way in."""
        name, transfer = frame.format.name, int(frame.color_trc)
        depth = max(component.bits for component in frame.format.components)
        if name not in _PLANAR | {"nv12", "gray"}:
            self._tell(logging.INFO, f"pictures are converted from {name} to 8-bit 4:2:0")
        if name not in {"pal8"} and any(c.is_alpha for c in frame.format.components):
            self._tell(logging.WARNING, f"transparency ({name}) is not kept")
        if depth > 8 and transfer in _HDR_TRANSFERS:
            self._tell(
                logging.WARNING,
                f"HDR ({_HDR_TRANSFERS[transfer]}) of {depth} bits becomes 8 bits: "
                "its tags are kept, fine gradients may show steps",
            )
        if frame.interlaced_frame:
            self._tell(logging.WARNING, "interlaced pictures are treated as progressive")

    def _tell(self, level: int, message: str) -> None:
        if message not in self._told:
            self._told.add(message)
            _LOG.log(level, "%s", message)

    def _planar(self, frame: av.VideoFrame) -> Picture:
        width, chroma = self.width, (self.width + 1) // 2
        y, u, v = views(frame)[:3]
        return Picture(y[:, :width], u[:, :chroma], v[:, :chroma], self.colour)

    def _semi_planar(self, frame: av.VideoFrame) -> Picture:
        y, uv = views(frame)
        end = 2 * ((self.width + 1) // 2)
        u, v = np.ascontiguousarray(uv[:, 0:end:2]), np.ascontiguousarray(uv[:, 1:end:2])
        return Picture(y[:, : self.width], u, v, self.colour)

    def _grey(self, frame: av.VideoFrame) -> Picture:
        neutral = np.full(((self.height + 1) // 2, (self.width + 1) // 2), 128, np.uint8)
        return Picture(views(frame)[0][:, : self.width], neutral, neutral, self.colour)

    def _converted(self, frame: av.VideoFrame) -> av.VideoFrame:
        if (frame.width, frame.height) != (self.width, self.height):
            self._tell(
                logging.WARNING,
                f"the size changes from {self.width}×{self.height} to "
                f"{frame.width}×{frame.height}: scaled to the first",
            )
        theirs = colour_of(frame, None)
        rgb = is_rgb(frame.format)
        return self._reformatter.reformat(
            frame,
            width=self.width,
            height=self.height,
            format="yuv420p",
            src_colorspace=None if rgb or is_grey(frame.format) else SWS_SPACES[theirs.matrix],
            dst_colorspace=SWS_SPACES[self.colour.matrix],
            src_color_range=FULL if rgb else range_of(theirs),
            dst_color_range=range_of(self.colour),
            interpolation="BICUBIC",
            threads=1,
        )


class Canvas:
    """One yuv420p frame that pictures are copied into, again and again.

    Args:
        width: Of the frame, px; at most one more than the pictures'.
        height: Likewise.
    """

    def __init__(self, width: int, height: int) -> None:
        self._frame = av.VideoFrame(width, height, "yuv420p")

    def drawn(self, picture: Picture) -> av.VideoFrame:
        """The frame, showing `picture`; valid until the next call.

        An encoder that still holds the frame keeps what it has. The odd column and row that it
        may ask for repeat the last ones; chroma already has them.
        """
        frame = self._frame
        frame.make_writable()
        for plane, samples in zip(frame.planes, (picture.y, picture.u, picture.v), strict=True):
            rows = np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, -1)
            h, w = samples.shape
            np.copyto(rows[:h, :w], samples)
            if plane.width > w:
                rows[:h, w] = rows[:h, w - 1]
            if plane.height > h:
                rows[h, : plane.width] = rows[h - 1, : plane.width]
        frame.colorspace = space_of(picture.colour)
        frame.color_range = range_of(picture.colour)
        frame.color_primaries = picture.colour.primaries
        frame.color_trc = picture.colour.transfer
        return frame
