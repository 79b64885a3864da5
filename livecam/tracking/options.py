"""Options of the tracker."""

from typing import Annotated

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class TrackingOptions:
    """When the detector looks, and how long a face is believed in."""

    detect_every_s: Annotated[float, Field(ge=0, le=10)] = 0.5
    """Longest time between two looks of the detector, s: how late a further face may be found; 2 s
    where one face changes and the further one is less than half as large. 0 looks at every
    frame."""
    search_every_s: Annotated[float, Field(ge=0, le=10)] = 0.1
    """The same while no face is followed, or one was lost within the last second, s."""
    min_presence: Annotated[float, Field(ge=0, le=1)] = 0.5
    """Where the landmarker is less sure than this that it sees a face, it is not followed, 0–1."""
    coast_s: Annotated[float, Field(ge=0, le=5)] = 0.4
    """How long a face that the landmarker does not see is carried on by its motion alone, s."""
    max_faces: Annotated[int, Field(ge=1, le=64)] = 8
    """Most faces followed at a time; the largest count."""
