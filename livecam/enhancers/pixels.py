"""Images as models give them back."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.errors import ModelError
from livecam.picture import Image
from livecam.runtime.manifest import Input, Span


def image_of(
    tensor: NDArray[Any], spec: Input, levels: Span, width: int, height: int, *, of: str
) -> Image:
    """The image in a tensor, with the channels and axes that `spec` gives the input.

    Args:
        tensor: float (1, 3, height, width), or (1, height, width, 3) for layout nhwc.
        spec: The manifest's `input`.
        levels: What 0 and 255 are in the tensor.
        width: Of the image, px.
        height: Of the image, px.
        of: Name of the model, for the error.

    Returns:
        uint8 (height, width, 3) RGB.

    Raises:
        ModelError: The tensor holds no such image.
    """
    planar = spec.layout == "nchw"
    shape = (1, 3, height, width) if planar else (1, height, width, 3)
    if tensor.shape != shape:
        raise ModelError(
            f"The model '{of}' gives {tensor.shape} where {shape} is expected.",
            hint="Correct `size` and `layout` in the [input] of its manifest.",
        )
    low, high = levels
    gain = 255 / (high - low)
    # What is not below black has no sign to lose.
    scaled = cv2.convertScaleAbs(np.maximum(tensor[0], low), alpha=gain, beta=-low * gain)
    image = np.asarray(cv2.merge(list(scaled)) if planar else scaled, np.uint8)
    return np.ascontiguousarray(image[..., ::-1]) if spec.channels == "bgr" else image
