"""Images as models take them."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from livecam.picture import Image
from livecam.runtime.manifest import Input


def to_tensor(image: Image, spec: Input) -> NDArray[np.float32]:
    """The image as a batch of one: (sample − mean) / std, channels and axes ordered by `spec`.

    Args:
        image: uint8 (h, w, 3) RGB, already of a size the model takes.
        spec: The manifest's `input`.

    Returns:
        float32 (1, 3, h, w), or (1, h, w, 3) for layout nhwc; C-contiguous.
    """
    pixels: NDArray[Any] = image[..., ::-1] if spec.channels == "bgr" else image
    mean, std = _per_channel(spec.mean), _per_channel(spec.std)
    if spec.layout == "nchw":
        pixels, mean, std = pixels.transpose(2, 0, 1), mean[:, None, None], std[:, None, None]
    tensor = np.empty((1, *pixels.shape), np.float32)
    np.multiply(pixels, 1 / std, out=tensor[0], dtype=np.float32, casting="unsafe")
    if mean.any():
        tensor[0] -= mean / std
    return tensor


def _per_channel(values: tuple[float, float, float]) -> NDArray[np.float32]:
    """One number where the three are the same: broadcasting it is three times as fast."""
    return np.asarray(values[:1] if len(set(values)) == 1 else values, np.float32)
