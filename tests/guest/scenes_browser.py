"""The scene of a page in headless Chromium that asks for the camera, as a meeting would."""

import json
import subprocess
import threading
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Empty, Queue
from typing import Any

from apparatus import WEBCAM, Noted, running, shell, wait_until

from livecam.sinks.virtual_camera import VirtualCamera

_PAGE = Path(__file__).with_name("browser.html")
_ANSWER_S = 150
_CHROMIUM = (
    *("chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--mute-audio"),
    *("--use-fake-ui-for-media-stream", "--user-data-dir=/run/chromium", "--no-first-run"),
    *("--disable-extensions", "--disable-background-networking", "--disable-component-update"),
    *("--disable-sync", "--disable-default-apps"),
)


class _Server(BaseHTTPRequestHandler):
    """Gives the page, takes its report."""

    def __init__(self, reports: "Queue[dict[str, Any]]", *rest: Any) -> None:
        self._reports = reports
        super().__init__(*rest)

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(_PAGE.read_bytes() if self.path == "/" else b"")

    def do_POST(self) -> None:
        self._reports.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Nothing: the report is all that counts."""


def browser(folder: Path) -> dict[str, Any]:
    """A page opens livecam's camera and looks at twenty frames."""
    reports: Queue[dict[str, Any]] = Queue()
    shell("modprobe", "-r", "vivid")  # so that livecam's is the only camera
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Server, reports))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    noted = Noted(VirtualCamera())
    with running(noted), (folder / "said").open("w") as said:
        wait_until(lambda: len(noted.sent) > 3)
        page = f"http://127.0.0.1:{server.server_port}/"
        chromium = subprocess.Popen([*_CHROMIUM, page], stdout=said, stderr=said)
        try:
            report = reports.get(timeout=_ANSWER_S)
        except Empty:
            report = {"error": (folder / "said").read_text()[-2000:]}
        finally:
            chromium.kill()
            chromium.wait()
    server.shutdown()
    shell("modprobe", *WEBCAM.split())
    return {"report": report, "sent": noted.sent}
