"""Which provider runs a model, and what is said of the better ones.

No GPU is here. Where a decision needs a provider that this ONNX Runtime lacks, `Machine` has the
real one list it and lets it fail in one of the ways that real ones do; all else is real.
"""

import logging
import os
import shutil
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from livecam.errors import ModelError
from livecam.runtime import choice, preference, tryout
from livecam.runtime.choice import Why
from livecam.runtime.ort import available_providers
from livecam.runtime.session import open_session

CPU = "CPUExecutionProvider"
FULL = {
    "tensorrt": "TensorrtExecutionProvider",
    "cuda": "CUDAExecutionProvider",
    "dml": "DmlExecutionProvider",
}
REAL = onnxruntime.InferenceSession

needs_openvino = pytest.mark.skipif(
    "OpenVINOExecutionProvider" not in onnxruntime.get_available_providers(),
    reason="needs onnxruntime-openvino in place of onnxruntime",
)


def graph_of(path: Path, *nodes: onnx.NodeProto) -> Path:
    """A graph from the vector `x` to the vector `y`."""
    value = helper.make_tensor_value_info
    graph = helper.make_graph(
        nodes,
        "small",
        [value("x", TensorProto.FLOAT, ["n"])],
        [value("y", TensorProto.FLOAT, ["m"])],
    )
    onnx.save(
        helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", 17)]), path
    )
    return path


@pytest.fixture
def model(tmp_path: Path) -> Path:
    add = helper.make_node
    return graph_of(
        tmp_path / "model.onnx", add("Add", ["x", "x"], ["z"]), add("Abs", ["z"], ["y"])
    )


