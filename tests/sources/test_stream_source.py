"""Streams from the network, sent over this machine's own."""

import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from fractions import Fraction
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice, pairwise
from pathlib import Path

import pytest
from clips import Clip

from livecam.errors import SourceError
from livecam.frame import Frame, VideoFormat
from livecam.picture import Colour
from livecam.sources import live_source
from livecam.sources import stream as stream_module
from livecam.sources.reconnecting import Reconnecting
from livecam.sources.stream import NetworkStream, is_stream

SIZE = 320, 240
FORMAT = VideoFormat(*SIZE, Fraction(30), Colour())


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    with socket.socket(socket.AF_INET, kind) as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Sender:
    """Sends a clip in real time, again and again, by TCP to who asks first or by UDP to anybody.

    Args:
        clip: MPEG-TS, 1 s long.
        port: Where it listens (TCP) or sends to (UDP).
        kind: TCP or UDP.
        turns: How often the clip is sent.
        silence_s: Between one turn and the next.
    """

    def __init__(
        self,
        clip: Path,
        port: int,
        kind: socket.SocketKind = socket.SOCK_STREAM,
        *,
        turns: int = 20,
        silence_s: float = 0,
    ) -> None:
        self._data, self._address, self._kind = clip.read_bytes(), ("127.0.0.1", port), kind
        self._turns, self._silence_s = turns, silence_s
        self._leaving = threading.Event()
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> "Sender":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._leaving.set()
        self._thread.join(20)
        assert not self._thread.is_alive()

    def _serve(self) -> None:
        if self._kind == socket.SOCK_DGRAM:
            with socket.socket(socket.AF_INET, self._kind) as out:
                out.connect(self._address)
                self._send(out)
            return
        with socket.create_server(self._address) as server:
            server.settimeout(0.1)
            while not self._leaving.is_set():
                with suppress(TimeoutError), closing(server.accept()[0]) as out:
                    self._send(out)
                    return

    def _send(self, out: socket.socket) -> None:
        size = 7 * 188
        chunks = [self._data[n : n + size] for n in range(0, len(self._data), size)]
        for turn in range(self._turns):
            for chunk in chunks:
                if self._leaving.wait(1 / len(chunks)):
                    return
                try:
                    out.send(chunk)
                except ConnectionRefusedError:  # UDP: nobody listens yet
                    continue
                except OSError:
                    return
            if turn + 1 < self._turns and self._leaving.wait(self._silence_s):
                return


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """1 s of video, a key frame every 0.2 s."""
    made = Clip(frames=30, size=SIZE, options={"g": "6", "tune": "zerolatency"})
    return made.make(tmp_path_factory.mktemp("stream") / "clip.ts")


