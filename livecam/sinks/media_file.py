"""A video file as a sink: the pictures encoded, all else of the input carried along."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

import av
from av.container import InputContainer, OutputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from livecam.errors import SinkError
from livecam.frame import Frame, VideoFormat
from livecam.media.encoders import Encoding
from livecam.media.fitting import recoloured
from livecam.media.messages import FFMPEG_FAILURES
from livecam.media.planes import Canvas, turned
from livecam.media.timeline import exact
from livecam.media.video import open_media
from livecam.sinks.partial import check_output, partial_file, write_errors
from livecam.sinks.plan import Plan, compose, constant_rate, make_plan
from livecam.sinks.remux import Span, StreamCopy, copied_streams

_LOG = logging.getLogger(__name__)
_MAX_EMPTY_FRAMES = 3600


@dataclass(frozen=True, slots=True)
class MediaFileSink:
    """Frames into a video file, which appears under its name only when it is whole.

    Frames keep their time stamps. With `copy_from`, the frames are taken as those of that file:
    its sound, subtitles, data, attachments, chapters and metadata come along packet by packet,
    and the pictures are stored turned as they were there.
    """

    path: Path
    copy_from: Path | None = field(default=None, kw_only=True)
    """The input whose other streams are carried along."""
    encoding: Encoding = field(default_factory=Encoding, kw_only=True)
    overwrite: bool = field(default=False, kw_only=True)
    """Replace an existing file, once the new one is whole."""
    drop_streams: bool = field(default=False, kw_only=True)
    """Leave out sound and subtitles the container cannot hold, instead of refusing."""
    start_s: float | None = field(default=None, kw_only=True)
    """As of `MediaFile`: the output then starts at time 0."""
    end_s: float | None = field(default=None, kw_only=True)
    """As of `MediaFile`."""

    def check(self, video_format: VideoFormat) -> None:
        """Makes sure, before any work is done, that the output can be written; writes nothing.

        Raises:
            SinkError: It cannot: the path, the encoder, or a stream the container cannot hold.
            SourceError: `copy_from` cannot be read.
        """
        self._plan(video_format)

    @contextmanager
    def open(self, video_format: VideoFormat) -> Iterator[Callable[[Frame], None]]:
        """A context that gives the function to send frames with.

        Raises:
            SinkError: As `check`, or the output cannot be written, or no frame was sent.
            SourceError: `copy_from` cannot be read.
        """
        plan = self._plan(video_format)
        self._tell(plan, video_format)
        with ExitStack() as stack:
            file = stack.enter_context(partial_file(self.path))
            source = self.copy_from and stack.enter_context(open_media(self.copy_from))
            writer = _Writer(self, plan, file, source or None)
            try:
                yield writer.send
                writer.finish()
            finally:
                writer.close()

    def _plan(self, video_format: VideoFormat) -> Plan:
        check_output(self.path, copy_from=self.copy_from, overwrite=self.overwrite)
        return make_plan(
            self.path,
            video_format,
            self.encoding,
            copy_from=self.copy_from,
            drop_streams=self.drop_streams,
        )

    def _tell(self, plan: Plan, video_format: VideoFormat) -> None:
        for name in plan.dropped:
            _LOG.warning("%s files cannot hold %s: left out", self.path.suffix, name)
        size = (video_format.width, video_format.height)
        stored = (plan.stored.width, plan.stored.height)
        if sum(stored) > sum(size):
            _LOG.warning(
                "%s needs even sizes: the last column or row is repeated, %d×%d is stored as "
                "%d×%d (ffv1 and libvpx-vp9 take odd sizes)",
                plan.codec,
                *size,
                *stored,
            )


class _Writer:
    """An output being written; begun by the first frame, whose time base it takes."""

    def __init__(
        self, sink: MediaFileSink, plan: Plan, file: BinaryIO, source: InputContainer | None
    ) -> None:
        self._sink = sink
        self._plan = plan
        self._file = file
        self._source = source
        self._open: tuple[OutputContainer, VideoStream, StreamCopy | None] | None = None
        self._canvas = Canvas(plan.stored.width, plan.stored.height)
        self._shift = 0
        self._tick = -1
        self._phase = Fraction(0)  # of a frame, between where the frames stand and their numbers

    def send(self, frame: Frame) -> None:
        """Encodes `frame` and writes what is due.

        Raises:
            SinkError: The output cannot be written.
        """
        with write_errors(self._sink.path):
            _, stream, _ = self._open = self._open or self._begin(frame)
            stored = self._plan.stored
            picture = turned(frame.picture, self._plan.quarter_turns, siting=stored.colour.siting)
            raw = self._canvas.drawn(recoloured(picture, stored.colour))
            raw.pts, raw.time_base = self._place(frame)
            self._mux(stream.encode(raw))

    def finish(self) -> None:
        """Writes what the encoder still holds and the rest of the other streams.

        Raises:
            SinkError: The output cannot be written, or no frame was sent.
        """
        if self._open is None:
            raise SinkError(
                f"{self._sink.path} would be empty: no frame arrived",
                hint="Check that the input has frames between start and end.",
            )
        output, stream, copy = self._open
        with write_errors(self._sink.path):
            self._mux(stream.encode(None))
            if copy is not None:
                copy.until(None)
            output.close()
            self._file.flush()
            av.open(f"file:{self._file.name}").close()  # what cannot be opened is no result

    def close(self) -> None:
        """Lets go of the output; after `finish` there is nothing left to do."""
        if self._open is not None:
            with suppress(*FFMPEG_FAILURES):  # unfinished, and about to be removed
                self._open[0].close()

    def _begin(self, frame: Frame) -> tuple[OutputContainer, VideoStream, StreamCopy | None]:
        plan, source = self._plan, self._source
        span = self._span(frame)
        streams = []
        if source is not None and plan.video is not None:
            streams = [
                stream
                for stream in copied_streams(source, plan.video.index)
                if stream.index not in plan.dropped_indices
            ]
        output, stream, targets = compose(
            plan, self._file, source, streams, time_base=frame.time_base, span=span
        )
        copy = StreamCopy(source, output, targets, span) if source is not None else None
        return output, stream, copy

    def _span(self, frame: Frame) -> Span:
        start, end = self._sink.start_s, self._sink.end_s
        origin = self._plan.video.origin if self._plan.video else Fraction(0)
        first = frame.pts * frame.time_base
        # Players do not show what lies before 0, so nothing of the picture may.
        self._shift = frame.pts if start is not None else min(frame.pts, 0)
        return Span(
            shift=self._shift * frame.time_base,
            start=first if start is not None else None,
            end=None if end is None else origin + exact(end),
        )

    def _place(self, frame: Frame) -> tuple[int, Fraction]:
        """The frame's stamp and its unit; its number where the container only counts frames."""
        pts = frame.pts - self._shift
        if not constant_rate(self._plan.container, self._plan.codec):
            return pts, frame.time_base
        place = pts * frame.time_base * self._plan.stored.rate
        if self._tick < 0:
            if not 0 <= place < _MAX_EMPTY_FRAMES:
                self._shift, place = frame.pts, Fraction(0)
            self._phase = place - round(place)
        number = round(place - self._phase)
        if not self._tick < number <= self._tick + _MAX_EMPTY_FRAMES:
            raise SinkError(
                f"{self._plan.codec} in {self._sink.path.suffix} files needs a constant frame "
                "rate, which the frames do not have",
                hint="Give the output a name ending in .mkv or .mp4, and leave out --codec.",
            )
        self._tick = number
        return number, 1 / self._plan.stored.rate

    def _mux(self, packets: "Sequence[Packet[VideoStream]]") -> None:
        assert self._open is not None
        output, _, copy = self._open
        for packet in packets:
            if copy is not None and packet.dts is not None:
                copy.until(packet.dts * packet.time_base)
            output.mux_one(packet)
