"""Landmarker graphs with the names and shapes of the published ones, that see five painted dots.

The published weights of most cannot be had here. These answer by the book: where the crop, once
normalised as the publisher does, shows just the colour of a dot, they take the middle of those
pixels for an eye, the nose or a corner of the mouth, and tell it in the unit and the order of the
published graph. Points that none of the five is made of lie at fixed places of the crop. So a
mistake in normalisation, channels, crop, unit or decoding shows in what comes back.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from drafting import Colour, Dims, Draft, seen
from numpy.typing import NDArray

from livecam.runtime.manifest import Manifest
from livecam.runtime.session import Session

SURE = 0.6
"""The presence that is to come back."""
DOTS: Sequence[Colour] = (
    (235, 60, 40),
    (50, 200, 70),
    (40, 80, 230),
    (230, 210, 50),
    (220, 70, 210),
)
IMAGENET = (123.675, 116.28, 103.53), (58.395, 57.12, 57.375)
EYES_NOSE_MOUTH = ([*range(36, 42)], [*range(42, 48)], [30], [48], [54])


@dataclass(frozen=True)
class Book:
    """What the publisher of a model says of it."""

    name: str
    dims: Dims
    side: int
    """Of the crop, px."""
    mean: float | tuple[float, float, float]
    std: float | tuple[float, float, float]
    channels: str
    margin: float | tuple[float, float]
    """Side of the crop over the larger side of the box; or of each over each."""
    forehead: float
    """How far the box reaches above the points, in heights of them."""
    count: int
    parts: Sequence[Sequence[int]]
    """Of which points each of the five is the middle."""
    outputs: Callable[[Draft, str, str], Sequence[str]]
    """Drafts them from points (1, n, 2), px from the crop's corner, and from a likeness, 0–1."""
    last: str = "nchw"

    def session(self, manifest: Manifest, folder: Path) -> Session:
        draft = Draft()
        image = self.name
        if self.last == "nhwc":
            image = draft.node("Transpose", image, perm=[0, 3, 1, 2])
        across = (np.arange(self.side) + 0.5).reshape(1, 1, 1, -1)
        axes = draft.constant(across), draft.constant(across.transpose(0, 1, 3, 2))
        every = draft.constant([1, 2, 3], np.int64)
        middles, likenesses = [], []
        for dot in DOTS:
            levels = draft.levels_off(image, seen(dot), self.mean, self.std, self.channels)
            weights = draft.likeness(levels, 12.0)
            total = draft.node("ReduceSum", weights, every, keepdims=0)
            total = draft.node("Add", total, draft.constant(1e-9))
            for axis in axes:
                moment = draft.node("Mul", weights, axis)
                moment = draft.node("ReduceSum", moment, every, keepdims=0)
                middles.append(draft.node("Div", moment, total))
            exact = draft.likeness(levels, 1.0)
            likenesses.append(draft.node("ReduceMax", exact, axes=[1, 2, 3], keepdims=0))
        five = draft.shaped(draft.node("Concat", *middles, axis=0), [5, 2])
        share, fixed = self.recipe()
        points = draft.node("MatMul", draft.constant(share), five)
        points = draft.node("Add", points, draft.constant(fixed))
        points = draft.shaped(points, [1, self.count, 2])
        likeness = draft.node("Min", *likenesses)
        outputs = self.outputs(draft, points, likeness)
        return draft.session(manifest, self.dims, outputs, folder, self.name)

    def recipe(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """What of the five each point is made of, (n, 5), and what is added, (n, 2) px."""
        share = np.zeros((self.count, 5))
        n = np.arange(self.count)
        fixed = np.stack([40 + n % 17 * 7.3, 30 + n % 23 * 6.1], axis=1) * self.side / 256
        for which, part in enumerate(self.parts):
            share[part, which] = 1
            angle = 2 * np.pi * np.arange(len(part)) / len(part) + 0.4
            ring = np.stack([7 * np.cos(angle), 4 * np.sin(angle)], axis=1)
            fixed[part] = ring if len(part) > 1 else 0
        return share, fixed


def _scaled(draft: Draft, value: str, factor: float, shift: float = 0.0) -> str:
    return draft.node(
        "Add", draft.node("Mul", value, draft.constant(factor)), draft.constant(shift)
    )


def _fan(draft: Draft, points: str, likeness: str) -> Sequence[str]:
    scores = draft.constant(np.full((1, 68, 1), 0.77))
    draft.node("Concat", _scaled(draft, points, 64 / 256), scores, axis=2, name="landmarks_xyscore")
    n = np.arange(68)
    maps = np.tile(0.1 * (n % 3).reshape(1, 68, 1, 1) / 3, (1, 1, 64, 64))
    # Peaks that differ, whose mean is 1.
    maps[0, n, n % 64, (5 * n) % 64] = np.where(n % 2, 0.8, 1.2)
    draft.node("Mul", draft.constant(maps), _scaled(draft, likeness, 0.9 * SURE), name="heatmaps")
    return "landmarks_xyscore", "heatmaps"


def _peppa(draft: Draft, points: str, likeness: str) -> Sequence[str]:
    shares = np.where(np.arange(68) % 2, 0.8, 1.2).reshape(1, 68, 1)
    scores = draft.node("Mul", draft.constant(shares), _scaled(draft, likeness, 0.95 * SURE))
    rows = draft.node("Concat", _scaled(draft, points, 64 / 256), scores, axis=2)
    return (draft.shaped(rows, [1, 204], "output"),)


def _insightface(draft: Draft, points: str, likeness: str) -> Sequence[str]:  # noqa: ARG001 – it is never unsure
    return (draft.shaped(_scaled(draft, points, 1 / 96, -1.0), [1, 212], "fc1"),)


def _facemesh(draft: Draft, points: str, likeness: str) -> Sequence[str]:
    depth = draft.constant(np.arange(468).reshape(1, 468, 1) / 10)
    space = draft.node("Concat", points, depth, axis=2)
    draft.shaped(space, [1, 1, 1, 1404], "conv2d_21")
    logit = _scaled(draft, likeness, float(np.log(SURE / (1 - SURE))) + 50, -50)
    draft.shaped(logit, [1, 1, 1, 1], "conv2d_31")
    return "conv2d_21", "conv2d_31"


def _openseeface(draft: Draft, points: str, likeness: str) -> Sequence[str]:
    # Pixel centres at integers, in cells of 223 / 27 px.
    cells = draft.shaped(_scaled(draft, points, 27 / 223, -0.5 * 27 / 223), [66, 2])
    nearest = draft.node("Floor", _scaled(draft, cells, 1, 0.5))
    rest = draft.node("Sub", cells, nearest)
    offsets = draft.node("Sigmoid", _scaled(draft, rest, 16 / 27))
    x, y = (
        [
            draft.shaped(draft.node("Gather", value, index, axis=1), [66, 1, 1])
            for value in (nearest, offsets)
        ]
        for index in (draft.constant(0, np.int64), draft.constant(1, np.int64))
    )
    rows, columns = np.indices((28, 28))
    apart = [
        draft.node("Abs", draft.node("Sub", draft.constant(axis), cell))
        for axis, cell in ((columns, x[0]), (rows, y[0]))
    ]
    far = draft.node("Add", *apart)
    peak = draft.constant(np.where(np.arange(66) % 2, 0.9, 1.1).reshape(66, 1, 1))
    # Between a bare wall and certainty, see the manifest.
    wanted = 0.45 + SURE * (0.85 - 0.45)
    peak = draft.node("Mul", peak, _scaled(draft, likeness, wanted))
    maps = draft.node("Div", peak, _scaled(draft, far, 1, 1))
    nothing = draft.node("Mul", maps, draft.constant(0.0))
    # Only the cell of the peak tells the right offset.
    astray = _scaled(draft, draft.node("Min", far, draft.constant(1.0)), 0.2)
    spoilt = draft.node("Add", nothing, astray)
    down, right = (draft.node("Add", spoilt, value) for value in (y[1], x[1]))
    every = draft.node("Concat", maps, down, right, axis=0)
    return (draft.shaped(every, [1, 198, 28, 28], "output"),)


_FAN = (256, 0, 255)
BOOKS: Mapping[str, Book] = {
    "facemesh": Book(
        "input_1", [1, 192, 192, 3], 192, 0, 255, "rgb", 1.45, 0.0,
        468, ([33, 133], [362, 263], [4], [61], [291]), _facemesh, last="nhwc",
    ),
    "fan_2d_4": Book(
        "input", [1, 3, 256, 256], *_FAN, "rgb", 256 / 195, 0.3, 68, EYES_NOSE_MOUTH, _fan
    ),
    "peppa_wutz": Book(
        "input", [1, 3, 256, 256], *_FAN, "bgr", 256 / 195, 0.3, 68, EYES_NOSE_MOUTH, _peppa
    ),
    "insightface_2d106": Book(
        "data", ["None", 3, 192, 192], 192, 0, 1, "rgb", 1.5, 0.3,
        106, ([38], [88], [86], [52], [61]), _insightface,
    ),
    "openseeface_66": Book(
        "input", ["batch_size", 3, 224, 224], 224, *IMAGENET, "rgb", (1.2, 1.25), 0.0,
        66, ([*range(36, 42)], [*range(42, 48)], [30], [58], [62]), _openseeface,
    ),
}  # fmt: skip
"""By the name of the manifest."""
