from pathlib import Path

import numpy as np
import pytest

from livecam.errors import ModelError
from livecam.runtime.graph import make_ready
from livecam.runtime.manifest import Input
from livecam.runtime.session import open_session


@pytest.fixture
def old(tmp_path: Path, weights: bytes) -> Path:
    path = tmp_path / "old.onnx"
    path.write_bytes(weights)
    return path


def made(old: Path, spec: Input | None = None) -> Path:
    return make_ready(old, spec, old.with_name("ready.onnx"))


def test_weights_leave_the_inputs_and_the_result_stays(old: Path) -> None:
    before, after = open_session(old), open_session(made(old))
    x = np.arange(4, dtype=np.float32)[None]
    assert list(after.inputs) == ["x"]
    (wanted,) = before.run({"x": x})
    (got,) = after.run({"x": x})
    assert np.array_equal(got, wanted)
    assert np.array_equal(got, x + 4)


def test_the_manifest_makes_dims_dynamic(old: Path) -> None:
    session = open_session(made(old, Input(name="x", size=(4, 1), shape=("batch", "width"))))
    assert session.inputs["x"].shape == (None, None)
    assert session.outputs["y"].shape == (None, None)
    x = np.zeros((3, 9), np.float32)
    assert session.run({"x": x})[0].shape == x.shape


def test_making_ready_twice_gives_the_same_bytes_and_changes_nothing_more(old: Path) -> None:
    first = made(old).read_bytes()
    assert made(old).read_bytes() == first
    assert make_ready(made(old), None, old) == made(old)


def test_an_input_the_graph_does_not_have(old: Path) -> None:
    with pytest.raises(ModelError, match=r"old\.onnx has no input 'z' but 'x'"):
        made(old, Input(name="z", size=(1, 1), shape=(1,)))


@pytest.mark.parametrize("damage", ["cut", "text"])
def test_a_damaged_file_is_named(tmp_path: Path, weights: bytes, damage: str) -> None:
    path = tmp_path / "damaged.onnx"
    path.write_bytes(weights[:-9] if damage == "cut" else b"no model at all")
    with pytest.raises(ModelError, match=r"damaged\.onnx is not an ONNX file"):
        made(path)


@pytest.mark.needs_shared
@pytest.mark.parametrize("size", [(640, 640), (640, 384), (320, 192)])
def test_yunet_takes_any_multiple_of_32_once_ready(
    shared: Path, tmp_path: Path, size: tuple[int, int]
) -> None:
    published = shared / "weights" / "yunet_s_640_640.onnx"
    spec = Input(name="input", size=size, shape=(1, 3, "height", "width"))
    ready = make_ready(published, spec, tmp_path / "ready.onnx")
    width, height = size
    image = np.random.default_rng(1).uniform(0, 255, (1, 3, height, width)).astype(np.float32)
    session = open_session(ready)
    got = session.run({"input": image})
    shapes = dict(zip(session.outputs, (output.shape for output in got), strict=True))
    assert shapes["kps_8"] == (1, width * height // 64, 10)
    assert shapes["cls_32"] == (1, width * height // 1024, 1)
    if size == (640, 640):
        for ours, theirs in zip(got, open_session(published).run({"input": image}), strict=True):
            np.testing.assert_allclose(ours, theirs, atol=1e-5)


@pytest.mark.needs_shared
def test_centerface_takes_any_multiple_of_32_once_ready(shared: Path, tmp_path: Path) -> None:
    spec = Input(name="input.1", size=(96, 64), shape=(1, 3, "height", "width"))
    centerface = shared / "weights" / "centerface.onnx"
    ready = make_ready(centerface, spec, tmp_path / "ready.onnx")
    outputs = open_session(ready).run({"input.1": np.zeros((1, 3, 64, 96), np.float32)})
    assert [output.shape for output in outputs] == [(1, c, 16, 24) for c in (1, 2, 2, 10)]
