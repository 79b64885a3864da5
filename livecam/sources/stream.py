"""A stream from the network as a source of frames."""

import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import av
from av.codec.context import Flags
from av.container import InputContainer
from av.video.stream import VideoStream

from livecam.errors import SourceError
from livecam.frame import Frame, VideoFormat
from livecam.media.live import LiveDoor
from livecam.media.messages import FFMPEG_FAILURES, in_words, listening
from livecam.media.video import close_decoder, frame_rate, main_stream, start_decoder
from livecam.sources.unblocked import unblocked

_OPEN_S = 5.0
_SILENCE_S = 3.0
"""A stream that sends nothing for so long is taken for broken."""
_JUMP_S = 1.0
_CHECK = "Check the address, and that the sender runs."
_OTHER_PROTOCOL = "Send it by udp:// or rtmp://, or install PyAV with an FFmpeg of your own."
_LOW_DELAY = {"analyzeduration": "1000000"}
_BY_SCHEME = {
    "rtsp": {"rtsp_flags": "prefer_tcp", "max_delay": "100000"},
    "rtsps": {"rtsp_flags": "prefer_tcp", "max_delay": "100000"},
    "rtmp": {"rtmp_live": "live", "rtmp_buffer": "100"},
    "rtmps": {"rtmp_live": "live", "rtmp_buffer": "100"},
    "udp": {"overrun_nonfatal": "1", "fifo_size": "8192"},
}
STREAM_SCHEMES = (*_BY_SCHEME, "http", "https", "srt", "rtp", "tcp")


def is_stream(spec: str) -> bool:
    """True for addresses of streams: rtsp, rtmp, http, https, srt, udp, rtp, tcp."""
    scheme, separator, _ = spec.partition("://")
    return bool(separator) and scheme.lower() in STREAM_SCHEMES


@dataclass(frozen=True, slots=True)
class NetworkStream:
    """The frames of a stream, stamped as they arrive.

    Sound is left alone. Reading has its own thread, so that silence does not hold up a stop.

    Raises:
        SourceError: `url` is no address.
    """

    url: str

    def __post_init__(self) -> None:
        try:
            urlsplit(self.url)
        except ValueError as e:
            kind = self.url.partition("://")[0]  # the rest may hold a password
            raise SourceError(f"{kind}://… is not an address: {e}", hint=_CHECK) from e

    @property
    def shown(self) -> str:
        """The address without what may be secret in it: user, password, query."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"

    @property
    def live(self) -> bool:
        """True: a stream does not wait."""
        return True

    def probe(self) -> VideoFormat:
        """What the frames will be. Opens the stream, and waits for one.

        Raises:
            SourceError: It cannot be opened, or sends no picture.
        """
        with self._opened() as (container, stream):
            door = LiveDoor(camera=False)
            for packet in container.demux(stream):
                for frame in door.frames(stream, packet):
                    picture, rate = frame.picture, frame_rate(stream)
                    return VideoFormat(picture.width, picture.height, rate, picture.colour)
        raise self._ended()

    def frames(self) -> Generator[Frame | None, None, None]:
        """Opens, yields frames as they come, None while none do, closes.

        Raises:
            SourceError: It cannot be opened, was silent for 3 s, broke, or ended.
        """
        yield from unblocked(self._read, name="stream")

    def _read(self) -> Generator[Frame | None, None, None]:
        with self._opened() as (container, stream):
            door, pace = LiveDoor(camera=False), _Pace()
            # A whole file comes as fast as the network is; what has no end comes in its own time.
            whole = self._scheme in {"http", "https"} and bool(container.duration)
            for packet in container.demux(stream):
                if whole and packet.dts is not None:
                    pace.wait(float(packet.dts * packet.time_base))
                yield from door.frames(stream, packet)
        raise self._ended()

    @contextmanager
    def _opened(self) -> Iterator[tuple[InputContainer, VideoStream]]:
        options = _LOW_DELAY | _BY_SCHEME.get(self._scheme, {})
        opened = False
        with listening() as complaints:
            try:
                timeout = _OPEN_S, _SILENCE_S
                with av.open(self.url, timeout=timeout, container_options=options) as container:
                    opened = True
                    stream = main_stream(container, self.shown)
                    try:
                        start_decoder(container, stream, threads="SLICE")
                        stream.codec_context.flags |= Flags.low_delay
                        yield container, stream
                    finally:
                        close_decoder(container, stream)
            except av.error.ExitError as e:
                why = f"was silent for {_SILENCE_S:g} s" if opened else "does not answer"
                raise SourceError(f"{self.shown} {why}", hint=_CHECK) from e
            except av.error.ProtocolNotFoundError as e:
                why = f"cannot be read: FFmpeg in PyAV's wheels does not speak {self._scheme}"
                raise SourceError(f"{self.shown} {why}", hint=_OTHER_PROTOCOL) from e
            except FFMPEG_FAILURES as e:
                why = self._veiled(in_words(getattr(e, "strerror", None) or str(e), complaints()))
                doing = "broke" if opened else "cannot be opened"
                raise SourceError(f"{self.shown} {doing}: {why}", hint=_CHECK) from e

    def _ended(self) -> SourceError:
        return SourceError(f"{self.shown} ended", hint=_CHECK)

    def _veiled(self, words: str) -> str:
        """FFmpeg's words, in which it may repeat the address, without what may be secret."""
        parts = urlsplit(self.url)
        user, _, _ = parts.netloc.rpartition("@")
        secrets = [f"{user}@"] * bool(user) + [f"?{parts.query}"] * bool(parts.query)
        for secret in secrets:
            words = words.replace(secret, "")
        return words

    @property
    def _scheme(self) -> str:
        return urlsplit(self.url).scheme.lower()


class _Pace:
    """Waits until what comes too early is due."""

    def __init__(self) -> None:
        self._start: float | None = None
        """When time 0 of the stream is due, in the time of `time.monotonic()`."""

    def wait(self, at: float) -> None:
        """Waits for `at`, s in the stream's own time; after a jump, time goes on from there."""
        now = time.monotonic()
        if self._start is None or abs(self._start + at - now) > _JUMP_S:
            self._start = now - at
        time.sleep(max(0.0, self._start + at - now))
