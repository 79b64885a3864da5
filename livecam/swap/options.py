"""Options of the swap."""

from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from livecam.swappers.eyes import Eyes


class Faces(StrEnum):
    """Which of the faces in a picture change."""

    ONE = "one"
    """The largest at first sight, and then that one."""
    MANY = "many"
    """All of them."""


class OnLost(StrEnum):
    """What is shown of a frame without a swap."""

    PASS = "pass"
    """The frame as it is."""
    BLUR = "blur"
    """The face made unrecognisable; the whole frame where no face is known."""
    FREEZE = "freeze"
    """The last frame with a swap; before the first, a blurred one."""


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class SwapOptions:
    """Whose face changes, and how. May be replaced while a run goes on."""

    faces: Faces = Faces.ONE
    """Which faces change: one (the largest at first sight, and then that one) or many (all)."""
    on_lost: OnLost = OnLost.PASS
    """What is shown where no face is found or it is turned too far: pass (the frame as it is),
    blur, or freeze (the last frame with a swap)."""
    strength: Annotated[float, Field(ge=0, le=2)] = 0.75
    """How far brows, nose, eyes and mouth move towards the portrait's proportions; 0 leaves them
    where the target's are."""
    eyes: Eyes = Eyes.TARGET
    """Whose eyes are seen: the target's, which look where the target looks, or the portrait's,
    which look at the camera."""
