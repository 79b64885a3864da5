"""Files played in real time."""

import time
from contextlib import closing
from fractions import Fraction
from itertools import islice, pairwise, takewhile
from pathlib import Path

import numpy as np
import pytest
from clips import Clip
from PIL import Image

from livecam.sources import file_source
from livecam.sources.image_file import ImageFile
from livecam.sources.media_file import MediaFile
from livecam.sources.paced import Paced


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten frames, 0.2 s."""
    folder = tmp_path_factory.mktemp("paced")
    return Clip(codec="ffv1", frames=10, rate=Fraction(50)).make(folder / "clip.mkv")


def test_every_frame_comes_at_its_own_time(clip: Path) -> None:
    expected = [frame.picture.y for frame in MediaFile(clip).frames()]
    start = time.monotonic()
    with closing(Paced(MediaFile(clip)).frames()) as looped:
        frames = list(takewhile(lambda frame: frame.index < len(expected), looped))
    assert time.monotonic() - start >= 0.17
    for frame in frames:
        np.testing.assert_array_equal(frame.picture.y, expected[frame.index])
        assert frame.pts == round(frame.captured_at * 1e6)
        assert frame.time - frames[0].time == pytest.approx(
            (frame.index - frames[0].index) / 50, abs=0.002
        )


def test_time_goes_on_through_every_loop(clip: Path) -> None:
    with closing(Paced(MediaFile(clip)).frames()) as frames:
        taken = list(islice(frames, 25))
    assert all(a.pts < b.pts and a.index < b.index for a, b in pairwise(taken))
    assert taken[-1].index >= 24
    same = [f for f in taken if f.index % 10 == taken[0].index]
    assert len(same) >= 2
    for frame in same:
        np.testing.assert_array_equal(frame.picture.y, same[0].picture.y)


def test_frames_asked_for_too_late_are_skipped(clip: Path) -> None:
    with closing(Paced(MediaFile(clip)).frames()) as frames:
        first = next(frames)
        time.sleep(0.1)
        second = next(frames)
        assert second.index - first.index in range(4, 7)


def test_a_long_pause_moves_the_clock(clip: Path) -> None:
    with closing(Paced(MediaFile(clip)).frames()) as frames:
        next(frames)
        time.sleep(1.3)
        taken = list(islice(frames, 4))
    assert time.monotonic() - taken[-1].captured_at < 0.5
    assert taken[-1].captured_at - taken[0].captured_at >= 0.05, "no burst afterwards"


class Slow(MediaFile):
    """Decodes at half the speed it should."""

    def frames(self):
        for frame in super().frames():
            time.sleep(0.04)
            yield frame


def test_decoding_that_cannot_keep_up_still_shows_something(clip: Path) -> None:
    with closing(Paced(Slow(clip)).frames()) as frames:
        taken = list(islice(frames, 4))
    assert [b.index - a.index <= 5 for a, b in pairwise(taken)] == [True] * 3


def test_pictures_that_stay_are_given_again(tmp_path: Path) -> None:
    slow = Clip(codec="ffv1", frames=2, rate=Fraction(1)).make(tmp_path / "slow.mkv")
    with closing(Paced(MediaFile(slow)).frames()) as frames:
        taken = list(islice(frames, 4))
    assert taken[1].picture is taken[0].picture
    assert all(0 < b.time - a.time <= 0.25 for a, b in pairwise(taken))


def test_a_still_goes_on_for_ever(tmp_path: Path) -> None:
    path = tmp_path / "still.png"
    Image.fromarray(np.full((48, 64, 3), 90, np.uint8)).save(path)
    source = file_source(path)
    assert isinstance(source, ImageFile)
    with closing(Paced(source).frames()) as frames:
        taken = list(islice(frames, 8))
    assert all(0 < b.time - a.time <= 0.4 for a, b in pairwise(taken))
    assert all((f.picture.y == taken[0].picture.y).all() for f in taken)
