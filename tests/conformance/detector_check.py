"""Whether a detector gives back, px by px, what its double was painted to see."""

from itertools import pairwise
from pathlib import Path

import numpy as np
from detector_doubles import BOOKS, SCORE, Book, Grid
from drafting import Colour
from numpy.typing import NDArray

from livecam.detectors import FAMILIES, DetectorOptions
from livecam.detectors.options import QuarterTurn
from livecam.face import Detection
from livecam.picture import Image, Picture
from livecam.runtime.manifest import Manifest

SIZES = ((1280, 960), (1280, 691))
"""Of the frames; the second shrinks by a little more in width than in height."""
CELLS = ((2, 3), (8, 2), (14, 6), (3, 7), (9, 7), (16, 2))
"""Column, row in the coarsest grid: so far apart that no face covers another."""
BACKGROUND: Colour = (16, 16, 16)


def check_detector(manifest: Manifest, folder: Path) -> None:
    """Fails where anything between the picture and the faces is not by the book."""
    book = BOOKS[manifest.name]
    session = book.session(manifest, folder)
    turns: tuple[QuarterTurn, ...] = (0, 90, 180, 270)
    for width, height in SIZES:
        image = painted(book, width, height)
        for angle in turns if height == 960 else turns[:1]:
            options = DetectorOptions(longest_side=640, angles=(angle,))
            detector = FAMILIES[manifest.family](manifest, session, options)
            turned = np.ascontiguousarray(np.rot90(image, -angle // 90))
            compare(detector.detect(Picture.from_rgb(turned)), book, angle, width, height)


def painted(book: Book, width: int, height: int) -> Image:
    """A frame with a square for each grid of the book, as large as one of its cells."""
    image = np.full((height, width, 3), BACKGROUND, np.uint8)
    for grid in book.grids:
        near = np.stack([corner(grid), corner(grid) + grid.stride]) * scale(width, height)
        (left, top), (right, bottom) = np.rint(near).astype(int)
        image[top:bottom, left:right] = grid.paint
    return image


def scale(width: int, height: int) -> NDArray[np.float64]:
    """Frame px per px of a thumbnail 640 px wide: across, down."""
    return np.array([width / 640, height / round(height * 640 / width)])


def corner(grid: Grid) -> NDArray[np.int64]:
    """Of the painted cell, px of the canvas; not a cell of a coarser grid's corner."""
    finer = 32 // grid.stride - 1
    return np.array(CELLS[grid.number]) * 32 + finer * grid.stride


def compare(found: list[Detection], book: Book, angle: int, width: int, height: int) -> None:
    assert len(found) == len(book.grids)
    assert all(one.score >= other.score for one, other in pairwise(found))
    left, gain = list(found), scale(width, height)
    for grid in book.grids:
        box = (grid.box().reshape(2, 2) + corner(grid)) * gain - 0.5
        corners = turned(box, angle, width, height)
        box = np.concatenate([corners.min(axis=0), corners.max(axis=0)])
        places = turned((grid.places() + corner(grid)) * gain - 0.5, angle, width, height)
        near = min(left, key=lambda one: np.abs(one.landmarks - places).max())
        left.remove(near)
        got = [near.box.left, near.box.top, near.box.right, near.box.bottom]
        np.testing.assert_allclose(got, box, atol=0.02)
        np.testing.assert_allclose(near.landmarks, places, atol=0.02)
        np.testing.assert_allclose(near.score, SCORE, atol=0.01)


def turned(points: NDArray[np.float64], angle: int, width: int, height: int) -> NDArray[np.float64]:
    """Points of the upright frame in the frame that is rolled clockwise by `angle`."""
    for _ in range(angle // 90):
        points = np.stack([height - 1 - points[:, 1], points[:, 0]], axis=1)
        width, height = height, width
    return points
