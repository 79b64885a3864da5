"""The converter against LiteRT, Google's own runtime, on generated files and on the real ones."""

import contextlib
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import flatbuffers
import numpy as np
import onnx
import onnxruntime
import pytest
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter, OpResolverType
from filelock import FileLock
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from livecam.errors import ModelError
from livecam.runtime.tflite import convert

Array = NDArray[Any]
WHEEL = "mediapipe==0.10.21"
TYPES = {
    np.dtype(np.float32): schema.TensorType.FLOAT32,
    np.dtype(np.float16): schema.TensorType.FLOAT16,
    np.dtype(np.int32): schema.TensorType.INT32,
    np.dtype(np.int8): schema.TensorType.INT8,
}
NONE = schema.ActivationFunctionType.NONE
RELU = schema.ActivationFunctionType.RELU
RELU6 = schema.ActivationFunctionType.RELU6
SAME = schema.Padding.SAME
VALID = schema.Padding.VALID


def options_of(name: str, **fields: Any) -> Any:
    options = getattr(schema, f"{name}OptionsT")()
    for field, value in fields.items():
        assert hasattr(options, field), field
        setattr(options, field, value)
    return options


class File:
    """A .tflite file in the making."""

    def __init__(self) -> None:
        self.model = schema.ModelT()
        self.model.version = 3
        self.model.buffers = [schema.BufferT()]
        self.model.operatorCodes = []
        self.graph = schema.SubGraphT()
        self.graph.tensors, self.graph.operators = [], []
        self.graph.inputs, self.graph.outputs = [], []
        self.model.subgraphs = [self.graph]

    def tensor(
        self, shape: Sequence[int], dtype: Any = np.float32, data: Array | None = None
    ) -> int:
        tensor = schema.TensorT()
        tensor.name = f"tensor_{len(self.graph.tensors)}"
        tensor.shape, tensor.type = list(shape), TYPES[np.dtype(dtype)]
        tensor.buffer = 0
        if data is not None:
            buffer = schema.BufferT()
            buffer.data = np.frombuffer(data.tobytes(), np.uint8)
            tensor.buffer = len(self.model.buffers)
            self.model.buffers.append(buffer)
        self.graph.tensors.append(tensor)
        return len(self.graph.tensors) - 1

    def input(self, *shape: int, dtype: Any = np.float32) -> int:
        self.graph.inputs.append(self.tensor(shape, dtype))
        return self.graph.inputs[-1]

    def constant(self, data: Array) -> int:
        return self.tensor(data.shape, data.dtype, data)

    def operator(
        self, kind: str, inputs: Sequence[int], shape: Sequence[int], options: Any = None
    ) -> int:
        code = schema.OperatorCodeT()
        code.builtinCode = getattr(schema.BuiltinOperator, kind)
        code.deprecatedBuiltinCode, code.version = code.builtinCode, 1
        if kind == "DEQUANTIZE":
            code.version = 3
        if kind == "CUSTOM":
            code.customCode = "Spline"
        self.model.operatorCodes.append(code)
        operator = schema.OperatorT()
        operator.opcodeIndex = len(self.model.operatorCodes) - 1
        operator.inputs, operator.outputs = list(inputs), [self.tensor(shape)]
        if options is not None:
            name = type(options).__name__.removesuffix("T")
            operator.builtinOptionsType = getattr(schema.BuiltinOptions, name)
            operator.builtinOptions = options
        self.graph.operators.append(operator)
        return int(operator.outputs[0])

    def write(self, folder: Path, *outputs: int) -> Path:
        self.graph.outputs = list(outputs)
        builder = flatbuffers.Builder(1024)
        builder.Finish(self.model.Pack(builder), b"TFL3")
        path = folder / "small.tflite"
        path.write_bytes(builder.Output())
        return path


def litert(path: Path, feeds: Mapping[str, Array], *, reference: bool = True) -> dict[str, Array]:
    resolver = OpResolverType.BUILTIN_REF if reference else OpResolverType.AUTO
    interpreter = Interpreter(str(path), experimental_op_resolver_type=resolver, num_threads=1)
    interpreter.allocate_tensors()
    for detail in interpreter.get_input_details():
        interpreter.set_tensor(detail["index"], feeds[detail["name"]])
    interpreter.invoke()
    return {d["name"]: interpreter.get_tensor(d["index"]) for d in interpreter.get_output_details()}


