"""When the embedder looks at whom, and what is made of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from livecam.face import Box, Embedding, Face, Points
from livecam.picture import Picture
from livecam.swap.looks import Verdict
from livecam.swap.recognition import FILE_PACE, LIVE_PACE, Opinion, Pace, Recognition
from livecam.tracking import Reason

ANNA, BERT, CARL = np.eye(8, dtype=np.float32)[:3]
KNOWN, STRANGER, UNKNOWN = Verdict.KNOWN, Verdict.STRANGER, Verdict.UNKNOWN
SIDE = 100.0


def grain(contrast: int = 90) -> Picture:
    random = np.random.default_rng(7)
    image = random.integers(128 - contrast, 128 + contrast, (400, 1200), np.uint8)
    return Picture.from_rgb(np.stack([image] * 3, axis=-1))


ROOM, DARK = grain(), grain(3)


def someone(
    track_id: int, left: float, *, size: float = SIDE, turn: float = 0.0, top: float = 100
) -> Face:
    points = np.float32([[0.3, 0.4], [0.7, 0.4], [0.5 + 0.4 * turn, 0.6], [0.35, 0.8], [0.65, 0.8]])
    place = np.float32([left, top])
    box = Box(left, top, left + size, top + size)
    return Face(track_id, box, points * np.float32(size) + place, None, 1.0, detected=True)


def like(who: Embedding, cosine: float) -> Embedding:
    """An embedding so like somebody's."""
    other = np.eye(8, dtype=np.float32)[7]
    return np.asarray(cosine * who + np.sqrt(1 - cosine**2) * other, np.float32)


