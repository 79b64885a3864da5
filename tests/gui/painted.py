"""A picture whose quarters can be told apart, and a mailbox that holds it."""

import time
from fractions import Fraction

import numpy as np

from livecam.frame import Frame
from livecam.picture import Colour, Matrix, Picture
from livecam.sinks.preview import Preview

RED, GREEN, BLUE, GREY = (200, 40, 40), (40, 180, 60), (50, 60, 210), (150, 150, 150)
"""From left to right, from top to bottom."""
COLOUR = Colour(Matrix.BT601)


def quarters(width: int = 320, height: int = 180) -> Picture:
    image = np.empty((height, width, 3), np.uint8)
    image[: height // 2, : width // 2], image[: height // 2, width // 2 :] = RED, GREEN
    image[height // 2 :, : width // 2], image[height // 2 :, width // 2 :] = BLUE, GREY
    return Picture.from_rgb(image, COLOUR)


class Mailbox(Preview):
    """A preview without a run, that counts how often somebody looks."""

    def __init__(self, picture: Picture | None) -> None:
        super().__init__()
        self.looks = 0
        self.picture = picture

    def newest(self) -> Frame | None:
        self.looks += 1
        if self.picture is None:
            return None
        now = time.monotonic()
        return Frame(self.picture, self.looks, round(now * 1e6), Fraction(1, 1_000_000), now)
