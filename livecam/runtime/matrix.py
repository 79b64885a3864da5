"""A matrix that a model's file carries beside what its graph computes with."""

from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray

from livecam.errors import ModelError
from livecam.runtime.onnx_file import OnnxFile


def read_matrix(path: Path, name: str, side: int) -> NDArray[np.float32]:
    """The square matrix called `name`, or else the only one of its size: float32 (side, side).

    Where it stands among the weights says nothing: whoever saves a file again moves it.

    Args:
        path: An ONNX file.
        name: Of the matrix, as its publisher wrote it.
        side: Its rows, and its columns.

    Raises:
        ModelError: The file is damaged, has no such matrix, or several and none of that name.
        OSError: It cannot be read.
    """
    file = OnnxFile(path)
    tensors = file.model.graph.initializer
    fits = [n for n, tensor in enumerate(tensors) if tuple(tensor.dims) == (side, side)]
    named = [n for n in fits if tensors[n].name == name]
    if len(named or fits) != 1:
        raise ModelError(
            f"The model {path} has {len(fits)} matrices of {side} × {side}, none called '{name}'.",
            hint="Take the file that its publisher made: one saved again may have lost it.",
        )
    (place,) = named or fits
    return onnx.numpy_helper.to_array(file.weights(place)).astype(np.float32)
