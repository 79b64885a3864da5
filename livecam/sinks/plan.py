"""How a video file will be written: settled, and tried in memory, before any work is done."""

import io
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO

import av
import numpy as np
from av.container import InputContainer, OutputContainer
from av.format import Flags
from av.stream import Stream
from av.video.stream import VideoStream

from livecam.errors import SinkError
from livecam.frame import VideoFormat
from livecam.media.colour import colour_of, is_hd, is_rgb
from livecam.media.encoders import Encoding, encoder_size, open_encoder
from livecam.media.messages import FFMPEG_FAILURES, ffmpeg_errors
from livecam.media.planes import Canvas
from livecam.media.provenance import with_note
from livecam.media.video import Video, examine, open_media
from livecam.picture import Colour, Picture
from livecam.sinks.remux import (
    Span,
    add_copy,
    copied_streams,
    copy_chapters,
    copy_metadata,
    is_cover,
    is_essential,
    name_of,
)

_CODECS = {"webm": "libvpx-vp9", "avi": "mpeg4", "ogg": "libvpx", "gif": "gif"}
_COUNTING = {"mpeg1video", "mpeg2video"}
_RATE_DENOMINATOR = 1001
_MATROSKA_HINT = "Give the output a name ending in .mkv, which takes nearly everything"
# Keys that MP4 has fields for (libavformat's movenc.c); others need its free-form kind.
_MP4_KEYS = frozenset(
    (
        "title", "artist", "album_artist", "composer", "album", "date", "comment", "genre",
        "copyright", "grouping", "lyrics", "description", "synopsis", "show", "episode_id",
        "network", "keywords", "episode_sort", "season_number", "media_type", "hd_video",
        "gapless_playback", "compilation", "track", "disc", "creation_time", "timecode",
    )
)  # fmt: skip
_MP4_FORMATS = {"mp4", "mov", "ipod", "3gp", "3g2", "psp", "f4v"}


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """What is written, and how."""

    container: str
    """FFmpeg's name of the format."""
    codec: str
    encoding: Encoding
    stored: VideoFormat
    """As the encoder gets the pictures: not turned, padded to even where it must be, in the numbers
    that readers of this container take them for."""
    video: Video | None
    """The facts of the input that is carried along."""
    dropped: tuple[str, ...] = ()
    """Streams left out, by name."""
    dropped_indices: frozenset[int] = frozenset()
    has_cover: bool = False

    @property
    def quarter_turns(self) -> int:
        """Counterclockwise turns that make an upright picture a stored one."""
        return -self.video.quarter_turns % 4 if self.video else 0


def container_of(path: Path) -> str:
    """FFmpeg's name of the video container that `path` ends in.

    Raises:
        SinkError: It ends in none.
    """
    known = "Known endings: .mp4 .mkv .mov .webm .avi .ts, and others of FFmpeg."
    try:
        container = av.open(f"x{path.suffix}", "w")
    except FFMPEG_FAILURES as e:
        raise SinkError(f"{path} does not end in a kind of video file", hint=known) from e
    chosen = container.format
    flags = Flags(chosen.flags)
    if Flags.need_number in flags or Flags.no_file in flags:
        raise SinkError(f"{path} is not a video file, but the frames are a video", hint=known)
    return chosen.name


def constant_rate(container: str, codec: str) -> bool:
    """True where frames are numbered instead of timed: in some containers, and by MPEG-2."""
    if codec in _COUNTING:
        return True
    return Flags.variable_fps not in Flags(av.ContainerFormat(container, "w").flags)


def make_plan(
    path: Path,
    video_format: VideoFormat,
    encoding: Encoding,
    *,
    copy_from: Path | None,
    drop_streams: bool,
) -> Plan:
    """The plan for writing `path`, tried in memory with every stream it will have.

    Raises:
        SinkError: The encoder does not open, or the container cannot take what is to go in.
        SourceError: `copy_from` cannot be read.
    """
    container = container_of(path)
    codec = encoding.codec or _CODECS.get(container, "libx264")
    video = examine(copy_from) if copy_from else None
    stored = _stored(video_format, video)
    if constant_rate(container, codec):
        stored = replace(stored, rate=stored.rate.limit_denominator(_RATE_DENOMINATOR))
    width, height = encoder_size(codec, encoding, stored)
    plan = Plan(container, codec, encoding, replace(stored, width=width, height=height), video)
    with ffmpeg_errors(
        SinkError,
        f"{path.suffix} files cannot hold {codec} video",
        hint=f"{_MATROSKA_HINT}, or choose another codec.",
    ):
        _try(plan, None, [])
    plan = replace(plan, stored=replace(plan.stored, colour=_colour_read_back(plan)))
    if copy_from is None or video is None:
        return plan
    with open_media(copy_from) as source:
        return _without_misfits(plan, source, path, drop_streams=drop_streams)


def _hint(path: Path, source: Path) -> str:
    if path.suffix == ".mkv":
        return f"Give the output the ending of the input, {source.suffix}"
    return _MATROSKA_HINT


def _stored(video_format: VideoFormat, video: Video | None) -> VideoFormat:
    if video is None:
        return video_format
    width, height = video_format.width, video_format.height
    if video.quarter_turns % 2:
        width, height = height, width
    return VideoFormat(width, height, video_format.rate, video.colour)


