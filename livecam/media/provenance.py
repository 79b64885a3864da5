"""The note in a file that says it was altered."""

from importlib.metadata import version

NOTE = f"Altered by livecam {version('livecam')}: face swapped"


def with_note(metadata: dict[str, str]) -> dict[str, str]:
    """`metadata` with the note in a field that is free, or after the comment it has."""
    taken = {key.lower(): key for key in metadata}
    if any(NOTE in value for value in metadata.values()):
        return metadata
    for field in ("comment", "description"):
        if field not in taken:
            return metadata | {field: NOTE}
    comment = taken["comment"]
    return metadata | {comment: f"{metadata[comment]}\n{NOTE}"}


_STREAM_FIELDS = {"mpegts": "service_name", "hls": "service_name", "rtsp": "title"}
"""Streams that have no comment have something else that players show."""


def stream_note(container: str) -> dict[str, str]:
    """Metadata with the note for a live output in a format of FFmpeg's name `container`."""
    return {_STREAM_FIELDS.get(container, "comment"): NOTE}
