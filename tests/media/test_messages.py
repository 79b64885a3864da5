"""FFmpeg's own words reach the errors, whatever thread they were said on."""

import threading
from pathlib import Path

import av
import pytest

from livecam.errors import SinkError, SourceError
from livecam.media.messages import ffmpeg_errors, listening


def test_an_error_repeats_what_ffmpeg_logged(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"\0\0\0\x20ftypisom" + bytes(20))
    with (
        pytest.raises(SourceError, match=r"a thing: .*moov atom not found") as caught,
        ffmpeg_errors(SourceError, "a thing", hint="do this"),
    ):
        av.open(str(tmp_path / "a.mp4"))
    assert caught.value.hint == "do this"
    assert isinstance(caught.value.__cause__, av.FFmpegError)


def test_the_same_line_is_heard_every_time() -> None:
    for _ in range(3):
        with listening() as complaints:
            av.logging.log(av.logging.ERROR, "test", "again")
            assert complaints() == ["test: again"]


def test_another_python_thread_is_not_mixed_in() -> None:
    with listening() as complaints:
        other = threading.Thread(target=av.logging.log, args=(av.logging.ERROR, "test", "theirs"))
        other.start()
        other.join()
        assert complaints() == []


def test_the_log_is_as_it_was_once_nobody_listens() -> None:
    assert av.logging.get_level() is None
    with listening(), listening():
        assert av.logging.get_level() == av.logging.ERROR
    assert av.logging.get_level() is None


def test_other_errors_pass_through() -> None:
    with pytest.raises(KeyError), ffmpeg_errors(SinkError, "a thing", hint=""):
        raise KeyError
    with pytest.raises(SinkError, match="mine"), ffmpeg_errors(SourceError, "a thing", hint=""):
        raise SinkError("mine", hint="")