class Machine:
    """ONNX Runtime with more providers than it has, each failing in its way."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.ways: dict[str, str] = {}
        self.asked: list[list[tuple[str, dict[str, str]]]] = []
        self.options: list[Any] = []
        self.works_at_all = False
        monkeypatch.setattr(
            onnxruntime, "get_available_providers", lambda: [*map(FULL.get, self.ways), CPU]
        )
        monkeypatch.setattr(onnxruntime, "InferenceSession", self.start)
        monkeypatch.setattr(
            choice, "why_not", lambda name: "" if self.works_at_all else f"no driver for {name}"
        )

    def start(self, path: Path, options: Any, *, providers: Sequence[Any], **more: Any) -> Any:
        self.asked.append(list(providers))
        self.options.append(options)
        first = providers[0][0]
        way = next((way for name, way in self.ways.items() if FULL[name] == first), "works")
        if way == "raises":
            raise RuntimeError(f"[ONNXRuntimeError] : 1 : FAIL : {first} is out of memory")
        inference = REAL(path, options, providers=[CPU], **more)
        if way == "few":  # comes up, and takes next to nothing
            inference.get_providers = lambda: [first, CPU]
        return inference


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    choice._warn_once.cache_clear()
    return Machine(monkeypatch)


def test_the_cpu_needs_no_reason(model: Path, caplog: pytest.LogCaptureFixture) -> None:
    chosen = open_session(model, name="adder").choice
    assert (chosen.model, chosen.provider) == ("adder", "cpu")
    assert (chosen.nodes, chosen.nodes_elsewhere) == (2, 0)
    if set(available_providers()) == {"cpu"}:
        assert chosen.refused == ()
    assert not [record for record in caplog.records if record.levelno > logging.DEBUG]


def test_a_driver_that_is_missing_is_said_once_for_all_models(
    model: Path, machine: Machine, caplog: pytest.LogCaptureFixture
) -> None:
    machine.ways = {"cuda": "absent"}
    sessions = [open_session(model, name=name) for name in ("first", "second")]
    for session in sessions:
        assert session.providers == ("cpu",)
        (refusal,) = session.choice.refused
        assert (refusal.provider, refusal.why) == ("cuda", Why.MACHINE)
        assert refusal.reason == "no driver for cuda"
    (said,) = [record for record in caplog.records if record.levelname == "WARNING"]
    assert "cuda does not work here: no driver for cuda. Models run on cpu" in said.message


@pytest.mark.parametrize(
    ("way", "reason"),
    [
        ("raises", "CUDAExecutionProvider is out of memory"),
        ("absent", "it did not come up for this model and did not say why"),
        ("few", "it takes only 0 of 2 nodes, the CPU the rest"),
    ],
)
def test_a_model_that_a_working_provider_refuses_is_named(
    model: Path, machine: Machine, caplog: pytest.LogCaptureFixture, way: str, reason: str
) -> None:
    machine.ways, machine.works_at_all = {"cuda": way}, True
    session = open_session(model, name="adder")
    (y,) = session.run({"x": np.ones(3, np.float32)})
    assert y.tolist() == [2, 2, 2]
    (refusal,) = session.choice.refused
    assert (session.choice.provider, refusal.why) == ("cpu", Why.MODEL)
    assert refusal.reason == reason
    (said,) = [record for record in caplog.records if record.levelname == "WARNING"]
    assert said.message == f"The model adder runs on cpu, not on cuda: {reason}."


def test_tensorrt_is_not_built_behind_the_users_back(
    model: Path, machine: Machine, caplog: pytest.LogCaptureFixture
) -> None:
    machine.ways, machine.works_at_all = {"tensorrt": "few", "cuda": "raises"}, True
    session = open_session(model)
    assert [refusal.provider for refusal in session.choice.refused] == ["tensorrt", "cuda"]
    held = session.choice.refused[0]
    assert held.why is Why.RULE
    assert 'models.providers=["tensorrt","cuda","cpu"]' in held.reason
    assert FULL["tensorrt"] not in [asked[0][0] for asked in machine.asked]
    assert "engine" not in caplog.text  # what is held back by rule is no cause for alarm


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setattr(preference.platformdirs, "user_cache_path", lambda _: folder)
    return folder


def test_tensorrt_is_tried_first_once_its_engine_is_there(
    model: Path, machine: Machine, cache: Path
) -> None:
    machine.ways = {"tensorrt": "absent", "cuda": "absent"}
    engines = preference.engines_folder(model)
    assert engines.is_relative_to(cache)
    engines.mkdir(parents=True)
    (engines / "TensorrtExecutionProvider_TRTKernel_graph_small.engine").touch()
    open_session(model)
    first = machine.asked[0]
    assert [name for name, _ in first] == [FULL["tensorrt"], FULL["cuda"], CPU]
    assert first[0][1]["trt_engine_cache_path"] == str(engines)


def test_an_engine_of_another_model_does_not_count(tmp_path: Path, model: Path) -> None:
    other = Path(shutil.copy2(model, tmp_path / "other.onnx"))
    assert preference.engines_folder(model) == preference.engines_folder(model)
    assert preference.engines_folder(model) != preference.engines_folder(other)


@pytest.mark.usefixtures("cache")
def test_that_an_engine_is_built_is_said_beforehand(
    model: Path, machine: Machine, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    machine.ways, machine.works_at_all = {"tensorrt": "raises"}, True
    with pytest.raises(ModelError, match="cannot be loaded on tensorrt, cpu"):
        open_session(model, providers=["tensorrt", "cpu"])
    assert "this takes minutes" in caplog.text
    assert preference.engines_folder(model).is_dir()


@pytest.mark.parametrize("provider", ["warp", "azure"])
def test_a_provider_that_is_not_there_is_refused(model: Path, provider: str) -> None:
    """Azure is a web service, which every ONNX Runtime lists."""
    with pytest.raises(ModelError, match=f"'{provider}' is not in this ONNX Runtime, which has"):
        open_session(model, providers=[provider])


@pytest.mark.parametrize("providers", [["cuda"], ["cuda", "cpu"], ["cpu", "cuda"]])
def test_a_provider_that_was_asked_for_must_come_up(
    model: Path, machine: Machine, providers: list[str]
) -> None:
    machine.ways = {"cuda": "absent"}
    with pytest.raises(ModelError) as caught:
        open_session(model, providers=providers)
    assert "cuda did not come up for model.onnx" in caught.value.message
    assert caught.value.message.endswith("run on cpu: no driver for cuda")
    assert "livecam doctor" in caught.value.hint


def test_a_provider_that_was_asked_for_and_takes_nothing_is_said(
    model: Path, machine: Machine, caplog: pytest.LogCaptureFixture
) -> None:
    machine.ways = {"cuda": "few"}
    session = open_session(model, name="adder", providers=["cuda", "cpu"])
    assert (session.choice.provider, session.choice.nodes_elsewhere) == ("cuda", 2)
    assert "adder is hardly on cuda: it takes only 0 of 2 nodes" in caplog.text


@pytest.mark.filterwarnings("ignore:Specified provider:UserWarning")
def test_the_reason_is_found_out_in_another_process(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With nothing replaced but the list: as where the wheel has CUDA and the machine has not."""
    listed = [FULL["cuda"], CPU]
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: listed)
    tryout._found.clear()
    (refusal,) = open_session(model).choice.refused
    tryout._found.clear()
    assert (refusal.provider, refusal.why) == ("cuda", Why.MACHINE)
    assert refusal.reason == "it did not come up and did not say why"


