import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from livecam.face import Box
from livecam.tracking.association import associate

sides = st.integers(0, 60)
boxes = st.builds(lambda x, y, w, h: Box(x, y, x + w + 5, y + h + 5), sides, sides, sides, sides)
lists = st.lists(boxes, max_size=6)


@given(lists, lists)
def test_every_pair_overlaps_and_no_face_is_paired_twice(a: list[Box], b: list[Box]) -> None:
    pairs = associate(a, b)
    assert len({i for i, _ in pairs}) == len({j for _, j in pairs}) == len(pairs)
    assert all(a[i].iou(b[j]) >= 0.2 for i, j in pairs)


@given(lists, lists)
def test_nothing_that_could_be_paired_is_left_over(a: list[Box], b: list[Box]) -> None:
    pairs = associate(a, b)
    left = set(range(len(a))) - {i for i, _ in pairs}
    over = set(range(len(b))) - {j for _, j in pairs}
    assert all(a[i].iou(b[j]) < 0.2 for i in left for j in over)


@given(lists, lists)
def test_the_greatest_overlap_is_a_pair_and_the_best_come_first(a: list[Box], b: list[Box]) -> None:
    overlaps = [a[i].iou(b[j]) for i, j in associate(a, b)]
    assert overlaps == sorted(overlaps, reverse=True)
    greatest = max((p.iou(q) for p in a for q in b), default=0.0)
    if greatest >= 0.2:
        assert overlaps[0] == greatest


@given(st.permutations(range(5)))
def test_faces_apart_are_found_again_in_any_order(order: list[int]) -> None:
    followed = [Box(100 * n, 0, 100 * n + 60, 80) for n in range(5)]
    detected = [Box(100 * n + 9, -12, 100 * n + 63, 77) for n in order]
    assert sorted(associate(followed, detected)) == sorted((n, j) for j, n in enumerate(order))


def test_nobody_is_nobody() -> None:
    assert associate([], [Box(0, 0, 9, 9)]) == []
    assert associate([Box(0, 0, 9, 9)], []) == []
    assert associate([Box(0, 0, 0, 0)], [Box(0, 0, 0, 0)]) == []
    assert np.isfinite(Box(0, 0, 0, 0).iou(Box(0, 0, 0, 0)))
