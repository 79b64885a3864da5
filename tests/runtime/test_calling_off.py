"""Fetching that nobody wants any more ends at once, and leaves what can be continued."""

import socket
import threading
import time
from collections.abc import Callable

import psutil
import pytest
from filelock import FileLock
from servers import WebServer

from livecam.runtime import download
from livecam.runtime.calling_off import CalledOffError, called_off_by
from tests.runtime.conftest import Bench

SOON_S = 10
"""Servers and pip are silent for longer."""


class Caller:
    """Calls off as soon as so many bytes are here, and `when` says so."""

    def __init__(self, *, at: int = 0, when: Callable[[], bool] = lambda: True) -> None:
        self.at, self.when, self.since = at, when, 0.0
        self.told: list[tuple[str, int, int]] = []

    def __call__(self, what: str, done: int, total: int) -> None:
        self.told.append((what, done, total))
        if done >= self.at and self.when():
            self.since = self.since or time.monotonic()
            raise CalledOffError


def ended(bench: Bench, caller: Caller) -> None:
    with pytest.raises(CalledOffError):
        bench.catalog.path("m", progress=caller)
    assert time.monotonic() - caller.since < SOON_S
    assert not [one for one in threading.enumerate() if one.name.startswith("livecam")]


def url(web: WebServer) -> str:
    return f'{{ url = "{web.url("/m.onnx")}" }}'


def test_a_server_that_is_silent(bench: Bench, web: WebServer, weights: bytes) -> None:
    web.files["/m.onnx"], web.stalled = weights, {"/m.onnx"}
    web.ranges["/m.onnx"] = "honest"
    bench.add("m", url(web))
    half = (len(weights) + 1) // 2
    ended(bench, Caller(at=half))
    assert bench.part is not None
    assert bench.part.stat().st_size == half
    assert {path.name for path in bench.store.iterdir()} == {".lock", bench.part.name}
    web.stalled = set()
    assert bench.catalog.path("m").is_file()
    assert web.starts == [0, half]


def test_a_server_that_does_not_shake_hands(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """TLS: the connection stands, and nothing comes over it."""
    monkeypatch.setattr(download, "_CONNECTING_S", 60)
    met = threading.Event()

    def greeted() -> None:
        connection, _ = server.accept()
        with connection:
            connection.recv(1)
            met.set()
            while connection.recv(4096):
                pass

    with socket.create_server(("127.0.0.1", 0)) as server:
        waiter = threading.Thread(target=greeted)
        waiter.start()
        bench.add("m", f'{{ url = "https://127.0.0.1:{server.getsockname()[1]}/m.onnx" }}')
        ended(bench, Caller(when=met.is_set))
        waiter.join(10)
    assert not waiter.is_alive(), "the connection was cut"


def test_a_server_that_sends(bench: Bench, web: WebServer) -> None:
    content = bytes(3_000_000)
    web.files["/m.onnx"] = content
    bench.add("m", url(web), content=content)
    ended(bench, Caller(at=500_000))
    assert bench.part is not None
    assert bench.part.stat().st_size < len(content)


@pytest.mark.usefixtures("index")
def test_pip(bench: Bench, web: WebServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_FIND_LINKS")
    monkeypatch.setenv("PIP_INDEX_URL", web.url("/simple/"))
    web.files["/simple/tiny/"], web.stalled = b"<html></html>", {"/simple/tiny/"}
    zeros = "0" * 64
    bench.add("m", f'{{ wheel = "tiny==1.0", member = "a", sha256 = "{zeros}" }}')
    before, caller = psutil.Process().children(), Caller(when=web.half_sent.is_set)
    ended(bench, caller)
    assert psutil.Process().children() == before
    assert [path.name for path in bench.store.iterdir()] == [".lock"]
    assert caller.told[0] == ("a in the wheel tiny==1.0", 0, 0)


def test_while_another_one_fetches(bench: Bench, web: WebServer, weights: bytes) -> None:
    web.files["/m.onnx"] = weights
    bench.add("m", url(web))
    bench.store.mkdir()
    with FileLock(bench.store / ".lock"):
        ended(bench, Caller())
    assert not web.asked
    assert bench.catalog.path("m").is_file()


def test_what_goes_wrong_by_itself_is_said() -> None:
    with pytest.raises(ZeroDivisionError), called_off_by(lambda: None, cut=lambda: None):
        raise ZeroDivisionError
