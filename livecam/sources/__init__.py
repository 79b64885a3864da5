"""Where frames come from: one class of options for each kind, listed in `SOURCES`."""

import re
from pathlib import Path

from livecam.errors import SourceError
from livecam.frame import VideoFormat
from livecam.media.still import is_still
from livecam.pipeline.protocols import Source
from livecam.sources.camera import Camera
from livecam.sources.devices import find_camera
from livecam.sources.fitted import Fitted
from livecam.sources.formats import Asked
from livecam.sources.image_file import ImageFile
from livecam.sources.media_file import MediaFile
from livecam.sources.mirrored import Mirrored
from livecam.sources.paced import Paced
from livecam.sources.reconnecting import Reconnecting
from livecam.sources.stream import STREAM_SCHEMES, NetworkStream, is_stream
from livecam.sources.synthetic import Synthetic

SOURCES: dict[str, type[Source]] = {
    "image": ImageFile,
    "video": MediaFile,
    "camera": Camera,
    "stream": NetworkStream,
    "synthetic": Synthetic,
}
_LIKE_A_FILE = re.compile(r"[/\\]|\.\w{2,4}$")


def file_source(
    path: Path, *, start_s: float | None = None, end_s: float | None = None
) -> MediaFile | ImageFile:
    """The source for the file at `path`: an image or a video, told apart by content.

    Args:
        path: Any image Pillow knows, any video FFmpeg knows.
        start_s: A video begins here, s from the file's start; an image has no time.
        end_s: A video ends before this, s from the file's start.

    Raises:
        SettingsError: `start_s` or `end_s` is negative or no number, or they are not in order.
    """
    if is_still(path):
        return ImageFile(path)
    return MediaFile(path, start_s=start_s, end_s=end_s)


def live_source(
    spec: str | None,
    *,
    video_format: VideoFormat,
    asked: Asked | None = None,
    mirror: bool = False,
    patient: bool = False,
) -> Source:
    """The live source that is meant, which gives every frame in `video_format`.

    Cameras and streams come back after an outage; files are played in real time, again and again.

    Args:
        spec: A camera's name, a part of it, its index or path; the address of a stream; a file;
            or `synthetic`. None is the first camera.
        video_format: Of every frame; made where the source has another.
        asked: What a camera is asked for; by default the size and rate of `video_format`.
        mirror: Exchange left and right.
        patient: Wait for a camera or a stream that is not there yet.

    Raises:
        SourceError: There is no such camera or file, or no such kind of stream.
    """
    asked = asked or Asked(video_format.width, video_format.height, video_format.rate)
    fitted = Fitted(_source(spec, video_format, asked, patient=patient), video_format)
    return Mirrored(fitted) if mirror else fitted


def _source(spec: str | None, video_format: VideoFormat, asked: Asked, *, patient: bool) -> Source:
    if spec == "synthetic":
        return Synthetic(video_format.width, video_format.height, video_format.rate)
    if spec is not None and is_stream(spec):
        return Reconnecting(NetworkStream(spec), patient=patient)
    if spec is not None and _is_file(spec):
        return Paced(file_source(Path(spec)))
    if spec is not None and "://" in spec:
        raise SourceError(
            f"{spec.partition('://')[0]}:// is no kind of stream that livecam reads",
            hint=f"It reads {', '.join(STREAM_SCHEMES)}.",
        )
    if not patient:
        _check_camera(spec)
    return Reconnecting(Camera(spec, asked), patient=patient)


def _is_file(spec: str) -> bool:
    try:
        return Path(spec).is_file()
    except OSError as e:
        raise SourceError(
            f"{spec} cannot be read: {e.strerror}",
            hint="Give a file that you may read, or another source.",
        ) from e


def _check_camera(spec: str | None) -> None:
    try:
        find_camera(spec)
    except SourceError as e:
        if spec is None or spec.startswith("/dev/") or not _LIKE_A_FILE.search(spec):
            raise
        raise SourceError(f"there is no file {spec}, and {e.message}", hint=e.hint) from e
