"""`livecam models`: terms, files of one's own, what is here, and what is not."""

import hashlib
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from commands import Child, Command
from onnx import TensorProto, helper, numpy_helper
from servers import WebServer, web_server

LICENCE = "For study only (https://example.org/terms)"


def _graph() -> bytes:
    """x + 1; large enough to come in pieces."""
    value = helper.make_tensor_value_info
    weights = numpy_helper.from_array(np.ones(500_000, np.float32), "weights")
    graph = helper.make_graph(
        [
            helper.make_node("ReduceMax", ["weights"], ["one"], keepdims=0),
            helper.make_node("Add", ["x", "one"], ["y"]),
        ],
        "tiny",
        [value("x", TensorProto.FLOAT, [1, 4])],
        [value("y", TensorProto.FLOAT, [1, 4])],
        initializer=[weights],
    )
    opset = [helper.make_opsetid("", 13)]
    return helper.make_model(graph, ir_version=8, opset_imports=opset).SerializeToString()


GRAPH = _graph()


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder for models."""
    monkeypatch.setenv("LIVECAM_MODELS", str(tmp_path / "models"))
    return tmp_path / "models"


def write_model(folder: Path, name: str, *, url: str = "", task: str = "swapper") -> Path:
    """A manifest that allows no commercial use, with its weights beside it."""
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.onnx").write_bytes(GRAPH)
    sources = f'[{{ url = "{url}" }}]' if url else "[]"
    manifest = folder / f"{name}.toml"
    manifest.write_text(
        f'name = "{name}"\ntask = "{task}"\nfamily = "any"\n[weights]\nfile = "{name}.onnx"\n'
        f'sha256 = "{hashlib.sha256(GRAPH).hexdigest()}"\nsize = {len(GRAPH)}\n'
        f'sources = {sources}\nlicense = "{LICENCE}"\ncommercial = false\n',
        encoding="utf-8",
    )
    return manifest


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """The manifest of a model of the user's, with its weights beside it."""
    return write_model(tmp_path / "mine", "mine")


def row(livecam: Command, name: str) -> str:
    lines = livecam("models", "list").out.splitlines()
    return next(line for line in lines if line.split()[0] == name)


def test_add_list_bench_and_remove(livecam: Command, store: Path, mine: Path) -> None:
    outcome = livecam("models", "add", mine, "--accept-license")
    assert (outcome.code, outcome.out) == (0, f"mine: {store / 'mine' / 'mine.onnx'}\n")
    assert LICENCE in outcome.err
    shown = " ".join(row(livecam, "mine").split())
    assert shown == "mine swapper For study only no, accepted 2.0 MB yes"
    assert livecam("models", "verify", "mine").out.startswith("mine: sound")
    measured = livecam("models", "bench").out
    assert measured.startswith("mine: ")
    assert row(livecam, "mine").rstrip().endswith(measured.removeprefix("mine: ").strip())
    assert livecam("models", "remove", "mine").code == 0
    assert "mine" not in livecam("models", "list").out
    assert not list(store.rglob("*.onnx"))


def test_a_licence_is_accepted_once(livecam: Command, store: Path, mine: Path) -> None:
    added = livecam("models", "add", mine)
    assert added.code == 0
    assert added.err.splitlines() == [
        f"The weights of 'mine' are not cleared for commercial use. Their licence: {LICENCE}",
        "Before you use it: livecam models pull mine --accept-license",
    ]
    assert row(livecam, "mine").split()[-4:] == ["no", "2.0", "MB", "yes"]
    refused = livecam("models", "path", "mine")
    assert refused.code == 4
    error, hint = refused.err.splitlines()
    assert error.startswith("Error: The weights of 'mine' are not cleared for commercial use")
    assert LICENCE in error
    assert hint == "Run `livecam models pull mine --accept-license`."
    assert livecam("models", "pull", "mine").code == 4
    assert livecam("models", "pull", "mine", "--accept-license").code == 0
    for command in ("pull", "path"):
        again = livecam("models", command, "mine")
        assert (again.code, again.err) == (0, "")
        assert Path(again.out.strip()).is_relative_to(store)


