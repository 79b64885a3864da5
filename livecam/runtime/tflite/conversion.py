"""From a .tflite file to an ONNX model."""

from pathlib import Path

import numpy as np
import onnx

from livecam.errors import ModelError
from livecam.runtime.tflite.builder import Builder
from livecam.runtime.tflite.flatfile import FAULTS, parse
from livecam.runtime.tflite.operators import emit


def convert(path: Path) -> onnx.ModelProto:
    """The model in the .tflite file at `path`, with the same inputs, outputs and results.

    Raises:
        ModelError: The file cannot be read or is damaged, or an operator in it is not known.
    """
    try:
        return _convert(path.read_bytes(), name=path.name)
    except OSError as error:
        raise ModelError(
            f"The model file {path} cannot be read: {error.strerror}.",
            hint="Check that the file is there and may be read.",
        ) from error
    except FAULTS as error:
        raise ModelError(
            f"The model file {path} is damaged, or no TFLite file: {error}.",
            hint="Run `livecam models verify`, then `livecam models pull`.",
        ) from error


def _convert(content: bytes, *, name: str) -> onnx.ModelProto:
    graph = parse(content)
    for index in (*graph.inputs, *graph.outputs):
        tensor = graph.tensors[index]
        if tensor.dtype is not np.float32:
            raise ModelError(
                f"{name} cannot be converted to ONNX: its tensor '{tensor.name}' is not float32.",
                hint="Use the float variant of the model; quantised ones are not supported.",
            )
    builder = Builder(graph, file=name)
    inputs = builder.open()
    for operator in graph.operators:
        emit(builder, operator)
    return builder.close(inputs)
