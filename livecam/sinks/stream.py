"""A live stream to a server or a player: RTMP, RTSP, SRT, MPEG-TS over UDP."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import SplitResult, urlsplit

from livecam.errors import SinkError
from livecam.frame import Frame, VideoFormat
from livecam.media.live_encoding import LiveEncoding, live_encoder
from livecam.media.messages import ffmpeg_errors
from livecam.media.provenance import stream_note
from livecam.media.sound import Sound
from livecam.sinks.broadcast import Broadcast
from livecam.sinks.relay import Address, Declaration, relayed

_HINT = "Check the address and that the server is running and lets you publish there."
_UNHEARD = "Check the address; a player may open it at any time."
_NO_SRT = (
    "The FFmpeg in PyAV's wheels has no SRT: stream by rtmp:// or udp://, or install PyAV with an "
    "FFmpeg that has it."
)


@dataclass(frozen=True, slots=True)
class _Protocol:
    container: str
    options: dict[str, str]
    hint: str = _HINT


_RTMP = _Protocol("flv", {"flvflags": "no_duration_filesize", "flush_packets": "1"})
_RTSP = _Protocol("rtsp", {"rtsp_transport": "tcp"})
PROTOCOLS = {
    "rtmp": _RTMP,
    "rtmps": _RTMP,
    "rtsp": _RTSP,
    "rtsps": _RTSP,
    "srt": _Protocol("mpegts", {"flush_packets": "1"}, _NO_SRT),
    "udp": _Protocol("mpegts", {"flush_packets": "1"}, _UNHEARD),
}
"""The beginnings of addresses that can be streamed to."""


@dataclass(frozen=True, slots=True)
class Stream:
    """Frames and sound to a network address, as they happen.

    The pictures stand at the times of the output's clock, from 0; the sound is moved to where its
    pictures are. A server that refuses, goes away or takes nothing for a few seconds is an error;
    `sinks.threaded.Threaded` with `retry` opens the stream again.
    """

    url: str
    """Where to: rtmp, rtmps, rtsp, rtsps, srt or udp."""
    encoding: LiveEncoding = field(default_factory=LiveEncoding, kw_only=True)
    microphone: Sound | None = field(default=None, kw_only=True)
    """What is heard; None makes a stream without sound."""

    @contextmanager
    def open(self, video_format: VideoFormat) -> Iterator[Callable[[Frame], None]]:
        """A context that gives the function to send frames with.

        Raises:
            SinkError: The address, the encoder or the server does not do.
        """
        address = address_of(self.url)
        encoder = live_encoder(self.encoding, video_format, constant_quality=False)
        errors = partial(
            ffmpeg_errors, SinkError, f"cannot encode for {address.shown}", hint=address.hint
        )
        with ExitStack() as stack:
            chunks = stack.enter_context(self.microphone.listen()) if self.microphone else None
            relay = stack.enter_context(relayed(address))
            declaration = Declaration()
            with errors():
                broadcast = Broadcast(
                    declaration.container, encoder=encoder, chunks=chunks, mux=relay.write
                )
                header = declaration.finished(broadcast.streams)
            relay.begin(header, broadcast.time_bases, stream_note(address.container))

            def send(frame: Frame) -> None:
                with errors():
                    broadcast.send(frame)

            yield send
            with errors():
                broadcast.finish()
            relay.finish()


def address_of(url: str) -> Address:
    """Where `url` leads, and how to speak there.

    Raises:
        SinkError: It is no address livecam can stream to.
    """
    known = "Streams go to " + ", ".join(f"{scheme}://" for scheme in PROTOCOLS) + "."
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError as e:
        raise SinkError(f"{url} is not an address: {e}", hint=known) from e
    protocol = PROTOCOLS.get(parts.scheme)
    if protocol is None:
        raise SinkError(f"livecam cannot stream to {parts.scheme}:// addresses", hint=known)
    shown = _shown(parts)
    if not host:
        raise SinkError(f"{shown} names no server", hint=f"Write it as {parts.scheme}://server/….")
    if parts.scheme == "udp" and "pkt_size" not in parts.query:
        # Whole packets of MPEG-TS in each datagram; PyAV hands no options to the network.
        url = parts._replace(query="&".join(filter(None, [parts.query, "pkt_size=1316"]))).geturl()
    return Address(url, shown, protocol.container, protocol.options, protocol.hint)


def _shown(parts: SplitResult) -> str:
    """The address without what is secret in it: passwords, options, and the stream key of RTMP."""
    path = parts.path
    if parts.scheme in {"rtmp", "rtmps"}:
        path = f"{path.rpartition('/')[0]}/…"
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{path}"
