"""The picture of the synthetic camera: a head that sways in a blurred room, at little cost."""

import math
from dataclasses import dataclass

import cv2
import numpy as np

from livecam.picture import Colour, Image, Mask, Matrix, Picture, Plane
from livecam.vision.mask import smoothstep
from livecam.vision.timestamp import strip_height

SCENE_COLOUR = Colour(Matrix.BT601)
_NEUTRAL = 128
_BLUR = 12
"""px of a room 128 px wide."""
_LEFT, _TOP, _RIGHT, _BOTTOM = 0.2, 0.0, 0.8, 0.86
"""The head in a portrait, in shares of its sides."""
_HEIGHT = 0.8
"""Of the head, in shares of the room below the strip."""
_SWAY_S, _NOD_S = 4.0, 2.9
_REACH = 0.7
"""How much of the room to its sides the head uses."""


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """What a frame is made of, laid out beforehand: it is one copy and one blend."""

    room: Picture
    head: Picture
    """Multiplied by its mask."""
    around: Picture
    """255 − mask, in all three planes."""

    @classmethod
    def of(cls, portrait: Image, width: int, height: int) -> "Scene":
        """The scene of a square portrait, width × height px."""
        strip = strip_height(width)
        small = cv2.GaussianBlur(cv2.resize(portrait, (128, 128)), (0, 0), _BLUR)
        room = Picture.from_rgb(np.asarray(cv2.resize(small, (width, height))), SCENE_COLOUR)
        room.u[: strip // 2] = room.v[: strip // 2] = _NEUTRAL
        face, mask = _cut_out(portrait, round(_HEIGHT * (height - strip)))
        head = Picture.from_rgb(face, SCENE_COLOUR)
        half = cv2.resize(mask, head.u.shape[::-1], interpolation=cv2.INTER_AREA)
        shown = Picture(mask, np.asarray(half, np.uint8), np.asarray(half, np.uint8))
        around = Picture(255 - shown.y, 255 - shown.u, 255 - shown.v)
        return cls(room, _product(head, shown), around)

    def at(self, time_s: float) -> Picture:
        """A new picture of the scene at that time, s."""
        strip = strip_height(self.room.width)
        sway = math.sin(2 * math.pi * time_s / _SWAY_S)
        nod = math.sin(2 * math.pi * time_s / _NOD_S)
        beside = self.room.width - self.head.width
        below = self.room.height - self.head.height - strip
        # In pairs of pixels, so that chroma samples stay whole.
        left = round(beside * (1 + _REACH * sway) / 4)
        top = round(below * (1 + nod) / 4) + strip // 2
        room, head, around = self.room, self.head, self.around
        return Picture(
            _with(room.y, head.y, around.y, 2 * left, 2 * top),
            _with(room.u, head.u, around.u, left, top),
            _with(room.v, head.v, around.v, left, top),
            SCENE_COLOUR,
        )


def _cut_out(portrait: Image, height: int) -> tuple[Image, Mask]:
    """The head, about `height` px high and of even size, and where it is."""
    side = len(portrait)
    left, right = round(_LEFT * side), round(_RIGHT * side)
    head = portrait[round(_TOP * side) : round(_BOTTOM * side), left:right]
    size = 2 * round(height * head.shape[1] / head.shape[0] / 2), 2 * round(height / 2)
    face = cv2.resize(head, size, interpolation=cv2.INTER_AREA)
    down, across = np.mgrid[: size[1], : size[0]]
    distance = np.hypot(2 * across / size[0] - 1, 2 * down / size[1] - 1)
    mask = 255 * (1 - smoothstep(distance, 0.85, 1.0))
    return np.asarray(face, np.uint8), mask.astype(np.uint8)


def _product(head: Picture, shares: Picture) -> Picture:
    planes = zip((head.y, head.u, head.v), (shares.y, shares.u, shares.v), strict=True)
    y, u, v = (_times(samples, share) for samples, share in planes)
    return Picture(y, u, v, head.colour)


def _times(samples: Plane, share: Plane) -> Plane:
    return np.asarray(cv2.multiply(samples, share, scale=1 / 255), np.uint8)


def _with(room: Plane, head: Plane, around: Plane, left: int, top: int) -> Plane:
    """A copy of `room` with the head at that place."""
    plane = room.copy()
    height, width = head.shape
    box = plane[top : top + height, left : left + width]
    box[:] = cv2.add(_times(box, around), head)
    return plane