class Lost:
    """The innards of a session whose device has gone away."""

    def __init__(self, innards: Any) -> None:
        self.innards = innards
        self.runs = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.innards, name)

    def run(self, *_: object) -> None:
        self.runs += 1
        raise onnxruntime.capi.onnxruntime_pybind11_state.EPFail("CUDA failure 2: out of memory")


def test_a_run_that_fails_on_a_device_is_one_error_and_no_change_of_provider(
    model: Path, machine: Machine
) -> None:
    machine.ways = {"cuda": "few"}
    session = open_session(model, name="adder", providers=["cuda", "cpu"])
    lost = Lost(session._inference._sess)
    session._inference._sess = lost
    for _ in range(2):
        with pytest.raises(ModelError) as caught:
            session.run({"x": np.ones(3, np.float32)})
        assert "adder" in caught.value.message
        assert "failed to run on cuda: CUDA failure 2: out of memory" in caught.value.message
        assert "--set 'models.providers=[\"cpu\"]'" in caught.value.hint
    assert lost.runs == 2
    assert session._inference._sess is lost  # not made anew on the CPU


class Busy:
    """The innards of a session, each run of which takes a moment."""

    most = 0
    inside = 0

    def __init__(self, innards: Any) -> None:
        self.innards = innards

    def __getattr__(self, name: str) -> Any:
        return getattr(self.innards, name)

    def run(self, *more: Any) -> Any:
        Busy.inside += 1
        Busy.most = max(Busy.most, Busy.inside)
        time.sleep(0.05)
        Busy.inside -= 1
        return self.innards.run(*more)


def test_directml_gets_one_run_at_a_time(model: Path, machine: Machine) -> None:
    machine.ways = {"dml": "few"}
    sessions = [open_session(model, providers=["dml", "cpu"]) for _ in range(2)]
    assert not any(options.enable_mem_pattern for options in machine.options)
    for session in sessions:
        session._inference._sess = Busy(session._inference._sess)
    with ThreadPoolExecutor(4) as pool:
        feeds = {"x": np.ones(3, np.float32)}
        for run in [pool.submit(session.run, feeds) for session in sessions for _ in range(2)]:
            assert run.result()[0].tolist() == [2, 2, 2]
    assert Busy.most == 1


def heavy(tmp_path: Path, model: Path) -> Path:
    """The model with so much behind it that its file is heavy; ONNX Runtime ignores it."""
    graph = onnx.load(model)
    graph.metadata_props.add(key="ballast", value="x" * preference.HEAVY_BYTES)
    path = tmp_path / "heavy.onnx"
    onnx.save(graph, path)
    return path


@pytest.mark.skipif(sys.platform != "linux", reason="counts the cores this process may use")
def test_heavy_models_take_every_core(tmp_path: Path, model: Path) -> None:
    assert preference.default_threads(model) == 1
    assert preference.default_threads(heavy(tmp_path, model)) == len(os.sched_getaffinity(0))


