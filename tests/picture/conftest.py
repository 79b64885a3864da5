"""A picture whose colour is a formula, so that its value between the samples is known too."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from livecam.picture import HD_VIDEO, Colour, Picture, Siting

Floats = NDArray[np.float64]

OFFSETS = {Siting.LEFT: (0.0, 0.5), Siting.CENTRE: (0.5, 0.5), Siting.TOP_LEFT: (0.0, 0.0)}


@dataclass(frozen=True)
class Scene:
    """Soft waves in all three channels, some 40 px long and more."""

    width: int
    height: int
    colour: Colour

    def yuv(self, x: Floats, y: Floats) -> Floats:
        """Y, U, V at frame px; float64 (..., 3)."""
        luma = 120 + 50 * np.sin(x / 9) * np.cos(y / 11)
        blue = 128 + 30 * np.sin(x / 12 + 1) * np.cos(y / 14)
        red = 128 + 30 * np.cos(x / 13) * np.sin(y / 10 + 2)
        return np.stack([luma, blue, red], axis=-1)

    def picture(self, *, padding: int = 0) -> Picture:
        right, down = OFFSETS[self.colour.siting]
        y, x = np.mgrid[: self.height, : self.width].astype(float)
        rows, columns = (self.height + 1) // 2, (self.width + 1) // 2
        v, u = np.mgrid[:rows, :columns].astype(float)
        chroma = self.yuv(2 * u + right, 2 * v + down)
        planes = [self.yuv(x, y)[..., 0], chroma[..., 1], chroma[..., 2]]
        padded = [np.pad(np.rint(p).astype(np.uint8), ((0, 0), (0, padding))) for p in planes]
        views = [p[:, : p.shape[1] - padding] for p in padded]
        return Picture(*views, self.colour)


@pytest.fixture(scope="session")
def scene() -> Callable[..., Scene]:
    def make(width: int, height: int, colour: Colour = HD_VIDEO) -> Scene:
        return Scene(width, height, colour)

    return make
