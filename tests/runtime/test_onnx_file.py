"""ONNX files seen without their weights, and those that are refused."""

import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import onnx
import pytest
from graphs import adding, elsewhere, model, ones, value, write_huge
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from onnx import helper, numpy_helper
from servers import WebServer

from livecam.errors import ModelError
from livecam.runtime.onnx_file import OnnxFile
from livecam.runtime.session import open_session
from tests.runtime.conftest import Bench

GOOD = adding(ones()).SerializeToString()


def save(folder: Path, content: onnx.ModelProto | bytes) -> Path:
    path = folder / "m.onnx"
    path.write_bytes(content if isinstance(content, bytes) else content.SerializeToString())
    return path


def large() -> onnx.ModelProto:
    """A graph with small and large weights of several types, in raw bytes and in numbers."""
    noise = np.random.default_rng(1).random((64, 64)).astype(np.float32)
    return model(
        helper.make_node("MatMul", ["x", "raw"], ["a"]),
        helper.make_node("MatMul", ["a", "numbers"], ["b"]),
        helper.make_node("Reshape", ["b", "shape"], ["y"]),
        inputs=(value("x", "n", 64),),
        outputs=(value("y", "n", 8, 8),),
        weights=(
            numpy_helper.from_array(noise, "raw"),
            helper.make_tensor("numbers", onnx.TensorProto.FLOAT, [64, 64], noise.ravel()),
            numpy_helper.from_array(np.array([-1, 8, 8]), "shape"),
        ),
    )


def test_the_graph_is_there_and_large_weights_are_not(tmp_path: Path) -> None:
    made = large()
    seen = OnnxFile(save(tmp_path, made)).model
    assert seen.graph.node == made.graph.node
    assert seen.graph.input == made.graph.input
    assert [(t.name, list(t.dims)) for t in seen.graph.initializer] == [
        ("raw", [64, 64]),
        ("numbers", [64, 64]),
        ("shape", [3]),
    ]
    assert seen.ByteSize() < 2000 < made.ByteSize()
    assert seen.graph.initializer[2] == made.graph.initializer[2]


def test_one_of_the_weights_is_read_when_asked_for(tmp_path: Path) -> None:
    made = large()
    file = OnnxFile(save(tmp_path, made))
    assert [file.weights(n) for n in range(3)] == list(made.graph.initializer)


def test_what_is_written_is_what_was_read_but_for_the_change(tmp_path: Path) -> None:
    made = large()
    made.metadata_props.add(key="author", value="somebody")
    file = OnnxFile(save(tmp_path, made))
    file.model.graph.name = made.graph.name = "changed"
    file.write(tmp_path / "again.onnx")
    assert onnx.load(tmp_path / "again.onnx") == made
    x = np.ones((2, 64), np.float32)
    (got,) = open_session(tmp_path / "again.onnx").run({"x": x})
    (wanted,) = open_session(save(tmp_path, made)).run({"x": x})
    assert np.array_equal(got, wanted)


OUTSIDE = ["/etc/hostname", "../secret.bin", "a/../../secret.bin", "link.bin", "beside.bin", ""]


@pytest.mark.parametrize("location", OUTSIDE)
def test_weights_in_another_file_are_refused(
    bench: Bench, web: WebServer, tmp_path: Path, location: str
) -> None:
    content = adding(elsewhere(location)).SerializeToString()
    web.files["/m.onnx"] = content
    bench.add("m", f'{{ url = "{web.url("/m.onnx")}" }}', content=content)
    (bench.store / "m").mkdir(parents=True)
    (tmp_path / "secret.bin").write_bytes(bytes(16))
    (bench.store / "m" / "beside.bin").write_bytes(bytes(16))
    (bench.store / "m" / "link.bin").symlink_to(tmp_path / "secret.bin")
    with pytest.raises(ModelError) as caught:
        bench.catalog.path("m")
    assert f"keeps its weights in another file, '{location}'" in caught.value.message
    assert not list(bench.store.rglob("ready-*"))


def inside_a_subgraph() -> onnx.ModelProto:
    constant = helper.make_node("Constant", [], ["y"], value=elsewhere("../secret.bin"))
    branch = helper.make_graph([constant], "branch", [], [value("y", 4)])
    choose = helper.make_node("If", ["c"], ["y"], then_branch=branch, else_branch=branch)
    condition = helper.make_tensor_value_info("c", onnx.TensorProto.BOOL, [])
    return model(choose, inputs=(condition,), outputs=(value("y", 4),))


