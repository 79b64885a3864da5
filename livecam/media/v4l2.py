"""What a Video4Linux device says of itself, asked by ioctl: nothing is streamed.

Structures and request codes are those of the kernel's documentation (Linux Media, Video for
Linux API, function reference), in the encoding of x86, Arm and RISC-V.
"""

import errno
import os
import re
import struct
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from itertools import count
from pathlib import Path
from typing import Any

from livecam.media.modes import Mode, usual_rates

if sys.platform != "win32":
    from fcntl import ioctl

_TO_DEVICE, _FROM_DEVICE = 1, 2
_POINTER_PADDING = "4x" if struct.calcsize("P") == 8 else ""
# Request number, direction, layout: "I" is __u32, "s" a string of fixed length, "x" unused.
_Request = tuple[int, int, str]
_QUERYCAP: _Request = 0, _FROM_DEVICE, "=16s32s32sIII12x"
_ENUM_FMT: _Request = 2, _TO_DEVICE | _FROM_DEVICE, "=III32sI16x"
_G_FMT: _Request = 4, _TO_DEVICE | _FROM_DEVICE, f"=I{_POINTER_PADDING}III188x"
_STREAMON: _Request = 18, _TO_DEVICE, "=i"
_S_PARM: _Request = 22, _TO_DEVICE | _FROM_DEVICE, "=IIIII184x"
_ENUM_FRAMESIZES: _Request = 74, _TO_DEVICE | _FROM_DEVICE, "=III6I8x"
_ENUM_FRAMEINTERVALS: _Request = 75, _TO_DEVICE | _FROM_DEVICE, "=IIIII6I8x"

