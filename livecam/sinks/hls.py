"""A live playlist of short segments (HLS), for a web server to hand out."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import av

from livecam.frame import Frame, VideoFormat
from livecam.media.live_encoding import KEYFRAME_EVERY_S, LiveEncoding, live_encoder
from livecam.media.messages import FFMPEG_FAILURES
from livecam.media.provenance import stream_note
from livecam.media.sound import Sound
from livecam.sinks.broadcast import Broadcast
from livecam.sinks.partial import check_output, write_errors

_OPTIONS = {
    "hls_time": str(KEYFRAME_EVERY_S),
    "hls_list_size": "6",
    "hls_flags": "delete_segments+independent_segments+temp_file",
    # Segments of an earlier run may still lie in somebody's cache.
    "hls_start_number_source": "epoch",
    "hls_allow_cache": "0",
}


@dataclass(frozen=True, slots=True)
class Playlist:
    """Frames and sound into a folder, as a playlist that always lists the last 12 s or so.

    Segments that are no longer listed are deleted.
    """

    path: Path
    """Of the playlist, ending in .m3u8; the segments lie beside it."""
    encoding: LiveEncoding = field(default_factory=LiveEncoding, kw_only=True)
    microphone: Sound | None = field(default=None, kw_only=True)
    """What is heard; None makes a stream without sound."""

    @contextmanager
    def open(self, video_format: VideoFormat) -> Iterator[Callable[[Frame], None]]:
        """A context that gives the function to send frames with.

        Raises:
            SinkError: The folder is missing, the encoder does not open, or the disk refuses.
        """
        check_output(self.path, copy_from=None, overwrite=True)
        encoder = live_encoder(self.encoding, video_format, constant_quality=False)
        errors = partial(write_errors, self.path)
        with ExitStack() as stack:
            chunks = stack.enter_context(self.microphone.listen()) if self.microphone else None
            with errors():
                container = av.open(
                    str(self.path), "w", format="hls", container_options=dict(_OPTIONS)
                )
                stack.callback(_close, container)
                container.metadata.update(stream_note("hls"))
                broadcast = Broadcast(container, encoder=encoder, chunks=chunks)

            def send(frame: Frame) -> None:
                with errors():
                    broadcast.send(frame)

            yield send
            with errors():
                broadcast.finish()
                container.close()


def _close(container: av.container.OutputContainer) -> None:
    with suppress(*FFMPEG_FAILURES):  # after a failure; else it is closed already
        container.close()
