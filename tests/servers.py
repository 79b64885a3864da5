"""Servers that streams are sent to, in processes of their own."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
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