_CAPTURE_BUFFER, _OUTPUT_BUFFER = 1, 2
_CAN_CAPTURE, _CAN_OUTPUT, _HAS_DEVICE_CAPS = 0x1, 0x2, 0x8000_0000
_DISCRETE = 1
_NONE_SUCH = {errno.EINVAL, errno.ENOTTY, errno.ENODATA}
_PIXEL_FORMATS = {
    "YU12": "yuv420p",
    "NV12": "nv12",
    "YUYV": "yuyv422",
    "UYVY": "uyvy422",
    "422P": "yuv422p",
    "MJPG": "mjpeg",
    "JPEG": "mjpeg",
    "H264": "h264",
    "RGB3": "rgb24",
    "BGR3": "bgr24",
    "GREY": "gray",
}
"""Fourcc to FFmpeg's name, for what FFmpeg's V4L2 reader takes."""
_NODE = re.compile(r"video(\d+)")
_SIZES = (
    (160, 120), (320, 180), (320, 240), (424, 240), (640, 360), (640, 480), (800, 600),
    (848, 480), (960, 540), (1024, 576), (1280, 720), (1280, 960), (1600, 1200), (1920, 1080),
    (2560, 1440), (3840, 2160),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a device is, and what it can do now."""

    driver: str
    card: str
    """The device's name for people; v4l2loopback's `card_label`."""
    bus: str
    """Where it is plugged in."""
    captures: bool
    """Frames can be read from it."""
    outputs: bool
    """Frames can be written to it."""


@dataclass(frozen=True, slots=True)
class Format:
    """The format a device is set to."""

    fourcc: str
    """As V4L2 has it: YUYV, MJPG, YU12 (I420), NV12 …"""
    width: int
    """px"""
    height: int
    """px"""


def nodes() -> list[Path]:
    """The video nodes of this machine, in the order of their numbers; none without V4L2."""
    found = {
        int(match[1]): path
        for path in Path("/dev").glob("video*")
        if (match := _NODE.fullmatch(path.name))
    }
    return [found[number] for number in sorted(found)]


def capabilities(path: Path) -> Capabilities:
    """What the device at `path` is.

    Raises:
        OSError: There is none, it may not be opened, or it is no video device (ENOTTY).
    """
    with _opened(path) as node:
        driver, card, bus, _, of_all, of_node = _ask(node, _QUERYCAP)
    able = of_node if of_all & _HAS_DEVICE_CAPS else of_all
    return Capabilities(
        _text(driver), _text(card), _text(bus), bool(able & _CAN_CAPTURE), bool(able & _CAN_OUTPUT)
    )


def current_format(path: Path, *, output: bool = False) -> Format | None:
    """The format the device at `path` is set to, for reading or, with `output`, for writing.

    None where that side has no format (yet).

    Raises:
        OSError: It cannot be opened.
    """
    with _opened(path) as node:
        return _current(node, _OUTPUT_BUFFER if output else _CAPTURE_BUFFER)


def modes(path: Path) -> list[Mode]:
    """What the camera at `path` offers that FFmpeg can read, in the camera's own order.

    Where it takes any size or rate within bounds, the usual ones within them are listed. A
    loopback device nobody writes to has none.

    Raises:
        OSError: It cannot be opened.
    """
    with _opened(path) as node:
        found: list[Mode] = []
        for *_, code in _listed(node, _ENUM_FMT, _CAPTURE_BUFFER):
            pixel_format = _PIXEL_FORMATS.get(_fourcc(code))
            if pixel_format is None:
                continue
            for width, height in _sizes(node, code):
                rates = tuple(sorted(set(_rates(node, code, width, height))))
                found.append(Mode(pixel_format, width, height, rates))
    return list(dict.fromkeys(found))


def set_output_rate(path: Path, rate: Fraction) -> None:
    """Lets the loopback device at `path` tell its readers how many frames per second come.

    Raises:
        OSError: It cannot be opened, or takes no such rate.
    """
    with _opened(path) as node:
        _ask(node, _S_PARM, _OUTPUT_BUFFER, 0, 0, rate.denominator, rate.numerator)


def revive_output(path: Path) -> None:
    """Gives a loopback device back its side for writing, which it lost when a writer left.

    v4l2loopback 0.12 with `exclusive_caps=1` shows neither side after its first writer closed;
    STREAMON sets it right. To be called only when `capabilities` shows neither.

    Raises:
        OSError: It cannot be opened.
    """
    with _opened(path) as node:
        try:
            _ask(node, _STREAMON, _OUTPUT_BUFFER)
        except OSError as e:
            if e.errno != errno.EINVAL:  # it complains, and is revived all the same
                raise


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    node = os.open(path, os.O_RDWR | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    try:
        yield node
    finally:
        os.close(node)


def _ask(node: int, request: _Request, *values: int) -> tuple[Any, ...]:
    """The structure of `request` as the device fills it in; its first fields are `values`."""
    number, direction, layout = request
    structure = bytearray(struct.calcsize(layout))
    struct.pack_into(f"={len(values)}I", structure, 0, *values)
    code = direction << 30 | len(structure) << 16 | ord("V") << 8 | number
    ioctl(node, code, structure)
    return struct.unpack(layout, structure)


def _listed(node: int, request: _Request, *values: int) -> Iterator[tuple[Any, ...]]:
    """Every entry of a list the device keeps."""
    for index in count():
        try:
            yield _ask(node, request, index, *values)
        except OSError as e:
            if e.errno in _NONE_SUCH:
                return
            raise


def _sizes(node: int, code: int) -> Iterator[tuple[int, int]]:
    none = True
    for _, _, kind, *bounds in _listed(node, _ENUM_FRAMESIZES, code):
        none = False
        if kind == _DISCRETE:
            yield bounds[0], bounds[1]
            continue
        left, right, across, top, bottom, down = bounds
        for width, height in sorted({*_SIZES, (right, bottom)}):
            fits = left <= width <= right and top <= height <= bottom
            if fits and (width - left) % (across or 1) == 0 and (height - top) % (down or 1) == 0:
                yield width, height
        return  # such a list has one entry, and some drivers repeat it for ever
    current = _current(node, _CAPTURE_BUFFER) if none else None
    if current is not None and current.fourcc == _fourcc(code):
        yield current.width, current.height


def _rates(node: int, code: int, width: int, height: int) -> Iterator[Fraction]:
    for _, _, _, _, kind, *terms in _listed(node, _ENUM_FRAMEINTERVALS, code, width, height):
        if kind == _DISCRETE:
            yield from _rate(terms[0], terms[1])
            continue
        fastest, slowest = _rate(terms[0], terms[1]), _rate(terms[2], terms[3])
        yield from fastest
        if fastest and slowest:
            yield from usual_rates(slowest[0], fastest[0])
        return


def _rate(numerator: int, denominator: int) -> list[Fraction]:
    """The rate of a frame interval in s; none where the device says nonsense."""
    return [Fraction(denominator, numerator)] if numerator and denominator else []


def _current(node: int, buffer: int) -> Format | None:
    """The format set, or None where there is none yet."""
    try:
        _, width, height, code = _ask(node, _G_FMT, buffer)
    except OSError as e:
        if e.errno in _NONE_SUCH:
            return None
        raise
    return Format(_fourcc(code), width, height)


def _fourcc(code: int) -> str:
    return (code & 0x7FFF_FFFF).to_bytes(4, "little").decode("latin-1").strip()


def _text(field: bytes) -> str:
    return field.split(b"\0")[0].decode("utf-8", "replace").strip()
