"""Licences that allow no commercial use: asked for once, kept for that model and licence."""

import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from servers import WebServer

from livecam.errors import ModelError
from livecam.runtime.catalog import Catalog
from tests.runtime.conftest import Bench

TERMS = 'license = "For study only"\ncommercial = false'


@pytest.fixture
def bound(bench: Bench, web: WebServer, weights: bytes) -> Bench:
    """A bench with one model 'm' that is not cleared for commercial use."""
    web.files["/m.onnx"] = weights
    bench.add("m", f'{{ url = "{web.url("/m.onnx")}" }}', terms=TERMS)
    return bench


def allowed(bench: Bench) -> list[bool]:
    return [entry.allowed for entry in bench.catalog.entries()]


def test_nothing_is_fetched_before_the_licence_is_accepted(bound: Bench, web: WebServer) -> None:
    assert allowed(bound) == [False]
    catalog = bound.catalog
    for use in (catalog.path, catalog.bench, lambda name: catalog.pull([name])):
        with pytest.raises(ModelError) as caught:
            use("m")
        assert (
            "'m' are not cleared for commercial use (licence: For study only)"
            in caught.value.message
        )
        assert caught.value.hint == "Run `livecam models pull m --accept-license`."
    assert not web.asked
    catalog.accept("m")
    assert catalog.path("m").is_file()
    assert allowed(bound) == [True]
    assert bound.catalog.path("m").is_file()


def test_of_several_none_is_fetched_before_all_are_accepted(bound: Bench, web: WebServer) -> None:
    web.files["/free.onnx"] = b"anything"
    bound.add("free", f'{{ url = "{web.url("/free.onnx")}" }}', content=b"anything")
    with pytest.raises(ModelError, match="has to be accepted"):
        bound.catalog.pull(["free", "m"])
    assert not web.asked


def test_another_licence_is_another_question(bound: Bench, web: WebServer) -> None:
    bound.catalog.accept("m")
    bound.add("m", f'{{ url = "{web.url("/m.onnx")}" }}', terms=TERMS.replace("study", "fun"))
    with pytest.raises(ModelError, match="For fun only"):
        bound.catalog.path("m")
    bound.catalog.accept("m")
    bound.add("m", f'{{ url = "{web.url("/m.onnx")}" }}', terms=TERMS)
    assert allowed(bound) == [True]


def test_a_free_licence_asks_nothing_and_notes_nothing(bench: Bench) -> None:
    bench.add("m", '{ url = "https://example.org/m.onnx" }')
    bench.catalog.accept("m")
    assert allowed(bench) == [True]
    assert not bench.licences.exists()


def test_a_model_that_is_here_is_not_accepted_by_that(bound: Bench) -> None:
    bound.catalog.accept("m")
    bound.catalog.path("m")
    bound.licences.unlink()
    with pytest.raises(ModelError, match="has to be accepted"):
        bound.catalog.path("m")


def test_answers_that_come_at_the_same_time_are_all_kept(bench: Bench) -> None:
    names = [f"m{number}" for number in range(12)]
    for name in names:
        bench.add(name, f'{{ url = "https://example.org/{name}.onnx" }}', terms=TERMS)
    catalog = bench.catalog
    with ThreadPoolExecutor(len(names)) as threads:
        list(threads.map(catalog.accept, names))
    assert json.loads(bench.licences.read_bytes()).keys() == set(names)


@pytest.mark.parametrize("content", ["", "[]", '{"m": "yes"}', "no JSON"])
def test_a_record_that_cannot_be_read(bound: Bench, content: str) -> None:
    bound.licences.write_text(content)
    for use in (bound.catalog.path, bound.catalog.accept):
        with pytest.raises(ModelError, match="The record of accepted licences") as caught:
            use("m")
        assert str(bound.licences) in caught.value.message
        assert "\n" not in caught.value.message


@pytest.mark.skipif(os.name != "posix", reason="a folder's permissions are POSIX's")
def test_a_record_that_cannot_be_written(bound: Bench, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    catalog = Catalog(bound.manifests, store=bound.store, licences=tmp_path / "file" / "record")
    with pytest.raises(ModelError, match=r"cannot be recorded in .*: "):
        catalog.accept("m")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere no variable names the folder")
def test_the_record_lies_with_the_users_data(
    bound: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    Catalog(bound.manifests, store=bound.store).accept("m")
    assert "For study only" in (tmp_path / "livecam" / "licences.json").read_text("utf-8")
