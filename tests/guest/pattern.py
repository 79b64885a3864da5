"""A picture that says which one it is: a counter in cells along the top, colours below."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import numpy.typing as npt

from livecam.frame import VideoFormat
from livecam.picture import Colour, Matrix, Picture

WIDTH, HEIGHT = 320, 180
HELD = 240, 136
"""Another size, of nearly the same shape: what a program holds the device at."""
RATE = Fraction(10)
COLOUR = Colour(Matrix.BT601)
FORMAT = VideoFormat(WIDTH, HEIGHT, RATE, COLOUR)
BARS = {
    "white": (235, 235, 235),
    "yellow": (210, 210, 30),
    "cyan": (30, 210, 210),
    "green": (30, 210, 30),
    "magenta": (210, 30, 210),
    "red": (210, 30, 30),
    "blue": (30, 30, 210),
    "black": (20, 20, 20),
}
"""RGB, from left to right."""

_BITS = 16
_CELL = WIDTH // _BITS
_BAR = WIDTH // len(BARS)
_Samples = npt.NDArray[np.uint8]


def blank(width: int, height: int) -> Picture:
    """Black."""
    return Picture.from_rgb(np.zeros((height, width, 3), np.uint8), COLOUR)


def _unnumbered() -> Picture:
    image = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    for place, colour in enumerate(BARS.values()):
        image[_CELL:, place * _BAR : (place + 1) * _BAR] = colour
    return Picture.from_rgb(image, COLOUR)


_UNNUMBERED = _unnumbered()


def numbered(number: int) -> Picture:
    """The picture that says `number`, 0–65535."""
    bits = [235 if number >> bit & 1 else 16 for bit in range(_BITS)]
    y = _UNNUMBERED.y.copy()
    y[:_CELL] = np.repeat(np.array(bits, np.uint8), _CELL)
    return Picture(y, _UNNUMBERED.u, _UNNUMBERED.v, COLOUR)


def number(luma: npt.NDArray[np.generic]) -> int:
    """What a luma or grey picture (h, w) of any size and range says."""
    height, width = luma.shape
    row = luma[height * _CELL // (2 * HEIGHT)]
    centres = [int((bit + 0.5) * width / _BITS) for bit in range(_BITS)]
    return sum(1 << bit for bit, x in enumerate(centres) if row[x] > 126)


def bars(plane: npt.NDArray[np.generic]) -> list[int]:
    """The values of `plane` (h, w), of any size, in the middle of every bar."""
    height, width = plane.shape
    centres = [int((place + 0.5) * width / len(BARS)) for place in range(len(BARS))]
    return [int(plane[height * 2 // 3, x]) for x in centres]


def expected_bars() -> list[tuple[float, float, float]]:
    """Y, U and V of every bar: ITU-R BT.601-7, 2.5, in the limited range."""
    values = []
    for red, green, blue in BARS.values():
        luma = 0.299 * red + 0.587 * green + 0.114 * blue
        u = (blue - luma) / 1.772
        v = (red - luma) / 1.402
        values.append((16 + luma * 219 / 255, 128 + u * 224 / 255, 128 + v * 224 / 255))
    return values


def planes(samples: _Samples, layout: str, width: int, height: int) -> list[_Samples]:
    """Y, U and V (GRAY: Y alone) of one raw frame; chroma as the layout has it."""
    luma = width * height
    half = height // 2, width // 2
    if layout == "I420":
        y, u, v = np.split(samples, [luma, luma + luma // 4])
        return [y.reshape(height, width), u.reshape(half), v.reshape(half)]
    if layout == "NV12":
        y, uv = np.split(samples, [luma])
        return [y.reshape(height, width), uv[0::2].reshape(half), uv[1::2].reshape(half)]
    if layout == "GRAY":
        return [samples.reshape(height, width)]
    first = 0 if layout == "YUYV" else 1
    y = samples[first::2].reshape(height, width)
    chroma = samples[1 - first :: 2].reshape(height, width)
    return [y, chroma[:, 0::2], chroma[:, 1::2]]


def raw_frames(
    path: Path, layout: str, width: int = WIDTH, height: int = HEIGHT
) -> list[list[_Samples]]:
    """The planes of every whole frame in a file of raw frames."""
    sizes = {"I420": 3, "NV12": 3, "YUYV": 4, "UYVY": 4, "GRAY": 2}
    size = width * height * sizes[layout] // 2
    data = np.fromfile(path, np.uint8)
    frames = data[: len(data) // size * size].reshape(-1, size)
    return [planes(frame, layout, width, height) for frame in frames]
