"""Whether a new scene has begun, from a handful of samples of each frame."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.face import Box
from livecam.picture import Plane

_ROWS, _COLUMNS = 36, 64
_BINS = 32
_MIN_CHANGE = 10.0
"""Grey levels, the mean of all samples. Motion of the camera reaches this, too."""
_MIN_SHIFT = 0.06
"""Of two histograms. Motion keeps it under a third of this; a jump of the light reaches it."""
_STIR = 16
"""Grey levels by which a sample must change against the rest; noise stays below."""
_STIRRED = 12
"""Samples that change when something the size of half a small face moves by its own width."""
_SHOULDERS, _CROWN = 1.5, 1.5
"""How far a person reaches to either side and up from the middle of the face, in sizes of it."""


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """A coarse look of one frame."""

    samples: NDArray[np.uint8]
    """uint8 (n, m), grey levels"""

    @classmethod
    def of(cls, luma: Plane) -> Self:
        """The look of a luma plane, uint8 (h, w); reads some 2,000 samples of it."""
        height, width = luma.shape
        return cls(luma[:: max(height // _ROWS, 1), :: max(width // _COLUMNS, 1)].copy())

    @property
    def histogram(self) -> NDArray[np.float64]:
        """float64 (k,), shares that sum to 1."""
        counts = np.bincount(self.samples.ravel() // (256 // _BINS), minlength=_BINS)
        # Neighbouring bins share, so that a slight change of light moves little.
        return np.convolve(counts / self.samples.size, (0.25, 0.5, 0.25))

    def differs(self, other: Self) -> bool:
        """Whether a cut may lie between the two: both what is where and how much of it changed."""
        change = cv2.norm(self.samples, other.samples, cv2.NORM_L1)
        if change < _MIN_CHANGE * self.samples.size:
            return False
        return float(np.abs(self.histogram - other.histogram).sum()) / 2 > _MIN_SHIFT


def stirs(before: Scene, now: Scene, shape: tuple[int, int], people: Sequence[Box]) -> bool:
    """Whether something besides `people` has changed, as when somebody enters.

    Args:
        before: The look of an earlier frame.
        now: The look of this one.
        shape: Of both frames: height, width, px.
        people: The boxes of the faces that are known.
    """
    change = now.samples.astype(np.int16) - before.samples
    changed = np.abs(change - np.median(change)) > _STIR
    rows, columns = changed.shape
    down, across = rows / shape[0], columns / shape[1]
    for box in people:
        (x, y), size = box.centre, max(box.width, box.height)
        left, right = x - _SHOULDERS * size, x + _SHOULDERS * size
        crown = max(round((y - _CROWN * size) * down), 0)
        changed[crown:, max(round(left * across), 0) : max(round(right * across), 0)] = False
    return int(np.count_nonzero(changed)) >= _STIRRED
