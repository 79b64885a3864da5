from typing import Literal

import numpy as np
import pytest

from livecam.runtime.manifest import Input
from livecam.runtime.tensor import to_tensor

IMAGE = np.random.default_rng(5).integers(0, 256, (5, 7, 3), dtype=np.uint8)


@pytest.mark.parametrize("channels", ["rgb", "bgr"])
@pytest.mark.parametrize("layout", ["nchw", "nhwc"])
@pytest.mark.parametrize(
    ("mean", "std"),
    [
        ((0.0, 0.0, 0.0), (1.0, 1.0, 1.0)),
        ((127.5, 127.5, 127.5), (127.5, 127.5, 127.5)),
        ((123.7, 116.3, 103.5), (58.4, 57.1, 57.4)),
    ],
)
def test_agrees_with_the_formula(
    channels: Literal["rgb", "bgr"],
    layout: Literal["nchw", "nhwc"],
    mean: tuple[float, float, float],
    std: tuple[float, float, float],
) -> None:
    spec = Input(name="x", size=(7, 5), mean=mean, std=std, channels=channels, layout=layout)
    got = to_tensor(IMAGE, spec)
    ordered = IMAGE[..., ::-1] if channels == "bgr" else IMAGE
    wanted = (ordered.astype(np.float64) - mean) / std
    if layout == "nchw":
        wanted = wanted.transpose(2, 0, 1)
    assert got.dtype == np.float32
    assert got.flags.c_contiguous
    np.testing.assert_allclose(got, wanted[None], atol=1e-5)


def test_takes_a_view_and_leaves_the_image_alone() -> None:
    image = IMAGE.copy()
    to_tensor(image[::2, ::2], Input(name="x", size=(4, 3), mean=(1, 2, 3)))
    assert np.array_equal(image, IMAGE)