def check_against_litert(
    path: Path, *, tolerance: float, reference: bool = True
) -> onnx.ModelProto:
    """Converts the file and compares all outputs on noise; returns the ONNX model."""
    model = convert(path)
    onnx.checker.check_model(model, full_check=True)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.log_severity_level = 1, 3
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    random = np.random.default_rng(7)
    feeds = {i.name: random.normal(size=i.shape).astype(np.float32) for i in session.get_inputs()}
    expected = litert(path, feeds, reference=reference)
    outputs = [output.name for output in session.get_outputs()]
    assert outputs == list(expected)
    for name, value in zip(outputs, session.run(None, feeds), strict=True):
        assert value.shape == expected[name].shape
        np.testing.assert_allclose(value, expected[name], rtol=0, atol=tolerance)
        assert np.any(expected[name]), "zeros compare nothing"
    return model


def noise(*shape: int, dtype: Any = np.float32) -> Array:
    return np.random.default_rng(sum(shape)).normal(size=shape).astype(dtype)


@dataclass(frozen=True)
class Window:
    """How a kernel walks over a picture."""

    sizes: tuple[int, int]
    taps: tuple[int, int]
    strides: tuple[int, int]
    padding: int
    activation: int

    def outputs(self, *, dilation: int) -> list[int]:
        """Height and width of what comes out."""
        spans = [(taps - 1) * dilation + 1 for taps in self.taps]
        return [
            -(-size // stride) if self.padding == SAME else (size - span) // stride + 1
            for size, stride, span in zip(self.sizes, self.strides, spans, strict=True)
        ]

    def options(self) -> dict[str, int]:
        return {
            "padding": self.padding,
            "strideH": self.strides[0],
            "strideW": self.strides[1],
            "fusedActivationFunction": self.activation,
        }


def pairs(low: int, high: int) -> st.SearchStrategy[tuple[int, int]]:
    return st.tuples(st.integers(low, high), st.integers(low, high))


windows = st.builds(
    Window,
    sizes=pairs(5, 9),
    taps=pairs(1, 3),
    strides=pairs(1, 3),
    padding=st.sampled_from([SAME, VALID]),
    activation=st.sampled_from([NONE, RELU, RELU6]),
)


@settings(max_examples=40, derandomize=True)
@given(window=windows, dilation=st.integers(1, 2))
def test_conv_equals_litert(window: Window, dilation: int) -> None:
    file = File()
    options = options_of(
        "Conv2D", dilationHFactor=dilation, dilationWFactor=dilation, **window.options()
    )
    inputs = [
        file.input(1, *window.sizes, 3),
        file.constant(noise(6, *window.taps, 3)),
        file.constant(noise(6)),
    ]
    shape = (1, *window.outputs(dilation=dilation), 6)
    result = file.operator("CONV_2D", inputs, shape, options)
    with tempfile.TemporaryDirectory() as folder:
        check_against_litert(file.write(Path(folder), result), tolerance=1e-5)


@settings(max_examples=40, derandomize=True)
@given(window=windows, dilation=st.integers(1, 2), has_bias=st.booleans())
def test_depthwise_conv_equals_litert(window: Window, dilation: int, *, has_bias: bool) -> None:
    file = File()
    options = options_of(
        "DepthwiseConv2D",
        depthMultiplier=2,
        dilationHFactor=dilation,
        dilationWFactor=dilation,
        **window.options(),
    )
    inputs = [file.input(1, *window.sizes, 3), file.constant(noise(1, *window.taps, 6))]
    if has_bias:
        inputs.append(file.constant(noise(6)))
    shape = (1, *window.outputs(dilation=dilation), 6)
    result = file.operator("DEPTHWISE_CONV_2D", inputs, shape, options)
    with tempfile.TemporaryDirectory() as folder:
        check_against_litert(file.write(Path(folder), result), tolerance=1e-5)


@settings(max_examples=20, derandomize=True)
@given(window=windows)
def test_max_pool_equals_litert(window: Window) -> None:
    file = File()
    options = options_of(
        "Pool2D", filterHeight=window.taps[0], filterWidth=window.taps[1], **window.options()
    )
    shape = (1, *window.outputs(dilation=1), 4)
    result = file.operator("MAX_POOL_2D", [file.input(1, *window.sizes, 4)], shape, options)
    with tempfile.TemporaryDirectory() as folder:
        check_against_litert(file.write(Path(folder), result), tolerance=0)


@pytest.mark.parametrize("steepest", [1.0, 1.7])
def test_prelu_equals_litert_for_slopes_of_either_sign_and_above_one(
    steepest: float, tmp_path: Path
) -> None:
    file = File()
    slopes = np.array([-0.5, 0.0, 0.3, 0.9, steepest], np.float32).reshape(1, 1, 5)
    result = file.operator("PRELU", [file.input(1, 6, 4, 5), file.constant(slopes)], (1, 6, 4, 5))
    check_against_litert(file.write(tmp_path, result), tolerance=1e-6)


@pytest.mark.parametrize(
    "amounts",
    [[[0, 0], [0, 0], [0, 0], [0, 3]], [[0, 0], [1, 2], [0, 3], [2, 1]], [[0, 0], [1, 2]]],
)
def test_pad_equals_litert(tmp_path: Path, amounts: list[list[int]]) -> None:
    file = File()
    shape = (1, 3, 4, 2)[: len(amounts)]
    padded = [size + sum(amount) for size, amount in zip(shape, amounts, strict=True)]
    inputs = [file.input(*shape), file.constant(np.array(amounts, np.int32))]
    check_against_litert(
        file.write(tmp_path, file.operator("PAD", inputs, padded, schema.PadOptionsT())),
        tolerance=0,
    )


@pytest.mark.parametrize("activation", [NONE, RELU, RELU6])
def test_add_equals_litert(tmp_path: Path, activation: int) -> None:
    file = File()
    options = options_of("Add", fusedActivationFunction=activation)
    first, second = file.input(1, 3, 4, 5), file.input(1, 3, 4, 5)
    total = file.operator("ADD", [first, second], (1, 3, 4, 5), options)
    shifted = file.operator("ADD", [total, file.constant(noise(1, 1, 1, 5))], (1, 3, 4, 5), options)
    check_against_litert(file.write(tmp_path, total, shifted), tolerance=1e-6)


def test_relu_equals_litert(tmp_path: Path) -> None:
    file = File()
    result = file.operator("RELU", [file.input(1, 3, 4, 5)], (1, 3, 4, 5))
    check_against_litert(file.write(tmp_path, result), tolerance=0)


@pytest.mark.parametrize(
    ("shape", "target"),
    [
        ((1, 3, 4, 6), (1, 36, 2)),
        ((1, 3, 4, 6), (1, 6, 4, 3)),
        ((1, 1, 1, 12), (6, 2)),
        ((12, 2), (1, 3, 2, 4)),
    ],
)
def test_reshape_keeps_the_order_of_channels_last(
    tmp_path: Path, shape: tuple[int, ...], target: tuple[int, ...]
) -> None:
    file = File()
    inputs = [file.input(*shape), file.constant(np.array(target, np.int32))]
    result = file.operator("RESHAPE", inputs, target)
    check_against_litert(file.write(tmp_path, result), tolerance=0)


@pytest.mark.parametrize(("axis", "rank"), [(3, 4), (1, 4), (-1, 4), (-2, 3), (1, 3)])
def test_concatenation_equals_litert(tmp_path: Path, axis: int, rank: int) -> None:
    file = File()
    shapes = [list((1, 3, 4, 5)[:rank]) for _ in range(3)]
    shapes[1][axis] = 2
    inputs = [file.input(*shapes[0]), file.input(*shapes[1])]
    options = options_of("Concatenation", axis=axis)
    shapes[2][axis] = shapes[0][axis] + shapes[1][axis]
    result = file.operator("CONCATENATION", inputs, shapes[2], options)
    check_against_litert(file.write(tmp_path, result), tolerance=0)


def test_float16_weights_are_unpacked_once(tmp_path: Path) -> None:
    file = File()
    source = file.input(1, 4, 4, 3)
    packed = file.constant(noise(2, 1, 1, 3, dtype=np.float16))
    weights = file.operator("DEQUANTIZE", [packed], (2, 1, 1, 3))
    options = options_of("Conv2D", strideH=1, strideW=1, padding=SAME)
    result = file.operator(
        "CONV_2D", [source, weights, file.constant(noise(2))], (1, 4, 4, 2), options
    )
    model = check_against_litert(file.write(tmp_path, result), tolerance=1e-5)
    assert "Cast" not in {node.op_type for node in model.graph.node}


def refused(path: Path, *words: str) -> None:
    with pytest.raises(ModelError) as caught:
        convert(path)
    for word in (path.name, *words):
        assert word in caught.value.message


@pytest.mark.parametrize(("kind", "name"), [("LOGISTIC", "LOGISTIC"), ("CUSTOM", "CUSTOM(Spline)")])
def test_an_unknown_operator_is_named_with_its_file(tmp_path: Path, kind: str, name: str) -> None:
    file = File()
    refused(file.write(tmp_path, file.operator(kind, [file.input(1, 2)], (1, 2))), name)


def test_uses_that_are_not_known_are_named(tmp_path: Path) -> None:
    file = File()
    source = file.input(1, 3, 4, 5)
    tanh = options_of("Add", fusedActivationFunction=schema.ActivationFunctionType.TANH)
    refused(file.write(tmp_path, file.operator("ADD", [source, source], (1, 3, 4, 5), tanh)), "ADD")

    file = File()
    source, weights = file.input(1, 4, 4, 3), file.input(2, 1, 1, 3)
    options = options_of("Conv2D", strideH=1, strideW=1)
    result = file.operator("CONV_2D", [source, weights], (1, 4, 4, 2), options)
    refused(file.write(tmp_path, result), "CONV_2D", "computed weights")

    file = File()
    slopes = file.constant(noise(3, 4, 5))
    result = file.operator("PRELU", [file.input(1, 3, 4, 5), slopes], (1, 3, 4, 5))
    refused(file.write(tmp_path, result), "PRELU", "one per channel")

    file = File()
    packed = file.input(1, 4, dtype=np.float16)
    refused(file.write(tmp_path, file.operator("DEQUANTIZE", [packed], (1, 4))), "not float32")


def test_a_damaged_file_is_a_model_error(tmp_path: Path) -> None:
    file = File()
    options = options_of("Conv2D", strideH=1, strideW=1, padding=SAME)
    inputs = [
        file.input(1, 4, 4, 3),
        file.constant(noise(2, 1, 1, 3)),
        file.constant(noise(2)),
    ]
    whole = file.write(tmp_path, file.operator("CONV_2D", inputs, (1, 4, 4, 2), options))
    content = whole.read_bytes()
    refused(tmp_path / "missing.tflite", "cannot be read")
    path = tmp_path / "spoilt.tflite"
    random = np.random.default_rng(1)
    cuts = [content[:length] for length in range(0, len(content), 16)]
    flips = [bytearray(content) for _ in range(300)]
    for flip in flips:
        flip[random.integers(len(content))] ^= 1 << int(random.integers(8))
    refusals = 0
    for spoilt in [b"PK\x03\x04 an archive", *cuts, *flips]:
        path.write_bytes(spoilt)
        with contextlib.suppress(ModelError):
            convert(path)
            continue
        refusals += 1
    assert refusals > len(cuts) / 2


@pytest.fixture(scope="session")
def mediapipe() -> Path:
    """The wheel with Google's own face models, kept from one test run to the next."""
    user = os.environ.get("USER", "user")
    folder = Path(tempfile.gettempdir()) / f"livecam-tests-{user}" / WHEEL
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / ".lock"):
        if not list(folder.glob("*.whl")):
            tags = "--platform manylinux_2_28_x86_64 --python-version 312 --abi cp312"
            choice = f"--no-deps --only-binary :all: --implementation cp {tags}".split()
            subprocess.run(
                [sys.executable, "-m", "pip", "download", "-q", *choice, WHEEL],
                cwd=folder,
                check=True,
                timeout=110,
            )
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.mark.needs_network
@pytest.mark.parametrize(
    "member",
    ["face_landmark/face_landmark.tflite", "face_detection/face_detection_short_range.tflite"],
)
def test_mediapipe_models_equal_litert(mediapipe: Path, tmp_path: Path, member: str) -> None:
    path = tmp_path / Path(member).name
    path.write_bytes(zipfile.ZipFile(mediapipe).read(f"mediapipe/modules/{member}"))
    model = check_against_litert(path, tolerance=1e-3, reference=False)
    moves = [node for node in model.graph.node if node.op_type == "Transpose"]
    outputs = 4 if "detection" in member else 0
    assert len(moves) == 1 + outputs, "one at the input, and one per spatial output"
