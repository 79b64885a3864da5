"""A number and a time written into a picture, so that whoever sees it later can read them.

Black and white blocks in two rows at the top, over the whole width. They survive scaling, video
codecs and conversions of colour and range, and a checksum tells whether they did.
"""

import binascii
from dataclasses import dataclass

import cv2
import numpy as np

from livecam.picture import Plane

_COLUMNS, _ROWS = 48, 2
_NUMBER, _TIME = 4, 6
_DARK, _BRIGHT, _BETWEEN = 40, 215, 128
_FAINTEST = 24


@dataclass(frozen=True, slots=True)
class Timestamp:
    """What is written."""

    number: int
    """0 to 2³² − 1; of the frame."""
    time_us: int
    """0 to 2⁴⁸ − 1, µs; nine years."""


def strip_height(width: int) -> int:
    """How many rows of a picture that wide the blocks take: even, px."""
    return 2 * _ROWS * round(width / _COLUMNS / 2)


def write_timestamp(luma: Plane, timestamp: Timestamp) -> None:
    """Writes `timestamp` over the top of `luma`, uint8 (h, w). Chroma there should be neutral."""
    number = timestamp.number.to_bytes(_NUMBER, "big")
    message = number + timestamp.time_us.to_bytes(_TIME, "big")
    message += _checksum(message)
    bits = np.unpackbits(np.frombuffer(message, np.uint8)).reshape(_ROWS, _COLUMNS)
    blocks = np.where(bits, _BRIGHT, _DARK).astype(np.uint8)
    size = luma.shape[1], strip_height(luma.shape[1])
    luma[: size[1]] = cv2.resize(blocks, size, interpolation=cv2.INTER_NEAREST)


def read_timestamp(luma: Plane) -> Timestamp | None:
    """What is written in `luma`, uint8 (h, w) in any range; None where nothing can be read."""
    height, width = strip_height(luma.shape[1]), luma.shape[1]
    if luma.shape[0] < height or width < _COLUMNS:
        return None
    strip = np.ascontiguousarray(luma[:height])
    # Three samples a block along each axis: the middle one is far from its neighbours.
    means = cv2.resize(strip, (3 * _COLUMNS, 3 * _ROWS), interpolation=cv2.INTER_AREA)[1::3, 1::3]
    if np.abs(means.astype(int) - _BETWEEN).min() < _FAINTEST:
        return None
    message = np.packbits(means > _BETWEEN).tobytes()
    written, checksum = message[: _NUMBER + _TIME], message[_NUMBER + _TIME :]
    if checksum != _checksum(written):
        return None
    number, time_us = written[:_NUMBER], written[_NUMBER:]
    return Timestamp(int.from_bytes(number, "big"), int.from_bytes(time_us, "big"))


def _checksum(message: bytes) -> bytes:
    return binascii.crc_hqx(message, 0xFFFF).to_bytes(2, "big")
