"""A live playlist plays, while it grows and when it has ended."""

import time
from pathlib import Path

import av
import pytest
from claps import FORMAT, Ears, clap, heard, picture

from livecam.errors import SinkError
from livecam.frame import MICROSECOND, Frame
from livecam.sinks.hls import Playlist


def frame(number: int) -> Frame:
    at = round(number * 1e6 / 30)
    return Frame(picture(60), number, at, MICROSECOND, at / 1e6)


def test_it_plays_while_it_grows_and_deletes_what_is_over(tmp_path: Path) -> None:
    path = tmp_path / "live.m3u8"
    with Playlist(path).open(FORMAT) as send:
        for number in range(30 * 30):
            send(frame(number))
            if number == 30 * 7:
                with av.open(str(path)) as playing:
                    assert next(playing.decode(video=0)) is not None
    listed = [line for line in path.read_text().splitlines() if line.endswith(".ts")]
    assert 6 <= len(listed) <= 7
    assert len(list(tmp_path.glob("*.ts"))) <= 2 * len(listed)
    assert not list(tmp_path.glob("*.tmp"))
    with av.open(str(path)) as whole:
        times = [float(frame.time) for frame in whole.decode(video=0)]
    assert times[-1] == pytest.approx(30 - 1 / 30, abs=0.01)
    assert all(length <= 2.1 for length in lengths(path))


def lengths(path: Path) -> list[float]:
    lines = path.read_text().splitlines()
    return [float(line[8:].rstrip(",")) for line in lines if line.startswith("#EXTINF:")]


def test_pictures_and_sound_agree(tmp_path: Path) -> None:
    path = tmp_path / "live.m3u8"
    with Ears() as ears, Playlist(path, microphone=ears).open(FORMAT) as send:
        clap(send, 2.2, ears=ears)
    offsets = heard(path).offsets_ms
    assert len(offsets) >= 3
    assert max(map(abs, offsets)) <= 40


def test_a_second_run_replaces_the_first(tmp_path: Path) -> None:
    path = tmp_path / "live.m3u8"
    for _ in range(2):
        with Playlist(path).open(FORMAT) as send:
            for number in range(90):
                send(frame(number))
        time.sleep(1.1)  # segments are numbered by the second
    with av.open(str(path)) as playing:
        assert sum(1 for _ in playing.decode(video=0)) == 90


def test_a_folder_that_is_missing_is_said(tmp_path: Path) -> None:
    playlist = Playlist(tmp_path / "nowhere" / "live.m3u8")
    with pytest.raises(SinkError, match="nowhere does not exist"), playlist.open(FORMAT):
        pass


def test_a_folder_that_goes_away_is_an_error(tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    with pytest.raises(SinkError, match=r"gone/live\.m3u8 cannot be written"):
        lose(folder)


def lose(folder: Path) -> None:
    with Playlist(folder / "live.m3u8").open(FORMAT) as send:
        for number in range(30 * 10):
            send(frame(number))
            if number == 100:
                for file in folder.iterdir():
                    file.unlink()
                folder.rmdir()
