"""What a video device is asked, and what is made of its answers.

There is no device here: a stand-in for the kernel answers in its structures. The guest's tests
ask real drivers.
"""

import errno
import os
import struct
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import pytest

from livecam.media import v4l2
from livecam.media.modes import Mode
from livecam.media.v4l2 import Capabilities, Format

if struct.calcsize("P") != 8:
    pytest.skip("the structures below are those of 64-bit machines", allow_module_level=True)
pytest.importorskip("fcntl", reason="V4L2 is Linux's")

# As the C compiler makes them of the kernel's header on a 64-bit machine.
QUERYCAP, ENUM_FMT, G_FMT = 0x80685600, 0xC0405602, 0xC0D05604
STREAMON, FRAMESIZES, FRAMEINTERVALS = 0x40045612, 0xC02C564A, 0xC034564B
CAPTURE, OUTPUT, META, PER_NODE = 0x1, 0x2, 0x0080_0000, 0x8000_0000
DISCRETE, CONTINUOUS, STEPWISE = 1, 2, 3
NODE = Path(os.devnull)


@dataclass
class Kernel:
    """Answers the ioctls of one device."""

    capabilities: tuple[int, int] = (CAPTURE | META | PER_NODE, CAPTURE)
    formats: tuple[str, ...] = ()
    sizes: dict[str, list[tuple[int, ...]]] = field(default_factory=dict)
    """By fourcc; each entry its kind, then its bounds."""
    intervals: dict[tuple[str, int, int], list[tuple[int, ...]]] = field(default_factory=dict)
    current: dict[int, tuple[int, int, str]] = field(default_factory=dict)
    """By kind of buffer."""
    revived: bool = False

    def ioctl(self, _node: int, code: int, structure: bytearray) -> None:
        first = struct.unpack_from("I", structure)[0]
        if code == QUERYCAP:
            names = b"a driver", "A caméra".encode(), b"usb-1"
            struct.pack_into("16s32s32sIII", structure, 0, *names, 0x60000, *self.capabilities)
        elif code == ENUM_FMT:
            assert struct.unpack_from("I", structure, 4)[0] == 1
            struct.pack_into("I", structure, 44, number(entry(self.formats, first)))
        elif code == G_FMT:
            if first not in self.current:
                raise OSError(errno.EINVAL, "no format on that side")
            width, height, fourcc = self.current[first]
            struct.pack_into("III", structure, 8, width, height, number(fourcc))
        elif code == FRAMESIZES:
            listed = entry(self.sizes.get(name(structure), []), first)
            struct.pack_into(f"{len(listed)}I", structure, 8, *listed)
        elif code == FRAMEINTERVALS:
            size = struct.unpack_from("II", structure, 8)
            listed = entry(self.intervals.get((name(structure), *size), []), first)
            struct.pack_into(f"{len(listed)}I", structure, 16, *listed)
        elif code == STREAMON and first == 2:
            self.revived = True
            raise OSError(errno.EINVAL, "complains all the same")
        else:
            raise AssertionError(f"unknown ioctl {code:#x} of {len(structure)} bytes")


def entry(entries, index):
    if index >= len(entries):
        raise OSError(errno.EINVAL, "the end of the list")
    return entries[index]


def number(fourcc: str) -> int:
    return int.from_bytes(fourcc.encode(), "little")


def name(structure: bytearray) -> str:
    return structure[4:8].decode()


@pytest.fixture
def plugged_in(monkeypatch: pytest.MonkeyPatch):
    def plug(kernel: Kernel) -> Kernel:
        monkeypatch.setattr(v4l2, "ioctl", kernel.ioctl)
        return kernel

    return plug


def test_says_what_a_device_is(plugged_in) -> None:
    plugged_in(Kernel())
    assert v4l2.capabilities(NODE) == Capabilities(
        "a driver", "A caméra", "usb-1", captures=True, outputs=False
    )


@pytest.mark.parametrize(
    ("of_all", "of_node", "captures", "outputs"),
    [
        (CAPTURE | META | PER_NODE, META, False, False),  # a webcam's node for metadata
        (CAPTURE | OUTPUT | PER_NODE, OUTPUT, False, True),  # a loopback nobody writes to
        (CAPTURE | OUTPUT, 0, True, True),  # a driver that tells nothing of its nodes
    ],
)
def test_goes_by_what_the_node_can_do(plugged_in, of_all, of_node, captures, outputs) -> None:
    plugged_in(Kernel(capabilities=(of_all, of_node)))
    can = v4l2.capabilities(NODE)
    assert (can.captures, can.outputs) == (captures, outputs)


def test_lists_formats_sizes_and_rates(plugged_in) -> None:
    plugged_in(
        Kernel(
            formats=("YUYV", "MJPG", "BA81"),
            sizes={
                "YUYV": [(DISCRETE, 640, 480), (DISCRETE, 1280, 720)],
                "MJPG": [(DISCRETE, 1280, 720)],
                "BA81": [(DISCRETE, 64, 64)],
            },
            intervals={
                ("YUYV", 640, 480): [(DISCRETE, 1, 30), (DISCRETE, 1, 15), (DISCRETE, 1, 15)],
                ("YUYV", 1280, 720): [(DISCRETE, 1, 10), (DISCRETE, 0, 0)],
                ("MJPG", 1280, 720): [(DISCRETE, 1001, 30000)],
            },
        )
    )
    assert v4l2.modes(NODE) == [
        Mode("yuyv422", 640, 480, (Fraction(15), Fraction(30))),
        Mode("yuyv422", 1280, 720, (Fraction(10),)),
        Mode("mjpeg", 1280, 720, (Fraction(30000, 1001),)),
    ]


def test_lists_the_usual_sizes_and_rates_within_bounds(plugged_in) -> None:
    plugged_in(
        Kernel(
            formats=("NV12",),
            sizes={"NV12": [(STEPWISE, 320, 1300, 4, 180, 731, 1)] * 99},
            intervals={("NV12", 1280, 720): [(CONTINUOUS, 1, 40, 1, 12, 1, 1000)]},
        )
    )
    modes = {(mode.width, mode.height): mode.rates for mode in v4l2.modes(NODE)}
    assert (1280, 720) in modes
    assert (320, 180) in modes
    assert (1300, 731) in modes
    assert (1920, 1080) not in modes
    assert (160, 120) not in modes
    assert modes[1280, 720] == (15, 20, 24, 25, 30, 40)
    assert modes[640, 360] == ()


def test_a_device_without_a_list_of_sizes_has_the_one_it_is_set_to(plugged_in) -> None:
    kernel = plugged_in(Kernel(formats=("YU12", "YUYV"), current={1: (800, 600, "YUYV")}))
    assert v4l2.modes(NODE) == [Mode("yuyv422", 800, 600, ())]
    kernel.current.clear()
    assert v4l2.modes(NODE) == []


def test_says_the_format_of_each_side(plugged_in) -> None:
    plugged_in(Kernel(current={2: (640, 360, "YU12")}))
    assert v4l2.current_format(NODE, output=True) == Format("YU12", 640, 360)
    assert v4l2.current_format(NODE) is None


def test_revives_the_side_for_writing(plugged_in) -> None:
    kernel = plugged_in(Kernel())
    v4l2.revive_output(NODE)
    assert kernel.revived


def test_what_is_no_video_device_says_so() -> None:
    with pytest.raises(OSError, match="ioctl") as refused:
        v4l2.capabilities(NODE)
    assert refused.value.errno == errno.ENOTTY


def test_what_is_not_there_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        v4l2.modes(tmp_path / "video0")
