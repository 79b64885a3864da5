"""Weights from web servers: what goes wrong, and what is left behind."""

import hashlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from servers import WebServer, web_server

from livecam.errors import ModelError
from livecam.runtime.calling_off import CalledOffError
from livecam.runtime.download import FetchError, download
from livecam.runtime.manifest import UrlSource
from livecam.runtime.session import open_session
from tests.runtime.conftest import Bench


def half(content: bytes) -> int:
    """Bytes that a truncated download has."""
    return (len(content) + 1) // 2


def url(web: WebServer, path: str = "/m.onnx") -> str:
    return f'{{ url = "{web.url(path)}" }}'


def refusal(bench: Bench, *, part: int | None = None) -> str:
    """What `path` says when it cannot have the file; nothing but the lock may be left.

    Or the `part` of the file that came, bytes.
    """
    with pytest.raises(ModelError) as caught:
        bench.catalog.path("m")
    assert "m.onnx, the weights of 'm', could not be fetched" in caught.value.message
    assert "livecam models pull m" in caught.value.hint
    assert "livecam models add m.onnx" in caught.value.hint
    left = [path for path in bench.store.iterdir() if path.name != ".lock"]
    assert left == ([] if part is None else [bench.part])
    assert part is None or left[0].stat().st_size == part
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
    said = refusal(bench, part=half(weights))
    assert web.url("/m.onnx") in said
    assert "incomplete" in said or "without sending" in said
    assert web.asked["/m.onnx"] == 2  # nothing more came the second time


def test_a_truncated_download_of_unknown_length(
    bench: Bench, web: WebServer, weights: bytes
) -> None:
    web.files["/m.onnx"], web.truncated, web.unsized = weights, {"/m.onnx"}, {"/m.onnx"}
    bench.add("m", url(web))
    said = refusal(bench, part=half(weights))
    assert f"it ended after {half(weights)} of {len(weights)} bytes" in said


