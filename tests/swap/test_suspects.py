"""Who may be the wearer: in doubt, everybody."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from livecam.face import Box, Face
from livecam.picture import Picture
from livecam.swap import Faces
from livecam.swap.looks import Verdict
from livecam.swap.options import Order
from livecam.swap.recognition import Opinion
from livecam.swap.suspects import Suspects
from livecam.tracking import Reason

ROOM = Picture.from_rgb(np.zeros((720, 1280, 3), np.uint8))


def someone(track_id: int, left: float, *, size: float = 100, top: float = 300) -> Face:
    box = Box(left, top, left + size, top + size)
    return Face(track_id, box, None, None, 1.0, detected=True)  # type: ignore[arg-type]  # unused


WEARER, OTHER, THIRD = someone(0, 600, size=120), someone(1, 200), someone(2, 900)


@dataclass
class Watch:
    """The suspects, frame after frame."""

    which: Faces = Faces.ONE
    suspects: Suspects = field(default_factory=Suspects)
    time_s: float = 0.0
    told: dict[int, Verdict] = field(default_factory=dict)
    """What is recognised, by the face's number."""
    people: dict[int, int] = field(default_factory=dict)
    """As whom, if not as the first."""

    def see(
        self, *faces: Face, cut: bool = False, after_s: float = 1 / 30, **troubles: Reason
    ) -> set[int]:
        """Who is suspected; troubles by the face's number, as t0=…"""
        self.time_s += after_s
        wrong = {int(name[1:]): reason for name, reason in troubles.items()}
        found = self.suspects.update(
            faces,
            self.which,
            Order.LARGE_SMALL,
            ROOM,
            self.time_s,
            troubles=wrong,
            cut=cut,
            opinions={
                face.track_id: Opinion(self.people.get(face.track_id, 0), verdict)
                for face in faces
                if (verdict := self.told.get(face.track_id))
            },
        )
        return {face.track_id for face in found}


def begun(*others: Face) -> Watch:
    watch = Watch()
    assert watch.see() == set()
    assert not watch.suspects.certain
    assert watch.see(WEARER, *others) == {0}
    assert watch.suspects.certain
    return watch


def test_the_largest_at_first_sight_is_the_wearer_and_those_beside_are_not() -> None:
    watch = begun(OTHER)
    assert watch.see(WEARER, OTHER, THIRD) == {0}
    assert watch.see(WEARER, THIRD) == {0}
    assert not watch.suspects.missing


def test_who_was_seen_beside_the_wearer_never_takes_over() -> None:
    watch = begun(OTHER)
    for _ in range(300):
        assert watch.see(OTHER) == set()
    assert watch.see(OTHER, THIRD) == {2}, "it could be the wearer who returns"


def test_whoever_appears_after_the_wearer_was_lost_is_suspected_for_good() -> None:
    watch = begun()
    watch.see()
    assert not watch.suspects.certain
    assert watch.see(OTHER) == {1}
    assert watch.see(OTHER, THIRD) == {1, 2}, "one of the two may be the wearer"
    assert watch.see(OTHER, THIRD, after_s=60) == {1, 2}


def test_a_face_that_appears_while_the_wearers_is_in_trouble_is_suspected() -> None:
    for reason in (Reason.PRESENCE, Reason.JUMP, Reason.FLOW):
        watch = begun()
        assert watch.see(WEARER, THIRD, t0=reason) == {0, 2}
        assert watch.see(WEARER, THIRD, OTHER) == {0, 1, 2}


def test_a_number_that_may_have_changed_its_owner_is_suspected() -> None:
    watch = begun(OTHER)
    touching = someone(1, 690)
    assert watch.see(WEARER, touching) == {0, 1}
    assert watch.see(WEARER, OTHER) == {0, 1}, "though they part again"
    assert watch.see(WEARER, OTHER, THIRD) == {0, 1}, "the wearer is still one of the two"


def test_a_second_track_on_the_wearers_face_is_suspected() -> None:
    watch = begun()
    assert watch.see(WEARER, someone(7, 640)) == {0, 7}
    assert watch.see(someone(7, 640)) == {7}, "and stays so when the first one ends"


def test_someone_elses_trouble_counts_once_the_wearer_is_lost() -> None:
    watch = begun(OTHER)
    assert watch.see(WEARER, OTHER, t1=Reason.JUMP) == {0}
    assert watch.see(OTHER) == set()
    assert watch.see(OTHER, t1=Reason.JUMP) == {1}


def test_after_a_cut_everybody_is_suspected() -> None:
    watch = begun(OTHER)
    assert watch.see(WEARER, OTHER, cut=True) == {0, 1}
    assert watch.see(WEARER, OTHER, THIRD) == {0, 1, 2}


def test_a_suspect_lost_beside_another_is_reckoned_with_for_a_while() -> None:
    for left, patience_s in ((1150, 1.0), (600, 5.0)):
        watch = begun()
        watch.see()
        watch.see(OTHER, someone(3, left))
        watch.see(OTHER, someone(3, left), after_s=0.3)
        assert not watch.suspects.missing
        assert watch.see(OTHER) == {1}
        assert watch.suspects.missing
        watch.see(OTHER, after_s=patience_s - 0.1)
        assert watch.suspects.missing
        watch.see(OTHER, after_s=0.2)
        assert not watch.suspects.missing


