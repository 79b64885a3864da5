"""The virtual camera: what other programs on this machine open as a camera."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from livecam.errors import SinkError
from livecam.frame import Frame, VideoFormat
from livecam.media import v4l2
from livecam.media.fitting import Fitting
from livecam.picture import Colour, Matrix
from livecam.sinks import loopback
from livecam.sinks.layout import LAYOUTS
from livecam.sinks.loopback import Loopback

_LOOPBACK = "v4l2loopback"
_LAYOUTS_BY_FOURCC = {
    "YU12": "I420", "NV12": "NV12", "YUYV": "YUYV", "UYVY": "UYVY", "GREY": "GRAY",
}  # fmt: skip
"""What V4L2 and pyvirtualcam call the formats that pass through as they are."""
_COLOUR = Colour(Matrix.BT601)
"""What programs take a camera's numbers for, at any size."""
_STEPS = {"win32": 8}
"""Sizes are multiples of this: OBS on Windows shows others askew; elsewhere they are even."""
_ADVICE = {
    "win32": "Install OBS Studio 26 or newer, and leave its own virtual camera off.",
    "darwin": "Install OBS Studio 30 or newer, start its virtual camera once and allow its system "
    "extension.",
}
_OTHER_ADVICE = "Close the other programs that use it, or name another virtual camera."
_TRIAL = 640, 360, Fraction(30)


@dataclass(frozen=True, slots=True)
class VirtualCamera:
    """Frames to other programs on this machine, as the pictures of a camera.

    Planes are handed over as they are, at once: the pipeline's clock paces them. A program that
    holds a loopback device (Linux) holds its format too: pictures are then made to fit that.
    """

    device: str | None = None
    """Linux: a path, a number or a label; None takes the one labelled “livecam”, or the only one.
    Elsewhere the camera's name; None takes the first."""
    backend: str | None = field(default=None, kw_only=True)
    """One of pyvirtualcam's, by name; None takes the platform's."""

    def check(self) -> None:
        """Makes sure that there is such a camera and that it can be used now; changes nothing.

        Raises:
            SinkError: There is none, or it cannot be used now.
        """
        if self._is_loopback():
            loopback.check(loopback.find(self.device, loopback.loopbacks()))
        else:
            _pyvirtualcam()

    @contextmanager
    def open(self, video_format: VideoFormat) -> Iterator[Callable[[Frame], None]]:
        """A context that gives the function to send frames with.

        Raises:
            SinkError: As `check`.
        """
        if self._is_loopback():
            found = loopback.find(self.device, loopback.loopbacks())
            opened = _loopback_camera(found, video_format)
        else:
            opened = _camera(self.backend, self.device, *_size(video_format), video_format.rate)
        with opened as camera:
            layout = LAYOUTS[camera.fmt.name]
            fitting = Fitting(camera.width, camera.height, _COLOUR)

            def send(frame: Frame) -> None:
                samples = layout(fitting.picture(frame.picture))
                try:
                    camera.send(samples)
                except RuntimeError as e:
                    raise _refusal(camera.device, e) from e

            yield send

    def _is_loopback(self) -> bool:
        return self.backend == _LOOPBACK or (self.backend is None and _is_linux())


@dataclass(frozen=True, slots=True)
class VirtualCameraInfo:
    """A virtual camera of this machine, or why there is none."""

    name: str
    path: str | None
    """Of its device; None where it has none."""
    problem: SinkError | None
    """Why no pictures can be sent to it now, and what to do; None where they can."""

    @property
    def writable(self) -> bool:
        """Whether pictures can be sent to it now."""
        return self.problem is None


def virtual_cameras() -> list[VirtualCameraInfo]:
    """The virtual cameras of this machine; where there is none, one entry that says why.

    Takes half a second for each that another program holds.
    """
    try:
        backends = _pyvirtualcam().camera.BACKENDS
    except SinkError as e:
        return [VirtualCameraInfo("pyvirtualcam", None, e)]
    if not _is_linux():
        return [_tried(backend) for backend in backends]
    there = loopback.loopbacks()
    if not there:
        return [VirtualCameraInfo(_LOOPBACK, None, loopback.missing())]
    return [_checked(found) for found in there]


def _checked(found: Loopback) -> VirtualCameraInfo:
    problem = None
    try:
        loopback.check(found)
    except SinkError as e:
        problem = e
    return VirtualCameraInfo(found.label, str(found.path), problem)


def _tried(backend: str) -> VirtualCameraInfo:
    try:
        with _camera(backend, None, *_TRIAL) as camera:
            return VirtualCameraInfo(camera.device, None, None)
    except SinkError as e:
        return VirtualCameraInfo(backend, None, e)


@contextmanager
def _loopback_camera(found: Loopback, video_format: VideoFormat) -> Iterator[Any]:
    """A camera of pyvirtualcam on a loopback device, in the format that a reader holds."""
    loopback.check(found)
    loopback.revive(found)
    path, rate = found.path, video_format.rate
    asked = v4l2.Format("YU12", *_size(video_format))
    try:
        with _camera(_LOOPBACK, str(path), asked.width, asked.height, rate) as camera:
            held = v4l2.current_format(path, output=True)
            with suppress(OSError):  # only what readers are told
                v4l2.set_output_rate(path, rate)
            if held is None or held == asked:
                yield camera
                return
        name = _LAYOUTS_BY_FOURCC.get(held.fourcc)
        if name is None:
            raise SinkError(
                f"The virtual camera {found} is held at {held.fourcc} {held.width}×{held.height}, "
                "which livecam does not send",
                hint="Close the programs that show it, and start again.",
            )
        with _camera(_LOOPBACK, str(path), held.width, held.height, rate, layout=name) as camera:
            yield camera
    finally:
        with suppress(SinkError):
            loopback.revive(found)  # other programs that write to it do not know how


@contextmanager
def _camera(
    backend: str | None,
    device: str | None,
    width: int,
    height: int,
    rate: Fraction,
    *,
    layout: str = "I420",
) -> Iterator[Any]:
    pyvirtualcam = _pyvirtualcam()
    name = device or backend or "of this machine"
    known = pyvirtualcam.camera.BACKENDS
    if backend is not None and backend not in known:
        raise SinkError(
            f"{backend} is no kind of virtual camera here; there is {', '.join(known) or 'none'}",
            hint="Name one of these, or leave it out.",
        )
    try:
        camera = pyvirtualcam.Camera(
            width,
            height,
            float(rate),
            fmt=pyvirtualcam.PixelFormat[layout],
            device=device,
            backend=backend,
        )
    except RuntimeError as e:
        raise _refusal(name, e) from e
    try:
        yield camera
    finally:
        camera.close()


def _pyvirtualcam() -> Any:
    try:
        import pyvirtualcam  # noqa: PLC0415 – has native parts that may not load everywhere
    except ImportError as e:
        raise SinkError(
            f"The package pyvirtualcam cannot be loaded: {e}",
            hint="Reinstall it: pip install --force-reinstall pyvirtualcam",
        ) from e
    return pyvirtualcam


def _refusal(name: str, error: RuntimeError) -> SinkError:
    reason = " · ".join(str(error).splitlines()).rstrip(".") or "this platform has none"
    return SinkError(
        f"The virtual camera {name} cannot be used: {reason}",
        hint=_ADVICE.get(sys.platform, _OTHER_ADVICE),
    )


def _size(video_format: VideoFormat) -> tuple[int, int]:
    step = _STEPS.get(sys.platform, 2)
    return video_format.width // step * step, video_format.height // step * step


def _is_linux() -> bool:
    return sys.platform.startswith("linux")
