import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from livecam.face import Box, Face
from livecam.picture import Picture
from livecam.swap.options import Faces, Order
from livecam.swap.selection import Selection, first

ROOM = Picture.from_rgb(np.zeros((200, 1000, 3), np.uint8))
LARGE_SMALL = Order.LARGE_SMALL


def someone(track_id: int, left: float, *, size: float = 100) -> Face:
    box = Box(left, 0, left + size, size)
    return Face(track_id, box, None, None, 1.0, detected=True)  # type: ignore[arg-type]  # unused


BIG, SMALL = someone(0, 0, size=120), someone(1, 400, size=80)


def chosen(selection: Selection, faces: list[Face], time_s: float, which: Faces = Faces.ONE) -> set:
    return {face.track_id for face in selection.choose(faces, which, LARGE_SMALL, ROOM, time_s)}


def test_many_are_all_in_their_order() -> None:
    faces = [SMALL, BIG, someone(5, 900)]
    assert Selection().choose(faces, Faces.MANY, LARGE_SMALL, ROOM, 0.0) == faces
    assert Selection().choose([], Faces.MANY, LARGE_SMALL, ROOM, 0.0) == []


def test_one_is_the_largest_and_stays_though_another_grows() -> None:
    selection = Selection()
    assert chosen(selection, [], 0.0) == set()
    assert chosen(selection, [SMALL, BIG], 0.1) == {0}
    assert chosen(selection, [someone(0, 0, size=20), SMALL], 0.2) == {0}


def test_whoever_was_chosen_is_waited_for() -> None:
    selection = Selection()
    assert chosen(selection, [BIG, SMALL], 0.0) == {0}
    for time_s in (0.1, 0.5, 0.95):
        assert chosen(selection, [SMALL], time_s) == set(), "the bystander is left alone"
    assert chosen(selection, [BIG, SMALL], 0.99) == {0}
    assert chosen(selection, [SMALL], 1.9) == set(), "and the wait begins anew"
    assert chosen(selection, [SMALL], 2.0) == {1}
    assert chosen(selection, [BIG, SMALL], 2.1) == {1}, "who was taken is kept"


@pytest.mark.parametrize("rate", [10, 30, 60])
def test_the_wait_is_a_second_at_any_rate(rate: int) -> None:
    selection = Selection()
    chosen(selection, [BIG, SMALL], 0.0)
    first = next(n for n in range(1, 200) if chosen(selection, [SMALL], n / rate))
    assert 1.0 < first / rate <= 1.0 + 1.5 / rate


def test_a_new_number_in_the_same_place_is_the_same_person() -> None:
    selection = Selection()
    assert chosen(selection, [BIG, SMALL], 0.0) == {0}
    back = someone(7, 20, size=110)
    assert chosen(selection, [SMALL, back], 0.4) == {7}
    assert chosen(selection, [BIG, back], 0.5) == {7}
    assert chosen(selection, [someone(8, 300, size=300)], 0.6) == set()


def test_going_back_in_time_starts_anew() -> None:
    selection = Selection()
    assert chosen(selection, [BIG], 100.0) == {0}
    assert chosen(selection, [SMALL], 1.0) == {1}


def test_from_many_to_one_keeps_who_was_one_before() -> None:
    selection = Selection()
    assert chosen(selection, [BIG], 0.0) == {0}
    bigger = someone(3, 500, size=300)
    assert chosen(selection, [BIG, bigger], 0.1, Faces.MANY) == {0, 3}
    assert chosen(selection, [BIG, bigger], 0.2) == {0}


@given(
    scenes=st.lists(
        st.lists(st.tuples(st.integers(0, 4), st.integers(0, 800)), max_size=4), max_size=30
    )
)
def test_one_is_never_more_than_one_and_never_someone_who_is_not_there(
    scenes: list[list[tuple[int, int]]],
) -> None:
    selection = Selection()
    for n, scene in enumerate(scenes):
        faces = [someone(track, left) for track, left in dict(scene).items()]
        found = selection.choose(faces, Faces.ONE, LARGE_SMALL, ROOM, n / 5)
        assert len(found) <= 1
        assert all(face in faces for face in found)


def test_every_order_has_its_first() -> None:
    def at(n: int, x: float, y: float, size: float, score: float) -> Face:
        box = Box(x, y, x + size, y + size)
        return Face(n, box, None, None, score, detected=True)  # type: ignore[arg-type]  # unused

    faces = [at(0, 20, 90, 30, 0.8), at(1, 450, 60, 60, 0.9), at(2, 900, 0, 80, 0.6),
             at(3, 200, 20, 20, 0.95), at(4, 700, 120, 70, 0.7)]  # fmt: skip
    firsts = {order: first(faces, order, ROOM) for order in Order}
    assert {order.value: face and face.track_id for order, face in firsts.items()} == {
        "left-right": 0,
        "right-left": 2,
        "top-bottom": 3,
        "bottom-top": 4,
        "small-large": 3,
        "large-small": 2,
        "best-worst": 3,
        "worst-best": 2,
        "centre": 1,
    }
    assert all(first([], order, ROOM) is None for order in Order)


def test_the_first_in_the_order_is_kept_when_another_comes_first() -> None:
    selection = Selection()
    choose = lambda faces, time_s: [  # noqa: E731 – one line each
        face.track_id for face in selection.choose(faces, Faces.ONE, Order.LEFT_RIGHT, ROOM, time_s)
    ]
    assert choose([SMALL, BIG], 0.0) == [0]
    assert choose([someone(0, 600), SMALL], 0.1) == [0]
    assert choose([SMALL], 2.0) == [1]
