"""Weights from web servers: what goes wrong, and what is left behind."""

import socket
from pathlib import Path

import pytest

from livecam.errors import ModelError
from livecam.runtime.download import FetchError, download
from livecam.runtime.manifest import UrlSource
from livecam.runtime.session import open_session
from tests.runtime.conftest import Bench, WebServer


def url(web: WebServer, path: str = "/m.onnx") -> str:
    return f'{{ url = "{web.url(path)}" }}'


def refusal(bench: Bench) -> str:
    """What `path` says when it cannot have the file; nothing but the lock may be left."""
    with pytest.raises(ModelError) as caught:
        bench.catalog.path("m")
    assert "m.onnx, the weights of 'm', could not be fetched" in caught.value.message
    assert "livecam models pull m" in caught.value.hint
    assert str(bench.store / "m" / "m.onnx") in caught.value.hint
    assert bench.kept() == {}
    assert [path.name for path in bench.store.iterdir()] == [".lock"]
    return caught.value.message


def test_first_use_fetches_and_later_ones_do_not(
    bench: Bench, web: WebServer, weights: bytes
) -> None:
    web.files["/m.onnx"] = weights
    bench.add("m", url(web))
    told: list[tuple[str, int, int]] = []
    first = bench.catalog.path("m", progress=lambda *news: told.append(news))
    assert bench.catalog.path("m") == first
    assert web.asked == {"/m.onnx": 1}
    assert open_session(first).inputs.keys() == {"x"}
    assert told[0] == (web.url("/m.onnx"), 0, len(weights))
    assert told[-1] == (web.url("/m.onnx"), len(weights), len(weights))
    assert bench.kept()["m/m.onnx"] == weights


def test_a_truncated_download(bench: Bench, web: WebServer, weights: bytes) -> None:
    web.files["/m.onnx"], web.truncated = weights, {"/m.onnx"}
    bench.add("m", url(web))
    said = refusal(bench)
    assert web.url("/m.onnx") in said
    assert "incomplete" in said or "without sending" in said


def test_a_truncated_download_of_unknown_length(
    bench: Bench, web: WebServer, weights: bytes
) -> None:
    web.files["/m.onnx"], web.truncated, web.unsized = weights, {"/m.onnx"}, {"/m.onnx"}
    bench.add("m", url(web))
    assert f"it ended after {len(weights) // 2} of {len(weights)} bytes" in refusal(bench)


def test_more_bytes_than_there_should_be(bench: Bench, web: WebServer, weights: bytes) -> None:
    web.files["/m.onnx"] = weights + b"!"
    bench.add("m", url(web))
    assert f"more than the {len(weights)} bytes" in refusal(bench)


def test_other_bytes_of_the_same_number(bench: Bench, web: WebServer, weights: bytes) -> None:
    web.files["/m.onnx"] = bytes(len(weights))
    bench.add("m", url(web))
    said = refusal(bench)
    assert "SHA-256" in said
    assert "not the pinned" in said


def test_the_second_source_is_taken_when_the_first_has_nothing(
    bench: Bench, web: WebServer, weights: bytes
) -> None:
    web.files["/m.onnx"] = weights
    bench.add("m", f"{url(web, '/gone.onnx')}, {url(web)}")
    assert bench.catalog.path("m").is_file()
    assert web.asked == {"/gone.onnx": 1, "/m.onnx": 1}


def test_every_source_is_named_with_its_reason(
    bench: Bench, web: WebServer, weights: bytes
) -> None:
    web.files["/bad.onnx"] = bytes(len(weights))
    bench.add("m", f"{url(web, '/gone.onnx')}, {url(web, '/bad.onnx')}")
    said = refusal(bench)
    assert f"{web.url('/gone.onnx')}: HTTP 404 Not Found" in said
    assert f"{web.url('/bad.onnx')}: the file has SHA-256" in said


def test_nobody_answers(bench: Bench) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        bench.add("m", f'{{ url = "http://127.0.0.1:{taken.getsockname()[1]}/m.onnx" }}')
        assert "refused" in refusal(bench).lower()


def test_a_name_that_no_server_has(bench: Bench) -> None:
    bench.add("m", '{ url = "https://livecam.invalid/m.onnx" }')
    assert "https://livecam.invalid/m.onnx: " in refusal(bench)


def test_a_server_that_falls_silent(tmp_path: Path, web: WebServer, weights: bytes) -> None:
    web.files["/m.onnx"], web.stalled = weights, {"/m.onnx"}
    source = UrlSource(url=web.url("/m.onnx"))
    with pytest.raises(FetchError, match="timed out"):
        download(
            source,
            tmp_path / "m.onnx",
            size=len(weights),
            progress=lambda *_: None,
            silence_s=0.3,
        )


def test_a_server_that_leads_to_an_unsafe_address(bench: Bench, web: WebServer) -> None:
    # 0.0.0.0 reaches this machine, yet is no loopback address.
    web.files["/m.onnx"] = b"anything"
    web.redirects["/moved"] = f"http://0.0.0.0:{web.port}/m.onnx"
    bench.add("m", url(web, "/moved"))
    assert "not https" in refusal(bench)


def test_a_redirect_is_followed(bench: Bench, web: WebServer, weights: bytes) -> None:
    web.files["/m.onnx"] = weights
    web.redirects["/moved"] = web.url("/m.onnx")
    bench.add("m", url(web, "/moved"))
    assert bench.catalog.path("m").is_file()
