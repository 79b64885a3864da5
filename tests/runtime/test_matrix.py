from pathlib import Path

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from livecam.errors import ModelError
from livecam.runtime.graph import make_ready
from livecam.runtime.manifest import Input
from livecam.runtime.matrix import read_matrix

SIDE = 8
MATRIX = np.arange(SIDE * SIDE, dtype=np.float32).reshape(SIDE, SIDE)


def file(path: Path, *tensors: tuple[str, NDArray[np.generic]], raw: bool = True) -> Path:
    """A graph that uses none of `tensors`."""
    made = [numpy_helper.from_array(values, name) for name, values in tensors]
    if not raw:
        made = [
            helper.make_tensor(name, TensorProto.FLOAT, values.shape, values.ravel().tolist())
            for name, values in tensors
        ]
    value = helper.make_tensor_value_info
    graph = helper.make_graph(
        [helper.make_node("Neg", ["x"], ["y"])],
        "unused",
        [value("x", TensorProto.FLOAT, [1, 4])],
        [value("y", TensorProto.FLOAT, [1, 4])],
        initializer=made,
    )
    path.write_bytes(helper.make_model(graph, ir_version=8).SerializeToString())
    return path


OTHERS = [
    ("bias", np.zeros(SIDE, np.float32)),
    ("wide", np.zeros((SIDE, 2 * SIDE), np.float32)),
    ("deep", np.zeros((SIDE, SIDE, 1, 1), np.float32)),
]


@pytest.mark.parametrize("place", range(4))
@pytest.mark.parametrize("name", ["m", "onnx::Gemm_7"])
@pytest.mark.parametrize("raw", [True, False])
def test_it_is_found_wherever_it_stands_by_name_or_by_size(
    tmp_path: Path, *, place: int, name: str, raw: bool
) -> None:
    tensors = [*OTHERS[:place], (name, MATRIX), *OTHERS[place:]]
    found = read_matrix(file(tmp_path / "a.onnx", *tensors, raw=raw), "m", SIDE)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, MATRIX)


def test_by_name_among_several_of_its_size(tmp_path: Path) -> None:
    twins = [("before", MATRIX + 1), ("m", MATRIX), ("after", MATRIX + 2)]
    np.testing.assert_array_equal(read_matrix(file(tmp_path / "a.onnx", *twins), "m", SIDE), MATRIX)


def test_in_half_precision(tmp_path: Path) -> None:
    path = file(tmp_path / "a.onnx", ("m", MATRIX.astype(np.float16)))
    found = read_matrix(path, "m", SIDE)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, MATRIX)


def test_it_outlives_being_made_ready(tmp_path: Path) -> None:
    weights = file(tmp_path / "a.onnx", *OTHERS, ("m", MATRIX))
    spec = Input(name="x", size=(1, 1), shape=("batch", 4))
    ready = make_ready(weights, spec, tmp_path / "ready.onnx")
    assert ready != weights
    assert onnx.load(ready).graph.input[0].type.tensor_type.shape.dim[0].dim_param == "batch"
    np.testing.assert_array_equal(read_matrix(ready, "m", SIDE), MATRIX)


@pytest.mark.parametrize(
    "tensors", [OTHERS, [("one", MATRIX), ("other", MATRIX)], [("m", MATRIX[:, :-1])]]
)
def test_none_or_no_certain_one_is_said(
    tmp_path: Path, tensors: list[tuple[str, NDArray[np.generic]]]
) -> None:
    path = file(tmp_path / "a.onnx", *tensors)
    with pytest.raises(ModelError, match=r"matrices of 8 × 8, none called 'm'"):
        read_matrix(path, "m", SIDE)
