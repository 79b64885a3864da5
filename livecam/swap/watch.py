"""Who runs a masker: in line, or on a thread of its own beside the frames.

In line a frame waits for the masker, and the same frames always give the same masks. Beside, no
frame waits: the masker looks at a bounded rate, and what it saw is carried along in between.
"""

from collections.abc import Collection
from dataclasses import dataclass
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

    def share(self, view: View, regions: Collection[Region], *, every_s: float) -> Share | None:
        """How much of each pixel is face; None where that is not known yet.

        Args:
            view: Of one face, in the order of frames.
            regions: As for `Masker.mask`.
            every_s: How often the masker may look at a face beside the frames, s.

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
        every_s: float,  # noqa: ARG002 – as Watch
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


@dataclass(slots=True)
class _Known:
    """What is known of a subject."""

    asked_s: float
    waiting: bool = True
    """Whether the masker is still to answer."""
    seen: Seen | None = None


class Beside:
    """Looks on a thread of its own, which the first view starts."""

    def __init__(self, masker: Masker) -> None:
        self._masker = masker
        self._worker = Worker("masker", self._look, waiting=_WAITING)
        self._known: dict[int, tuple[_Subject, _Known]] = {}

    def share(self, view: View, regions: Collection[Region], *, every_s: float) -> Share | None:
        """See `Watch.share`."""
        for subject, seen in self._worker.answers():
            asked, known = self._known.get(subject.track_id, (None, None))
            if known is not None and asked == subject:
                known.seen, known.waiting = seen, False
        subject = _Subject(view.track_id, view.laid_out_by, frozenset(regions))
        before, known = self._known.get(view.track_id, (None, None))
        if known is None or before != subject:
            known = _Known(view.time_s)
            self._known[view.track_id] = subject, known
            self._worker.ask((subject, view))
        elif not known.waiting and abs(view.time_s - known.asked_s) >= every_s:
            known.asked_s, known.waiting = view.time_s, True
            self._worker.ask((subject, view))
        return known.seen.carried_to(view.image) if known.seen else None

    def forget(self, alive: set[int]) -> None:
        """See `Watch.forget`."""
        self._known = {key: known for key, known in self._known.items() if key in alive}

    def close(self) -> None:
        """Ends the thread, after the look it is busy with."""
        self._worker.close()

    def _look(self, question: tuple[_Subject, View]) -> tuple[_Subject, Seen]:
        subject, view = question
        share = look(self._masker, view.image, subject.regions)
        return subject, Seen(view.image, share, view.drawn)
