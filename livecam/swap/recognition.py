"""Who the followed faces are: when an embedder looks at them, and what is made of it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

import numpy as np

from livecam.embedders import Embedder
from livecam.face import Box, Embedding, Face
from livecam.picture import Picture
from livecam.swap.looks import (
    Look,
    Pictures,
    Verdict,
    contradicts,
    is_clear,
    likeness,
    weigh,
)
from livecam.tracking import SEEN, Reason

_REMEMBERED = 5
"""Looks that are weighed together, the newest."""
_SETTLED = 3
"""Looks after which somebody who is known is looked at seldom."""
_SELDOM_S = 2.0
_HURRY_S = 2.0
"""How long a face about which nothing is known is looked at often."""
_MOVED = 0.25
"""Overlap of a face's box with the one before below which its number may have a new owner."""
_LEARNT, _NEW = 6, 0.8
"""Pictures that are kept of somebody who is learnt, and how alike two of them may be."""
_LIKELY_S = 3.0
"""After so long a face that is no stranger's is taken for that of who was learnt."""
_TICK_S = 1e-4
"""Slack for times that are rounded, s."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """Who a face is."""

    person: int | None
    """Whom it is taken for until more is known: the number of one of the people, or nobody."""
    verdict: Verdict = Verdict.UNKNOWN
    """What the looks say since its number was last in doubt."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How often faces may be looked at."""

    soon_s: float
    """Again, while nothing is known."""
    later_s: float
    """The same after `_HURRY_S`."""
    at_once: int
    """Faces in one frame."""


FILE_PACE = Pace(soon_s=0.1, later_s=0.25, at_once=64)
LIVE_PACE = Pace(soon_s=0.2, later_s=0.5, at_once=1)
"""A look takes 3 to 6 ms, which a live frame can wait for now and then."""


class _Doubt(Enum):
    """Whether a number is still on the same face."""

    NONE = "none"
    COVERED = "covered"
    """It is, though something may be before it."""
    EXCHANGED = "exchanged"
    """It may be on another one."""


@dataclass(slots=True, eq=False)
class _Acquaintance:
    """One track: what is known of who it is."""

    since_s: float
    """When `doubt` began."""
    box: Box | None = None
    doubt: _Doubt = _Doubt.EXCHANGED
    looks: list[Look] = field(default_factory=list)
    """Since then, the newest last; in doubt only the newest."""
    looked_s: float = -math.inf
    person: int | None = None
    verdict: Verdict = Verdict.UNKNOWN
    told_s: float = 0.0
    """When it was last known who it is, or that it is a stranger; else when it was first seen."""


