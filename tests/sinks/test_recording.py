"""Recordings: whole at an orderly end, and playing up to the last second at any other."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from threading import Event

import av
import numpy as np
import pytest
from claps import FORMAT, Ears, clap, heard, picture

from livecam.errors import SinkError
from livecam.frame import MICROSECOND, Frame, VideoFormat
from livecam.media.live_encoding import LiveEncoding
from livecam.picture import Colour, Picture
from livecam.sinks.live import live_sink
from livecam.sinks.recording import CONTAINERS, Recording, _Writer

TESTS = Path(__file__).parent.parent


def frame(number: int, shown: Picture | None = None) -> Frame:
    """One of a recording with 30 a second."""
    at = 1_000_000_000 + round(number * 1e6 / 30)
    return Frame(shown or picture(50 + number % 100), number, at, MICROSECOND, at / 1e6 - 0.05)


def record(recording: Recording, count: int) -> Path:
    with recording.open(FORMAT) as send:
        for number in range(count):
            send(frame(number))
    return recording.path


def test_a_disk_that_hesitates_costs_no_frame(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a live run records: the first picture is not written before a second of them waits."""
    taken, written, path = Event(), Event(), tmp_path / "talk.mkv"
    write = _Writer.send

    def hesitating(writer: _Writer, shown: Frame) -> None:
        taken.set()
        assert written.wait(30)
        write(writer, shown)

    monkeypatch.setattr(_Writer, "send", hesitating)
    sink = live_sink(str(path), encoding=LiveEncoding(), microphone=None, overwrite=False)
    with sink.open(FORMAT) as send:
        send(frame(0))
        assert taken.wait(30)
        for number in range(1, 31):
            send(frame(number))
        written.set()
    assert [at for at, _ in heard(path).pictures] == pytest.approx(
        [number / 30 for number in range(31)], abs=0.001
    )


@pytest.mark.parametrize("ending", list(CONTAINERS))
def test_every_frame_at_its_time(ending: str, tmp_path: Path) -> None:
    path = record(Recording(tmp_path / f"talk{ending}"), 70)
    got = heard(path)
    assert [at for at, _ in got.pictures] == pytest.approx(
        [number / 30 for number in range(70)], abs=0.001
    )
    levels = [level for _, level in got.pictures]
    assert levels == pytest.approx([50 + number % 100 for number in range(70)], abs=2)
    if ending == ".ts":
        assert b"Altered by livecam" in path.read_bytes()
    else:
        assert "Altered by livecam" in got.metadata["comment"]
    assert list(tmp_path.iterdir()) == [path]


def test_an_mp4_ends_as_an_ordinary_one(tmp_path: Path) -> None:
    path = record(Recording(tmp_path / "talk.mp4"), 70)
    boxes, data, at = [], path.read_bytes(), 0
    while at < len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        if size == 1:
            size = int.from_bytes(data[at + 8 : at + 16], "big")
        boxes.append(data[at + 4 : at + 8])
        at += size
    assert b"moov" in boxes
    assert b"moof" not in boxes


