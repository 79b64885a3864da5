"""Frames and sound as they happen, encoded on one clock; what streams and recordings share."""

from collections.abc import Callable
from fractions import Fraction

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.packet import Packet
from av.stream import Stream as MediaStream
from av.video.stream import VideoStream

from livecam.frame import Frame
from livecam.media.live_encoding import TIME_BASE, LiveEncoder
from livecam.media.planes import Canvas
from livecam.media.sound import RATE_HZ, Chunks, Samples
from livecam.sinks.soundtrack import BLOCK, Soundtrack, VideoLatency

PATIENCE_S = 0.25
"""Sound that is later than this is given up, and silence goes out in its place."""

Mux = Callable[["Packet[MediaStream]"], None]


class Broadcast:
    """A live output while it goes out: encodes what is sent and hands the packets on.

    Its time begins with the first frame. The pictures stand at the times of the output's clock.
    The sound stands as much later than it was heard as the pictures are later than they were
    captured, so lips and voice agree.

    Args:
        container: Where the streams are declared; its header is written here.
        encoder: Of the pictures.
        chunks: The sound; None makes an output without any.
        mux: Takes the packets, in the order they are made; by default the container does.
    """

    def __init__(
        self,
        container: OutputContainer,
        *,
        encoder: LiveEncoder,
        chunks: Chunks | None,
        mux: Mux | None = None,
    ) -> None:
        self._mux = mux or container.mux_one
        self._canvas = Canvas(encoder.stored.width, encoder.stored.height)
        self._chunks = chunks
        self._video = _add_video(container, encoder)
        self._audio = None if chunks is None else _add_audio(container, encoder)
        container.start_encoding()
        self._latency = VideoLatency()
        self._soundtrack: Soundtrack | None = None
        self._start = Fraction(0)
        self._last = -1
        self._sample = 0

    @property
    def streams(self) -> list[MediaStream]:
        """What the packets belong to: the video and, where there is any, the sound."""
        return [self._video, *([self._audio] if self._audio is not None else [])]

    @property
    def time_bases(self) -> list[Fraction]:
        """The unit of time of each stream's packets, s."""
        return [TIME_BASE, *([Fraction(1, RATE_HZ)] if self._audio is not None else [])]

    @property
    def is_empty(self) -> bool:
        """True until the first frame."""
        return self._soundtrack is None

    def send(self, frame: Frame) -> None:
        """Encodes `frame`, and the sound that has come by now.

        Raises:
            av.FFmpegError: It cannot be encoded or written.
            OSError: Likewise.
        """
        time = frame.pts * frame.time_base
        if self._soundtrack is None:
            self._start = time
            self._soundtrack = Soundtrack(float(time))
        pts = round((time - self._start) / TIME_BASE)
        if pts <= self._last:
            return
        self._last = pts
        self._latency.measure(frame)
        # Sound first: a muxer keeps pictures back until it knows the sound before them.
        self._send_sound(self._soundtrack, float(pts * TIME_BASE))
        raw = self._canvas.drawn(frame.picture)
        raw.pts, raw.time_base = pts, TIME_BASE
        for packet in self._video.encode(raw):
            self._mux(packet)

    def finish(self) -> None:
        """Hands on what the encoders still hold.

        Raises:
            av.FFmpegError: It cannot be written.
            OSError: Likewise.
        """
        if self.is_empty:
            return
        for packet in self._video.encode(None):
            self._mux(packet)
        if self._audio is not None:
            for packet in self._audio.encode(None):
                self._mux(packet)

    def _send_sound(self, soundtrack: Soundtrack, time_s: float) -> None:
        if self._audio is None or self._chunks is None:
            return
        while self._chunks:
            soundtrack.add(self._chunks.popleft(), delay_s=self._latency.seconds)
        soundtrack.fill(time_s - PATIENCE_S)
        for block in soundtrack.blocks():
            for packet in self._audio.encode(self._audio_frame(block)):
                self._mux(packet)

    def _audio_frame(self, block: Samples) -> av.AudioFrame:
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(block), "fltp", "stereo")
        frame.sample_rate, frame.time_base = RATE_HZ, Fraction(1, RATE_HZ)
        frame.pts = self._sample
        self._sample += BLOCK
        return frame


def _add_video(container: OutputContainer, encoder: LiveEncoder) -> VideoStream:
    stream = container.add_stream(encoder.encoding.codec, rate=encoder.stored.rate)
    assert isinstance(stream, VideoStream)
    stream.time_base = TIME_BASE
    encoder.open(stream.codec_context)
    return stream


def _add_audio(container: OutputContainer, encoder: LiveEncoder) -> AudioStream:
    stream = container.add_stream("aac", rate=RATE_HZ)
    stream.bit_rate = 1000 * encoder.encoding.audio_bitrate_kbps
    stream.layout = "stereo"
    return stream