def test_a_download_that_breaks_is_continued(bench: Bench, web: WebServer, weights: bytes) -> None:
    web.files["/m.onnx"], web.truncated = weights, {"/m.onnx"}
    web.ranges["/m.onnx"] = "honest"
    bench.add("m", url(web))
    refusal(bench, part=len(weights) - len(weights) // 2**5)
    assert len(web.starts) == 5
    assert web.starts == sorted(set(web.starts))
    web.truncated = set()
    told: list[int] = []
    bench.catalog.path("m", progress=lambda _what, done, _total: told.append(done))
    assert bench.kept()["m/m.onnx"] == weights
    assert told[0] == web.starts[-1] > web.starts[-2]
    assert told[-1] == len(weights)
    assert bench.part is None


def test_the_next_source_continues_what_the_first_began(
    bench: Bench, web: WebServer, weights: bytes
) -> None:
    web.files |= {"/broken.onnx": weights, "/m.onnx": weights}
    web.truncated, web.ranges = {"/broken.onnx"}, {"/m.onnx": "honest"}
    bench.add("m", f"{url(web, '/broken.onnx')}, {url(web)}")
    bench.catalog.path("m")
    assert bench.kept()["m/m.onnx"] == weights
    assert web.starts == [0, 0, half(weights)]


@pytest.mark.parametrize("how", ["ignored", "none", "elsewhere"])
def test_a_server_that_cannot_continue_begins_anew(
    bench: Bench, web: WebServer, weights: bytes, how: str
) -> None:
    web.files |= {"/broken.onnx": weights, "/m.onnx": weights}
    web.truncated = {"/broken.onnx"}
    web.ranges = {} if how == "ignored" else {"/m.onnx": how}
    bench.add("m", f"{url(web, '/broken.onnx')}, {url(web)}")
    bench.catalog.path("m")
    assert bench.kept()["m/m.onnx"] == weights
    assert web.starts[-1] == 0
    assert web.asked["/m.onnx"] == (1 if how == "ignored" else 2)


@pytest.mark.parametrize("came", [1, 0.5, 1.5])
def test_a_part_of_something_else_does_no_harm(
    bench: Bench, web: WebServer, weights: bytes, came: float
) -> None:
    web.files["/m.onnx"], web.ranges = weights, {"/m.onnx": "honest"}
    bench.add("m", url(web))
    bench.store.mkdir()
    sha256 = hashlib.sha256(weights).hexdigest()
    (bench.store / f".part-{sha256}").write_bytes(bytes(int(came * len(weights))))
    bench.catalog.path("m")
    assert bench.kept()["m/m.onnx"] == weights
    assert bench.part is None


def test_what_nobody_continued_for_a_month_goes(
    bench: Bench, web: WebServer, weights: bytes
) -> None:
    web.files["/m.onnx"] = weights
    bench.add("m", url(web))
    bench.store.mkdir()
    recent, old = bench.store / ".part-recent", bench.store / ".part-old"
    for part in (recent, old):
        part.write_bytes(b"part")
    os.utime(old, times=(0, time.time() - 40 * 24 * 3600))
    bench.catalog.path("m")
    assert bench.part == recent


@pytest.mark.parametrize("more", [1, -1, 10**12])
def test_a_server_that_lies_about_the_length(
    bench: Bench, web: WebServer, weights: bytes, more: int
) -> None:
    web.files["/m.onnx"] = weights
    web.lengths["/m.onnx"] = len(weights) + more
    bench.add("m", url(web))
    assert f"a file of {len(weights) + more} bytes, not {len(weights)}" in refusal(bench)


def test_more_bytes_than_there_should_be(bench: Bench, web: WebServer, weights: bytes) -> None:
    web.files["/m.onnx"], web.unsized = weights + b"!", {"/m.onnx"}
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


def test_a_server_that_stalls_is_asked_again(
    tmp_path: Path, web: WebServer, weights: bytes
) -> None:
    web.files["/m.onnx"], web.stalled = weights, {"/m.onnx"}
    web.ranges["/m.onnx"] = "honest"
    target = tmp_path / "m.onnx"

    def mend(_what: str, done: int, _total: int) -> None:
        if done:
            web.stalled.clear()

    found = download(
        UrlSource(url=web.url("/m.onnx")),
        target,
        size=len(weights),
        progress=mend,
        silence_s=0.5,
    )
    assert target.read_bytes() == weights
    assert found == hashlib.sha256(weights).hexdigest()
    assert web.starts[:2] == [0, half(weights)]
    assert web.starts == sorted(set(web.starts))


def test_a_server_that_leads_to_an_unsafe_address(bench: Bench, web: WebServer) -> None:
    # 0.0.0.0 reaches this machine, yet is no loopback address.
    web.files["/m.onnx"] = b"anything"
    web.redirects["/moved"] = f"http://0.0.0.0:{web.port}/m.onnx"
    bench.add("m", url(web, "/moved"))
    assert "not https" in refusal(bench)
    assert web.asked == {"/moved": 1}  # it did not even go there


@pytest.fixture
def secure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WebServer]:
    """A server that speaks https, with a certificate that this machine trusts."""
    certificate = tmp_path / "certificate.pem"
    public = tmp_path / "public.pem"
    command = [
        *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
        *("-nodes", "-subj", "/CN=livecam", "-addext", "subjectAltName=IP:127.0.0.1"),
        *("-keyout", str(certificate), "-out", str(public)),
    ]
    subprocess.run(command, capture_output=True, check=True)
    certificate.write_bytes(certificate.read_bytes() + public.read_bytes())
    monkeypatch.setenv("SSL_CERT_FILE", str(public))
    with web_server(certificate) as server:
        yield server


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not here")
class TestHttps:
    def test_certificates_of_this_machine_are_trusted(
        self, bench: Bench, secure: WebServer, weights: bytes
    ) -> None:
        secure.files["/m.onnx"] = weights
        bench.add("m", url(secure))
        assert bench.catalog.path("m").is_file()

    def test_others_are_not(
        self, bench: Bench, secure: WebServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("SSL_CERT_FILE")
        bench.add("m", url(secure))
        assert "CERTIFICATE_VERIFY_FAILED" in refusal(bench)

    def test_what_is_silent_can_be_called_off(
        self, bench: Bench, secure: WebServer, weights: bytes
    ) -> None:
        secure.files["/m.onnx"], secure.stalled = weights, {"/m.onnx"}
        bench.add("m", url(secure))

        def call_off(_what: str, done: int, _total: int) -> None:
            if done:
                raise CalledOffError

        with pytest.raises(CalledOffError):
            bench.catalog.path("m", progress=call_off)
        assert bench.part is not None
        assert bench.part.stat().st_size == half(weights), "nobody waited for the rest"

    def test_it_does_not_lead_to_http_even_here(
        self, bench: Bench, secure: WebServer, web: WebServer, weights: bytes
    ) -> None:
        web.files["/m.onnx"] = weights
        secure.redirects["/m.onnx"] = web.url("/m.onnx")
        bench.add("m", url(secure))
        assert "not https" in refusal(bench)
        assert not web.asked


def test_a_server_that_leads_in_circles(bench: Bench, web: WebServer) -> None:
    web.redirects |= {"/here": web.url("/there"), "/there": web.url("/here")}
    bench.add("m", url(web, "/here"))
    assert "redirects" in refusal(bench)


def test_a_compressed_answer_is_refused(bench: Bench, web: WebServer, weights: bytes) -> None:
    web.files["/m.onnx"], web.encodings = weights, {"/m.onnx": "gzip"}
    bench.add("m", url(web))
    assert "it compresses the file" in refusal(bench)


def test_the_disk_fills_up(bench: Bench, web: WebServer, small_disk: Callable[[str], Path]) -> None:
    big = bytes(400_000)
    web.files["/m.onnx"] = big
    bench.add("m", url(web), content=big)
    bench.store = small_disk("size=200k")
    with pytest.raises(ModelError, match="No space left"):
        bench.catalog.path("m")
    assert bench.part is None


def test_a_redirect_is_followed(bench: Bench, web: WebServer, weights: bytes) -> None:
    web.files["/m.onnx"] = weights
    web.redirects["/moved"] = web.url("/m.onnx")
    bench.add("m", url(web, "/moved"))
    assert bench.catalog.path("m").is_file()
