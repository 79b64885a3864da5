"""Detector graphs with the names and shapes of the published ones, that see painted squares.

The published weights of most cannot be had here. These answer by the book: each cell of each grid
looks at its middle pixel, and scores where that is just the colour it waits for, normalised as the
publisher does. Then it tells a box and landmarks that are the same in every cell. So a mistake in
normalisation, channels, grids, anchors or decoding shows in what comes back.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from drafting import Colour, Dims, Draft, seen
from numpy.typing import NDArray

from livecam.runtime.manifest import Manifest
from livecam.runtime.session import Session

SCORE = 0.9
PAINTS: Sequence[Colour] = (
    (235, 60, 40),
    (50, 200, 70),
    (40, 80, 230),
    (230, 210, 50),
    (220, 70, 210),
    (60, 220, 220),
)


@dataclass(frozen=True)
class Grid:
    """The cells of one stride that wait for one colour."""

    stride: int
    anchor: int
    paint: Colour

    @property
    def number(self) -> int:
        return PAINTS.index(self.paint)

    def places(self) -> NDArray[np.float64]:
        """(5, 2) px of the canvas from the cell's corner: told apart by every coordinate."""
        n = np.arange(10).reshape(5, 2)
        return self.stride * (0.31 * n - 1.2 + 0.07 * self.number + 0.013 * n**2)

    def box(self) -> NDArray[np.float64]:
        """Left, top, right, bottom, px of the canvas from the cell's corner."""
        sides = np.array([-1.1, -1.3, 1.9, 2.4]) + 0.05 * self.number
        return np.asarray(self.stride * sides, np.float64)


