"""Where frames come from: one class of options for each kind, listed in `SOURCES`."""

from pathlib import Path

from livecam.media.still import is_still
from livecam.pipeline.protocols import Source
from livecam.sources.image_file import ImageFile
from livecam.sources.media_file import MediaFile

SOURCES: dict[str, type[Source]] = {"image": ImageFile, "video": MediaFile}


def file_source(
    path: Path, *, start_s: float | None = None, end_s: float | None = None
) -> MediaFile | ImageFile:
    """The source for the file at `path`: an image or a video, told apart by content.

    Args:
        path: Any image Pillow knows, any video FFmpeg knows.
        start_s: A video begins here, s from the file's start; an image has no time.
        end_s: A video ends before this, s from the file's start.

    Raises:
        SettingsError: `start_s` or `end_s` is negative, or they are not in order.
    """
    if is_still(path):
        return ImageFile(path)
    return MediaFile(path, start_s=start_s, end_s=end_s)
