"""Options of every detector."""

from typing import Annotated

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class DetectorOptions:
    """How closely a picture is searched for faces."""

    longest_side: Annotated[int, Field(ge=64, le=4096)] = 480
    """The picture is shrunk until its longer side has this many px. CenterFace finds every face
    whose eyes are then 10 px apart; half the side takes a quarter of the time."""
    min_score: Annotated[float, Field(ge=0, le=1)] = 0.5
    """What scores less is no face, 0–1."""
