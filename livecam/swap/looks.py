"""Looks of an embedder at one face, and what they say together.

Measured with MobileFaceNet on the rendered people: three clips of 300 frames, every fifth, against
their portraits and against a first look into the camera. Cosines up to 40° of yaw: the same person
0.59 and more (median 0.9), with a hand before the face too; others 0.43 and less. Beyond 45° the
same person has 0.40 to 0.60, others 0.32 and less. A bad look takes the same person far down, and
hardly anybody else up: blurred by σ = 3.6 % of the face's width 0.31, smeared by 20 % of it 0.22,
in a tenth of the light 0.22; others then have at most 0.39, 0.37 and 0.48. So any look may tell
that it is somebody, and only clear ones that it is not. One does not suffice: of clear looks, dark
glasses leave 0.44 and more, with a hand besides 0.17; a mask over nose and mouth 0.42 and more.

Hence a distance of 0.5 by default. With 0.6, person b was taken for a in 82 of 150 frames of a
scene in which the two cross, as the reference of a is within 0.57 of b's best looks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from statistics import fmean

import numpy as np

from livecam.face import Box, Embedding, Face
from livecam.picture import Picture
from livecam.swap.quality import sharpness

_LEAST_WIDTH = 32.0
"""px; down to 24 the same person keeps 0.42."""
_MAX_TURN = 0.6
"""How far the nose is from between the eyes, of their distance: 0.4 at 25° of yaw, 0.7 at 40°."""
_LEAST_CONTRAST = 8.0
"""Standard deviation of a face's luma; 16 in a third of the usual light, 6 in a tenth."""
_LEAST_SHARPNESS = 0.45
"""As `sharpness` counts; a blur of 3 % of the face's width leaves as much."""
_FASTEST = 3.0
"""Widths of the face per second; half of what smears it by a fifth of its width at 15 fps."""

_GAP = 0.1
"""How much less alike than a person's own face one is that is clearly somebody else's."""
_DOUBTFUL = 0.05
"""How much more alike an unclear look must be to count, and how much less alike a clear one that
ends it."""
_ENOUGH, _ENOUGH_S = 3, 0.35
"""Clear looks, and the time from first to last, s, before a face is nobody's."""


class Verdict(Enum):
    """What looks say of a face."""

    UNKNOWN = "unknown"
    """Too little."""
    KNOWN = "known"
    """It is one of the people."""
    STRANGER = "stranger"
    """It is clearly none of them."""


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """One look."""

    embedding: Embedding
    """Of length 1."""
    clear: bool
    """Whether it may tell that somebody is not there."""
    time_s: float


Pictures = Sequence[Embedding]
"""Of one person, each of length 1."""


def is_clear(picture: Picture, face: Face, before: Box | None, interval_s: float) -> bool:
    """Whether a look at a face shows enough of it.

    Args:
        picture: What it is on.
        face: Where it is.
        before: Where it was `interval_s` before; None where that is not known.
        interval_s: s
    """
    box = face.box
    beyond = box.left < 0 or box.top < 0 or box.right > picture.width or box.bottom > picture.height
    if beyond or box.width < _LEAST_WIDTH or _turn(face) > _MAX_TURN:
        return False
    if before is not None:
        way = np.subtract(box.centre, before.centre)
        if float(np.hypot(*way)) > _FASTEST * box.width * interval_s:
            return False
    rows, columns = slice(int(box.top), int(box.bottom)), slice(int(box.left), int(box.right))
    lit = float(picture.luma[rows, columns].std()) >= _LEAST_CONTRAST
    return lit and sharpness(picture, face.landmarks) >= _LEAST_SHARPNESS


def _turn(face: Face) -> float:
    """How far the head is turned, whatever landmarker saw it."""
    left, right, nose = face.landmarks[:3]
    eyes = right - left
    return abs(float((nose - (left + right) / 2) @ eyes)) / max(float(eyes @ eyes), 1e-6)


def likeness(look: Look, pictures: Pictures) -> float:
    """The largest cosine to one of the pictures; −1 without any."""
    return max((float(look.embedding @ other) for other in pictures), default=-1.0)


@dataclass(frozen=True, slots=True)
class Weighed:
    """What some looks say together."""

    verdict: Verdict
    nearest: int
    """The person whom the face is most like."""
    denied: bool
    """Whether it should no longer be taken for anybody."""


def weigh(looks: Sequence[Look], people: Sequence[Pictures], *, same: float) -> Weighed:
    """What looks at a face say: clear ones by their mean, others only where they are most alike.

    Args:
        looks: At least one, in the order of time.
        people: At least one.
        same: Cosine from which a face is a person's.
    """
    clear = [look for look in looks if look.clear]
    alike = [
        fmean(likeness(look, pictures) for look in clear)
        if clear
        else max(likeness(look, pictures) for look in looks) - _DOUBTFUL
        for pictures in people
    ]
    best = max(alike)
    verdict = Verdict.UNKNOWN
    if best >= same:
        verdict = Verdict.KNOWN
    elif best <= same - _GAP and _is_long(clear):
        verdict = Verdict.STRANGER
    denied = best < same - (_DOUBTFUL if clear else _GAP)
    return Weighed(verdict, alike.index(best), denied)


def contradicts(look: Look, people: Sequence[Pictures], verdict: Verdict, *, same: float) -> bool:
    """Whether one look says the opposite of the verdict of those before it."""
    alike = max(likeness(look, pictures) for pictures in people)
    if verdict is Verdict.KNOWN:
        return look.clear and alike <= same - _GAP
    return verdict is Verdict.STRANGER and alike >= (same if look.clear else same + _DOUBTFUL)


def _is_long(looks: Sequence[Look]) -> bool:
    return len(looks) >= _ENOUGH and looks[-1].time_s - looks[0].time_s >= _ENOUGH_S
