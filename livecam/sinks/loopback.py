"""Linux's virtual cameras: the devices of the kernel module v4l2loopback."""

import errno
import os
import platform
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from livecam.errors import SinkError
from livecam.media import v4l2

LABEL = "livecam"
"""What the virtual camera is called that is taken where none is named."""

_DEVICES = Path("/sys/class/video4linux")
_MODULE = "v4l2loopback"
_FIRST_NUMBER = 10
"""Of a device that does not exist yet: cameras plugged in later keep the low numbers."""
_LISTEN_S = 0.5


@dataclass(frozen=True, slots=True)
class Loopback:
    """A device that shows to other programs what is written to it."""

    label: str
    path: Path

    def __str__(self) -> str:
        return f"{self.label} ({self.path})"


def loopbacks() -> list[Loopback]:
    """Every loopback device, whether or not this user may open it, in the order of numbers."""
    found = []
    for path in v4l2.nodes():
        about = _DEVICES / path.name
        if (about / "max_openers").exists():  # what only this driver has
            found.append(Loopback((about / "name").read_text().strip(), path))
    return found


def find(device: str | None, there: Sequence[Loopback]) -> Loopback:
    """The loopback device that is meant.

    Args:
        device: A path, a number or a label; None for the one labelled `LABEL`, or the only one.
        there: All there are.

    Raises:
        SinkError: There is none of that name, or none at all, or many and none is named.
    """
    if not there:
        raise missing()
    if device is None:
        labelled = [loopback for loopback in there if loopback.label == LABEL]
        candidates = labelled[:1] or list(there)
        if len(candidates) > 1:
            raise SinkError(
                f"There are {len(there)} virtual cameras, none labelled {LABEL}: {_listed(there)}",
                hint="Name the one to use.",
            )
        return candidates[0]
    names = {device, f"/dev/video{device}"}
    for loopback in there:
        if loopback.label == device or str(loopback.path) in names:
            return loopback
    raise SinkError(
        f"{device} is no virtual camera; there is {_listed(there)}",
        hint="Name one of these, or leave the name out.",
    )


def check(loopback: Loopback) -> None:
    """Makes sure that `loopback` can be written to; changes nothing.

    Takes half a second where another program may hold the device.

    Raises:
        SinkError: It may not be opened, or another program sends pictures to it.
    """
    if _capabilities(loopback).captures and _is_fed(loopback.path):
        raise _busy(loopback)


def revive(loopback: Loopback) -> None:
    """Gives the device back its side for writing where v4l2loopback 0.12 lost it.

    With `exclusive_caps=1` that driver does not notice that a writer has left. To be called only
    when nobody writes: after `check`, or by the writer that left.

    Raises:
        SinkError: The device may not be opened, or is another program's to write to.
    """
    if _capabilities(loopback).outputs:
        return
    with suppress(OSError):
        v4l2.revive_output(loopback.path)
    if not _capabilities(loopback).outputs:
        raise _busy(loopback)


def missing() -> SinkError:
    """Why there is no loopback device on this machine, and what to do about it."""
    number = next(n for n in count(_FIRST_NUMBER) if not Path(f"/dev/video{n}").exists())
    load = (
        f"sudo modprobe {_MODULE} devices=1 video_nr={number} card_label={LABEL} exclusive_caps=1"
    )
    if Path("/sys/module", _MODULE).exists():
        return SinkError(
            f"There is no virtual camera: the kernel module {_MODULE} is loaded without a device",
            hint=f"Load it anew: sudo modprobe -r {_MODULE} && {load}",
        )
    modules = Path("/lib/modules", platform.release(), "modules.dep")
    if modules.exists() and f"/{_MODULE}.ko" in modules.read_text():
        return SinkError(
            f"There is no virtual camera: the kernel module {_MODULE} is not loaded",
            hint=f"Load it: {load}",
        )
    return SinkError(
        f"There is no virtual camera: the kernel module {_MODULE} is not installed",
        hint=f"Install it (Debian, Ubuntu: sudo apt install {_MODULE}-dkms), then: {load}",
    )


def _busy(loopback: Loopback) -> SinkError:
    return SinkError(
        f"The virtual camera {loopback} is busy: another program sends pictures to it",
        hint="End that program, or name another virtual camera.",
    )


def _capabilities(loopback: Loopback) -> v4l2.Capabilities:
    try:
        return v4l2.capabilities(loopback.path)
    except PermissionError as e:
        raise SinkError(
            f"The virtual camera {loopback} cannot be used: this user may not open it",
            hint="Join its group and log in again: sudo usermod --append --groups video $USER",
        ) from e
    except OSError as e:
        raise SinkError(
            f"The virtual camera {loopback} cannot be opened: {e.strerror}",
            hint="Close the other programs that use it, or load the module anew.",
        ) from e


def _is_fed(path: Path) -> bool:
    """Whether new pictures arrive at a device that shows some: by then its writer is alive."""
    try:
        if v4l2.current_format(path) is None:
            return False
        node = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        while _reads(node):  # what lies there from before
            pass
        time.sleep(_LISTEN_S)
        return _reads(node)
    except OSError as e:
        return e.errno == errno.EBUSY  # from 0.13 on one program may read, while another writes
    finally:
        os.close(node)


def _reads(node: int) -> bool:
    try:
        return bool(os.read(node, 1))
    except BlockingIOError:
        return False


def _listed(there: Sequence[Loopback]) -> str:
    return ", ".join(map(str, there))
