"""How many frames a video has, as far as its header says: for progress bars only."""

from pathlib import Path

from livecam.frame import MICROSECOND
from livecam.media.video import main_stream, open_media


def expected_frames(
    path: Path, *, start_s: float | None = None, end_s: float | None = None
) -> int | None:
    """About how many frames of the video at `path` lie between two times, or None.

    Args:
        path: A video.
        start_s: s from the file's start.
        end_s: s from the file's start.

    Raises:
        SourceError: The file cannot be opened, or has no video.
    """
    with open_media(path) as container:
        stream = main_stream(container, path)
        rate = stream.average_rate
        if stream.frames and start_s is None and end_s is None:
            return stream.frames
        if not rate or not container.duration:
            return None
        duration_s = float(container.duration * MICROSECOND)
    last_s = duration_s if end_s is None else min(end_s, duration_s)
    return max(0, round((last_s - (start_s or 0)) * rate)) or None
