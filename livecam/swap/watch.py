"""Who runs a masker: in line, or on a thread of its own beside the frames.

In line a frame waits for the masker, and the same frames always give the same masks. Beside, no
frame waits: the masker looks for a share of the time, and what it saw is carried along in between.
"""

import time
from collections.abc import Collection
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from livecam.maskers import Masker, Region
from livecam.picture import Image, Plane
from livecam.pipeline.worker import Worker
from livecam.swap.seen import Seen, Share, look

_WAITING = 16
"""Faces that may wait for the masker."""


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A face's crop in one frame."""

    track_id: int
    image: Image
    """uint8 (s, s, 3) RGB, upright."""
    drawn: Plane
    """uint8 (s, s): where the new face would be drawn."""
    time_s: float
    """Presentation time of the frame."""
    laid_out_by: object
    """What was seen in a crop that something else laid out means nothing in this one."""


class Watch(Protocol):
    """Knows where one masker sees the face."""

    def share(self, view: View, regions: Collection[Region], *, effort: float) -> Share | None:
        """How much of each pixel is face; None where that is not known yet.

        Args:
            view: Of one face, in the order of frames.
            regions: As for `Masker.mask`.
            effort: How much of the time the masker may look beside the frames, 0–1.

        Raises:
            LivecamError: The masker failed, now or earlier.
        """

    def forget(self, alive: set[int]) -> None:
        """Drops what was seen of tracks that are not in `alive`."""

    def close(self) -> None:
        """Ends what `share` started, and waits for the end. May be called again."""


class InLine:
    """Looks at every view, on the thread that asks."""

    def __init__(self, masker: Masker) -> None:
        self._masker = masker

    def share(
        self,
        view: View,
        regions: Collection[Region],
        *,
        effort: float,  # noqa: ARG002 – as Watch
    ) -> Share:
        """See `Watch.share`."""
        return look(self._masker, view.image, regions)

    def forget(self, alive: set[int]) -> None:
        """Nothing was kept."""

    def close(self) -> None:
        """Nothing was started."""


@dataclass(frozen=True, slots=True)
class _Subject:
    """What is looked at; what was seen of another says nothing of this one."""

    track_id: int
    laid_out_by: object
    regions: frozenset[Region]


@dataclass(frozen=True, slots=True, eq=False)
class _Answer:
    subject: _Subject
    seen: Seen
    took_s: float
    """How long the look took."""


@dataclass(slots=True)
class _Known:
    """What is known of a subject."""

    subject: _Subject
    asked_s: float
    waiting: bool = True
    """Whether the masker is still to answer."""
    seen: Seen | None = None


class Beside:
    """Looks on a thread of its own, which the first view starts."""

    def __init__(self, masker: Masker) -> None:
        # A method of its own would be a cycle, and keep the masker until garbage is collected.
        self._worker = Worker("masker", partial(_answered, masker), waiting=_WAITING)
        self._known: dict[int, _Known] = {}
        self._took_s = 0.0

    def share(self, view: View, regions: Collection[Region], *, effort: float) -> Share | None:
        """See `Watch.share`."""
        for answer in self._worker.answers():
            self._took_s = answer.took_s
            known = self._known.get(answer.subject.track_id)
            if known is not None and known.subject == answer.subject:
                known.seen, known.waiting = answer.seen, False
        subject = _Subject(view.track_id, view.laid_out_by, frozenset(regions))
        known = self._known.get(view.track_id)
        pause_s = self._took_s * len(self._known) / effort
        if known is None or known.subject != subject:
            known = self._known[view.track_id] = _Known(subject, view.time_s)
            self._worker.ask((subject, view))
        elif not known.waiting and abs(view.time_s - known.asked_s) >= pause_s:
            known.asked_s, known.waiting = view.time_s, True
            self._worker.ask((subject, view))
        return known.seen.carried_to(view.image) if known.seen else None

    def forget(self, alive: set[int]) -> None:
        """See `Watch.forget`."""
        self._known = {key: known for key, known in self._known.items() if key in alive}

    def close(self) -> None:
        """Ends the thread, after the look it is busy with."""
        self._worker.close()


def _answered(masker: Masker, question: tuple[_Subject, View]) -> _Answer:
    subject, view = question
    start = time.perf_counter()
    share = look(masker, view.image, subject.regions)
    return _Answer(subject, Seen(view.image, share, view.drawn), time.perf_counter() - start)