def test_swap_with_a_model_that_was_not_accepted(
    livecam: Command, store: Path, tmp_path: Path, assets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = write_model(tmp_path / "mine", "mine", task="detector")
    manifest.write_text(manifest.read_text().replace('family = "any"', 'family = "yunet"'))
    livecam("models", "add", manifest)
    monkeypatch.chdir(tmp_path)
    outcome = livecam(
        *("swap", assets / "clip_a_360p.mp4", "out.mp4", "--face", assets / "portrait_c.png"),
        *("--yes-i-have-consent", "--set", "models.detector=mine"),
    )
    assert outcome.code == 4
    error, hint = outcome.err.splitlines()
    assert "'mine' are not cleared for commercial use" in error
    assert hint == "Run `livecam models pull mine --accept-license`."
    assert not Path("out.mp4").exists()
    assert sorted(path.name for path in store.iterdir()) == [".lock", "mine", "mine.toml"]


@pytest.mark.skipif(os.name != "posix", reason="terminals are POSIX's")
@pytest.mark.parametrize("answer", ["y", "n"])
def test_on_a_terminal_it_asks(
    livecam: Command, child: Callable[..., Child], store: Path, mine: Path, answer: str
) -> None:
    livecam("models", "add", mine)
    asked = child("models", "pull", "mine", terminal=True)
    asked.wait_for("Do you accept it?")
    asked.answer(answer)
    outcome = asked.outcome()
    assert LICENCE in outcome.out
    assert outcome.code == (0 if answer == "y" else 4)
    assert ("--accept-license" in outcome.out) is (answer == "n")
    assert livecam("models", "path", "mine").code == outcome.code
    assert store.is_dir()


def test_without_names_pull_takes_the_default_models(
    livecam: Command, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def pull(_self: object, names: list[str], **_: object) -> list[Path]:
        asked.extend(names)
        return []

    monkeypatch.setattr("livecam.runtime.catalog.Catalog.pull", pull)
    assert livecam("models", "pull").code == 0
    assert {"centerface", "facemesh", "mesh"} <= set(asked)
    assert "yunet" not in asked
    assert not store.exists()


@pytest.fixture
def web(store: Path) -> Iterator[WebServer]:
    """A server with the weights of a model that the user has a manifest of, but not the file."""
    with web_server() as server:
        server.files["/graph"] = GRAPH
        manifest = write_model(store, "far", url=server.url("/graph"))
        manifest.with_suffix(".onnx").unlink()
        yield server


@pytest.mark.skipif(os.name != "posix", reason="signals are POSIX's")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_pull_that_was_ended_is_continued(
    livecam: Command,
    child: Callable[..., Child],
    store: Path,
    web: WebServer,
    how: signal.Signals,
) -> None:
    web.stalled, web.ranges = {"/graph"}, {"/graph": "honest"}
    ended = child("models", "pull", "far", "--accept-license")
    ended.wait_until(lambda: any(p.stat().st_size for p in store.glob(".part-*")))
    ended.process.send_signal(how)
    outcome = ended.outcome()
    assert "Traceback" not in outcome.err
    web.stalled.clear()
    again = livecam("models", "pull", "far")
    assert again.code == 0
    assert "Fetching" in again.err
    assert web.starts[0] == 0 < web.starts[1]
    assert (store / "far" / "far.onnx").read_bytes() == GRAPH
    assert livecam("models", "verify", "far").out.startswith("far: sound")


def test_two_that_pull_at_once_fetch_once(
    child: Callable[..., Child], web: WebServer, store: Path
) -> None:
    web.stalled = {"/graph"}
    first = child("models", "pull", "far", "--accept-license")
    first.wait_until(web.half_sent.is_set)
    second = child("models", "pull", "far", "--accept-license", terminal=True)
    second.wait_for("Waiting for another livecam")
    web.release.set()
    outcomes = [one.outcome() for one in (first, second)]
    assert [outcome.code for outcome in outcomes] == [0, 0], outcomes
    assert outcomes[0].out.strip() in outcomes[1].out
    assert web.asked == {"/graph": 1}
    assert [path.name for path in (store / "far").glob("*.onnx.*")] == []


def test_what_cannot_be_fetched_is_one_clear_error(
    livecam: Command, web: WebServer, store: Path
) -> None:
    web.files.clear()
    outcome = livecam("models", "pull", "far", "--accept-license")
    assert outcome.code == 4
    _, error, hint = outcome.err.splitlines()
    assert error == (
        f"Error: far.onnx, the weights of 'far', could not be fetched. Tried "
        f"{web.url('/graph')}: HTTP 404 Not Found."
    )
    assert hint == (
        "Check the connection and run `livecam models pull far` again, or put the file in "
        "yourself with `livecam models add far.onnx`."
    )
    assert not list(store.glob("far/*"))
