"""The devices of this machine as they come and go, looked for beside the window."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from livecam.errands import Errand, Errands
from livecam.runtime.download import Progress
from livecam.sinks.virtual_camera import VirtualCameraInfo, virtual_cameras
from livecam.sources.camera_info import CameraInfo
from livecam.sources.devices import cameras
from livecam.sources.microphone import microphones

_EVERY_S = 3.0


@dataclass(frozen=True, slots=True)
class Devices:
    """What is plugged in."""

    cameras: Sequence[CameraInfo] = ()
    microphones: Sequence[str] = ()
    virtual_cameras: Sequence[VirtualCameraInfo] = ()


class Watching:
    """Looks again every few seconds, while somebody asks; never on the caller's thread.

    Args:
        errands: Do the looking.
    """

    def __init__(self, errands: Errands) -> None:
        self._errands = errands
        self._errand: Errand[Devices] | None = None
        self._looked_at = -_EVERY_S
        self._found: Devices | None = None

    def devices(self, *, in_use: bool) -> Devices | None:
        """What was found last; None before the first look has come back.

        Args:
            in_use: Whether a virtual camera is being written, so that none may be tried.
        """
        if self._errand is not None and self._errand.state.over:
            self._found = self._errand.state.result or self._found
            self._errand = None
        if self._errand is None and time.monotonic() - self._looked_at > _EVERY_S:
            self._looked_at = time.monotonic()
            known = self._found.virtual_cameras if self._found else ()

            def look(_: Progress) -> Devices:
                virtual = known if in_use else virtual_cameras()
                return Devices(cameras(), microphones(), virtual)

            self._errand = self._errands.send(look)
        return self._found
