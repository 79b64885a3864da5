"""What a video file holds: the stream to be swapped, its size, rate, colour and rotation."""

import logging
import math
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from stat import S_ISDIR, S_ISREG

import av
import numpy as np
from av.container import InputContainer
from av.sidedata.sidedata import SideData
from av.stream import Discard, Disposition
from av.video.stream import VideoStream

from livecam.errors import SourceError
from livecam.frame import MICROSECOND
from livecam.media.colour import colour_of, tagged_siting
from livecam.media.messages import ffmpeg_errors
from livecam.picture import Colour

_LOG = logging.getLogger(__name__)
UNREADABLE = "Check that the file is whole and plays in a media player."
_CONVERT = "Where another program plays it, convert it to .mp4 there."
_MAX_PIXELS = 8192 * 8192
_FALLBACK_RATE = Fraction(25)
_MAX_RATE = 1000
_ADDRESS = re.compile(r"[a-z]{2,}:/", re.IGNORECASE)
_INDEXED = {"mov", "matroska", "avi", "flv", "mxf"}


@dataclass(frozen=True, slots=True, eq=False)
class Video:
    """The facts of a file's first real video stream, and its first picture."""

    index: int
    """Of the stream in its container."""
    nth: int
    """Of the stream among the video streams."""
    rate: Fraction
    """Average frames per second."""
    time_base: Fraction
    """Seconds per tick of the stream's stamps."""
    origin: Fraction
    """Where the file's own time begins, s."""
    end: Fraction | None
    """Where its pictures should end, s of the stream's own time; None where no header says it."""
    colour: Colour
    """Of its frames as 4:2:0 pictures."""
    first: av.VideoFrame
    display_matrix: tuple[int, ...] | None
    """Nine integers as FFmpeg has them, None where the file has none."""
    alpha_apart: bool = False
    """True where transparency is a second picture (VP8, VP9), which the decoders leave aside."""

    @property
    def quarter_turns(self) -> int:
        """Counterclockwise turns of 90° that set the stored picture upright, 0–3.

        0 too where the file asks for another angle or a mirrored picture.
        """
        if self.display_matrix is None or self.first.rotation % 90:
            return 0
        a, b, _, c, d = self.display_matrix[:5]
        return self.first.rotation // 90 % 4 if a * d > b * c else 0


def open_media(path: Path) -> InputContainer:
    """An open file; only local files are followed, whatever a playlist in it says.

    Raises:
        SourceError: There is no such file, or FFmpeg does not know it.
    """
    _status(path)
    with ffmpeg_errors(SourceError, f"{path} cannot be opened", hint=UNREADABLE):
        return av.open(
            f"file:{path}",
            "r",
            container_options={"protocol_whitelist": "file"},
            metadata_errors="replace",
        )


def _status(path: Path) -> os.stat_result:
    hint = "Give the path of a video or an image."
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError) as e:
        if _ADDRESS.match(path.as_posix()):
            hint = "Addresses are for live runs: download the file first."
        raise SourceError(f"{path} does not exist", hint=hint) from e
    except OSError as e:
        raise SourceError(f"{path} cannot be read: {e.strerror}", hint=hint) from e
    if not S_ISREG(status.st_mode):
        why = "is a folder" if S_ISDIR(status.st_mode) else "is no file, and cannot be read twice"
        raise SourceError(f"{path} {why}", hint=hint)
    if status.st_size == 0:
        raise SourceError(f"{path} is empty", hint="Copy or download the file again.")
    return status


def main_stream(container: InputContainer, path: Path | str) -> VideoStream:
    """The first video stream that is no attached picture and that can be decoded.

    Raises:
        SourceError: There is none.
    """
    still = Disposition.attached_pic | Disposition.timed_thumbnails
    for stream in container.streams.video:
        if not stream.disposition & still and stream.codec_context is not None:
            return stream
    if any(stream.codec_context is None for stream in container.streams.video):
        raise SourceError(f"{path} has a video of a kind that cannot be decoded", hint=_CONVERT)
    found = {"a cover" if s.disposition & still else s.type for s in container.streams}
    kinds = ", ".join(sorted(found)) or "nothing"
    raise SourceError(
        f"{path} has no video (it holds: {kinds})",
        hint="Give a file with a video stream, or an image.",
    )


