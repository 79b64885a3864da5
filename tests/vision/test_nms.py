import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from livecam.face import Box
from livecam.vision.nms import suppress

# Whole numbers, so that the float32 arithmetic under test is exact and ties are ties.
coordinates = st.integers(0, 40)
boxes = st.lists(st.tuples(coordinates, coordinates, coordinates, coordinates), max_size=12)


def iou(first: np.ndarray, second: np.ndarray) -> float:
    return Box(*map(float, first)).iou(Box(*map(float, second)))


@settings(max_examples=200)
@given(boxes, st.sampled_from([0.0, 0.25, 0.5, 1.0]), st.data())
def test_kept_boxes_are_apart_and_the_others_have_a_better_one_beside_them(
    corners: list[tuple[int, int, int, int]], overlap: float, data: st.DataObject
) -> None:
    array = np.array(corners, np.float32).reshape(-1, 4)
    scores = data.draw(arrays(np.float32, len(array), elements=st.sampled_from([0.25, 0.5, 1.0])))
    kept = suppress(array, scores, overlap=overlap)
    assert list(scores[kept]) == sorted(scores[kept], reverse=True)
    for place, index in enumerate(kept):
        assert all(iou(array[index], array[other]) <= overlap for other in kept[:place])
    for index in set(range(len(array))) - set(kept.tolist()):
        better = [other for other in kept if scores[other] >= scores[index]]
        assert any(iou(array[index], array[other]) > overlap for other in better)


def test_one_of_two_views_of_a_face_stays_and_its_neighbour_too() -> None:
    array = np.array([[0, 0, 10, 10], [1, 0, 11, 10], [10, 0, 20, 10]], np.float32)
    scores = np.array([0.8, 0.9, 0.7], np.float32)
    assert suppress(array, scores, overlap=0.3).tolist() == [1, 2]


def test_nothing_gives_nothing() -> None:
    empty = np.empty((0, 4), np.float32)
    assert suppress(empty, np.empty(0, np.float32), overlap=0.3).tolist() == []
