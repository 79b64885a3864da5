"""A sender of live pictures that can go away, fall silent, and send another size."""

import socket
import threading
from contextlib import suppress
from pathlib import Path

import av


def recorded(clip: Path, path: Path, *, size: tuple[int, int]) -> bytes:
    """Two seconds of `clip` as MPEG-TS at 15 fps, a key frame every third of a second."""
    with av.open(str(clip)) as source, av.open(str(path), "w") as output:
        stream = output.add_stream("libx264", rate=15)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        stream.options = {"g": "5", "tune": "zerolatency", "preset": "ultrafast"}
        for number, frame in enumerate(source.decode(video=0)):
            if number == 60:
                break
            if number % 2 == 0:
                made = frame.reformat(*size)
                made.pts = None
                output.mux(stream.encode(made))
        output.mux(stream.encode(None))
    return path.read_bytes()


class Station:
    """Sends a recording of two seconds again and again, by TCP, to one who asks after the other.

    Args:
        data: MPEG-TS.
    """

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.on_air = threading.Event()
        """It sends; otherwise the line stays open, and silent."""
        self.on_air.set()
        self._server = socket.create_server(("127.0.0.1", 0))
        self._server.settimeout(0.1)
        self.url = "tcp://{}:{}".format(*self._server.getsockname())
        self._lines: list[socket.socket] = []
        self._listening, self._leaving = threading.Event(), threading.Event()
        self._listening.set()
        self._thread = threading.Thread(target=self._serve)

    def go_away(self) -> None:
        """Hangs up, and takes no more calls."""
        self._listening.clear()
        for line in self._lines:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)

    def come_back(self) -> None:
        """Takes calls again."""
        self._listening.set()

    def __enter__(self) -> "Station":
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._leaving.set()
        self._thread.join(20)
        assert not self._thread.is_alive()
        self._server.close()

    def _serve(self) -> None:
        while not self._leaving.is_set():
            with suppress(TimeoutError):
                line, _ = self._server.accept()
                with line:
                    self._lines = [line]
                    if self._listening.is_set():
                        self._send(line)

    def _send(self, line: socket.socket) -> None:
        while True:
            data, step = self.data, 7 * 188
            chunks = [data[n : n + step] for n in range(0, len(data), step)]
            for chunk in chunks:
                while not self.on_air.wait(0.05) and not self._hung_up(line):
                    pass
                if self._leaving.wait(2 / len(chunks)) or self._hung_up(line):
                    return
                with suppress(OSError):
                    line.sendall(chunk)

    def _hung_up(self, line: socket.socket) -> bool:
        line.setblocking(False)  # noqa: FBT003 – the socket's own way
        try:
            return self._leaving.is_set() or line.recv(1) == b""
        except BlockingIOError:
            return False
        except OSError:
            return True
        finally:
            line.setblocking(True)  # noqa: FBT003 – the socket's own way