def test_whoever_is_found_instead_ends_the_wait_though_not_at_once() -> None:
    watch = begun()
    watch.see()
    watch.see(OTHER, THIRD)
    watch.see(OTHER, THIRD, after_s=0.3)
    watch.see(OTHER)
    assert watch.suspects.missing
    assert watch.see(OTHER, someone(4, 900)) == {1, 4}
    watch.see(OTHER, someone(4, 900), after_s=0.2)
    assert watch.suspects.missing, "it may be who covered the one that was lost"
    watch.see(OTHER, someone(4, 900), after_s=0.1)
    assert not watch.suspects.missing


def test_who_comes_after_the_wearer_was_away_is_strange_for_half_a_minute() -> None:
    turned_back = begun()
    turned_back.see()
    turned_back.see(OTHER, after_s=0.5)
    assert not turned_back.suspects.strange
    watch = begun()
    watch.see()
    watch.see(OTHER, after_s=1.5)
    assert watch.suspects.strange
    watch.see(OTHER, after_s=29)
    assert watch.suspects.strange
    watch.see(OTHER, after_s=2)
    assert not watch.suspects.strange


def test_many_are_all_suspected_and_choosing_one_begins_anew() -> None:
    watch = begun(OTHER)
    watch.which = Faces.MANY
    assert watch.see(WEARER, OTHER) == {0, 1}
    assert watch.see(WEARER, OTHER, THIRD) == {0, 1, 2}
    assert watch.see(OTHER, THIRD) == {1, 2}
    assert watch.suspects.missing
    watch.which = Faces.ONE
    assert watch.see(OTHER, THIRD, someone(5, 400, size=300)) == {5}


def test_who_is_recognised_as_a_stranger_is_released_and_stays_so() -> None:
    watch = begun()
    watch.see()
    assert watch.see(OTHER) == {1}
    watch.told = {1: Verdict.STRANGER}
    assert watch.see(OTHER) == set()
    watch.told = {}
    assert watch.see(OTHER) == set()
    assert watch.see(OTHER, WEARER) == {0}, "whoever comes is suspected"
    assert not watch.suspects.certain


def test_the_wearer_who_returns_is_recognised_and_nobody_is_waited_for() -> None:
    watch = begun()
    watch.see(after_s=0.1)
    assert watch.see(after_s=1.5) == set()
    assert watch.see(OTHER) == {1}
    assert watch.suspects.strange
    assert watch.suspects.missing
    watch.told = {7: Verdict.KNOWN}
    assert watch.see(OTHER, someone(7, 600)) == {1, 7}
    assert watch.suspects.certain
    assert not watch.suspects.missing
    assert not watch.suspects.strange
    assert watch.see(OTHER, someone(7, 600), THIRD) == {1, 7, 2}, "it could be a picture of them"
    watch.told = {}
    watch.see(OTHER, someone(7, 600), t7=Reason.FLOW)
    assert not watch.suspects.certain


def test_whoever_was_seen_beside_the_wearer_is_suspected_once_they_look_like_them() -> None:
    watch = begun(OTHER)
    watch.told = {1: Verdict.KNOWN}
    assert watch.see(WEARER, OTHER) == {0, 1}


def test_where_the_wearers_number_is_on_a_stranger_the_others_are_suspected() -> None:
    watch = begun(OTHER, THIRD)
    watch.told = {0: Verdict.STRANGER, 2: Verdict.STRANGER}
    assert watch.see(WEARER, OTHER, THIRD) == {1}
    assert not watch.suspects.certain


def test_people_who_are_given_are_suspected_from_the_start_and_certain_when_all_are_known() -> None:
    watch = Watch(Faces.REFERENCE, Suspects(wearers=2))
    assert watch.see(WEARER, OTHER, THIRD) == {0, 1, 2}
    watch.people = {0: 0, 1: 1}
    watch.told = {0: Verdict.KNOWN, 2: Verdict.STRANGER}
    assert watch.see(WEARER, OTHER, THIRD) == {0, 1}
    assert not watch.suspects.certain
    watch.told[1] = Verdict.KNOWN
    assert watch.see(WEARER, OTHER, THIRD) == {0, 1}
    assert watch.suspects.certain


frames = st.lists(
    st.tuples(st.sets(st.integers(0, 5)), st.sets(st.integers(0, 5)), st.booleans()), max_size=30
)


@given(frames)
def test_nobody_is_spared_who_was_not_seen_beside_the_unbroken_wearer(
    scenes: Sequence[tuple[set[int], set[int], bool]],
) -> None:
    watch, wearer, whole, spared = Watch(), None, False, set[int]()
    people = [someone(n, 200 * n, size=100 + n) for n in range(6)]
    for here, wrong, cut in scenes:
        troubles = {f"t{n}": Reason.FLOW for n in wrong & here}
        found = watch.see(*(people[n] for n in sorted(here)), cut=cut, **troubles)
        if wearer is None and here:
            wearer, whole, spared = max(here), True, here - {max(here)}
            assert found == {wearer}
            continue
        whole = whole and wearer in here and wearer not in wrong and not cut
        spared = set() if cut else spared & here | (here - {wearer} if whole else set())
        assert here - found <= spared
