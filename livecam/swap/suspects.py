"""Which of the faces may be the wearer's; in doubt, a face may be."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from livecam.face import Box, Face
from livecam.picture import Picture
from livecam.swap.looks import Verdict
from livecam.swap.options import Faces, Order
from livecam.swap.recognition import Opinion
from livecam.swap.selection import first
from livecam.tracking import Reason

_LEFT_S, _HIDDEN_S = 1.0, 5.0
"""How long somebody whose face was lost is reckoned with, though others are still followed: at the
sides of the picture, where people leave; and within it, where they turn away or are covered."""
_SETTLE_S = 0.25
"""How long after somebody has appeared instead; the detector looks twice in it."""
_AWAY_S = 1.0
"""Whoever appears after nobody was suspected for so long has come, not just turned back."""
_STRANGE_S = 30.0
"""How long it is reckoned with that this was not the wearer, who may come yet."""
_EDGE = 0.5
"""How near to the side that is, in longer sides of the face's box."""
_NOTHING: Mapping[int, Opinion] = MappingProxyType({})


class Suspects:
    """Tells the wearer from others by time, and by what is recognised, if anything is.

    The wearer is one face at first sight. As long as that face is followed without a break and
    without a doubt, every further face is somebody else's: whoever was seen beside the wearer is
    not the wearer. From then on everybody who appears is a suspect until recognised as somebody
    else; those who were known to be others stay so while they are followed, keep away from suspects
    and are not recognised as the wearer.

    Args:
        wearers: How many there are.
    """

    def __init__(self, wearers: int = 1) -> None:
        self._wearers = wearers
        self._which: Faces | None = None
        self._begun = False
        self._unbroken = False
        self._recognised = False
        self._suspects: set[int] = set()
        self._others: set[int] = set()
        self._boxes: dict[int, Box] = {}
        self._missed_until_s: list[float] = []
        self._suspected_s = 0.0
        self._strange_until_s: float | None = None

    @property
    def strange(self) -> bool:
        """Whether those who are suspected came lately, and the wearer may come yet."""
        return self._strange_until_s is not None

    @property
    def unbroken(self) -> bool:
        """Whether the wearer has been followed without a doubt since first sight."""
        return self._unbroken

    @property
    def certain(self) -> bool:
        """Whether the wearer is known to be among the faces last updated with."""
        return self._unbroken or self._recognised

    @property
    def missing(self) -> bool:
        """Whether a suspect was lost who may still be in the picture, found by nobody."""
        return bool(self._missed_until_s)

    def update(
        self,
        faces: Sequence[Face],
        which: Faces,
        order: Order,
        picture: Picture,
        time_s: float,
        *,
        troubles: Mapping[int, Reason],
        cut: bool,
        opinions: Mapping[int, Opinion] = _NOTHING,
    ) -> list[Face]:
        """Those of `faces` that must not be seen as they are.

        Args:
            faces: Of one frame.
            which: All, the wearer's, or those of people who are recognised; when it changes, all
                begins anew.
            order: The wearer is the first in it.
            picture: Of the frame.
            time_s: Presentation time of the frame.
            troubles: What is wrong with some of them, by `track_id`.
            cut: Whether the scene changed with this frame.
            opinions: Who they are, as far as that is known, by `track_id`.
        """
        if which is not self._which:
            self._begin(which)
        here = {face.track_id for face in faces}
        lost = self._lose(here, troubles, cut=cut)
        new = here - self._suspects - self._others
        self._miss([_patience(self._boxes[one], picture.width) for one in lost], len(new), time_s)
        self._boxes = {face.track_id: face.box for face in faces}
        self._wonder(time_s, came=bool(new))
        self._place([face for face in faces if face.track_id in new], which, order, picture)
        disproved = self._disproved(faces, troubles)
        self._suspects |= disproved
        self._others -= disproved
        self._believe(opinions)
        if self._suspects:
            self._suspected_s = time_s
        return [face for face in faces if face.track_id in self._suspects]

    def _lose(self, here: set[int], troubles: Mapping[int, Reason], *, cut: bool) -> set[int]:
        """Forgets those who are not here any more; the suspects among them are returned."""
        lost = self._suspects - here
        if lost or cut or self._suspects & troubles.keys():
            self._unbroken = False
        self._suspects -= lost
        self._others &= here
        if cut:
            self._suspects, self._others = self._suspects | self._others, set()
        return lost

    def _begin(self, which: Faces) -> None:
        self._which, self._begun = which, False
        self._unbroken = self._recognised = False
        self._suspects, self._others = set(), set()

    def _miss(self, lost_s: Sequence[float], found: int, time_s: float) -> None:
        """Reckons with each of the lost for so long, with those who may be found not much longer.

        Whoever is found first may be who covered the one that was lost.
        """
        waiting = [until for until in self._missed_until_s if 0 < until - time_s <= _HIDDEN_S]
        waiting += [time_s + patience for patience in lost_s]
        settling = [time_s + _SETTLE_S] * len(waiting[:found])
        self._missed_until_s = settling + waiting[found:]

    def _wonder(self, time_s: float, *, came: bool) -> None:
        """Notes whether whoever came may not be the wearer."""
        if self._strange_until_s is not None and time_s > self._strange_until_s:
            self._strange_until_s = None
        if self._begun and came and not self._suspects and time_s - self._suspected_s > _AWAY_S:
            self._strange_until_s = time_s + _STRANGE_S

    def _disproved(self, faces: Sequence[Face], troubles: Mapping[int, Reason]) -> set[int]:
        """Those of the others who may be the wearer after all."""
        near = [face.box for face in faces if face.track_id in self._suspects]
        return {
            face.track_id
            for face in faces
            if face.track_id in self._others
            and (
                any(face.box.iou(box) > 0 for box in near)
                or (face.track_id in troubles and not self.certain)
            )
        }

    def _believe(self, opinions: Mapping[int, Opinion]) -> None:
        """Releases strangers, and knows the wearer again.

        Where the wearer's number turns out to be on a stranger, nobody is known to be another
        except strangers.
        """
        told = {
            verdict: {n for n, opinion in opinions.items() if opinion.verdict is verdict}
            for verdict in Verdict
        }
        strangers, known = told[Verdict.STRANGER], told[Verdict.KNOWN]
        if self._unbroken and not self._suspects - strangers:
            self._unbroken = False
            self._suspects |= self._others
        self._suspects = (self._suspects - strangers) | known
        self._others = (self._others | strangers) - self._suspects
        here = {opinions[n].person for n in known}
        self._recognised = len(here) == self._wearers
        if self._recognised:
            self._missed_until_s, self._strange_until_s = [], None

    def _place(self, new: Sequence[Face], which: Faces, order: Order, picture: Picture) -> None:
        """Decides about those who were not there before."""
        if which is Faces.ONE and not self._begun and (wearer := first(new, order, picture)):
            self._suspects.add(wearer.track_id)
            self._begun = self._unbroken = True
        ids = {face.track_id for face in new}
        if self._unbroken:
            self._others |= ids - self._suspects
        else:
            self._suspects |= ids


def _patience(box: Box, width: int) -> float:
    """How long to reckon with somebody who was last seen at `box`, s."""
    near = _EDGE * max(box.width, box.height)
    within = near < box.left and box.right < width - near
    return _HIDDEN_S if within else _LEFT_S