class Recognition:
    """Tells people apart by few looks: at once where a face is new or in doubt, then seldom.

    A number may have changed its owner, and is doubted, where faces touch, where one jumps, while
    its tracker is in trouble, and after a cut. The same frames give the same opinions.

    Args:
        embedder: Looks at faces.
        people: Those who are to be known, each by some pictures. None learns one person.
        pace: How often it may look.
    """

    def __init__(
        self, embedder: Embedder, people: Sequence[Sequence[Embedding]] | None, *, pace: Pace
    ) -> None:
        self.looks = 0
        """How often the embedder has looked."""
        self._embedder = embedder
        self._given = people
        self._pace = pace
        self.forget()

    def forget(self) -> None:
        """Begins anew; whoever was learnt is unknown again."""
        self._people: list[list[Embedding]] = [[]]
        if self._given is not None:
            self._people = [[_unit(one) for one in pictures] for pictures in self._given]
        self._tracks: dict[int, _Acquaintance] = {}
        self._time_s = 0.0

    @property
    def learns(self) -> bool:
        """Whether the one person is told by `learn`."""
        return self._given is None

    @property
    def people(self) -> int:
        """How many are to be known."""
        return len(self._people)

    def learn(self, track_id: int) -> None:
        """Takes the newest look at a face for a picture of the one person, if it shows more.

        Args:
            track_id: Of a face of the last frame that is that person's beyond doubt.
        """
        known, (pictures,) = self._tracks.get(track_id), self._people
        if known is None or not known.looks or not known.looks[-1].clear:
            return
        known.person, known.verdict = 0, Verdict.KNOWN
        if len(pictures) < _LEARNT and likeness(known.looks[-1], pictures) < _NEW:
            pictures.append(known.looks[-1].embedding)

    def watch(
        self,
        picture: Picture,
        faces: Sequence[Face],
        time_s: float,
        *,
        troubles: Mapping[int, Reason],
        cut: bool,
        max_distance: float,
    ) -> Mapping[int, Opinion]:
        """Who each of `faces` is, by `track_id`; empty while nobody has been learnt.

        Args:
            picture: What they are on.
            faces: Of one frame.
            time_s: Presentation time of the frame.
            troubles: What is wrong with some of them, by `track_id`.
            cut: Whether the scene changed with this frame.
            max_distance: 1 − cosine up to which a face is that of a person.

        Raises:
            ModelError: The embedder failed to run.
        """
        back = time_s < self._time_s
        interval_s, self._time_s = time_s - self._time_s, time_s
        here = {face.track_id for face in faces}
        self._tracks = {n: known for n, known in self._tracks.items() if n in here and not back}
        for face in faces:
            self._doubt(face, faces, troubles.get(face.track_id), cut=cut)
        for face in self._due(faces, troubles):
            self._look(picture, face, interval_s, 1 - max_distance)
        for face in faces:
            self._tracks[face.track_id].box = face.box
        if not all(self._people):
            return {}
        return {face.track_id: self._opinion(self._tracks[face.track_id]) for face in faces}

    def _doubt(
        self, face: Face, faces: Sequence[Face], trouble: Reason | None, *, cut: bool
    ) -> None:
        """Notes whether the number of a face may have a new owner."""
        known = self._tracks.setdefault(
            face.track_id, _Acquaintance(self._time_s, told_s=self._time_s)
        )
        touched = any(other is not face and other.box.iou(face.box) > 0 for other in faces)
        jumped = known.box is not None and known.box.iou(face.box) < _MOVED
        doubt = _Doubt.NONE if trouble is None else _Doubt.COVERED
        if cut or jumped or touched or trouble not in SEEN:
            doubt = _Doubt.EXCHANGED
        if doubt is known.doubt and not cut and not jumped:
            return
        # What was seen before holds no longer, and what was seen meanwhile was seen badly.
        known.doubt, known.since_s = doubt, self._time_s
        known.looks, known.looked_s, known.verdict = [], -math.inf, Verdict.UNKNOWN
        if doubt is _Doubt.EXCHANGED:
            known.person = None

    def _due(self, faces: Sequence[Face], troubles: Mapping[int, Reason]) -> list[Face]:
        """Those that are looked at now, the longest waiting first, of these the largest."""
        waiting = [
            face
            for face in faces
            if troubles.get(face.track_id) in SEEN
            and self._time_s - self._tracks[face.track_id].looked_s + _TICK_S
            >= self._patience_s(self._tracks[face.track_id])
        ]
        waiting.sort(key=lambda face: (self._tracks[face.track_id].looked_s, -face.box.area))
        return waiting[: self._pace.at_once]

    def _patience_s(self, known: _Acquaintance) -> float:
        """How long until a face is looked at again."""
        told = known.verdict is Verdict.STRANGER or (
            known.verdict is Verdict.KNOWN and len(known.looks) >= _SETTLED
        )
        if told and known.doubt is _Doubt.NONE:
            return _SELDOM_S
        hurry = self._time_s - known.since_s < _HURRY_S
        return self._pace.soon_s if hurry else self._pace.later_s

    def _look(self, picture: Picture, face: Face, interval_s: float, same: float) -> None:
        """Looks at one face, and weighs what is known of it."""
        known = self._tracks[face.track_id]
        self.looks += 1
        clear = known.doubt is _Doubt.NONE and is_clear(picture, face, known.box, interval_s)
        embedding = _unit(self._embedder.embed(picture, face.landmarks))
        look = Look(embedding, clear, self._time_s)
        known.looked_s = self._time_s
        people: Sequence[Pictures] = self._people
        if known.doubt is not _Doubt.NONE or contradicts(look, people, known.verdict, same=same):
            known.looks = []
        known.looks = [*known.looks, look][-_REMEMBERED:]
        if not all(people):
            return
        weighed = weigh(known.looks, people, same=same)
        known.verdict = weighed.verdict
        if weighed.verdict is Verdict.KNOWN:
            known.person = weighed.nearest
        elif weighed.denied:
            known.person = None

    def _opinion(self, known: _Acquaintance) -> Opinion:
        verdict = known.verdict if known.doubt is _Doubt.NONE else Verdict.UNKNOWN
        if known.person is not None or verdict is Verdict.STRANGER:
            known.told_s = self._time_s
        long = self._time_s - known.told_s > _LIKELY_S
        if self.learns and long and known.doubt is not _Doubt.EXCHANGED:
            return Opinion(0)
        return Opinion(known.person, verdict)


def _unit(embedding: Embedding) -> Embedding:
    """`embedding` of length 1."""
    length = max(float(np.linalg.norm(embedding)), 1e-12)
    return np.asarray(embedding / length, np.float32)
