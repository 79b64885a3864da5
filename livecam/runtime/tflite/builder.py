"""An ONNX graph in the making: values, constants and nodes, with the two layouts kept apart."""

from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper

from livecam.errors import ModelError
from livecam.runtime.tflite.flatfile import Graph, Operator

NCHW_FROM_NHWC = (0, 3, 1, 2)
NHWC_FROM_NCHW = (0, 2, 3, 1)

# ONNX 1.12: every operator used here, and a runtime of 2022 still loads it.
_OPSET = 17
_IR_VERSION = 8


class Builder:
    """Collects the nodes and constants of one ONNX graph while `graph` is walked."""

    def __init__(self, graph: Graph, *, file: str) -> None:
        self._graph = graph
        self._file = file
        self._nodes: list[onnx.NodeProto] = []
        self._initializers: list[onnx.TensorProto] = []
        self._values: dict[int, str] = {}
        self._constants = {i: t.data for i, t in enumerate(graph.tensors) if t.data is not None}

    def refusal(self, operator: Operator, why: str) -> ModelError:
        """The error for an operator that cannot be converted."""
        return ModelError(
            f"{self._file} cannot be converted to ONNX: {operator.kind} {why}.",
            hint="Use a model of plain float operators, or one that comes as ONNX.",
        )

    def shape(self, index: int) -> tuple[int, ...]:
        """The shape of tensor `index` in TFLite's layout."""
        return self._graph.tensors[index].shape

    def array(self, index: int) -> NDArray[Any] | None:
        """The constant behind tensor `index` in TFLite's layout, or None where it is computed."""
        return self._constants.get(index)

    def fold(self, index: int, array: NDArray[Any]) -> None:
        """Notes that tensor `index`, in TFLite's layout, is the constant `array`."""
        self._constants[index] = array

    def value(self, index: int) -> str:
        """The ONNX value that carries tensor `index`, NCHW where its rank is 4."""
        if index not in self._values:
            array = self._constants[index]
            moved = array.transpose(NCHW_FROM_NHWC) if array.ndim == 4 else array
            self._values[index] = self.constant(moved)
        return self._values[index]

    def bind(self, index: int, value: str) -> None:
        """Notes that the ONNX value `value` carries tensor `index`, NCHW where its rank is 4."""
        self._values[index] = value

    def constant(self, array: NDArray[Any]) -> str:
        """A new initializer that holds `array`."""
        name = f"constant_{len(self._initializers)}"
        self._initializers.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def node(self, kind: str, *inputs: str, output: str | None = None, **attributes: Any) -> str:
        """The output of a new node."""
        name = output or f"value_{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, inputs, [name], **attributes))
        return name

    def nchw(self, value: str, shape: tuple[int, ...]) -> str:
        """`value`, which has `shape` in TFLite's layout, in the layout inside."""
        if len(shape) != 4:
            return value
        return self.node("Transpose", value, perm=NCHW_FROM_NHWC)

    def nhwc(self, index: int) -> str:
        """The ONNX value that carries tensor `index` in TFLite's layout."""
        shape, value = self.shape(index), self.value(index)
        if len(shape) != 4:
            return value
        if shape[1:3] == (1, 1):
            # Channels alone: the order in memory is the same, nothing has to move.
            return self.node("Reshape", value, self.constant(np.array(shape, np.int64)))
        return self.node("Transpose", value, perm=NHWC_FROM_NCHW)

    def open(self) -> list[onnx.ValueInfoProto]:
        """The graph's inputs, under their own names and in TFLite's layout."""
        for index in self._graph.inputs:
            tensor = self._graph.tensors[index]
            self.bind(index, self.nchw(tensor.name, tensor.shape))
        return [self._info(index) for index in self._graph.inputs]

    def close(self, inputs: list[onnx.ValueInfoProto]) -> onnx.ModelProto:
        """The finished model, its outputs under their own names and in TFLite's layout."""
        for index in self._graph.outputs:
            self.node("Identity", self.nhwc(index), output=self._graph.tensors[index].name)
        graph = helper.make_graph(
            self._nodes,
            self._file,
            inputs,
            [self._info(index) for index in self._graph.outputs],
            self._initializers,
        )
        opset = helper.make_opsetid("", _OPSET)
        return helper.make_model(graph, opset_imports=[opset], ir_version=_IR_VERSION)

    def _info(self, index: int) -> onnx.ValueInfoProto:
        tensor = self._graph.tensors[index]
        return helper.make_tensor_value_info(tensor.name, onnx.TensorProto.FLOAT, tensor.shape)
