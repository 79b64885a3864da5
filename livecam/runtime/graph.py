"""Published model files made ready to load: converted to ONNX, and cleaned."""

from pathlib import Path

import onnx

from livecam.errors import ModelError
from livecam.runtime.manifest import Input
from livecam.runtime.onnx_file import OnnxFile

FORMAT = 3
"""Counts changes in what `make_ready` makes, the TFLite converter included, so that graphs made
by an older livecam are made again."""

_FIRST_IR_WITH_PRIVATE_WEIGHTS = 4
"""ONNX IR version from which initializers need not be listed among the inputs (IR.md)."""


def make_ready(weights: Path, spec: Input | None, target: Path) -> Path:
    """The ONNX file to load in place of `weights`: that file where it is good as it is.

    Weights listed among a graph's inputs could be overridden by a feed, so ONNX Runtime does
    not fold or fuse them; CenterFace takes twice the time for it.

    Args:
        weights: An ONNX file or, by its suffix, a .tflite one.
        spec: The manifest's `input`, for the dims it gives the graph.
        target: File to write where another one is to be loaded.

    Raises:
        ModelError: The file is damaged, cannot be converted, or would have others read.
        OSError: A file cannot be read or written.
    """
    if weights.suffix == ".tflite":
        from livecam.runtime import tflite  # noqa: PLC0415 – the schema is slow to import

        model = tflite.convert(weights)
        _clean(model, spec, weights)
        target.write_bytes(model.SerializeToString(deterministic=True))
        return target
    file = OnnxFile(weights)
    if not _clean(file.model, spec, weights):
        return weights
    file.write(target)
    return target


def _clean(model: onnx.ModelProto, spec: Input | None, weights: Path) -> bool:
    """Makes the model ready to load; False when nothing was to be done."""
    changed = _hide_weights(model.graph)
    if changed:
        model.ir_version = max(model.ir_version, _FIRST_IR_WITH_PRIVATE_WEIGHTS)
    if spec and spec.shape:
        _set_shape(model.graph, spec, weights)
        model.CopyFrom(onnx.shape_inference.infer_shapes(model))
        changed = True
    return changed


def _hide_weights(graph: onnx.GraphProto) -> bool:
    """Takes the weights off the list of inputs; True when there were any."""
    weights = {tensor.name for tensor in graph.initializer}
    inputs = [value for value in graph.input if value.name not in weights]
    if len(inputs) == len(graph.input):
        return False
    del graph.input[:]
    graph.input.extend(inputs)
    return True


def _set_shape(graph: onnx.GraphProto, spec: Input, weights: Path) -> None:
    """Gives the input the manifest's dims, and forgets those that were derived from the old."""
    value = next((value for value in graph.input if value.name == spec.name), None)
    if value is None:
        raise ModelError(
            f"The model {weights} has no input '{spec.name}' but "
            f"{', '.join(repr(value.name) for value in graph.input)}.",
            hint="Correct [input] name in the model's manifest.",
        )
    del value.type.tensor_type.shape.dim[:]
    for dim in spec.shape or ():
        wanted = {"dim_param": dim} if isinstance(dim, str) else {"dim_value": dim}
        value.type.tensor_type.shape.dim.add(**wanted)
    del graph.value_info[:]
    for output in graph.output:
        output.type.tensor_type.ClearField("shape")