@dataclass(frozen=True)
class Book:
    """What the publisher of a model says of it."""

    name: str
    dims: Dims
    mean: float
    std: float
    channels: str
    grids: Sequence[Grid]
    outputs: Callable[["Book", Draft, Mapping[Grid, str]], Sequence[str]]
    """Drafts the outputs from a map of scores (1, 1, h, w) for each grid."""

    def session(self, manifest: Manifest, folder: Path) -> Session:
        draft = Draft()
        scores = {}
        for grid in self.grids:
            half = draft.constant([grid.stride // 2] * 2, np.int64)
            step = draft.constant([grid.stride] * 2, np.int64)
            ends, axes = draft.constant([2**31] * 2, np.int64), draft.constant([2, 3], np.int64)
            middles = draft.node("Slice", self.name, half, ends, axes, step)
            levels = draft.levels_off(middles, seen(grid.paint), self.mean, self.std, self.channels)
            sure = draft.constant(SCORE)
            scores[grid] = draft.node("Mul", draft.likeness(levels, 1.0), sure)
        outputs = self.outputs(self, draft, scores)
        return draft.session(manifest, self.dims, outputs, folder, self.name)


def _everywhere(draft: Draft, like: str, numbers: NDArray[np.float64]) -> str:
    """(1, n, h, w) of the same n numbers in each cell of `like` (1, 1, h, w)."""
    nothing = draft.node("Mul", like, draft.constant(0.0))
    return draft.node("Add", nothing, draft.constant(numbers.reshape(1, -1, 1, 1)))


def _rows(draft: Draft, maps: str, numbers: int, *, batch: bool, name: str) -> str:
    """Maps (1, c, h, w) as rows of `numbers`, cell by cell."""
    last = draft.node("Transpose", maps, perm=[0, 2, 3, 1])
    return draft.shaped(last, [1, -1, numbers] if batch else [-1, numbers], name)


def _scrfd(book: Book, draft: Draft, scores: Mapping[Grid, str], names: Sequence[str]) -> list[str]:
    for level, stride in enumerate((8, 16, 32)):
        pair = [grid for grid in book.grids if grid.stride == stride]
        boxes = [np.abs(grid.box()) / stride for grid in pair]
        parts = {
            1: [scores[grid] for grid in pair],
            4: [_everywhere(draft, scores[g], box) for g, box in zip(pair, boxes, strict=True)],
            10: [_everywhere(draft, scores[g], g.places().ravel() / stride) for g in pair],
        }
        for kind, (numbers, maps) in enumerate(parts.items()):
            both = draft.node("Concat", *maps, axis=1)
            _rows(draft, both, numbers, batch=False, name=names[3 * kind + level])
    return list(names)


def _yunet(book: Book, draft: Draft, scores: Mapping[Grid, str]) -> list[str]:
    for grid in book.grids:
        stride, box = grid.stride, grid.box() / grid.stride
        centre, size = (box[:2] + box[2:]) / 2, np.log(box[2:] - box[:2])
        for name, share in ((f"cls_{stride}", SCORE), (f"obj_{stride}", 1 / SCORE)):
            part = draft.node("Mul", scores[grid], draft.constant(share))
            _rows(draft, part, 1, batch=True, name=name)
        told = _everywhere(draft, scores[grid], np.concatenate([centre, size]))
        _rows(draft, told, 4, batch=True, name=f"bbox_{stride}")
        places = _everywhere(draft, scores[grid], grid.places().ravel() / stride)
        _rows(draft, places, 10, batch=True, name=f"kps_{stride}")
    return [f"{kind}_{s}" for kind in ("cls", "obj", "bbox", "kps") for s in (8, 16, 32)]


def _centerface(book: Book, draft: Draft, scores: Mapping[Grid, str]) -> list[str]:
    (grid,) = book.grids
    left, top, right, bottom = grid.box()
    size = np.array([bottom - top, right - left])
    offset = np.array([top + bottom, left + right]) / 2 / grid.stride - 0.5
    places = (grid.places() - [left, top])[:, ::-1] / size
    draft.node("Identity", scores[grid], name="537")
    told = {"538": np.log(size / grid.stride), "539": offset, "540": places.ravel()}
    for name, numbers in told.items():
        draft.node("Identity", _everywhere(draft, scores[grid], numbers), name=name)
    return ["537", *told]


def _yoloface(book: Book, draft: Draft, scores: Mapping[Grid, str]) -> list[str]:
    levels = []
    for grid in book.grids:
        cells = 640 // grid.stride
        row, column = (axis.ravel() * grid.stride for axis in np.indices((cells, cells)))
        left, top, right, bottom = grid.box()
        numbers = [column + (left + right) / 2, row + (top + bottom) / 2]
        numbers += [np.full(cells**2, right - left), np.full(cells**2, bottom - top)]
        landmarks = []
        for n, (x, y) in enumerate(grid.places()):
            landmarks += [column + x, row + y, np.full(cells**2, 0.2 + 0.1 * n)]
        score = draft.shaped(scores[grid], [1, 1, -1])
        before, after = (draft.constant(np.stack(part)[None]) for part in (numbers, landmarks))
        levels.append(draft.node("Concat", before, score, after, axis=1))
    return [draft.node("Concat", *levels, axis=2, name="output")]


def _grids(*strides: int, anchors: int = 1) -> list[Grid]:
    cells = [(stride, anchor) for stride in strides for anchor in range(anchors)]
    return [Grid(*cell, PAINTS[n]) for n, cell in enumerate(cells)]


def _scrfd_book(names: str) -> Book:
    def outputs(book: Book, draft: Draft, scores: Mapping[Grid, str]) -> list[str]:
        return _scrfd(book, draft, scores, names.split())

    grids = _grids(8, 16, 32, anchors=2)
    return Book("input.1", [1, 3, "?", "?"], 127.5, 128, "rgb", grids, outputs)


BOOKS: Mapping[str, Book] = {
    "centerface": Book("input.1", [10, 3, 32, 32], 0, 1, "rgb", _grids(4), _centerface),
    "yunet": Book("input", [1, 3, 640, 640], 0, 1, "bgr", _grids(8, 16, 32), _yunet),
    "scrfd_2_5g": _scrfd_book("446 466 486 449 469 489 452 472 492"),
    "scrfd_10g": _scrfd_book("448 471 494 451 474 497 454 477 500"),
    "yoloface_8n": Book("input", [1, 3, 640, 640], 0, 255, "rgb", _grids(8, 16, 32), _yoloface),
}
"""By the name of the manifest."""