@dataclass
class Stage:
    """An embedder that sees whoever stands in a place, and counts its looks."""

    places: dict[int, Embedding] = field(default_factory=dict)
    """By the left edge, of hundreds of px."""
    looked: list[int] = field(default_factory=list)

    def embed(self, picture: Picture, landmarks: Points) -> Embedding:  # noqa: ARG002 – as Embedder
        place = int(landmarks[:2].mean(axis=0)[0] // 100)
        self.looked.append(place)
        return 3 * self.places[place]


@dataclass
class Watch:
    """A recognition, frame after frame."""

    people: Sequence[Embedding] | None = (ANNA,)
    pace: Pace = FILE_PACE
    stage: Stage = field(default_factory=lambda: Stage({2: ANNA, 5: BERT, 8: CARL}))
    rate: int = 30
    time_s: float = 0.0
    picture: Picture = ROOM

    def __post_init__(self) -> None:
        given = None if self.people is None else [[one] for one in self.people]
        self.recognition = Recognition(self.stage, given, pace=self.pace)

    def see(self, *faces: Face, cut: bool = False, **troubles: Reason) -> Mapping[int, Opinion]:
        self.time_s += 1 / self.rate
        return self.recognition.watch(
            self.picture,
            faces,
            self.time_s,
            troubles={int(name[1:]): reason for name, reason in troubles.items()},
            cut=cut,
            max_distance=0.5,
        )

    def sees(self, seconds: float, *faces: Face) -> Mapping[int, Opinion]:
        for _ in range(round(seconds * self.rate)):
            told = self.see(*faces)
        return told


A, B, C = someone(0, 200), someone(1, 500), someone(2, 800, size=130)


def test_in_files_everybody_is_told_at_first_sight() -> None:
    watch = Watch(people=(ANNA, CARL))
    told = watch.see(A, B, C)
    assert told == {0: Opinion(0, KNOWN), 1: Opinion(None), 2: Opinion(1, KNOWN)}
    assert sorted(watch.stage.looked) == [2, 5, 8]


def test_live_one_face_is_looked_at_in_a_frame_the_largest_first() -> None:
    watch = Watch(pace=LIVE_PACE)
    watch.see(A, B, C)
    assert watch.stage.looked == [8]
    watch.see(A, B, C)
    watch.see(A, B, C)
    assert sorted(watch.stage.looked) == [2, 5, 8]
    watch.see(A, B, C)
    assert len(watch.stage.looked) == 3


@pytest.mark.parametrize("rate", [15, 60])
def test_who_is_settled_is_looked_at_every_two_seconds(rate: int) -> None:
    watch = Watch(rate=rate)
    watch.sees(1, A, B)
    assert watch.recognition.looks <= 8
    before = watch.recognition.looks
    watch.sees(20, A, B)
    assert watch.recognition.looks - before == pytest.approx(20, abs=2)


def test_a_stranger_takes_three_clear_looks_and_a_while() -> None:
    watch = Watch()
    first = next(n for n in range(100) if watch.see(B)[1].verdict is STRANGER)
    assert 0.35 <= (first + 1) / 30 < 0.6
    assert watch.stage.looked.count(5) >= 3


@pytest.mark.parametrize("why", ["dark", "turned", "small", "running", "cut off"])
def test_bad_looks_never_make_a_stranger(why: str) -> None:
    watch = Watch(picture=DARK if why == "dark" else ROOM)
    watch.stage.places = dict.fromkeys(range(13), BERT)
    for n in range(150):
        face = {
            "dark": someone(0, 500),
            "turned": someone(0, 500, turn=0.8),
            "small": someone(0, 500, size=30),
            "running": someone(0, 200 + 12 * (n % 2)),
            "cut off": someone(0, 500, top=-4),
        }[why]
        if why == "running":
            watch.time_s -= 1 / 60
        assert watch.see(face)[0] == Opinion(None)
    assert watch.recognition.looks > 10


def test_bad_looks_may_know_somebody() -> None:
    watch = Watch(picture=DARK)
    assert watch.see(A)[0] == Opinion(0, KNOWN)
    watch = Watch(picture=DARK)
    watch.stage.places[2] = like(ANNA, 0.52)
    assert watch.see(A)[0] == Opinion(None), "yet must be a little surer"


def test_one_clear_look_at_somebody_else_does_not_make_a_stranger_but_ends_the_belief() -> None:
    watch = Watch()
    watch.sees(5, A)
    watch.stage.places[2] = BERT
    told = [watch.see(A)[0] for _ in range(75)]
    assert STRANGER in {one.verdict for one in told}
    doubtful = [one for one in told if one == Opinion(None)]
    assert doubtful, "first it is nobody known"
    watch.stage.places[2] = ANNA
    assert Opinion(0, KNOWN) in [watch.see(A)[0] for _ in range(75)], "and is looked at again"


def test_between_the_two_bounds_nothing_is_said() -> None:
    watch = Watch()
    watch.stage.places[5] = like(ANNA, 0.45)
    assert watch.sees(10, B)[1] == Opinion(None)


def test_the_nearest_of_several_is_taken() -> None:
    watch = Watch(people=(ANNA, BERT))
    watch.stage.places[2] = np.float32([0.62, 0.72, 0, 0, 0, 0, 0, 0.3])
    assert watch.see(A)[0].person == 1


def test_numbers_that_touched_are_looked_at_anew() -> None:
    watch = Watch()
    assert watch.sees(1, A, B)[0].person == 0
    watch.stage.places |= {4: BERT}
    touching = someone(0, 420), someone(1, 500)
    watch.stage.places[5] = BERT
    told = watch.see(*touching)
    assert told[0] == Opinion(None), "the number of Anna is on Bert"
    for _ in range(60):
        assert watch.see(*touching)[0] == Opinion(None)
    watch.stage.places |= {2: ANNA}
    parted = someone(0, 500), someone(1, 200)
    assert watch.see(*parted) == {0: Opinion(None), 1: Opinion(0)}
    assert watch.see(*parted)[1] == Opinion(0, KNOWN)


def test_where_the_landmarker_does_not_see_it_a_face_is_nobodys() -> None:
    for reason in (Reason.PRESENCE, Reason.JUMP):
        watch = Watch()
        watch.sees(1, A)
        looks = watch.recognition.looks
        assert watch.see(A, t0=reason)[0] == Opinion(None)
        assert watch.recognition.looks == looks, "there is nothing to look at"
        assert watch.see(A)[0] == Opinion(0, KNOWN)


def test_something_before_a_face_does_not_end_the_belief_unless_it_is_another_face() -> None:
    watch = Watch()
    watch.sees(1, A)
    watch.stage.places[2] = like(ANNA, 0.46)
    for _ in range(30):
        assert watch.see(A, t0=Reason.FLOW)[0] == Opinion(0), "though nothing is sure meanwhile"
    watch.stage.places[2] = like(ANNA, 0.2)
    watch.sees(0.1, A)
    assert [watch.see(A, t0=Reason.FLOW)[0] for _ in range(15)][-1] == Opinion(None)


def test_a_jump_a_cut_and_time_that_goes_back_are_doubts() -> None:
    watch = Watch()
    watch.sees(1, A)
    assert watch.see(someone(0, 500))[0] == Opinion(None), "it jumped onto Bert"
    watch = Watch()
    watch.sees(1, A)
    watch.stage.places[2] = BERT
    assert watch.see(A, cut=True)[0] == Opinion(None)
    watch = Watch()
    watch.sees(1, A)
    watch.stage.places[2], watch.time_s = BERT, 0.0
    assert watch.see(A)[0] == Opinion(None)


class TestLearning:
    """Nobody is given; the wearer is learnt."""

    @staticmethod
    def learnt() -> Watch:
        watch = Watch(people=None, pace=LIVE_PACE)
        assert watch.see(A) == {}
        watch.recognition.learn(0)
        return watch

    def test_who_was_learnt_is_known_at_once(self) -> None:
        assert self.learnt().see(A) == {0: Opinion(0, KNOWN)}

    def test_who_returns_is_known_and_others_are_strangers(self) -> None:
        watch = self.learnt()
        assert watch.see() == {}
        assert watch.see(someone(4, 200))[4] == Opinion(0, KNOWN)
        assert watch.sees(1, someone(4, 200), B)[1] == Opinion(None, STRANGER)

    def test_nothing_is_learnt_of_a_bad_look(self) -> None:
        watch = Watch(people=None, pace=LIVE_PACE, picture=DARK)
        watch.see(A)
        watch.recognition.learn(0)
        assert watch.see(A) == {}

    def test_another_view_is_learnt_too(self) -> None:
        watch = self.learnt()
        watch.stage.places[2] = like(ANNA, 0.7)
        watch.sees(1, A)
        watch.recognition.learn(0)
        watch.stage.places[5] = like(ANNA, 0.3)
        assert watch.sees(2, B)[1].verdict is KNOWN

    def test_forgetting_begins_anew(self) -> None:
        watch = self.learnt()
        watch.recognition.forget()
        assert watch.see(A) == {}

    def test_whom_nothing_tells_is_taken_for_the_wearer_after_a_while(self) -> None:
        watch = self.learnt()
        watch.picture = DARK
        assert watch.sees(2.9, B)[1] == Opinion(None)
        assert watch.sees(0.3, B)[1] == Opinion(0)
        given = Watch(picture=DARK)
        assert given.sees(10, B)[1] == Opinion(None), "where the people are given, never"


scenes = st.lists(
    st.tuples(
        st.dictionaries(st.integers(0, 3), st.sampled_from([200, 260, 500, 800]), max_size=3),
        st.sampled_from([None, Reason.FLOW, Reason.PRESENCE]),
        st.booleans(),
    ),
    max_size=40,
)


@given(scenes)
def test_the_same_frames_give_the_same_opinions(
    shown: Sequence[tuple[dict[int, int], Reason | None, bool]],
) -> None:
    def play() -> list[Mapping[int, Opinion]]:
        watch = Watch(people=(ANNA, BERT), rate=10)
        watch.stage.places |= {3: CARL}
        return [
            watch.see(
                *(someone(n, left) for n, left in places.items()),
                cut=cut,
                **({f"t{n}": wrong for n in places} if wrong else {}),
            )
            for places, wrong, cut in shown
        ]

    told = play()
    assert told == play()
    for (places, wrong, _), opinions in zip(shown, told, strict=True):
        assert opinions.keys() == places.keys()
        assert not wrong or all(one.verdict is UNKNOWN for one in opinions.values())


def test_looks_are_not_many() -> None:
    """Three people for a minute, two of whom cross every five seconds."""
    watch = Watch(people=(ANNA, BERT))
    watch.stage.places = dict.fromkeys(range(12), BERT)
    for n in range(1800):
        x = 400 - abs(n % 150 - 75) * 4 + 300
        watch.see(someone(0, x), someone(1, 1000 - x + 50, top=150), someone(2, 1000, top=20))
    assert watch.recognition.looks < 0.15 * 3 * 1800
