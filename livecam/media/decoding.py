"""The decoded frames of a video stream, past damage and from any time on."""

from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from livecam.media.video import Video, close_decoder, open_media, seek, start_decoder

_MAX_READ_ERRORS = 20


@dataclass(slots=True)
class Damage:
    """What was passed over."""

    packets: int = 0
    """That could not be read or decoded."""
    concealed: int = 0
    """Pictures the decoder mended and marked as damaged."""
    cut_short: bool = False
    """True when the last frames may be missing (see `decoded`)."""


def decoded(
    path: Path, video: Video, damage: Damage, *, start: Fraction | None = None
) -> Generator[av.VideoFrame, None, None]:
    """Frames in order, from the key frame at or before `start` s of the stream's own time.

    When a damaged packet comes up while frame threads are drained, FFmpeg gives up the frames
    they still hold; these are decoded again without frame threads.

    Raises:
        SourceError: The file cannot be opened.
    """
    last: int | None = None
    with closing(_run(path, video, damage, start=start, threads="FRAME")) as frames:
        for frame in frames:
            last = frame.pts if frame.pts is not None else last
            yield frame
    if not damage.cut_short:
        return
    after = start if last is None else last * video.time_base
    with closing(_run(path, video, Damage(), start=after, threads="SLICE")) as frames:
        for frame in frames:
            if last is None or (frame.pts is not None and frame.pts > last):
                yield frame


def _run(
    path: Path, video: Video, damage: Damage, *, start: Fraction | None, threads: str
) -> Generator[av.VideoFrame, None, None]:
    for with_seek in (True, False) if start is not None else (False,):
        container = open_media(path)
        stream = container.streams.video[video.nth]
        try:
            start_decoder(container, stream, threads=threads)
            if with_seek and start is not None and not seek(container, start):
                continue
            damage.packets = damage.concealed = 0
            frames = _frames(container, stream, damage)
            first = next(frames, None)
            if with_seek and not _begins_by(first, video, start):
                continue
            if first is not None:
                yield first
                yield from frames
            return
        finally:
            close_decoder(container, stream)


def _begins_by(first: av.VideoFrame | None, video: Video, start: Fraction | None) -> bool:
    if first is None or first.pts is None or start is None:
        return False
    return first.pts * video.time_base <= start


def _frames(
    container: InputContainer, stream: VideoStream, damage: Damage
) -> Generator[av.VideoFrame, None, None]:
    read_errors = 0
    packets = container.demux(stream)
    while read_errors < _MAX_READ_ERRORS:
        try:
            packet = next(packets, None)
        except IndexError:  # PyAV's end of a file in which more streams turned up on the way
            return
        except av.FFmpegError:
            read_errors += 1
            damage.packets += 1
            packets = container.demux(stream)
            continue
        if packet is None:
            return
        read_errors = 0
        yield from _decode(stream, packet, damage)
    yield from _decode(stream, None, damage)


def _decode(
    stream: VideoStream, packet: "av.Packet[VideoStream] | None", damage: Damage
) -> list[av.VideoFrame]:
    try:
        frames = stream.decode(packet)
    except av.FFmpegError:
        damage.packets += 1
        damage.cut_short |= packet is None or packet.size == 0
        return []
    damage.concealed += sum(frame.is_corrupt for frame in frames)
    return frames
