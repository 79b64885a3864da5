"""Where frames go: one class of options for each kind, listed in `SINKS`."""

from pathlib import Path

from livecam.media.encoders import Encoding
from livecam.media.live_encoding import LiveEncoding
from livecam.media.sound import Sound
from livecam.media.still import is_still
from livecam.pipeline.protocols import Sink
from livecam.sinks.hls import Playlist
from livecam.sinks.image_file import ImageFileSink
from livecam.sinks.media_file import MediaFileSink
from livecam.sinks.recording import Recording
from livecam.sinks.stream import Stream, address_of

SINKS: dict[str, type[Sink]] = {
    "image": ImageFileSink,
    "video": MediaFileSink,
    "stream": Stream,
    "playlist": Playlist,
    "recording": Recording,
}


def file_sink(
    path: Path,
    *,
    copy_from: Path,
    encoding: Encoding | None = None,
    overwrite: bool = False,
    drop_streams: bool = False,
    start_s: float | None = None,
    end_s: float | None = None,
) -> MediaFileSink | ImageFileSink:
    """The sink for the swapped `copy_from`: an image for an image, a video for a video.

    Args:
        path: The output.
        copy_from: The input, told apart by content.
        encoding: Of a video.
        overwrite: Replace an existing file, once the new one is whole.
        drop_streams: Leave out sound and subtitles the container cannot hold.
        start_s: As of `file_source`.
        end_s: As of `file_source`.
    """
    if is_still(copy_from):
        return ImageFileSink(path, copy_from=copy_from, overwrite=overwrite)
    return MediaFileSink(
        path,
        copy_from=copy_from,
        encoding=encoding or Encoding(),
        overwrite=overwrite,
        drop_streams=drop_streams,
        start_s=start_s,
        end_s=end_s,
    )


def stream_sink(
    target: str,
    *,
    encoding: LiveEncoding | None = None,
    microphone: Sound | None = None,
    overwrite: bool = False,
) -> Stream | Playlist | Recording:
    """The sink for a live output: a stream for an address, a playlist or a recording for a file.

    Args:
        target: An address such as rtmp://server/app/key, or a file, whose ending decides.
        encoding: Of pictures and sound.
        microphone: What is heard; None makes an output without sound.
        overwrite: Replace an existing recording.

    Raises:
        SinkError: livecam cannot stream to such an address, or make such a file there.
    """
    encoding = encoding or LiveEncoding()
    if "://" in target:
        address_of(target)
        return Stream(target, encoding=encoding, microphone=microphone)
    if Path(target).suffix.lower() == ".m3u8":
        return Playlist(Path(target), encoding=encoding, microphone=microphone)
    recording = Recording(
        Path(target), encoding=encoding, microphone=microphone, overwrite=overwrite
    )
    recording.check()
    return recording
