"""Options of every detector."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

QuarterTurn = Literal[0, 90, 180, 270]


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class DetectorOptions:
    """How closely a picture is searched for faces."""

    longest_side: Annotated[int, Field(ge=64, le=4096)] = 480
    """The picture is shrunk until its longer side has this many px. CenterFace finds every face
    whose eyes are then 10 px apart; half the side takes a quarter of the time."""
    min_score: Annotated[float, Field(ge=0, le=1)] = 0.5
    """What scores less is no face, 0–1."""
    angles: Annotated[tuple[QuarterTurn, ...], Field(min_length=1, max_length=4)] = (0,)
    """How far heads may be rolled, clockwise, degrees: 0, 90, 180, 270. Each takes a look of its
    own, and finds heads up to 45° off it; more than one is for those who lie down or hang."""
