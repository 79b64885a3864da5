"""What is wanted of a live run, and what whoever wants it is told."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from livecam.errors import LivecamError
from livecam.faces import Wearable
from livecam.live_run import LiveStats
from livecam.runtime.choice import Choice
from livecam.settings import Settings


class Phase(StrEnum):
    """What a passer-by must be able to tell at a glance."""

    OFF = "off"
    """No camera is open."""
    PREVIEW = "preview only"
    """Nothing leaves the window."""
    LIVE = "LIVE"
    """Somebody else may see the picture."""


class Doing(StrEnum):
    """What takes a moment, in words; `{what}` stands for a name."""

    GETTING_READY = "Getting ready"
    LOADING = "Loading {what}"
    PUTTING_ON = "Putting on {what}"
    FETCHING = "Fetching {what}"
    OPENING = "Opening {what}"
    CLOSING = "Closing {what}"
    ENDING = "Closing the camera"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What should be. Replaced whole; what of it fails falls back to what is."""

    settings: Settings
    """All of them; what only a new run can take starts one."""
    face: Wearable
    """As in `Live.face`."""
    camera: str | None = None
    """As in `Live.camera`."""
    outputs: tuple[str, ...] = ()
    """Where the picture goes besides the window, as in `Live.to`."""
    running: bool = False
    """Whether the camera is open at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What is, at one moment."""

    phase: Phase
    doing: Doing | None
    """What is being done; None while nothing is."""
    what: str
    """The name that `doing` is about."""
    share: float | None
    """How far it is, 0–1; None where nobody knows."""
    trouble: LivecamError | None
    """Why the last wish did not come true; None once another did."""
    wanted: Wanted
    face: str
    """Name of the portrait that is worn."""
    providers: tuple[str, ...]
    """What runs the models, in order of choice."""
    choices: Mapping[str, Choice]
    """What runs each model, by its name, and why nothing better does."""
    stats: LiveStats | None
    """None while nothing runs."""


def same_run(one: Wanted, other: Wanted) -> bool:
    """Whether one run can go on from the one to the other."""

    def lasting(wanted: Wanted) -> Settings:
        settings, nothing = wanted.settings, Settings()
        return replace(
            settings,
            swap=nothing.swap,
            models=replace(settings.models, swapper=""),
            live=replace(
                settings.live,
                mirror=False,
                face=None,
                camera=None,
                camera_mode=None,
                to=nothing.live.to,
            ),
            window=nothing.window,
        )

    return lasting(one) == lasting(other)


def called(face: Wearable) -> str:
    """How a face is called while nothing more is known of it."""
    first = face if isinstance(face, str | Path) else face[0]
    return Path(first).name
