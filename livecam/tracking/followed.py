"""A frame on its way from the tracker to the swap."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from livecam.face import Face
from livecam.frame import Frame
from livecam.tracking.gate import Reason

_OF_FRAME = tuple(field.name for field in fields(Frame))


@dataclass(frozen=True, slots=True)
class FollowedFrame(Frame):
    """A frame whose faces are known."""

    faces: tuple[Face, ...]
    """In the order in which they first appeared."""
    reason: Reason | None
    """Why the detector was sent to look at it; None where it was not."""
    troubles: Mapping[int, Reason]
    """What is wrong with some of the faces, by `track_id`."""

    @classmethod
    def of(
        cls,
        frame: Frame,
        faces: tuple[Face, ...],
        *,
        reason: Reason | None,
        troubles: Mapping[int, Reason],
    ) -> "FollowedFrame":
        """`frame` with its faces."""
        known = {name: getattr(frame, name) for name in _OF_FRAME}
        return cls(**known, faces=faces, reason=reason, troubles=troubles)
