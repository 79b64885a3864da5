"""A round paper held before the face of the demo clip, and where it is."""

from dataclasses import dataclass
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray
from stand_ins import PAPER

RADIUS = 34.0
"""px."""


@dataclass(frozen=True)
class Covered:
    """One frame of the clip."""

    paper: NDArray[np.bool_]
    """bool (h, w): well inside the paper."""
    face: NDArray[np.bool_]
    """bool (h, w): the inner face, wherever the paper is not and not beside it either."""


def cover(clip: Path, covered: Path, *, frames: int, swing: float = 55.0) -> list[Covered]:
    """Writes the beginning of `clip`, truth beside it, without loss, a paper going to and fro.

    Args:
        clip: Of 640 × 360 px.
        covered: Where to write.
        frames: How many.
        swing: How far the paper goes, px of the face; at 0 it goes along with the head.
    """
    with np.load(clip.with_suffix(".npz")) as truth:
        points = truth["points"]
    pattern = cv2.resize(
        np.random.default_rng(0).uniform(0.8, 1.0, (12, 12)).astype(np.float32),
        (80, 80),
        interpolation=cv2.INTER_NEAREST,
    )
    found = []
    with av.open(clip) as source, av.open(covered, "w") as target:
        stream = target.add_stream("ffv1", rate=30)
        stream.width, stream.height, stream.pix_fmt = 640, 360, "yuv420p"
        for index, frame in enumerate(source.decode(video=0)):
            if index == frames:
                break
            inner = points[index][17:]
            x, y = inner.mean(axis=0) + np.array([swing * np.sin(index / 9), 25])
            image, one = _painted(frame.to_ndarray(format="rgb24"), float(x), float(y), pattern)
            drawn = np.zeros(one.shape, np.uint8)
            cv2.fillConvexPoly(drawn, cv2.convexHull(inner.astype(np.int32)), (1,))
            beside = cv2.dilate(one.astype(np.uint8), np.ones((25, 25), np.uint8)) == 0
            inside = cv2.erode(one.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
            found.append(Covered(inside, (drawn > 0) & beside))
            shown = av.VideoFrame.from_ndarray(image, format="rgb24")
            shown.pts = index
            target.mux(stream.encode(shown.reformat(format="yuv420p")))
        target.mux(stream.encode(None))
    return found


def _painted(
    image: NDArray[np.uint8], x: float, y: float, pattern: NDArray[np.float32]
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    rows, columns = np.mgrid[: image.shape[0], : image.shape[1]]
    one = np.hypot(columns - x, rows - y) < RADIUS
    at = (rows - round(y) + 40).clip(0, 79), (columns - round(x) + 40).clip(0, 79)
    painted = image.copy()
    painted[one] = (pattern[at][one][:, None] * np.float32(PAPER)).astype(np.uint8)
    return painted, one