def test_openvino_is_for_heavy_models_on_cpus_with_bf16(
    tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    big = heavy(tmp_path, model)
    for bf16, tried in ((True, big), (False, None)):
        monkeypatch.setattr(preference, "has_bf16", lambda bf16=bf16: bf16)
        for path in (model, big):
            assert (preference.held_back("openvino", path) == "") == (path == tried)
    assert preference.ranked(["cpu", "openvino", "azure", "cuda"]) == ("cuda", "openvino", "cpu")


@pytest.fixture
def all_heavy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preference, "HEAVY_BYTES", 0)
    monkeypatch.setattr(preference, "has_bf16", lambda: True)


def test_a_driver_that_is_known_to_crash_is_left_alone(
    model: Path, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.ways = {"cuda": "works"}
    monkeypatch.setitem(tryout._found, "cuda", "it took its process down (signal 11)")
    (refusal,) = open_session(model).choice.refused
    assert (refusal.why, refusal.reason) == (
        Why.MACHINE,
        "it took its process down (signal 11)",
    )
    assert [asked[0][0] for asked in machine.asked] == [CPU]


others = [name for name in preference.ranked(available_providers()) if name != "cpu"]


@pytest.mark.skipif(not others, reason="needs an execution provider besides the CPU's")
@pytest.mark.parametrize("provider", others)
def test_every_provider_gives_what_the_cpu_gives(tmp_path: Path, provider: str) -> None:
    """Of a convolution as heavy as that of a real swapper; in bf16 within its eight bits."""
    weight = np.random.default_rng(0).standard_normal((600, 600, 4, 4), np.float32) / 98
    x = np.random.default_rng(1).standard_normal((1, 600, 16, 16), np.float32)
    value = helper.make_tensor_value_info
    graph = helper.make_graph(
        [helper.make_node("Conv", ["x", "w"], ["y"])],
        "conv",
        [value("x", TensorProto.FLOAT, list(x.shape))],
        [value("y", TensorProto.FLOAT, [1, 600, 13, 13])],
        initializer=[numpy_helper.from_array(weight, "w")],
    )
    path = tmp_path / "conv.onnx"
    onnx.save(
        helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", 17)]), path
    )
    assert preference.is_heavy(path)
    there, cpu = (open_session(path, providers=[name]) for name in (provider, "cpu"))
    (got,), (want,) = there.run({"x": x}), cpu.run({"x": x})
    error = float(np.abs(got - want).max() / want.std())
    low = there.choice.precision == "bf16"
    assert (1e-4 if low else 0) < error < (0.1 if low else 0.01)


@needs_openvino
@pytest.mark.usefixtures("all_heavy")
def test_openvino_runs_what_it_can(model: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    session = open_session(model)
    assert (session.choice.provider, session.choice.nodes_elsewhere) == ("openvino", 0)
    assert str(session.choice) == "on openvino in bf16"
    assert "model runs on openvino in bf16" in caplog.text
    assert session.run({"x": np.ones(3, np.float32)})[0].tolist() == [2, 2, 2]


@needs_openvino
@pytest.mark.usefixtures("all_heavy")
def test_openvino_refuses_and_the_cpu_takes_over(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    unique = [
        helper.make_node("Unique", [source], [target])
        for source, target in (("x", "a"), ("a", "b"), ("b", "y"))
    ]
    few = graph_of(tmp_path / "few.onnx", *unique)
    graph = open_session(few).choice
    assert graph.provider == "cpu"
    assert graph.refused[0].why is Why.MODEL
    assert "few runs on cpu, not on openvino" in caplog.text
    assert capfd.readouterr().err == ""


@needs_openvino
def test_a_device_that_is_not_there_says_so(
    model: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def options(*_: object, **__: object) -> dict[str, str]:
        return {"device_type": "NPU"}

    monkeypatch.setattr(choice, "provider_options", options)
    monkeypatch.setattr(choice, "held_back", lambda *_: "")
    (refusal,) = open_session(model).choice.refused
    assert refusal.why is Why.MODEL
    assert capfd.readouterr().err == ""
