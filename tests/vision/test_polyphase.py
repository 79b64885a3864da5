import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livecam.vision.polyphase import join, split


@settings(max_examples=40)
@given(times=st.integers(1, 4), height=st.integers(1, 9), width=st.integers(1, 9))
def test_what_is_split_is_joined_again(times: int, height: int, width: int) -> None:
    random = np.random.default_rng([times, height, width])
    image = random.integers(0, 256, (times * height, times * width, 3), np.uint8)
    phases = split(image, times)
    assert len(phases) == times**2
    assert {phase.shape for phase in phases} == {(height, width, 3)}
    assert all(phase.flags.c_contiguous for phase in phases)
    np.testing.assert_array_equal(join(phases, times), image)


@pytest.mark.parametrize("times", [2, 3])
def test_every_phase_is_a_picture_of_the_whole(times: int) -> None:
    rows, columns = np.mgrid[: 12 * times, : 12 * times].astype(np.uint8)
    for index, phase in enumerate(split(np.dstack([rows, columns, rows]), times)):
        row, column = divmod(index, times)
        np.testing.assert_array_equal(phase[:, 0, 0], np.arange(12) * times + row)
        np.testing.assert_array_equal(phase[0, :, 1], np.arange(12) * times + column)
