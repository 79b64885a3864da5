"""Reading a capture device without ever blocking, and live pictures as frames."""

import logging
import time
from collections.abc import Generator
from contextlib import closing
from fractions import Fraction

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from livecam.frame import Frame
from livecam.media.live import LiveDoor
from livecam.media.video import close_decoder
from livecam.sources.camera_info import Reading

_LOG = logging.getLogger(__name__)
QUIET_S = 0.5
"""How long nothing comes before that is said."""
MICROSECOND = Fraction(1, 1_000_000)
"""The time base of live frames, s."""
_LOOK_EVERY_S = 0.003
_OLDEST_S = 2.0
_NON_BLOCKING = "4"  # AVFMT_FLAG_NONBLOCK


def captured(reading: Reading) -> Generator[av.VideoFrame | None, None, None]:
    """Frames as they come; None for every `QUIET_S` without one. Ends when the device does.

    Reading never blocks: a device that stops sending would hold the thread for ever.

    Raises:
        av.FFmpegError: The device cannot be opened, or was unplugged.
        OSError: Likewise.
        ValueError: FFmpeg has no such kind of device.
    """
    container = av.open(
        reading.url,
        format=reading.input_format,
        container_options={**reading.options, "fflags": _NON_BLOCKING},
    )
    stream = container.streams.video[0]
    try:
        stream.codec_context.thread_type = "SLICE"
        quiet_since = time.monotonic()
        for packet in _packets(container, stream):
            frames = [] if packet is None else decoded_live(stream, packet)
            yield from frames
            now = time.monotonic()
            if frames:
                quiet_since = now
            elif now - quiet_since >= QUIET_S:
                quiet_since = now
                yield None
    finally:
        close_decoder(container, stream)


def _packets(
    container: InputContainer, stream: VideoStream
) -> "Generator[av.Packet[VideoStream] | None, None, None]":
    """Packets as they come, None whenever there is none yet."""
    while True:
        try:
            for packet in container.demux(stream):
                if packet.pts is None and packet.size == 0:
                    return  # how PyAV announces the end
                yield packet
        except BlockingIOError:
            time.sleep(_LOOK_EVERY_S)
            yield None


def decoded_live(stream: VideoStream, packet: "av.Packet[VideoStream]") -> list[av.VideoFrame]:
    """The pictures in `packet`; damaged ones are passed over."""
    if packet.size == 0:  # to decode it would end the decoder
        return []
    try:
        return stream.decode(packet)
    except av.FFmpegError as e:
        _LOG.debug("a damaged picture is passed over: %s", e)
        return []


def live_frames(
    raws: Generator[av.VideoFrame | None, None, None], door: LiveDoor
) -> Generator[Frame | None, None, None]:
    """Frames of what comes, in the time of `time.monotonic()`; None passes.

    A stamp is taken for the time of capture where it can be one: cameras stamp with that very
    clock. Anything else was captured when it came.

    Raises:
        av.FFmpegError: libswscale cannot convert this pixel format, or as `raws` does.
        OSError: As `raws` does.
    """
    index, last = -1, 0
    with closing(raws):
        for raw in raws:
            if raw is None:
                yield None
                continue
            captured_at = _capture_time(raw, now=time.monotonic())
            index, last = index + 1, max(last + 1, round(captured_at / MICROSECOND))
            yield Frame(door.picture(raw), index, last, MICROSECOND, captured_at)


def _capture_time(raw: av.VideoFrame, *, now: float) -> float:
    if raw.pts is None or raw.time_base != MICROSECOND:
        return now
    stamp = float(raw.pts * MICROSECOND)
    return min(stamp, now) if abs(now - stamp) < _OLDEST_S else now
