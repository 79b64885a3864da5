from fractions import Fraction
from pathlib import Path

import pytest
from clips import Clip

from livecam.errors import SourceError
from livecam.media.length import expected_frames


def test_the_whole_file(assets: Path) -> None:
    assert expected_frames(assets / "clip_a_360p.mp4") == 90


@pytest.mark.parametrize(
    ("start_s", "end_s", "frames"),
    [(1, None, 60), (None, 1, 30), (1, 2, 30), (2.5, 9, 15), (None, 9, 90), (5, None, None)],
)
def test_between_two_times(
    assets: Path, start_s: float | None, end_s: float | None, frames: int | None
) -> None:
    clip = assets / "clip_a_360p.mp4"
    assert expected_frames(clip, start_s=start_s, end_s=end_s) == frames


def test_a_container_that_does_not_count(tmp_path: Path) -> None:
    path = Clip(frames=50, rate=Fraction(25)).make(tmp_path / "clip.mkv")
    assert expected_frames(path) == pytest.approx(50, abs=1)


def test_a_stream_without_length_has_no_count(tmp_path: Path) -> None:
    path = Clip(codec="mpeg4").make(tmp_path / "clip.m4v")
    assert expected_frames(path) in (None, pytest.approx(12, abs=12))


def test_no_video(tmp_path: Path) -> None:
    (tmp_path / "text.mp4").write_text("not a video")
    with pytest.raises(SourceError, match=r"text\.mp4"):
        expected_frames(tmp_path / "text.mp4")