def start_decoder(container: InputContainer, stream: VideoStream, *, threads: str) -> None:
    """Readies `stream` for decoding on `threads` (FRAME, SLICE), and nothing else for reading."""
    for other in container.streams:
        if other.index != stream.index:
            other.discard = Discard.all
    stream.codec_context.thread_type = threads
    stream.codec_context.options = {"max_pixels": str(_MAX_PIXELS)}


def seek(container: InputContainer, time: Fraction) -> bool:
    """Moves to the last key frame at or before `time` s; False where that cannot be trusted.

    Without an index FFmpeg lands near, and MPEG streams then get times that are not theirs.
    """
    if not _is_indexed(container):
        return False
    try:
        container.seek(math.floor(time / MICROSECOND))
    except av.FFmpegError:
        return False
    return True


def _is_indexed(container: InputContainer) -> bool:
    return container.format.name.split(",")[0] in _INDEXED


def close_decoder(container: InputContainer, stream: VideoStream) -> None:
    """Closes both.

    The flush waits for decoder threads with the GIL released; closing alone waits with it held,
    and a thread that wants to log then waits for it for ever.
    """
    if stream.codec_context.is_open:
        stream.codec_context.flush_buffers()
    container.close()


def examine(path: Path) -> Video:
    """The facts of the file at `path`; decodes its first picture, once as long as it is the same.

    Raises:
        SourceError: It cannot be opened, or has no picture that can be decoded.
    """
    status = _status(path)
    return _examined(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=4)
def _examined(path: Path, _changed_ns: int, _size: int) -> Video:
    container = open_media(path)
    stream = main_stream(container, path)
    try:
        start_decoder(container, stream, threads="SLICE")
        first = next(_whole_frames(container, stream), None)
        if first is None:
            raise SourceError(f"no picture of {path} can be decoded", hint=_CONVERT)
        time_base = stream.time_base or MICROSECOND
        return Video(
            index=stream.index,
            nth=container.streams.video.index(stream),
            rate=frame_rate(stream),
            time_base=time_base,
            origin=_origin(container, (first.pts or 0) * time_base),
            end=_end(stream, time_base) if _is_indexed(container) else None,
            colour=colour_of(first, tagged_siting(container, stream)),
            first=first,
            display_matrix=_display_matrix(first),
            alpha_apart=stream.metadata.get("alpha_mode") == "1",
        )
    finally:
        close_decoder(container, stream)


def _whole_frames(container: InputContainer, stream: VideoStream) -> Iterator[av.VideoFrame]:
    """Frames up to the first damage that ends reading; damaged packets are passed over."""
    try:
        for packet in container.demux(stream):
            try:
                yield from stream.decode(packet)
            except av.FFmpegError as e:
                _LOG.debug("packet passed over: %s", e)
    except (av.FFmpegError, IndexError) as e:  # as in livecam.media.decoding
        _LOG.debug("reading ended: %s", e)


def _origin(container: InputContainer, first: Fraction) -> Fraction:
    """Where the file begins: with its first picture, or a sound before it."""
    return min((container.start_time or 0) * MICROSECOND, first)


def _end(stream: VideoStream, time_base: Fraction) -> Fraction | None:
    if stream.start_time is None or not stream.duration:
        return None
    return (stream.start_time + stream.duration) * time_base


def frame_rate(stream: VideoStream) -> Fraction:
    """Average frames per second as far as the stream tells, else 25."""
    for rate in (stream.average_rate, stream.guessed_rate, stream.base_rate):
        if rate and 0 < rate <= _MAX_RATE:
            return rate
    return _FALLBACK_RATE


def _display_matrix(frame: av.VideoFrame) -> tuple[int, ...] | None:
    data = frame.side_data.get("DISPLAYMATRIX")
    if not isinstance(data, SideData):
        return None
    return tuple(int(value) for value in np.frombuffer(memoryview(data), np.int32))
