"""An output that fails while the others of a live run go on."""

import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from running import FPS, Viewer, assert_in_order, passed_through, wait_until
from servers import NEEDS_NGINX, Nginx, free_port, listens, receiver

from livecam.media.live_encoding import LiveEncoding
from livecam.sinks import stream_sink
from livecam.sinks.threaded import SinkState, Threaded

if sys.platform != "win32":
    import resource


def output(target: object, *, retry: bool = True) -> Threaded:
    """An output as `Live` makes it."""
    encoding = LiveEncoding(bitrate_kbps=2000)  # what a receiver keeps in memory is soon full
    return Threaded(stream_sink(str(target), encoding=encoding), name="output", retry=retry)


def size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def test_readers_of_a_stream_come_and_go(tmp_path: Path) -> None:
    url, files = f"udp://127.0.0.1:{free_port()}", [tmp_path / "one.mkv", tmp_path / "two.mkv"]
    viewer, stream = Viewer(), output(url)
    options = {"timeout": "1000000", "analyzeduration": "300000", "probesize": "100000"}
    with passed_through(viewer, stream) as run:
        with receiver(url, files[0], form="mpegts", options=options) as first:
            wait_until(lambda: size(files[0]) > 1000)
            first.kill()
        sent = stream.status().sent
        wait_until(lambda: stream.status().sent > sent + 15)
        with receiver(url, files[1], form="mpegts", options=options):
            wait_until(lambda: size(files[1]) > 150_000)
            run.stop()
            run.join()
    assert (stream.status().state, stream.status().error) == (SinkState.OPEN, None)
    viewer.assert_steady()
    assert_in_order(files[1])


@NEEDS_NGINX
def test_a_server_that_restarts_gets_the_stream_again(tmp_path: Path) -> None:
    server, beside = Nginx(tmp_path), tmp_path / "beside.mkv"
    viewer, stream = Viewer(), output(server.url)

    def received() -> int:
        return sum(map(size, server.recordings()))

    with ExitStack() as until_the_restart:
        until_the_restart.enter_context(server.running())
        wait_until(lambda: listens(server.port))
        with passed_through(viewer, stream, output(beside, retry=False)):
            wait_until(lambda: received() > 10_000 and stream.status().sent > FPS)
            until_the_restart.close()
            wait_until(lambda: stream.status().state is SinkState.RETRYING)
            assert stream.status().error is not None
            before, sent = received(), stream.status().sent
            with server.running():
                wait_until(lambda: stream.status().state is SinkState.OPEN)
                wait_until(lambda: stream.status().sent > sent + 2 * FPS)
                wait_until(lambda: received() > before + 10_000)
    viewer.assert_steady()
    assert_in_order(beside)
    for file in server.recordings():
        assert_in_order(file, fewest=5)


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """No file of this process gets larger, as if the disk were full then."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on the size of files")
def test_a_full_disk_ends_the_recording_alone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file, url = tmp_path / "talk.mkv", f"udp://127.0.0.1:{free_port()}"
    viewer, recording, stream = Viewer(), output(file, retry=False), output(url)
    with passed_through(viewer, recording, stream), largest_file(60_000):
        wait_until(lambda: recording.status().state is SinkState.FAILED)
        sent, seen = stream.status().sent, len(viewer.sights)
        wait_until(lambda: stream.status().sent > sent + 15 and len(viewer.sights) > seen + 15)
    error = recording.status().error
    assert error is not None
    assert str(file) in error.message
    assert caplog.messages == [f"{error.message}. The other outputs go on."]
    assert (stream.status().state, stream.status().error) == (SinkState.OPEN, None)
    viewer.assert_steady()
    assert_in_order(file)


def test_a_sink_that_blocks_for_ten_seconds_is_alone_with_it(tmp_path: Path) -> None:
    viewer, blocked, file = Viewer(), Viewer(), tmp_path / "talk.mkv"
    blocking = Threaded(blocked, name="blocked", retry=True)
    with passed_through(viewer, blocking, output(file, retry=False)):
        blocked.wait_until(lambda sight: sight.index > 5)
        blocked.free.clear()
        time.sleep(10)
        seen = len(viewer.sights)
        assert len(blocked.sights) < seen / 2
        blocked.free.set()
        blocked.wait_until(lambda sight: sight.age_s < 1)  # nothing old waits for it
        viewer.wait_until(lambda _: len(viewer.sights) > seen + 15)
    assert blocking.status().dropped > 50
    indices = [sight.index for sight in blocked.sights]
    assert indices == sorted(indices)
    assert max(sight.age_s for sight in blocked.sights) > 8  # what it held while it blocked
    assert sum(sight.age_s > 1 for sight in blocked.sights) <= 2
    viewer.assert_steady(fewest=100)
    assert_in_order(file, fewest=100)
