"""When the detector must look again. Pure policy: evidence in, a reason or None out."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from livecam.tracking.options import TrackingOptions

_MIN_AGREEMENT = 0.35
"""Share of the followed points; a hand wiping over the face leaves more, a cut next to none."""
_MAX_JUMP = 0.2
"""Of the face's size; where nothing is amiss the landmarker stays within a fifth of this."""
_SEARCH_FOR_S = 1.0
"""How long after a loss the detector keeps looking often, s."""
_SHARP_EVERY_S = 2.0
"""How long small faces may stay unfound where only the followed ones matter, s."""
_TICK_S = 1e-4
"""Slack for times that are rounded, s."""


class Reason(Enum):
    """Why the detector looked."""

    START = "start"
    """Nothing has been looked at yet."""
    CUT = "cut"
    """The whole picture changed."""
    PRESENCE = "presence"
    """The landmarker sees no face where one was followed."""
    FLOW = "flow"
    """The points of a face no longer move as one."""
    JUMP = "jump"
    """The landmarker sees the face somewhere else than motion carried it."""
    SEARCH = "search"
    """No face is followed, or one was lost a moment ago."""
    DUE = "due"
    """The last look is `detect_every_s` ago."""


SEEN = frozenset({None, Reason.FLOW})
"""What may be wrong with a face that the landmarker still sees."""


class Watch(Enum):
    """Who besides the followed faces matters."""

    FOLLOWED = "followed"
    """Nobody, but who comes near to them: routine looks find faces of half their size, and smaller
    ones only now and then."""
    EVERYBODY = "everybody"
    """Whoever appears is to be found by the next look."""
    ALERT = "alert"
    """Whoever appears is to be found soon: the detector looks as often as while nobody is followed,
    and whenever something stirs beside those who are."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a face that was followed into a frame."""

    presence: float
    """The landmarker's, 0–1."""
    agreement: float
    """Share of the followed points that moved as one, 0–1."""
    jump: float
    """Mean distance of the landmarker's points from the predicted ones, in face sizes."""

    @property
    def flows(self) -> bool:
        """Whether the motion can be believed."""
        return self.agreement >= _MIN_AGREEMENT

    @property
    def jumps(self) -> bool:
        """Whether the landmarker contradicts the motion."""
        return self.jump > _MAX_JUMP


def trouble(evidence: Evidence, options: TrackingOptions) -> Reason | None:
    """What is wrong with a face, or None."""
    if evidence.presence < options.min_presence:
        return Reason.PRESENCE
    if evidence.jumps:
        return Reason.JUMP
    return None if evidence.flows else Reason.FLOW


def reason_to_look(
    options: TrackingOptions,
    *,
    since_look_s: float | None,
    since_loss_s: float | None,
    following: bool,
    cut: bool,
    troubles: Sequence[Reason],
) -> Reason | None:
    """Why the detector must look at this frame, or None.

    Args:
        options: The user's.
        since_look_s: Time since the last look, s; None before the first.
        since_loss_s: Time since a face was last lost, s; None where none was.
        following: Whether any face is followed.
        cut: Whether the scene changed with this frame.
        troubles: What befell the followed faces and has not been looked at yet.
    """
    if since_look_s is None:
        return Reason.START
    if cut:
        return Reason.CUT
    if troubles:
        return troubles[0]
    waited_s = since_look_s + _TICK_S
    lost = since_loss_s is not None and since_loss_s < _SEARCH_FOR_S
    if (lost or not following) and waited_s >= options.search_every_s:
        return Reason.SEARCH
    return Reason.DUE if waited_s >= options.detect_every_s else None


def may_be_coarse(reason: Reason, watch: Watch, since_sharp_s: float | None) -> bool:
    """Whether a look need not find faces that are small beside the followed ones.

    Args:
        reason: For the look.
        watch: Who matters.
        since_sharp_s: Time since the last look that was to find everybody, s; None before it.
    """
    if reason is not Reason.DUE or watch is not Watch.FOLLOWED or since_sharp_s is None:
        return False
    return since_sharp_s + _TICK_S < _SHARP_EVERY_S