def _without_misfits(plan: Plan, source: InputContainer, path: Path, *, drop_streams: bool) -> Plan:
    """`plan`, leaving out what the container cannot take where that may be left out."""
    assert plan.video is not None
    streams = copied_streams(source, plan.video.index)
    misfits = []
    if not _fits(plan, source, streams):
        misfits = [stream for stream in streams if not _fits(plan, source, [stream])]
        needed = [stream for stream in misfits if is_essential(stream)]
        if (needed and not drop_streams) or not misfits:
            names = ", ".join(map(name_of, needed)) or "the streams together"
            raise SinkError(
                f"{path.suffix} files cannot hold {names} of the input",
                hint=f"{_hint(path, Path(source.name))}, or let such streams be dropped "
                "(--drop-streams).",
            )
    dropped = [name_of(stream) for stream in misfits]
    has_cover = any(is_cover(stream) for stream in streams if stream not in misfits)
    custom = _custom(copy_metadata(source.metadata, of_encoded_stream=False))
    if plan.container in _MP4_FORMATS and has_cover and custom:
        dropped.append(f"metadata {', '.join(custom)} beside a cover")
    return replace(
        plan,
        dropped=tuple(dropped),
        dropped_indices=frozenset(stream.index for stream in misfits),
        has_cover=has_cover,
    )


def _fits(plan: Plan, source: InputContainer, streams: Sequence[Stream]) -> bool:
    try:
        _try(plan, source, streams)
    except FFMPEG_FAILURES:
        return False
    return True


def _try(plan: Plan, source: InputContainer | None, streams: Sequence[Stream]) -> None:
    """Writes a header with these streams into memory."""
    span = Span(Fraction(0), None, None)
    output, _, _ = compose(
        plan, io.BytesIO(), source, streams, time_base=1 / plan.stored.rate, span=span
    )
    with suppress(*FFMPEG_FAILURES):  # no packets follow, which some containers do not like
        output.close()


def _colour_read_back(plan: Plan) -> Colour:
    """What a reader will take the numbers for: not every container and encoder carries the tags.

    Told by one picture, written and read in memory: a small one, but HD where `plan` is HD.
    """
    colour, file = plan.stored.colour, io.BytesIO()
    width, height = 1280 if is_hd(plan.stored.width, plan.stored.height) else 256, 128
    small = replace(plan, stored=replace(plan.stored, width=width, height=height))
    time_base, span = 1 / small.stored.rate, Span(Fraction(0), None, None)
    black = Picture.from_rgb(np.zeros((height, width, 3), np.uint8), colour)
    with suppress(*FFMPEG_FAILURES):  # a container that cannot be read so says nothing else
        output, stream, _ = compose(small, file, None, [], time_base=time_base, span=span)
        frame = Canvas(width, height).drawn(black)
        frame.pts, frame.time_base = 0, time_base
        for packet in (*stream.encode(frame), *stream.encode(None)):
            output.mux_one(packet)
        output.close()
        file.seek(0)
        with av.open(file, "r") as written:
            first = next(written.decode(video=0), None)
        if first is not None and not is_rgb(first.format):
            read = colour_of(first, None)
            return replace(colour, matrix=read.matrix, full_range=read.full_range)
    return colour


def compose(
    plan: Plan,
    file: BinaryIO,
    source: InputContainer | None,
    streams: Sequence[Stream],
    *,
    time_base: Fraction,
    span: Span,
) -> tuple[OutputContainer, VideoStream, dict[int, Stream]]:
    """An output with its header written: container, encoded stream, and input index → copy.

    Raises:
        av.FFmpegError: The container or the encoder refuses.
        ValueError: The container does not take one of the codecs.
    """
    metadata = with_note(copy_metadata(source.metadata, of_encoded_stream=False) if source else {})
    output = av.open(
        file,
        "w",
        format=plan.container,
        container_options=_container_options(plan, metadata),
        buffer_size=1 << 20,
    )
    output.metadata.update(metadata)
    targets: dict[int, Stream] = {}
    encoded: VideoStream | None = None
    main = plan.video.index if plan.video else -1
    for stream in streams:
        if encoded is None and stream.index > main:
            encoded = _add_encoded(output, plan, source, time_base)
        copy = add_copy(output, stream, plan.container)
        if copy is not None:
            targets[stream.index] = copy
    encoded = encoded or _add_encoded(output, plan, source, time_base)
    if source is not None:
        copy_chapters(source, output, span)
    output.start_encoding()
    return output, encoded, targets


def _add_encoded(
    output: OutputContainer, plan: Plan, source: InputContainer | None, time_base: Fraction
) -> VideoStream:
    stream: Any = output.add_stream(plan.codec, rate=plan.stored.rate)
    if plan.video is not None and source is not None:
        old = source.streams.video[plan.video.nth]
        stream.metadata.update(copy_metadata(old.metadata, of_encoded_stream=True))
        stream.disposition = old.disposition
        if old.sample_aspect_ratio:
            stream.codec_context.sample_aspect_ratio = old.sample_aspect_ratio
        if plan.video.display_matrix:
            stream.set_display_matrix(plan.video.display_matrix)
    if constant_rate(plan.container, plan.codec):
        time_base = 1 / plan.stored.rate
    stream.time_base = time_base
    open_encoder(stream.codec_context, plan.encoding, plan.stored, time_base=time_base)
    encoded: VideoStream = stream
    return encoded


def _container_options(plan: Plan, metadata: dict[str, str]) -> dict[str, str]:
    options = {"max_interleave_delta": "2000000"}
    if plan.container in _MP4_FORMATS and _custom(metadata) and not plan.has_cover:
        options["movflags"] = "use_metadata_tags"
    if plan.container in {"matroska", "webm"}:
        options["default_mode"] = "passthrough"
    return options


def _custom(metadata: dict[str, str]) -> list[str]:
    """Keys MP4 has no field for; it takes them in a form that has no place for a cover."""
    return [key for key in metadata if key.lower() not in _MP4_KEYS]
