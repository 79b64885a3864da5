"""Whose face changes."""

import math
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from livecam.face import Box, Face
from livecam.picture import Picture
from livecam.swap.options import Faces, Order

_PATIENCE_S = 1.0
"""How long the one who was chosen is waited for before another is taken."""
_SAME_PLACE = 0.2
"""Overlap with where the chosen face was last, from which a new track is taken for it."""

_KEYS: Mapping[Order, Callable[[Face, Picture], float]] = MappingProxyType(
    {
        Order.LEFT_RIGHT: lambda face, _: face.box.centre[0],
        Order.RIGHT_LEFT: lambda face, _: -face.box.centre[0],
        Order.TOP_BOTTOM: lambda face, _: face.box.centre[1],
        Order.BOTTOM_TOP: lambda face, _: -face.box.centre[1],
        Order.SMALL_LARGE: lambda face, _: face.box.area,
        Order.LARGE_SMALL: lambda face, _: -face.box.area,
        Order.BEST_WORST: lambda face, _: -face.score,
        Order.WORST_BEST: lambda face, _: face.score,
        Order.CENTRE: lambda face, picture: math.dist(
            face.box.centre, ((picture.width - 1) / 2, (picture.height - 1) / 2)
        ),
    }
)


def first(faces: Sequence[Face], order: Order, picture: Picture) -> Face | None:
    """The face of `picture` that comes first in `order`; None where there is none."""
    key = _KEYS[order]
    return min(faces, key=lambda face: key(face, picture), default=None)


class Selection:
    """Remembers who was chosen."""

    def __init__(self) -> None:
        self._chosen: int | None = None
        self._box: Box | None = None
        self._seen_s = 0.0

    def choose(
        self, faces: Sequence[Face], which: Faces, order: Order, picture: Picture, time_s: float
    ) -> list[Face]:
        """Those of `faces` that change.

        Args:
            faces: Of one frame.
            which: All, or one.
            order: The one was first in it when somebody had to be chosen.
            picture: Of the frame.
            time_s: Presentation time of the frame.
        """
        if which is Faces.MANY:
            return list(faces)
        chosen = next((face for face in faces if face.track_id == self._chosen), None)
        if chosen is None:
            chosen = self._successor(faces, order, picture, time_s)
        if chosen is None:
            return []
        self._chosen, self._box, self._seen_s = chosen.track_id, chosen.box, time_s
        return [chosen]

    def _successor(
        self, faces: Sequence[Face], order: Order, picture: Picture, time_s: float
    ) -> Face | None:
        if self._box is None or time_s - self._seen_s > _PATIENCE_S or time_s < self._seen_s:
            return first(faces, order, picture)
        here = self._box
        back = max(faces, key=lambda face: face.box.iou(here), default=None)
        return back if back is not None and back.box.iou(here) > _SAME_PLACE else None
