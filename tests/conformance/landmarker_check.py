"""Whether a landmarker gives back, to a fraction of a px, what its double was painted to see."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from drafting import rotation
from landmarker_doubles import BOOKS, DOTS, SURE, Book
from numpy.typing import NDArray

from livecam.landmarkers import FAMILIES
from livecam.picture import Picture
from livecam.runtime.manifest import Manifest

WIDTH, HEIGHT = 1000, 800
SHIFT = 4
"""Bits after the point of the places dots are painted at."""

DOT = 0.6
"""px of the crop by which the middle of a dot may be off: its colour is at half size in YUV."""


@dataclass(frozen=True)
class Scene:
    """A face of five dots, and where a landmarker thinks that it is."""

    roll_deg: float
    extent: tuple[float, float]
    """Half width and half height of the points, px of the frame."""
    middle: tuple[float, float]
    five: NDArray[np.float64]
    """(5, 2), px of the frame."""

    @classmethod
    def of(cls, roll_deg: float, extent: tuple[float, float]) -> "Scene":
        middle = (480.3, 420.7)
        upright = np.array([[-0.4, -0.3], [0.4, -0.3], [0.03, 0.1], [-0.3, 0.5], [0.3, 0.52]])
        return cls(roll_deg, extent, middle, upright * extent @ rotation(roll_deg).T + middle)

    def around(self, book: Book) -> NDArray[np.float32]:
        """(n, 2 or 3) px: the five where they are, the others on the box and within."""
        n = np.arange(book.count)
        angle = n * 2.4
        radius = np.where(n % 3, 0.9, 0.6)
        points = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
        sides = [n for n in range(book.count) if not any(n in part for part in book.parts)][:4]
        points[sides] = [[-1, 0.2], [1, -0.1], [0.3, -1], [-0.2, 1]]
        points = points * self.extent @ rotation(self.roll_deg).T + self.middle
        for which, part in enumerate(book.parts):
            points[part] = self.five[which]
        if book.count == 468:
            points = np.column_stack([points, np.zeros(len(points))])
        return points.astype(np.float32)

    def sides(self, book: Book) -> NDArray[np.float64]:
        """Of the crop, px of the frame: across, down."""
        width, height = self.box(book)
        if isinstance(book.margin, tuple):
            return np.array([width * book.margin[0], height * book.margin[1]])
        return np.full(2, book.margin * max(width, height))

    def box(self, book: Book) -> tuple[float, float]:
        half_width, half_height = self.extent
        return 2 * half_width, 2 * half_height * (1 + book.forehead)

    def frame_px(self, places: NDArray[np.float64], book: Book) -> NDArray[np.float64]:
        """Where places of the crop, px from its corner, lie in the frame."""
        gain = self.sides(book) / book.side
        centre = rotation(self.roll_deg) @ [0, -book.forehead * self.extent[1]]
        return ((places - book.side / 2) * gain) @ rotation(self.roll_deg).T + self.middle + centre

    def expected(self, book: Book) -> NDArray[np.float64]:
        share, fixed = book.recipe()
        gain = self.sides(book) / book.side
        told = share @ self.five + (fixed * gain) @ rotation(self.roll_deg).T
        made = share.any(axis=1)
        return np.where(made[:, None], told, self.frame_px(fixed, book))

    def picture(self, book: Book) -> Picture:
        image = np.full((HEIGHT, WIDTH, 3), 128, np.uint8)
        radius = 0.035 * float(self.sides(book).max())
        for (x, y), dot in zip(self.five, DOTS, strict=True):
            centre = round(x * 2**SHIFT), round(y * 2**SHIFT)
            cv2.circle(image, centre, round(radius * 2**SHIFT), dot, -1, cv2.LINE_AA, SHIFT)
        return Picture.from_rgb(image)


SCENES = (
    Scene.of(0, (120, 150)),
    Scene.of(25, (180, 100)),
    Scene.of(-160, (110, 160)),
)


def check_landmarker(manifest: Manifest, folder: Path) -> None:
    """Fails where anything between the picture and the points is not by the book."""
    book = BOOKS[manifest.name]
    landmarker = FAMILIES[manifest.family](manifest, book.session(manifest, folder))
    for scene in SCENES:
        picture = scene.picture(book)
        found = landmarker.locate(picture, scene.around(book))
        px = float(scene.sides(book).max()) / book.side
        # How well the middle of a dot is seen is no matter of the landmarker.
        fixed = ~book.recipe()[0].any(axis=1)
        off = np.abs(found.points[:, :2] - scene.expected(book))
        assert off[fixed].max() < 0.02 * px
        assert off.max() < DOT * px
        np.testing.assert_allclose(found.landmarks, scene.five, rtol=0, atol=DOT * px)
        if book.count == 468:
            depth = found.points[:, 2]
            np.testing.assert_allclose(depth, np.arange(468) / 10 * px, rtol=1e-4, atol=1e-3)
        if found.tells:
            np.testing.assert_allclose(found.presence, SURE, atol=0.005)
        # From a detector's five points the first look is coarse, the second is as good.
        first = landmarker.locate(picture, scene.five.astype(np.float32))
        np.testing.assert_allclose(first.landmarks, scene.five, rtol=0, atol=DOT * px)
