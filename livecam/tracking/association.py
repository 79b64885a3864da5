"""Which detection is which followed face."""

from collections.abc import Sequence

from livecam.face import Box

_MIN_OVERLAP = 0.2
"""Intersection over union of the detector's box with that of the mesh, which has no forehead."""


def associate(followed: Sequence[Box], detected: Sequence[Box]) -> list[tuple[int, int]]:
    """Pairs (index in `followed`, index in `detected`) of the same face, best first.

    The two that overlap most are a pair, then the two that do of the others, and so on: with
    `followed` carried to this frame by its motion this is what an optimal assignment gives, save
    where faces cover each other, and there the closest is the one in front. Each index occurs at
    most once.
    """
    overlaps = sorted(
        (
            (overlap, i, j)
            for i, a in enumerate(followed)
            for j, b in enumerate(detected)
            if (overlap := a.iou(b)) >= _MIN_OVERLAP
        ),
        key=lambda candidate: (-candidate[0], candidate[1], candidate[2]),
    )
    pairs: list[tuple[int, int]] = []
    rows, columns = set[int](), set[int]()
    for _, i, j in overlaps:
        if i not in rows and j not in columns:
            pairs.append((i, j))
            rows.add(i)
            columns.add(j)
    return pairs
