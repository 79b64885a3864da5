"""Everything of a file but its video, taken into another file packet by packet."""

from __future__ import annotations  # av.Packet is generic in its stubs only

import logging
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import av
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.packet import Packet
from av.stream import AttachmentStream, Discard, Disposition, Stream

from livecam.frame import MICROSECOND
from livecam.media.video import seek

_LOG = logging.getLogger(__name__)
_MIME_TYPES = {"mjpeg": ("cover.jpg", "image/jpeg"), "png": ("cover.png", "image/png")}
_WITH_COVERS = {"mp4", "ipod"}
_ESSENTIAL = {"audio", "subtitle", "video"}
# What a container writes itself, and what was true of the old encoding only.
_CONTAINER_KEYS = {"major_brand", "minor_version", "compatible_brands", "encoder"}
_ENCODING_KEYS = {"encoder", "duration", "bps", "number_of_frames", "number_of_bytes"}


@dataclass(frozen=True, slots=True)
class Span:
    """The part of a file that is kept, s of the file's own time."""

    shift: Fraction
    """Taken from every time stamp."""
    start: Fraction | None
    end: Fraction | None


def name_of(stream: Stream) -> str:
    """A stream as people speak of it: kind, codec, language."""
    context = stream.codec_context
    if context is not None:
        codec = context.codec.canonical_name
    else:  # audio and video streams of an unknown codec do not even have the field
        codec = getattr(stream, "name", None) or "unknown"
    language = f", {stream.language}" if stream.language else ""
    return f"stream {stream.index} ({stream.type} {codec}{language})"


def is_cover(stream: Stream) -> bool:
    """True for a picture attached to the file."""
    return bool(stream.disposition & Disposition.attached_pic)


def is_essential(stream: Stream) -> bool:
    """True for what a viewer would miss; False for data, attachments and cover pictures."""
    return stream.type in _ESSENTIAL and not is_cover(stream)


def copied_streams(source: InputContainer, main: int) -> list[Stream]:
    """All streams but number `main` and those a demuxer hides, such as chapter titles."""
    return [s for s in source.streams if s.index != main and s.discard != Discard.all]


def add_copy(output: OutputContainer, template: Stream, container_format: str) -> Stream | None:
    """A stream of `output` for the packets of `template`; None when it needs no packets.

    Raises:
        ValueError: The container cannot take it.
    """
    attached = is_cover(template)
    if attached and container_format == "matroska":
        _attach_cover(output, template)
        return None
    if attached and container_format not in _WITH_COVERS:
        raise ValueError("covers are written into mp4 and mkv only")
    if template.codec_context is None and template.type not in {"data", "attachment"}:
        raise ValueError(f"this FFmpeg does not know the codec of {name_of(template)}")
    if isinstance(template, AudioStream) and not (template.sample_rate and template.channels):
        raise ValueError(f"{name_of(template)} is damaged: its format is unknown")
    stream = output.add_stream_from_template(template, opaque=True)
    stream.metadata.update(template.metadata)
    if template.time_base:
        stream.time_base = template.time_base
    stream.disposition = template.disposition
    return None if isinstance(template, AttachmentStream) else stream


def _attach_cover(output: OutputContainer, template: Stream) -> None:
    """Matroska keeps pictures as attachments."""
    name, mime = _MIME_TYPES.get(template.codec_context.name, ("cover", "image/unknown"))
    container: Any = template.container
    packet = next(iter(container.demux(template)), None)
    if packet is not None and packet.size:
        output.add_attachment(
            template.metadata.get("filename", name),
            template.metadata.get("mimetype", mime),
            bytes(packet),
        )
    with suppress(av.FFmpegError):
        container.seek(0)


def _is_filler(packet: Packet[Any]) -> bool:
    """True for a flush and for the empty text with which MP4 fills the time between two lines.

    The muxer makes the latter anew.
    """
    context = packet.stream.codec_context
    empty_text = context is not None and context.name == "mov_text" and packet.size == 2
    return packet.size == 0 or empty_text


