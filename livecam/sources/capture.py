"""Reading a capture device without ever blocking."""

import time
from collections.abc import Generator
from contextlib import closing

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from livecam.frame import Frame
from livecam.media.live import LiveDoor
from livecam.media.video import close_decoder
from livecam.sources.camera_info import Reading

_QUIET_S = 0.5
_LOOK_EVERY_S = 0.003
_NON_BLOCKING = "4"  # AVFMT_FLAG_NONBLOCK


def captured(reading: Reading) -> Generator[Frame | None, None, None]:
    """Frames as they come; None for every half second without one. Ends when the device does.

    Reading never blocks: a device that stops sending would hold the thread for ever.

    Raises:
        av.FFmpegError: The device cannot be opened, was unplugged, or sends pictures that
            libswscale cannot convert.
        OSError: The device cannot be opened, or was unplugged.
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
        # Packets and raw frames lie in the driver's memory; none may outlive the container.
        with closing(_packets(container, stream)) as packets:
            yield from _frames(packets, stream)
    finally:
        close_decoder(container, stream)


def _frames(
    packets: "Generator[av.Packet[VideoStream] | None, None, None]", stream: VideoStream
) -> Generator[Frame | None, None, None]:
    door = LiveDoor(camera=True)
    quiet_since = time.monotonic()
    for packet in packets:
        frames = [] if packet is None else door.frames(stream, packet)
        del packet
        now = time.monotonic()
        if frames:
            yield from frames
            quiet_since = now
        elif now - quiet_since >= _QUIET_S:
            quiet_since = now
            yield None


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
                del packet
        except BlockingIOError:
            time.sleep(_LOOK_EVERY_S)
            yield None
