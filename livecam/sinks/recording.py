"""A recording of the live output, which plays up to the last second however it ends."""

import io
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import av
from av.container import OutputContainer

from livecam.errors import SinkError
from livecam.frame import Frame, VideoFormat
from livecam.media.live_encoding import LiveEncoder, LiveEncoding, live_encoder
from livecam.media.messages import FFMPEG_FAILURES
from livecam.media.provenance import stream_note
from livecam.media.sound import Chunks, Sound
from livecam.sinks.broadcast import Broadcast
from livecam.sinks.partial import check_output, write_errors

# Half a second, so that with the sound that is waited for it is less than one.
_FRAGMENTED = {"movflags": "+hybrid_fragmented+frag_keyframe", "frag_duration": "500000"}
CONTAINERS: dict[str, tuple[str, dict[str, str]]] = {
    ".mp4": ("mp4", _FRAGMENTED),
    ".m4v": ("mp4", _FRAGMENTED),
    ".mov": ("mov", _FRAGMENTED),
    ".mkv": ("matroska", {"cluster_time_limit": "500"}),
    ".ts": ("mpegts", {}),
}
"""By the file's ending: FFmpeg's name of the format, and how it is kept whole while it grows."""


@dataclass(frozen=True, slots=True)
class Recording:
    """Frames and sound into a file, as they happen.

    Unlike a swapped file, a recording bears its own name while it grows: what it shows happened
    once, so a file that is cut off must be found and must play. It is written in pieces of half a
    second, each complete; a crash or a full disk costs the last one. At an orderly end an .mp4
    becomes an ordinary one, that every player and editor takes; until then its index is kept in
    memory, some 30 MB an hour. An .mkv needs none: take it to record for days.
    """

    path: Path
    encoding: LiveEncoding = field(default_factory=LiveEncoding, kw_only=True)
    microphone: Sound | None = field(default=None, kw_only=True)
    """What is heard; None makes a recording without sound."""
    overwrite: bool = field(default=False, kw_only=True)
    """Replace an existing file, from the start on."""

    def check(self) -> None:
        """Makes sure that the file can be made; writes nothing.

        Raises:
            SinkError: Its ending or its folder does not do, or it exists already.
        """
        if self.path.suffix.lower() not in CONTAINERS:
            raise SinkError(
                f"{self.path} does not end in a kind of file livecam can record",
                hint=f"Give it one of the endings {', '.join(CONTAINERS)}.",
            )
        check_output(self.path, copy_from=None, overwrite=self.overwrite)

    @contextmanager
    def open(self, video_format: VideoFormat) -> Iterator[Callable[[Frame], None]]:
        """A context that gives the function to send frames with.

        However it is left, what was sent is kept.

        Raises:
            SinkError: As `check`; the encoder does not open, or does not go into such a file; the
                disk refuses.
        """
        self.check()
        encoder = live_encoder(self.encoding, video_format, constant_quality=True)
        # In memory first: a file is not to be replaced by one that cannot be written.
        _Writer(self.path, io.BytesIO(), encoder, None).drop()
        with ExitStack() as stack:
            chunks = stack.enter_context(self.microphone.listen()) if self.microphone else None
            with write_errors(self.path):
                file = stack.enter_context(self.path.open("wb" if self.overwrite else "xb"))
            writer = _Writer(self.path, file, encoder, chunks)
            try:
                yield writer.send
            finally:
                writer.finish()


class _Writer:
    """A recording being made."""

    def __init__(
        self, path: Path, file: BinaryIO, encoder: LiveEncoder, chunks: Chunks | None
    ) -> None:
        name, options = CONTAINERS[path.suffix.lower()]
        self._path = path
        self._file = file
        self._container: OutputContainer = av.open(
            file, "w", format=name, container_options=options | {"flush_packets": "1"}
        )
        self._container.metadata.update(stream_note(name))
        with self._writing():
            self._broadcast = Broadcast(self._container, encoder=encoder, chunks=chunks)

    def send(self, frame: Frame) -> None:
        """Encodes and writes `frame`.

        Raises:
            SinkError: The disk refuses; the file is closed.
        """
        with self._writing():
            self._broadcast.send(frame)
            self._file.flush()

    def finish(self) -> None:
        """Makes the file whole, or removes it if nothing was sent; does nothing after a failure.

        Raises:
            SinkError: The disk refuses.
        """
        if self._file.closed:
            return
        if self._broadcast.is_empty:
            self.drop()
            self._path.unlink(missing_ok=True)
            return
        with self._writing():
            self._broadcast.finish()
            self._container.close()
            self._file.flush()
            os.fsync(self._file.fileno())

    def drop(self) -> None:
        """Closes the file as it is."""
        with suppress(OSError):  # what could not be written cannot be written now
            self._file.close()
        with suppress(*FFMPEG_FAILURES):  # on a closed file PyAV writes no end
            self._container.close()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Leaves the file as it is once something has failed: up to there it plays."""
        try:
            with write_errors(self._path):
                yield
        except SinkError:
            self.drop()
            raise
