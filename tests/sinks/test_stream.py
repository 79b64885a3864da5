"""Streams to real servers: decodable, in sync, and never a danger to the rest of livecam."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import psutil
import pytest
from claps import FORMAT, Ears, clap, heard, picture
from servers import NEEDS_NGINX, RECEIVER, Nginx, free_port, listens, receiver

from livecam.errors import SinkError
from livecam.frame import MICROSECOND, Frame, VideoFormat
from livecam.media.live_encoding import LiveEncoding, bitrate_kbps
from livecam.picture import Colour, Picture
from livecam.sinks import relay, stream_sink
from livecam.sinks.hls import Playlist
from livecam.sinks.recording import Recording
from livecam.sinks.stream import Stream, address_of
from livecam.sinks.threaded import SinkState, Threaded

SECONDS = 2.2


@contextmanager
def opened(stream: Stream, video_format: VideoFormat = FORMAT) -> Iterator[Callable[[Frame], None]]:
    """The stream, as soon as the server is there."""
    deadline = time.monotonic() + 10
    with ExitStack() as stack:
        while True:
            try:
                send = stack.enter_context(stream.open(video_format))
                break
            except SinkError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
        yield send


def clap_to(url: str, seconds: float = SECONDS) -> None:
    """Streams claps for some seconds."""
    with Ears() as ears, opened(Stream(url, microphone=ears)) as send:
        clap(send, seconds, ears=ears)


def assert_in_sync(file: Path, *, claps: int) -> None:
    offsets = heard(file).offsets_ms
    assert len(offsets) >= claps
    assert max(map(abs, offsets)) <= 40


@pytest.mark.parametrize("kind", ["rtmp", "rtsp", "udp"])
def test_a_stream_arrives_whole_and_in_sync(kind: str, tmp_path: Path) -> None:
    url, file = f"{kind}://127.0.0.1:{free_port()}/live/key", tmp_path / "got.mkv"
    options = {
        "rtmp": ("", {"listen": "1"}),
        "rtsp": ("rtsp", {"rtsp_flags": "listen", "listen_timeout": "20"}),
        "udp": ("mpegts", {"timeout": "1000000"}),
    }[kind]
    with receiver(url, file, form=options[0], options=options[1]):
        clap_to(url, SECONDS if kind == "rtmp" else 3.5)
    got = heard(file)
    assert_in_sync(file, claps=3 if kind == "rtmp" else 1)
    times = [at for at, _ in got.pictures]
    assert times == sorted(times)
    # Those who listen to RTSP and UDP miss pictures until they have made out the time.
    assert len(times) >= (0.95 * SECONDS * 30 if kind == "rtmp" else 30)
    if kind == "rtmp":
        assert times[0] == pytest.approx(0, abs=0.05)
    if kind != "udp":
        assert "Altered by livecam" in got.metadata["comment" if kind == "rtmp" else "title"]
    with av.open(str(file)) as kept:
        packets = [packet for packet in kept.demux(video=0) if packet.size]
        if kind == "rtmp":
            assert all(packet.pts == packet.dts for packet in packets)
        keys = [float(packet.pts * packet.time_base) for packet in packets if packet.is_keyframe]
        assert max(np.diff([*keys, times[-1]])) <= 2.1


@NEEDS_NGINX
def test_nginx_gets_a_stream_in_sync_and_a_restart_is_survived(tmp_path: Path) -> None:
    server = Nginx(tmp_path)
    with server.running():
        clap_to(server.url)
        deadline = time.monotonic() + 5
        while not server.recordings() and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(0.5)
    (file,) = server.recordings()
    assert_in_sync(file, claps=3)

    stream = Stream(server.url)
    with server.running(), opened(stream) as send:
        send(still(0))
    with pytest.raises(SinkError, match=r"rtmp://127.0.0.1:\d+/live/…") as failed:
        stream_until_nobody_listens(server)
    assert "key" not in failed.value.message
    with server.running(), opened(stream) as send:
        send(still(0))


@NEEDS_NGINX
def test_on_its_thread_a_stream_is_back_when_its_server_is(tmp_path: Path) -> None:
    server = Nginx(tmp_path)
    sink = Threaded(Stream(server.url), name="stream", retry=True)

    def send_until(state: SinkState) -> None:
        deadline = time.monotonic() + 20
        while sink.status().state is not state:
            assert time.monotonic() < deadline, sink.status()
            send(still(round(1000 * time.monotonic())))
            time.sleep(0.02)

    with ExitStack() as stack:
        with server.running():
            while not listens(server.port):
                time.sleep(0.05)
            send = stack.enter_context(sink.open(FORMAT))
            send_until(SinkState.OPEN)
            sent = sink.status().sent
        send_until(SinkState.RETRYING)
        assert isinstance(sink.status().error, SinkError)
        with server.running():
            send_until(SinkState.OPEN)
            while sink.status().sent <= sent + 3:
                send(still(round(1000 * time.monotonic())))
                time.sleep(0.02)


def stream_until_nobody_listens(server: Nginx) -> None:
    with ExitStack() as stack:
        with server.running():
            send = stack.enter_context(opened(Stream(server.url)))
            send(still(0))
        for number in range(1, 300):
            send(still(number))
            time.sleep(0.01)


@NEEDS_NGINX
def test_a_server_that_takes_nothing_any_more_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "STALL_S", 1.0)
    with pytest.raises(SinkError, match="does not answer"), pauses() as longest:
        stream_to_a_suspended(Nginx(tmp_path))
    assert longest() < 0.8  # all that time other threads went on


def stream_to_a_suspended(server: Nginx) -> None:
    encoding = LiveEncoding(bitrate_kbps=200_000, preset="ultrafast")
    video_format = VideoFormat(640, 640, Fraction(30), Colour())
    noise = np.random.default_rng(1).integers(0, 256, (640, 640, 3), np.uint8)
    with (
        server.running() as process,
        opened(Stream(server.url, encoding=encoding), video_format) as send,
    ):
        for one in [process, *process.children()]:
            one.suspend()
        for number in range(1000):
            pixels = Picture.from_rgb(np.roll(noise, number, axis=1))
            send(Frame(pixels, number, number * 33_333, MICROSECOND, 0.0))


@contextmanager
def pauses() -> Iterator[Callable[[], float]]:
    """A context with a thread that only counts time; gives its longest pause, s."""
    stopping, gaps = threading.Event(), [0.0]

    def work() -> None:
        last = time.monotonic()
        while not stopping.wait(0.005):
            last, before = time.monotonic(), last
            gaps.append(last - before)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield lambda: max(gaps)
    finally:
        stopping.set()
        thread.join()


@pytest.mark.parametrize("scheme", ["rtmp", "rtsp", "rtmps"])
def test_a_dead_server_is_an_error_soon_and_stops_no_other_thread(
    scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert relay.STALL_S <= 5
    monkeypatch.setattr(relay, "STALL_S", 1.0)
    with socket.create_server(("127.0.0.1", 0)) as silent, pauses() as longest:
        port = silent.getsockname()[1]
        begin = time.monotonic()
        with (
            pytest.raises(SinkError, match="does not answer, for 1 s"),
            Stream(f"{scheme}://127.0.0.1:{port}/live/key").open(FORMAT),
        ):
            pass
        assert time.monotonic() - begin < 15
    assert longest() < 0.8
    assert not psutil.Process().children()


def test_a_stream_that_is_called_off_leaves_no_process() -> None:
    with pytest.raises(KeyboardInterrupt):
        interrupted(Stream(f"udp://127.0.0.1:{free_port()}"))
    assert not psutil.Process().children()


def interrupted(stream: Stream) -> None:
    with stream.open(FORMAT) as send:
        send(still(0))
        assert len(psutil.Process().children()) == 1
        raise KeyboardInterrupt


def test_a_sending_process_that_dies_is_an_error() -> None:
    with pytest.raises(SinkError, match="ended with code -9"):
        killed(Stream(f"udp://127.0.0.1:{free_port()}"))


def killed(stream: Stream) -> None:
    with stream.open(FORMAT) as send:
        psutil.Process().children()[0].kill()
        for number in range(100):
            send(still(number))
            time.sleep(0.01)


def test_the_process_ends_when_livecam_is_killed() -> None:
    program = (
        "from claps import FORMAT\n"
        "from livecam.sinks.stream import Stream\n"
        f"with Stream('udp://127.0.0.1:{free_port()}').open(FORMAT):\n"
        "    print('open', flush=True)\n"
        "    input()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(RECEIVER.parent)},
    ) as livecam:
        assert livecam.stdout is not None
        assert livecam.stdout.readline() == b"open\n"
        (sender,) = psutil.Process(livecam.pid).children()
        livecam.kill()
    assert sender.wait(timeout=10) in {0, None}  # None: no longer ours to ask


def test_sound_goes_on_in_silence_when_the_microphone_is_gone(tmp_path: Path) -> None:
    url, file = f"rtmp://127.0.0.1:{free_port()}/live/key", tmp_path / "got.mkv"
    with receiver(url, file, options={"listen": "1"}), Ears() as ears:
        ears.end = time.monotonic()
        with opened(Stream(url, microphone=ears)) as send:
            clap(send, 1.5, ears=ears)
    got = heard(file)
    assert len(got.pictures) >= 40
    assert got.beeps == []
    assert len(got.sound) >= 1000  # ms


def still(number: int) -> Frame:
    return Frame(picture(90), number, number * 33_333, MICROSECOND, 0.0)


@pytest.mark.parametrize(
    ("target", "kind"),
    [
        ("rtmps://server/app/key", Stream),
        ("srt://server:9000?mode=caller", Stream),
        ("live.m3u8", Playlist),
        ("talk.MKV", Recording),
        ("talk.mp4", Recording),
    ],
)
def test_a_target_says_what_it_is(target: str, kind: type, tmp_path: Path) -> None:
    assert isinstance(stream_sink(target if "://" in target else str(tmp_path / target)), kind)


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("http://server/live.flv", "http://"),
        ("rtmp:///app/key", "names no server"),
        ("rtmp://[1::2/app", "not an address"),
        ("talk.txt", "talk.txt does not end in"),
        ("nowhere/talk.mp4", "nowhere does not exist"),
    ],
)
def test_a_target_that_cannot_be_is_refused_by_name(target: str, message: str) -> None:
    with pytest.raises(SinkError, match=message.replace("[", r"\[")) as refused:
        stream_sink(target)
    assert refused.value.hint


def test_an_encoder_that_does_not_open_is_named_with_those_that_do() -> None:
    stream = Stream("udp://127.0.0.1:9", encoding=LiveEncoding(codec="h265_dream"))
    with pytest.raises(SinkError, match="h265_dream") as refused, stream.open(FORMAT):
        pass
    assert "libx264" in refused.value.hint


def test_what_a_protocol_cannot_carry_is_said() -> None:
    stream = Stream("rtmp://127.0.0.1:9/live/key", encoding=LiveEncoding(codec="ffv1"))
    with pytest.raises(SinkError, match="does not support"), stream.open(FORMAT):
        pass


def test_srt_without_srt_in_ffmpeg_is_said() -> None:
    with (
        pytest.raises(SinkError, match=r"srt://127\.0\.0\.1:9: ") as refused,
        Stream("srt://127.0.0.1:9").open(FORMAT),
    ):
        pass
    assert "SRT" in refused.value.hint


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("rtmp://user:word@server:1935/app/secret?x=secret", "rtmp://server:1935/app/…"),
        ("srt://server:9000?passphrase=secret", "srt://server:9000"),
        ("rtsp://me:secret@server/live", "rtsp://server/live"),
    ],
)
def test_keys_and_passwords_are_not_shown(url: str, shown: str) -> None:
    assert address_of(url).shown == shown


def test_the_bit_rate_goes_with_size_and_rate() -> None:
    def rate(width: int, height: int, fps: int) -> int:
        return bitrate_kbps(LiveEncoding(), VideoFormat(width, height, Fraction(fps), Colour()))

    assert rate(1280, 720, 30) == 3000
    assert 5000 < rate(1920, 1080, 30) < 6000
    assert 9000 < rate(1920, 1080, 60) < 10_000
    assert bitrate_kbps(LiveEncoding(bitrate_kbps=777), FORMAT) == 777
