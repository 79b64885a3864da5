"""What a .tflite file holds: tensors and operators as plain data."""

import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
import tflite
from numpy.typing import NDArray

_DTYPES: dict[int, type[np.generic]] = {
    tflite.TensorType.FLOAT32: np.float32,
    tflite.TensorType.FLOAT16: np.float16,
    tflite.TensorType.INT32: np.int32,
    tflite.TensorType.INT64: np.int64,
    tflite.TensorType.INT8: np.int8,
    tflite.TensorType.UINT8: np.uint8,
    tflite.TensorType.BOOL: np.bool_,
}
_OPERATOR_NAMES = {
    code: name for name, code in vars(tflite.BuiltinOperator).items() if isinstance(code, int)
}
_OPTION_NAMES = {
    code: name for name, code in vars(tflite.BuiltinOptions).items() if isinstance(code, int)
}
_LEFT_OUT = -1


@dataclass(frozen=True, slots=True, eq=False)
class Tensor:
    """A value of the graph."""

    name: str
    shape: tuple[int, ...]
    """As TFLite has it: NHWC where the rank is 4."""
    dtype: type[np.generic] | None
    """None for a type no operator here can take."""
    data: NDArray[Any] | None
    """The value where it is a constant, else None."""


@dataclass(frozen=True, slots=True, eq=False)
class Operator:
    """One step of the graph."""

    kind: str
    """Name in the schema, such as CONV_2D; CUSTOM(name) for an operator outside it."""
    inputs: tuple[int, ...]
    """Indices into `Graph.tensors`, shorter where optional inputs are left out."""
    outputs: tuple[int, ...]
    options: Any
    """The schema's options object, such as `tflite.Conv2DOptions`; None where there is none."""


@dataclass(frozen=True, slots=True, eq=False)
class Graph:
    """The main graph of a file."""

    tensors: tuple[Tensor, ...]
    operators: tuple[Operator, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]


FAULTS = (struct.error, LookupError, ValueError, TypeError, AttributeError, ArithmeticError)
"""What reading a flatbuffer runs into where damage leads it astray."""


def parse(content: bytes) -> Graph:
    """The main graph in the bytes of a .tflite file; raises one of `FAULTS` for other bytes."""
    if content[4:8] != b"TFL3":
        raise ValueError("the mark of a TFLite file is missing")
    model = tflite.Model.GetRootAs(content, 0)
    graph = model.Subgraphs(0)
    return Graph(
        tensors=tuple(_tensor(model, graph.Tensors(i)) for i in range(graph.TensorsLength())),
        operators=tuple(
            _operator(model, graph.Operators(i)) for i in range(graph.OperatorsLength())
        ),
        inputs=tuple(int(graph.Inputs(i)) for i in range(graph.InputsLength())),
        outputs=tuple(int(graph.Outputs(i)) for i in range(graph.OutputsLength())),
    )


def _tensor(model: Any, tensor: Any) -> Tensor:
    shape = tuple(int(tensor.Shape(i)) for i in range(tensor.ShapeLength()))
    dtype = _DTYPES.get(tensor.Type())
    buffer = model.Buffers(tensor.Buffer())
    data = None
    if buffer.DataLength() and dtype is not None and tensor.Sparsity() is None:
        data = buffer.DataAsNumpy().view(dtype).reshape(shape)
    return Tensor((tensor.Name() or b"").decode(), shape, dtype, data)


def _operator(model: Any, operator: Any) -> Operator:
    opcode = model.OperatorCodes(operator.OpcodeIndex())
    # Files from before schema 3a have only the byte-sized field, later ones fill the larger too.
    code = max(opcode.BuiltinCode(), opcode.DeprecatedBuiltinCode())
    kind = _OPERATOR_NAMES.get(code, f"operator {code}")
    if kind == "CUSTOM":
        kind = f"CUSTOM({(opcode.CustomCode() or b'?').decode()})"
    inputs = (int(operator.Inputs(i)) for i in range(operator.InputsLength()))
    return Operator(
        kind=kind,
        inputs=tuple(i for i in inputs if i != _LEFT_OUT),
        outputs=tuple(int(operator.Outputs(i)) for i in range(operator.OutputsLength())),
        options=_options(operator),
    )


def _options(operator: Any) -> Any:
    table = operator.BuiltinOptions()
    if table is None or operator.BuiltinOptionsType() == tflite.BuiltinOptions.NONE:
        return None
    options = getattr(tflite, _OPTION_NAMES[operator.BuiltinOptionsType()])()
    options.Init(table.Bytes, table.Pos)
    return options
