"""The cameras of this machine, and the one that is meant. Nothing is streamed."""

import errno
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from livecam.errors import SourceError
from livecam.media.messages import in_words
from livecam.sources.avfoundation import AvFoundation
from livecam.sources.camera_info import CameraInfo, CameraSystem
from livecam.sources.directshow import DirectShow
from livecam.sources.video4linux import Video4Linux

_ABSENT = "is not there", "Plug it in, and see `livecam devices`."
_REASONS = {
    errno.ENOENT: _ABSENT,
    errno.ENODEV: _ABSENT,
    errno.ENXIO: _ABSENT,
    errno.EBUSY: ("is in use by another program", "Close the program that shows it."),
    errno.ENOTTY: ("is no camera", "Choose one that `livecam devices` lists."),
}
_REFUSED = errno.EACCES, errno.EPERM
_STOPPED = errno.ENODEV, errno.ENXIO, errno.EINVAL, errno.EIO
_SYSTEMS: dict[str, type[CameraSystem]] = {"darwin": AvFoundation, "win32": DirectShow}


def camera_system() -> CameraSystem:
    """How cameras are found on this machine."""
    return _SYSTEMS.get(sys.platform, Video4Linux)()


def cameras() -> list[CameraInfo]:
    """Every camera of this machine with its modes; one that may not be asked has none."""
    system = camera_system()
    found = []
    for candidate in system.candidates():
        try:
            modes = system.modes(candidate)
        except PermissionError:
            modes = ()
        except OSError:  # gone, or out of order
            modes = None
        if modes is not None:
            found.append(replace(candidate, modes=modes))
    return found


def listed_camera(device: str | None, found: Sequence[CameraInfo]) -> CameraInfo | None:
    """The one of `cameras()` that `find_camera` would take; None if that is none of them.

    Args:
        device: As in `find_camera`.
        found: In the order of `cameras()`; none of them is asked again.
    """
    if device is None:
        return next((camera for camera in found if camera.modes), None)
    meant = [camera for camera in found if camera.device == device] or _meant(device, found)
    return meant[0] if len(meant) == 1 else None


def find_camera(device: str | None) -> CameraInfo:
    """The camera that is meant, with its modes; of the others none is opened.

    Args:
        device: A path, an index, or a name or a part of one in any case; None means the first
            camera there is, a real one if possible.

    Raises:
        SourceError: No camera is meant by it, or more than one, or it cannot be asked.
    """
    system = camera_system()
    candidates = system.candidates()
    if device is None:
        return _first(system, candidates)
    if isinstance(system, Video4Linux) and Path(device).is_absolute():
        return _asked(system, _at(Path(device), system, candidates))
    meant = _meant(device, candidates)
    if len(meant) > 1:  # a webcam has further nodes of the same name, for metadata
        meant = [camera for camera in meant if _gives_pictures(system, camera)] or meant[:1]
    if not meant:
        kind = f"number {device}" if device.isdecimal() else f"named “{device}”"
        raise SourceError(f"there is no camera {kind}", hint=_choices(candidates))
    if len(meant) > 1:
        raise SourceError(f"“{device}” may mean {len(meant)} cameras", hint=_choices(meant))
    return _asked(system, meant[0])


def _at(path: Path, system: Video4Linux, candidates: Sequence[CameraInfo]) -> CameraInfo:
    if not path.exists():
        raise SourceError(f"there is no camera {path}", hint=_choices(candidates))
    return system.at(path.resolve())


def _first(system: CameraSystem, candidates: Sequence[CameraInfo]) -> CameraInfo:
    refused: OSError | None = None
    for candidate in candidates:
        try:
            modes = system.modes(candidate)
        except OSError as e:
            refused = refused or e
            continue
        if modes is not None:
            return replace(candidate, modes=modes)
    if isinstance(refused, PermissionError):
        raise SourceError("no camera may be opened", hint=system.permission_hint) from refused
    raise SourceError(
        "no camera is connected", hint="Plug one in, or give a file, a URL or `synthetic`."
    )


def _meant(device: str, candidates: Sequence[CameraInfo]) -> list[CameraInfo]:
    if device.isdecimal():
        return [camera for camera in candidates if camera.index == int(device)]
    return _named(device, candidates)


def _named(name: str, candidates: Sequence[CameraInfo]) -> list[CameraInfo]:
    wanted = name.casefold()
    exact = [camera for camera in candidates if camera.name.casefold() == wanted]
    return exact or [camera for camera in candidates if wanted in camera.name.casefold()]


def _gives_pictures(system: CameraSystem, camera: CameraInfo) -> bool:
    try:
        return system.modes(camera) is not None
    except OSError as e:
        return e.errno in _REFUSED


def _asked(system: CameraSystem, camera: CameraInfo) -> CameraInfo:
    try:
        modes = system.modes(camera)
    except OSError as e:
        raise camera_error(e, camera) from e
    if modes is None:
        raise SourceError(
            f"{label(camera)} gives no pictures now",
            hint="If it is a loopback, start what writes to it; else choose another camera.",
        )
    return replace(camera, modes=modes)


def label(camera: CameraInfo) -> str:
    """The camera by name and device, for messages."""
    return f"camera “{camera.name}” ({camera.device})"


def camera_error(
    error: Exception, camera: CameraInfo, *, reading: bool = False, complaints: Sequence[str] = ()
) -> SourceError:
    """Why `camera` cannot be opened or, while `reading`, why it stopped; and what to do."""
    code = getattr(error, "errno", None)
    if reading and code in _STOPPED:
        why, hint = "was unplugged, or stopped", "Plug it in again."
    elif code in _REFUSED:
        why, hint = "may not be opened", camera_system().permission_hint
    elif code in _REASONS:
        why, hint = _REASONS[code]
    else:
        reason = getattr(error, "strerror", None) or str(error)
        why = f"does not work: {in_words(reason, complaints)}"
        hint = "Plug it in again, or choose another one."
    return SourceError(f"{label(camera)} {why}", hint=hint)


def _choices(candidates: Sequence[CameraInfo]) -> str:
    if not candidates:
        return "No camera is connected: plug one in, or give a file, a URL or `synthetic`."
    listed = ", ".join(f"{c.index} “{c.name}” ({c.device})" for c in candidates)
    return f"Choose by number, name or path: {listed}."
