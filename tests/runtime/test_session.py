import sys
import threading
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from livecam.errors import ModelError
from livecam.runtime.session import Session, open_session


@pytest.fixture
def model(tmp_path: Path, weights: bytes) -> Path:
    path = tmp_path / "model.onnx"
    path.write_bytes(weights)
    return path


@pytest.fixture
def session(model: Path) -> Session:
    return open_session(model)


def test_says_what_it_takes_and_gives(session: Session) -> None:
    assert {name: (spec.shape, spec.dtype) for name, spec in session.outputs.items()} == {
        "y": ((1, 4), np.float32)
    }
    assert session.inputs["x"].shape == (1, 4)
    assert session.providers == ("cpu",)


def test_runs(session: Session) -> None:
    (y,) = session.run({"x": np.zeros((1, 4), np.float32)})
    assert y.tolist() == [[4, 4, 4, 4]]


@pytest.mark.parametrize(
    ("feeds", "given"),
    [
        ({}, "it was given nothing"),
        ({"z": np.zeros((1, 4), np.float32)}, "'z' float32 (1 × 4)"),
        ({"x": np.zeros((1, 5), np.float32)}, "'x' float32 (1 × 5)"),
        ({"x": np.zeros((4,), np.float32)}, "'x' float32 (4)"),
        ({"x": np.zeros((1, 4))}, "'x' float64 (1 × 4)"),
    ],
)
def test_feeds_that_do_not_fit(session: Session, feeds: dict[str, np.ndarray], given: str) -> None:
    with pytest.raises(ModelError) as caught:
        session.run(feeds)
    assert "takes 'x' float32 (1 × 4)" in caught.value.message
    assert given in caught.value.message
    assert str(session.path) in caught.value.message


def test_a_run_that_fails_names_the_model(tmp_path: Path) -> None:
    value = helper.make_tensor_value_info
    four = numpy_helper.from_array(np.array([4], np.int64), "four")
    graph = helper.make_graph(
        [helper.make_node("Reshape", ["x", "four"], ["y"])],
        "picky",
        [value("x", TensorProto.FLOAT, ["n"])],
        [value("y", TensorProto.FLOAT, [4])],
        initializer=[four],
    )
    path = tmp_path / "picky.onnx"
    onnx.save(
        helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", 13)]), path
    )
    session = open_session(path, name="picky")
    assert session.run({"x": np.ones(4, np.float32)})[0].shape == (4,)
    with pytest.raises(
        ModelError, match=r"The model picky \(.*\) failed to run on cpu: "
    ) as caught:
        session.run({"x": np.ones(5, np.float32)})
    assert str(path) in caught.value.message
    assert "livecam models verify" in caught.value.hint
    assert "\n" not in caught.value.message


def test_threads_share_a_session(session: Session) -> None:
    right = []

    def work(value: int) -> None:
        for _ in range(50):
            (y,) = session.run({"x": np.full((1, 4), value, np.float32)})
            right.append(bool((y == value + 4).all()))

    threads = [threading.Thread(target=work, args=(value,)) for value in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert right == [True] * 200


@pytest.mark.parametrize("damage", ["cut", "text", "empty", "absent"])
def test_a_file_that_is_no_model_is_named(model: Path, damage: str) -> None:
    content = {"cut": model.read_bytes()[:-20], "text": b"hello" * 50, "empty": b""}
    if damage == "absent":
        model.unlink()
    else:
        model.write_bytes(content[damage])
    with pytest.raises(ModelError) as caught:
        open_session(model)
    assert str(model) in caught.value.message
    assert "\n" not in caught.value.message


def test_no_onnx_runtime_is_said_in_one_line(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(ModelError) as caught:
        open_session(model)
    assert "\n" not in caught.value.message
    for extra in ("livecam[cpu]", "livecam[gpu]", "livecam[openvino]"):
        assert extra in caught.value.hint


def test_the_noise_of_old_exports_stays_off_the_terminal(
    model: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    noisy = onnx.load(model)
    noisy.ir_version = 8  # from 4 on, ONNX Runtime warns of each weight among the inputs
    onnx.save(noisy, model)
    open_session(model)
    assert capfd.readouterr().err == ""