@pytest.mark.parametrize("ending", [".mp4", ".mkv"])
def test_pictures_and_sound_agree(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"talk{ending}"
    with Ears() as ears, Recording(path, microphone=ears).open(FORMAT) as send:
        clap(send, 2.2, ears=ears, latency_s=0.2)
    offsets = heard(path).offsets_ms
    assert len(offsets) >= 3
    assert max(map(abs, offsets)) <= 40


KILLED = """
import sys, time
from pathlib import Path
from claps import FORMAT, Ears, clap
from livecam.sinks.recording import Recording

with Ears() as ears, Recording(Path(sys.argv[1]), microphone=ears).open(FORMAT) as send:
    def told(frame):
        send(frame)
        print(frame.pts, flush=True)
    clap(told, 60, ears=ears)
"""


@pytest.mark.parametrize("case", [".mp4", ".mkv", ".ts", ".mp4 without sound"])
def test_kill_9_costs_less_than_a_second(case: str, tmp_path: Path) -> None:
    ending, silent = case.split(maxsplit=1)[0], "without sound" in case
    path = tmp_path / f"talk{ending}"
    program = KILLED.replace("clap(told", "ears.end = 0\n    clap(told") if silent else KILLED
    with subprocess.Popen(
        [sys.executable, "-c", program, str(path)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(TESTS)},
    ) as process:
        assert process.stdout is not None
        first = last = int(process.stdout.readline())
        while last - first < 1.4e6:
            last = int(process.stdout.readline())
        process.kill()
        last = int(([str(last), *process.stdout.read().split()])[-1])
    got = heard(path)
    lost_s = (last - first) / 1e6 - got.pictures[-1][0]
    assert -0.1 < lost_s < 1
    if not silent:
        sound_end_s = got.sound_start_s + len(got.sound) / 1000
        assert (last - first) / 1e6 - sound_end_s < 1
        assert got.offsets_ms
        assert max(map(abs, got.offsets_ms)) <= 40


LIMITED = """
import resource, signal, sys
from pathlib import Path
import test_recording

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
test_recording.fill(Path(sys.argv[1]), int(sys.argv[3]))
"""


def fill(path: Path, count: int) -> None:
    """Records noise until the disk is full, or to the end, and says how that went."""
    noise = np.random.default_rng(0).integers(0, 256, (360, 640), np.uint8)
    chroma = np.full((180, 320), 128, np.uint8)
    number = -1
    encoding = LiveEncoding(preset="ultrafast")
    video_format = VideoFormat(640, 360, Fraction(30), Colour())
    try:
        with Recording(path, encoding=encoding).open(video_format) as send:
            for number in range(count):
                send(frame(number, Picture(np.roll(noise, number, 0), chroma, chroma)))
    except SinkError as error:
        print(number, error.message, error.hint, sep="\n")  # noqa: T201 - read by the test
    else:
        print(number)  # noqa: T201


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on the size of files")
@pytest.mark.parametrize("ending", [".mp4", ".mkv", ".ts"])
def test_a_full_disk_is_an_error_and_what_was_written_plays(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"talk{ending}"
    number, *words = limited(path, 9_000_000, 2000)
    assert str(path) in words[0]
    assert 0 < int(number) < 1999
    lost_s = int(number) / 30 - heard(path).pictures[-1][0]
    assert lost_s < 1.1


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on the size of files")
def test_a_disk_that_is_full_at_the_very_end_costs_no_recording(tmp_path: Path) -> None:
    whole = tmp_path / "whole.mp4"
    fill(whole, 75)
    path = tmp_path / "talk.mp4"
    number, *words = limited(path, whole.stat().st_size - 300, 75)
    assert int(number) == 74
    assert str(path) in words[0]
    assert 2.4 - heard(path).pictures[-1][0] < 1


def limited(path: Path, most: int, count: int) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(path), str(most), str(count)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS), str(TESTS / "sinks")])},
    )
    return done.stdout.splitlines()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("a small disk can be mounted by root alone")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_really_full_disk(small_disk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = small_disk / "talk.mp4"
    fill(path, 2000)
    number, message, hint = capsys.readouterr().out.splitlines()
    assert "No space left" in message
    assert "space" in hint
    assert int(number) / 30 - heard(path).pictures[-1][0] < 1.1


def test_an_existing_file_is_replaced_only_when_that_is_allowed(tmp_path: Path) -> None:
    path = tmp_path / "talk.mkv"
    path.write_bytes(b"precious")
    with pytest.raises(SinkError, match="exists already"):
        record(Recording(path), 1)
    assert path.read_bytes() == b"precious"
    record(Recording(path, overwrite=True), 30)
    assert len(heard(path).pictures) == 30


def test_a_codec_that_does_not_fit_harms_no_file(tmp_path: Path) -> None:
    path = tmp_path / "talk.mp4"
    path.write_bytes(b"precious")
    misfit = Recording(path, encoding=LiveEncoding(codec="utvideo"), overwrite=True)
    with pytest.raises(SinkError, match="does not support"):
        record(misfit, 1)
    assert path.read_bytes() == b"precious"


def test_a_run_that_is_called_off_keeps_its_recording(tmp_path: Path) -> None:
    path = tmp_path / "talk.mp4"
    with pytest.raises(KeyboardInterrupt):
        interrupted(Recording(path))
    assert len(heard(path).pictures) == 40


def interrupted(recording: Recording) -> None:
    with recording.open(FORMAT) as send:
        for number in range(40):
            send(frame(number))
        raise KeyboardInterrupt


def test_nothing_is_left_when_nothing_was_sent(tmp_path: Path) -> None:
    path = record(Recording(tmp_path / "talk.mp4"), 0)
    assert not list(tmp_path.iterdir())
    with Recording(path).open(FORMAT):
        path.unlink()  # by somebody else


def test_odd_sizes_are_padded(tmp_path: Path) -> None:
    path = tmp_path / "talk.mp4"
    shown = Picture.from_rgb(np.full((95, 159, 3), 130, np.uint8))
    with Recording(path).open(VideoFormat(159, 95, Fraction(30), Colour())) as send:
        send(frame(0, shown))
    with av.open(str(path)) as file:
        assert (file.streams.video[0].width, file.streams.video[0].height) == (160, 96)


def test_a_stamp_that_does_not_rise_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "talk.mkv"
    with Recording(path).open(FORMAT) as send:
        for number in (0, 1, 1, 0, 2):
            send(frame(number))
    assert len(heard(path).pictures) == 3


@pytest.mark.parametrize("codec", ["libx265", "mpeg4", "libvpx-vp9"])
def test_other_encoders_hold_nothing_back_either(codec: str, tmp_path: Path) -> None:
    if codec not in av.codecs_available:
        pytest.skip(f"this FFmpeg has no {codec}")
    path = tmp_path / "talk.mkv"
    begin = time.monotonic()
    record(Recording(path, encoding=LiveEncoding(codec=codec)), 40)
    assert len(heard(path).pictures) == 40
    assert time.monotonic() - begin < 60