def copy_metadata(source: dict[str, str], *, of_encoded_stream: bool) -> dict[str, str]:
    """`source` without what the new file says itself."""
    dropped = _ENCODING_KEYS if of_encoded_stream else _CONTAINER_KEYS
    return {
        key: value
        for key, value in source.items()
        if key.lower() not in dropped
        and not (of_encoded_stream and key.upper().startswith("_STATISTICS"))
    }


def copy_chapters(source: InputContainer, output: OutputContainer, span: Span) -> None:
    """Chapters within `span`, moved with everything else."""
    chapters = []
    for chapter in source.chapters():
        base = chapter["time_base"] or MICROSECOND
        start, end = chapter["start"] * base, chapter["end"] * base
        if (span.start is not None and end <= span.start) or (
            span.end is not None and start >= span.end
        ):
            continue
        start = max(start, span.start) if span.start is not None else start
        end = min(end, span.end) if span.end is not None else end
        moved = dict(chapter)
        moved["start"] = round((start - span.shift) / base)
        moved["end"] = round((end - span.shift) / base)
        chapters.append(moved)
    output.set_chapters(chapters)  # type: ignore[arg-type]  # dict() forgets the TypedDict


@dataclass(slots=True)
class StreamCopy:
    """Copies packets of `source` into `output`, in step with the video written beside them."""

    source: InputContainer
    output: OutputContainer
    targets: dict[int, Stream]
    """Input stream index → stream of the output."""
    span: Span
    _packets: Iterator[Packet[Any]] = field(init=False)
    _waiting: Packet[Any] | None = field(init=False, default=None)
    _last: dict[int, int] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        for stream in self.source.streams:
            stream.discard = Discard.default if stream.index in self.targets else Discard.all
        if self.span.start is not None:
            seek(self.source, self.span.start)
        self._packets = self._readable()

    def until(self, time: Fraction | None) -> None:
        """Writes every packet due at `time` s of the output or before; all of them for None.

        Raises:
            av.FFmpegError: The output cannot be written.
        """
        while True:
            packet = self._waiting or next(self._packets, None)
            if packet is None:
                return
            due = self._time(packet)
            if time is not None and due is not None and due > time:
                self._waiting = packet
                return
            self._waiting = None
            self.output.mux_one(packet)

    @staticmethod
    def _time(packet: Packet[Any]) -> Fraction | None:
        stamp = packet.dts if packet.dts is not None else packet.pts
        return None if stamp is None else stamp * packet.time_base

    def _readable(self) -> Iterator[Packet[Any]]:
        """Packets on the output's time line; reading ends at the first damage of the container."""
        if not self.targets:
            return
        wanted = [stream for stream in self.source.streams if stream.index in self.targets]
        try:
            for packet in self.source.demux(wanted):
                if not _is_filler(packet) and self._place(packet):
                    packet.stream = self.targets[packet.stream.index]
                    yield packet
        except IndexError:  # PyAV's end of a file in which more streams turned up on the way
            return
        except av.FFmpegError as e:
            _LOG.warning("the other streams end early, the file is damaged: %s", e.strerror)

    def _place(self, packet: Packet[Any]) -> bool:
        """Moves `packet` to the output's time; False when it lies outside the span."""
        stream, base = packet.stream, packet.time_base
        if is_cover(stream):
            return True
        pts = packet.pts if packet.pts is not None else packet.dts
        if pts is None:
            pts = self._last.get(stream.index, 0)
        start, end = pts * base, (pts + (packet.duration or 0)) * base
        if self.span.end is not None and start >= self.span.end:
            return False
        if self.span.start is not None and start < self.span.start:
            if stream.type != "subtitle" or end <= self.span.start:
                return False
            pts = packet.dts = round(self.span.start / base)
            packet.duration = round(end / base) - pts
        shift = round(self.span.shift / base)
        dts = (packet.dts if packet.dts is not None else pts) - shift
        last = self._last.get(stream.index)
        if last is not None and dts <= last and stream.type != "subtitle":
            dts = last + 1
        packet.dts, packet.pts = dts, max(pts - shift, dts)
        self._last[stream.index] = dts
        return True
