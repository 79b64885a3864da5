"""The outputs of a live run, by the words a user names them with."""

from livecam.media.live_encoding import LiveEncoding
from livecam.media.sound import Sound
from livecam.sinks import stream_sink
from livecam.sinks.preview import Preview
from livecam.sinks.recording import Recording
from livecam.sinks.stream import Stream, address_of
from livecam.sinks.threaded import Threaded
from livecam.sinks.virtual_camera import VirtualCamera

_ROOM_S = 1.0
"""A disk that hesitates for so long costs a recording nothing; elsewhere what is late is useless.
"""

Output = Threaded | Preview
"""What frames go to."""


def live_sink(
    target: str, *, encoding: LiveEncoding, microphone: Sound | None, overwrite: bool
) -> Output:
    """The output that is meant; it delays no other.

    Args:
        target: "virtual" or "virtual:NAME" for a virtual camera, "preview", a URL, a file.
        encoding: Of streams and recordings.
        microphone: What they sound of.
        overwrite: Replace files that exist.

    Raises:
        SinkError: There is no such output, or it cannot be written.
    """
    kind, _, name = target.partition(":")
    if kind == "virtual":
        camera = VirtualCamera(name or None)
        camera.check()
        return Threaded(camera, name=target, retry=True)
    if target == "preview":
        return Preview()
    sink = stream_sink(target, encoding=encoding, microphone=microphone, overwrite=overwrite)
    if isinstance(sink, Recording):
        return Threaded(sink, name=target, retry=False, room_s=_ROOM_S)
    shown = address_of(target).shown if isinstance(sink, Stream) else target
    return Threaded(sink, name=shown, retry=True)