def inside_a_function() -> onnx.ModelProto:
    made = model(
        helper.make_node("Own", ["x"], ["y"], domain="own"),
        inputs=(value("x", 4),),
        outputs=(value("y", 4),),
    )
    constant = helper.make_node("Constant", [], ["c"], value=elsewhere("../secret.bin"))
    add = helper.make_node("Add", ["x", "c"], ["y"])
    opsets = list(made.opset_import)
    made.functions.append(helper.make_function("own", "Own", ["x"], ["y"], [constant, add], opsets))
    made.opset_import.append(helper.make_opsetid("own", 1))
    return made


@pytest.mark.parametrize("made", [inside_a_subgraph(), inside_a_function()])
def test_they_are_found_wherever_they_hide(tmp_path: Path, made: onnx.ModelProto) -> None:
    with pytest.raises(ModelError, match="in another file"):
        OnnxFile(save(tmp_path, made))


def test_code_compiled_for_one_machine_is_refused(tmp_path: Path) -> None:
    context = helper.make_node(
        "EPContext",
        ["x"],
        ["y"],
        domain="com.microsoft",
        embed_mode=0,
        ep_cache_context="/tmp/engine",
    )
    made = model(context, inputs=(value("x", 4),), outputs=(value("y", 4),))
    with pytest.raises(ModelError, match="compiled for one machine"):
        OnnxFile(save(tmp_path, made))


def test_a_graph_that_only_some_parsers_would_see_is_refused(tmp_path: Path) -> None:
    hidden = adding(elsewhere("../secret.bin")).graph.SerializeToString()
    # The tag of field 7, with bits that no longer fit: some parsers drop them.
    tail = b"\xba\x80\x80\x80\x10" + bytes([len(hidden) & 127 | 128, len(hidden) >> 7]) + hidden
    with pytest.raises(ModelError, match="no field of such a number"):
        OnnxFile(save(tmp_path, GOOD + tail))


def test_operators_that_need_a_library_do_not_load(tmp_path: Path) -> None:
    own = helper.make_node("Anything", ["x"], ["y"], domain="some.library")
    made = model(own, inputs=(value("x", 4),), outputs=(value("y", 4),))
    made.opset_import.append(helper.make_opsetid("some.library", 1))
    with pytest.raises(ModelError, match=r"some\.library"):
        open_session(save(tmp_path, made))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damage_is_an_error_and_nothing_else(tmp_path: Path, data: st.DataObject) -> None:
    content = bytearray(GOOD)
    for _ in range(data.draw(st.integers(0, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = save(tmp_path, bytes(content[: data.draw(st.integers(0, len(content)))]))
    try:
        file = OnnxFile(path)
    except ModelError:
        return
    file.write(tmp_path / "again.onnx")
    assert OnnxFile(tmp_path / "again.onnx").model == file.model


@pytest.mark.parametrize("content", [b"", b"\x00", b"\xff" * 40, b"no model", b"\x08\x08"])
def test_what_is_no_onnx_file(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(ModelError, match="is not an ONNX file, or is damaged"):
        OnnxFile(save(tmp_path, content))


@pytest.mark.skipif(sys.platform != "linux", reason="how memory is counted differs")
@pytest.mark.parametrize(("how", "listed"), [("pull", True), ("add", False)])
def test_large_weights_are_never_in_memory(
    bench: Bench, web: WebServer, tmp_path: Path, how: str, *, listed: bool
) -> None:
    megabytes = 160
    huge = tmp_path / "huge.onnx"
    write_huge(huge, megabytes, listed=listed)
    content = huge.read_bytes()
    web.files["/m.onnx"] = content
    bench.add("m", f'{{ url = "{web.url("/m.onnx")}" }}', content=content)
    act = f"catalog.add(Path({str(huge)!r}))" if how == "add" else 'catalog.pull(["m"])'
    script = f"""
        import resource
        from pathlib import Path
        from livecam.runtime.catalog import Catalog
        catalog = Catalog(Path({str(bench.manifests)!r}), store=Path({str(bench.store)!r}))
        peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        before = peak()
        {act}
        assert [verdict.condition for verdict in catalog.verify()] == ["sound"]
        print(peak() - before)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < megabytes / 2
    (ready,) = (bench.store / "m").glob("ready-*")
    assert OnnxFile(ready).model.graph.input == [value("x", 1)]
    assert ready.samefile(bench.store / "m" / "m.onnx") is not listed
