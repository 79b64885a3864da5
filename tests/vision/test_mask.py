import math

import numpy as np
import pytest

from livecam.vision.mask import hull

SQUARE = np.array([[16, 16], [48, 16], [30, 30], [48, 48], [16, 48]], np.float32)


def test_a_hull_is_full_inside_and_empty_outside() -> None:
    mask = hull(SQUARE, 64, feather=0)
    assert mask.dtype == np.uint8
    assert (mask[16:49, 16:49] == 255).all()
    assert mask.sum() == 255 * 33 * 33


@pytest.mark.parametrize("feather", [4, 8, 12])
def test_its_edge_falls_off_evenly_and_inside_only(feather: int) -> None:
    soft, hard = hull(SQUARE, 64, feather=feather), hull(SQUARE, 64, feather=0)
    assert (soft[hard == 0] == 0).all()
    ramp = soft[32, 15 : 16 + feather].astype(int)
    assert ramp[0] == 0
    assert ramp[-1] == 255
    np.testing.assert_allclose(np.diff(ramp), 255 / feather, atol=1)


def test_points_beyond_the_crop_are_cut_off_at_its_edge() -> None:
    circle = np.array([[math.cos(t), math.sin(t)] for t in np.linspace(0, 6, 30)]) * 90 + 32
    assert (hull(circle.astype(np.float32), 64, feather=0) == 255).all()
