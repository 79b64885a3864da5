"""Servers: those that streams are sent to, in processes of their own, and one for files."""

import http.server
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

RECEIVER = Path(__file__).parent / "receiver.py"
NGINX_RTMP = Path("/usr/lib/nginx/modules/ngx_rtmp_module.so")
NEEDS_NGINX = pytest.mark.skipif(
    shutil.which("nginx") is None or not NGINX_RTMP.exists(),
    reason="nginx with its rtmp module is not here (apt-get install nginx libnginx-mod-rtmp)",
)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def receiver(
    url: str, file: Path, *, form: str = "", options: dict[str, str] | None = None
) -> Iterator[subprocess.Popen[str]]:
    """A server for one stream, which keeps it in `file`; has ended with its stream."""
    command = [sys.executable, str(RECEIVER), url, form, json.dumps(options or {}), str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        try:
            yield process
            process.wait(timeout=15)
        finally:
            process.kill()


class Nginx:
    """nginx with its rtmp module; keeps streams to /live as files."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.url = f"rtmp://127.0.0.1:{self.port}/live/key"
        self._settings = folder / "nginx.conf"
        user = "user root;" if os.getuid() == 0 else ""
        self._settings.write_text(
            f"load_module {NGINX_RTMP}; {user} daemon off; worker_processes 1;"
            f"pid {folder}/pid; error_log {folder}/log; events {{}}"
            f"rtmp {{ server {{ listen 127.0.0.1:{self.port}; application live {{ live on;"
            f" record all; record_path {folder}; record_unique on; }} }} }}"
        )

    @contextmanager
    def running(self) -> Iterator[psutil.Process]:
        command = ["nginx", "-p", str(self.folder), "-c", str(self._settings)]
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
            try:
                yield psutil.Process(process.pid)
            finally:
                for one in [process, *psutil.Process(process.pid).children()]:
                    one.send_signal(signal.SIGKILL)

    def recordings(self) -> list[Path]:
        return sorted(self.folder.glob("*.flv"))


@dataclass
class WebServer:
    """Serves bytes from 127.0.0.1, well or badly, and counts who asks."""

    files: dict[str, bytes] = field(default_factory=dict)
    truncated: set[str] = field(default_factory=set)
    """Paths whose connection closes half-way."""
    stalled: set[str] = field(default_factory=set)
    """Paths that fall silent half-way, until `release` is set."""
    unsized: set[str] = field(default_factory=set)
    """Paths that do not say how long they are."""
    redirects: dict[str, str] = field(default_factory=dict)
    ranges: dict[str, str] = field(default_factory=dict)
    """Paths that can be continued, each with how: "honest", or a lie about the place."""
    lengths: dict[str, int] = field(default_factory=dict)
    """Paths that lie about how long they are."""
    encodings: dict[str, str] = field(default_factory=dict)
    """Paths that say they are encoded."""
    starts: list[int] = field(default_factory=list)
    """From which byte on each request was answered."""
    asked: Counter[str] = field(default_factory=Counter)
    release: threading.Event = field(default_factory=threading.Event)
    half_sent: threading.Event = field(default_factory=threading.Event)
    scheme: str = "http"
    port: int = 0

    def url(self, path: str) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}{path}"

    def answer(self, request: http.server.BaseHTTPRequestHandler) -> None:
        path = request.path
        self.asked[path] += 1
        if target := self.redirects.get(path):
            request.send_response(302)
            request.send_header("Location", target)
            request.end_headers()
            return
        content = self.files.get(path)
        if content is None:
            request.send_error(404)
            return
        start = self._begin(request, content)
        rest = content[start:]
        half = (len(rest) + 1) // 2
        request.wfile.write(rest[:half])
        request.wfile.flush()
        self.half_sent.set()
        if path in self.truncated:
            return
        if path in self.stalled:
            self.release.wait(30)
        request.wfile.write(rest[half:])

    def _begin(self, request: http.server.BaseHTTPRequestHandler, content: bytes) -> int:
        """Sends the headers; from which byte on it goes."""
        path, start = request.path, 0
        wanted, how = request.headers.get("Range"), self.ranges.get(request.path)
        if wanted and how:
            start = int(wanted.removeprefix("bytes=").removesuffix("-"))
        self.starts.append(start)
        if start:
            if how == "none":
                request.send_error(416)
                return len(content)
            request.send_response(206)
            place = start if how == "honest" else start - 1
            total = f"{place}-{len(content) - 1}/{len(content)}"
            request.send_header("Content-Range", f"bytes {total}")
        else:
            request.send_response(200)
        if path not in self.unsized:
            length = self.lengths.get(path, len(content) - start)
            request.send_header("Content-Length", str(length))
        if encoding := self.encodings.get(path):
            request.send_header("Content-Encoding", encoding)
        if path.endswith("/"):
            request.send_header("Content-Type", "text/html")
        request.end_headers()
        return start


@contextmanager
def web_server(certificate: Path | None = None) -> Iterator[WebServer]:
    """A web server for a test; a thread, for what it does is told and counted here.

    With a certificate, a file that has its key too, it speaks https.
    """
    state = WebServer(scheme="https" if certificate else "http")

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            # The client under test goes away when a test has it do so.
            with suppress(ConnectionError):
                state.answer(self)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.port = server.server_port
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), name="web")
    thread.start()
    yield state
    state.release.set()
    server.shutdown()
    thread.join()
    server.server_close()