def taken(source, count: int) -> list[Frame]:
    with closing(source.frames()) as frames:
        return list(islice((frame for frame in frames if frame), count))


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that silence is noticed soon."""
    monkeypatch.setattr(stream_module, "_OPEN_S", 3.0)
    monkeypatch.setattr(stream_module, "_SILENCE_S", 1.6)


def test_udp_frames_come_stamped_as_they_arrive(clip: Path) -> None:
    port = free_port(socket.SOCK_DGRAM)
    with Sender(clip, port, socket.SOCK_DGRAM):
        before = time.monotonic()
        frames = taken(NetworkStream(f"udp://127.0.0.1:{port}"), 20)
    assert all(a.index < b.index and a.pts < b.pts for a, b in pairwise(frames))
    for got in frames:
        assert (got.picture.width, got.picture.height) == SIZE
        assert before < got.captured_at <= time.monotonic()
        assert got.pts == pytest.approx(got.captured_at * 1e6, abs=1000)
        assert got.time_base == Fraction(1, 1_000_000)


@pytest.mark.usefixtures("impatient")
def test_silence_is_none_then_it_goes_on_and_the_end_is_an_error(clip: Path) -> None:
    port = free_port()
    seen: list[bool] = []
    with Sender(clip, port, turns=2, silence_s=1.1):
        time.sleep(0.3)
        frames = NetworkStream(f"tcp://127.0.0.1:{port}").frames()
        with pytest.raises(SourceError, match=rf"tcp://127\.0\.0\.1:{port} ended") as error:
            seen.extend(frame is not None for frame in frames)
    assert error.value.hint
    first = seen.index(True)
    silent = seen.index(False, first)
    assert seen[silent:].count(True) >= 5


@pytest.mark.usefixtures("impatient")
def test_long_silence_is_an_error(clip: Path) -> None:
    port = free_port(socket.SOCK_DGRAM)
    with Sender(clip, port, socket.SOCK_DGRAM, silence_s=30):
        frames = NetworkStream(f"udp://127.0.0.1:{port}").frames()
        with pytest.raises(SourceError, match=r"was silent for 1\.6 s"):
            list(islice(frames, 1000))


@pytest.mark.usefixtures("impatient")
def test_a_stream_that_comes_back_is_taken_up_again(clip: Path) -> None:
    port = free_port()
    source = Reconnecting(NetworkStream(f"tcp://127.0.0.1:{port}"), patient=True)
    indices: list[int] = []
    with closing(source.frames()) as frames:
        for _ in range(2):
            with Sender(clip, port):
                indices += islice((frame.index for frame in frames if frame), 5)
    assert len(indices) == 10
    assert indices == sorted(set(indices))


def test_a_whole_file_is_not_played_faster_than_it_was_filmed(tmp_path: Path) -> None:
    index_first = {"movflags": "faststart"}
    Clip(frames=30, size=SIZE, container_options=index_first).make(tmp_path / "clip.mp4")
    with served(tmp_path) as address:
        begin = time.monotonic()
        with pytest.raises(SourceError, match=r"clip\.mp4 ended"):
            list(NetworkStream(f"{address}/clip.mp4").frames())
    assert time.monotonic() - begin > 0.9


@contextmanager
def served(folder: Path) -> Iterator[str]:
    handler = partial(_Silent, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


class _Silent(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


def test_http_is_read_and_ends(tmp_path: Path) -> None:
    Clip(frames=20, size=SIZE, options={"g": "5"}, audio=[("aac", "eng", 0)]).make(
        tmp_path / "clip.ts"
    )
    with served(tmp_path) as address:
        video_format = NetworkStream(f"{address}/clip.ts").probe()
        assert (video_format.width, video_format.height) == SIZE
        assert video_format.rate == 30
        frames = []
        with pytest.raises(SourceError, match=r"clip\.ts ended"):
            frames.extend(NetworkStream(f"{address}/clip.ts").frames())
        with pytest.raises(SourceError, match=r"none.ts cannot be opened: .*404"):
            list(NetworkStream(f"{address}/none.ts").frames())
        (tmp_path / "text.ts").write_text("no video")
        with pytest.raises(SourceError, match=r"text\.ts cannot be opened"):
            list(NetworkStream(f"{address}/text.ts").frames())
    assert [frame for frame in frames if frame]


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="needs the program ffmpeg as a server")
def test_rtmp_frames_come() -> None:
    port = free_port()
    url = f"rtmp://127.0.0.1:{port}/live/key"
    command = ["ffmpeg", "-loglevel", "quiet", "-re", "-f", "lavfi", "-i"]
    command += ["testsrc2=size=320x240:rate=30", "-c:v", "libx264", "-preset", "ultrafast"]
    command += ["-tune", "zerolatency", "-g", "10", "-f", "flv", "-listen", "1", url]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL) as server:
        try:
            source = Reconnecting(NetworkStream(url), patient=True)
            frames = taken(source, 5)
        finally:
            server.kill()
    assert all((frame.picture.width, frame.picture.height) == SIZE for frame in frames)


@pytest.mark.parametrize("scheme", ["tcp", "rtmp", "http", "rtsp"])
def test_nobody_there_is_an_error_that_keeps_secrets(scheme: str) -> None:
    port = free_port()
    url = f"{scheme}://user:secret@127.0.0.1:{port}/live?key=hidden"
    with pytest.raises(SourceError, match=f"{scheme}://127.0.0.1:{port}") as error:
        next(NetworkStream(url).frames())
    assert "secret" not in error.value.message
    assert error.value.hint


def test_what_is_no_address_is_refused_without_its_secrets() -> None:
    with pytest.raises(SourceError, match=r"^rtsp://… is not an address: ") as error:
        live_source("rtsp://me:secret@[there/1", video_format=FORMAT)
    assert "secret" not in str(error.value)


def test_a_protocol_ffmpeg_lacks_is_named() -> None:
    with pytest.raises(SourceError, match=r"srt://127\.0\.0\.1:1 (cannot be|does not)") as error:
        next(frame for frame in NetworkStream("srt://127.0.0.1:1").frames() if frame)
    assert error.value.hint


@pytest.mark.usefixtures("impatient")
def test_stopping_while_nothing_comes_ends_the_thread() -> None:
    port = free_port(socket.SOCK_DGRAM)
    frames = NetworkStream(f"udp://127.0.0.1:{port}").frames()
    assert next(frames) is None
    frames.close()


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("rtsp://camera/1", True),
        ("RTMP://server/live/key", True),
        ("https://server/index.m3u8", True),
        ("srt://:9000?mode=listener", True),
        ("udp://@239.0.0.1:1234", True),
        ("file:///etc/passwd", False),
        ("concat:a|b", False),
        ("C:\\clip.mp4", False),
        ("Webcam", False),
    ],
)
def test_addresses_are_told_from_names(spec: str, expected: bool) -> None:  # noqa: FBT001
    assert is_stream(spec) is expected
