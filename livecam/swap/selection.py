"""Whose face changes."""

from collections.abc import Sequence

from livecam.face import Box, Face
from livecam.swap.options import Faces

_PATIENCE_S = 1.0
"""How long the one who was chosen is waited for before another is taken."""
_SAME_PLACE = 0.2
"""Overlap with where the chosen face was last, from which a new track is taken for it."""


class Selection:
    """Remembers who was chosen."""

    def __init__(self) -> None:
        self._chosen: int | None = None
        self._box: Box | None = None
        self._seen_s = 0.0

    def choose(self, faces: Sequence[Face], which: Faces, time_s: float) -> list[Face]:
        """Those of `faces` that change.

        Args:
            faces: Of one frame.
            which: All, or the one that was the largest when somebody had to be chosen.
            time_s: Presentation time of the frame.
        """
        if which is Faces.MANY:
            return list(faces)
        chosen = next((face for face in faces if face.track_id == self._chosen), None)
        if chosen is None:
            chosen = self._successor(faces, time_s)
        if chosen is None:
            return []
        self._chosen, self._box, self._seen_s = chosen.track_id, chosen.box, time_s
        return [chosen]

    def _successor(self, faces: Sequence[Face], time_s: float) -> Face | None:
        largest = max(faces, key=lambda face: face.box.area, default=None)
        if self._box is None or time_s - self._seen_s > _PATIENCE_S or time_s < self._seen_s:
            return largest
        here = self._box
        back = max(faces, key=lambda face: face.box.iou(here), default=None)
        return back if back is not None and back.box.iou(here) > _SAME_PLACE else None
