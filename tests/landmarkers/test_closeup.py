"""What the landmarkers share besides decoding: dark crops, and how five points look."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from livecam.errors import ModelError
from livecam.landmarkers.closeup import _lightened
from livecam.landmarkers.plausibility import plausibility
from livecam.vision.mesh import five_points
from livecam.vision.templates import TEMPLATES


def speckled(darkest: int, brightest: int) -> np.ndarray:
    grey = np.random.default_rng(0).integers(darkest, brightest, (256, 256, 1), np.uint8)
    return np.repeat(grey, 3, axis=2)


def test_only_a_crop_that_is_nearly_black_is_given_contrast() -> None:
    bright, dark = speckled(10, 200), speckled(2, 24)
    np.testing.assert_array_equal(_lightened(bright), bright)
    helped = _lightened(dark)
    assert helped.std() > 1.2 * dark.std()
    assert np.ptp(helped.astype(int), axis=2).max() <= 3, "grey stays grey"


def test_how_many_points_nobody_knows_is_said() -> None:
    with pytest.raises(ModelError, match=r"gives 98 points; livecam knows those of 468, 68"):
        five_points(np.zeros((98, 2), np.float32))


@given(
    angle=st.floats(-np.pi, np.pi),
    size=st.floats(5, 2000),
    x=st.floats(-500, 3000),
    template=st.sampled_from(["arcface_112_v2", "ffhq_512", "arcface_112_v1", "mtcnn_512"]),
)
def test_faces_are_plausible_at_any_size_and_roll(
    angle: float, size: float, x: float, template: str
) -> None:
    turn = size * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    five = TEMPLATES[template] @ turn.T + [x, 7]
    assert plausibility(five.astype(np.float32)) > 0.85


def test_other_points_are_not() -> None:
    face = TEMPLATES["arcface_112_v2"]
    mirrored = face * np.float32([-1, 1])
    assert plausibility(mirrored) < 0.5
    assert plausibility(face[[3, 1, 4, 0, 2]]) < 0.5
    assert plausibility(np.zeros((5, 2), np.float32)) == 0
    random = np.random.default_rng(0)
    strewn = [plausibility(random.uniform(0, 1, (5, 2)).astype(np.float32)) for _ in range(200)]
    assert np.mean(strewn) < 0.3
    assert np.mean(np.array(strewn) > 0.5) < 0.1


@pytest.mark.parametrize("squeezed", [0.95, 0.8, 0.6])
def test_the_further_a_head_is_turned_the_less_it_looks_like_one_from_the_front(
    squeezed: float,
) -> None:
    face = TEMPLATES["arcface_112_v2"] * np.float32([squeezed, 1])
    wider = TEMPLATES["arcface_112_v2"] * np.float32([squeezed + 0.05, 1])
    assert 0.5 < plausibility(face) <= plausibility(wider)
