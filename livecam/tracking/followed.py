"""A frame on its way from the tracker to the swap."""

from dataclasses import dataclass, fields

from livecam.face import Face
from livecam.frame import Frame


@dataclass(frozen=True, slots=True)
class FollowedFrame(Frame):
    """A frame whose faces are known."""

    faces: tuple[Face, ...]
    """In the order in which they first appeared."""
    looked: bool
    """Whether the detector was sent to look at it."""

    @classmethod
    def of(cls, frame: Frame, faces: tuple[Face, ...], *, looked: bool) -> "FollowedFrame":
        """`frame` with its faces."""
        known = {field.name: getattr(frame, field.name) for field in fields(Frame)}
        return cls(**known, faces=faces, looked=looked)
