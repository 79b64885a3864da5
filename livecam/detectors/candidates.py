"""What a detector's head decodes to."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Every place that scores as a face, several per face.

    Coordinates are px of the picture looked at, with its corner at 0, so that the centre of the
    first pixel lies at 0.5.
    """

    boxes: NDArray[np.float32]
    """float32 (n, 4): left, top, right, bottom."""
    scores: NDArray[np.float32]
    """float32 (n,), 0–1."""
    landmarks: NDArray[np.float32]
    """float32 (n, 5, 2), ordered as `Detection.landmarks`."""


def joined(parts: Sequence[Candidates]) -> Candidates:
    """All candidates of several grids or looks, in their order."""
    return Candidates(
        np.concatenate([part.boxes for part in parts]),
        np.concatenate([part.scores for part in parts]),
        np.concatenate([part.landmarks for part in parts]),
    )


class Decode(Protocol):
    """Makes candidates of the outputs of one family's graphs."""

    def __call__(
        self, outputs: Sequence[NDArray[Any]], *, width: int, min_score: float
    ) -> Candidates:
        """Those with a score of at least `min_score`, from the outputs in the graph's order.

        Args:
            outputs: Of a batch of one.
            width: Of the detector's input, px.
            min_score: 0–1.
        """
