"""What the families' decoders make of maps that were encoded by the book."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from livecam.detectors import centerface, yunet
from livecam.detectors.candidates import Candidates

HEIGHT, WIDTH = 64, 96


@dataclass(frozen=True)
class Truth:
    """A face in px of the detector's input."""

    centre: tuple[float, float]
    size: tuple[float, float]
    landmarks: tuple[tuple[float, float], ...]
    score: float

    @property
    def box(self) -> list[float]:
        (x, y), (width, height) = self.centre, self.size
        return [x - width / 2, y - height / 2, x + width / 2, y + height / 2]


across, down = st.floats(0, WIDTH - 0.01), st.floats(0, HEIGHT - 0.01)
faces = st.builds(
    Truth,
    centre=st.tuples(across, down),
    size=st.tuples(st.floats(2, 80), st.floats(2, 80)),
    landmarks=st.lists(st.tuples(across, down), min_size=5, max_size=5).map(tuple),
    score=st.floats(0.55, 1),
)


def check(found: Candidates, face: Truth) -> None:
    assert found.scores == pytest.approx([face.score], abs=1e-5)
    np.testing.assert_allclose(found.boxes, [face.box], atol=1e-3)
    np.testing.assert_allclose(found.landmarks, [face.landmarks], atol=1e-3)
    for array in (found.boxes, found.scores, found.landmarks):
        assert array.dtype == np.float32


@given(faces)
def test_centerface(face: Truth) -> None:
    heat = np.zeros((1, 1, HEIGHT // 4, WIDTH // 4), np.float32)
    sizes, offsets, places = (
        np.zeros((1, channels, *heat.shape[2:]), np.float32) for channels in (2, 2, 10)
    )
    (x, y), (width, height) = face.centre, face.size
    row, column = int(y // 4), int(x // 4)
    heat[0, 0, row, column] = face.score
    sizes[0, :, row, column] = np.log([height / 4, width / 4])
    offsets[0, :, row, column] = y / 4 - row - 0.5, x / 4 - column - 0.5
    left, top, *_ = face.box
    places[0, :, row, column] = [
        number for px, py in face.landmarks for number in ((py - top) / height, (px - left) / width)
    ]
    found = centerface.decode([heat, sizes, offsets, places], width=WIDTH, min_score=0.5)
    check(found, face)


@given(faces, st.sampled_from([8, 16, 32]))
def test_yunet(face: Truth, stride: int) -> None:
    outputs: list[NDArray[np.float32]] = [
        np.zeros((1, HEIGHT // step * (WIDTH // step), numbers), np.float32)
        for numbers in (1, 1, 4, 10)
        for step in (8, 16, 32)
    ]
    level = (8, 16, 32).index(stride)
    (x, y), (width, height) = face.centre, face.size
    row, column = int(y // stride), int(x // stride)
    cell = row * (WIDTH // stride) + column
    outputs[level][0, cell] = face.score  # class × object, and the root of it
    outputs[3 + level][0, cell] = face.score
    outputs[6 + level][0, cell] = [
        x / stride - column,
        y / stride - row,
        np.log(width / stride),
        np.log(height / stride),
    ]
    outputs[9 + level][0, cell] = [
        number for px, py in face.landmarks for number in (px / stride - column, py / stride - row)
    ]
    check(yunet.decode(outputs, width=WIDTH, min_score=0.5), face)


def test_what_scores_less_is_left_out() -> None:
    maps = [np.full((1, channels, 8, 8), 0.4, np.float32) for channels in (1, 2, 2, 10)]
    assert len(centerface.decode(maps, width=32, min_score=0.41).scores) == 0
    assert len(centerface.decode(maps, width=32, min_score=0.4).scores) == 64
