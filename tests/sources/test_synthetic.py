"""The synthetic camera: what is in its pixels, and its pace."""

import time
from contextlib import closing
from fractions import Fraction
from itertools import islice, pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

from livecam.errors import SourceError
from livecam.frame import Frame
from livecam.picture import Matrix
from livecam.sources.synthetic import Synthetic
from livecam.vision.timestamp import read_timestamp, strip_height


def taken(source: Synthetic, count: int) -> list[Frame]:
    with closing(source.frames()) as frames:
        return list(islice(frames, count))


def test_number_and_time_stand_in_the_pixels() -> None:
    before = time.monotonic()
    for frame in taken(Synthetic(640, 360, Fraction(60)), 5):
        stamp = read_timestamp(frame.picture.y)
        assert stamp is not None
        assert stamp.number == frame.index
        assert stamp.time_us == frame.pts == round(frame.captured_at * 1e6)
        assert before <= frame.captured_at <= time.monotonic()
        strip = strip_height(640) // 2
        assert (frame.picture.u[:strip] == 128).all()
        assert (frame.picture.v[:strip] == 128).all()


def test_frames_are_as_probed() -> None:
    source = Synthetic(322, 242, Fraction(50))
    [frame] = taken(source, 1)
    video_format = source.probe()
    assert (frame.picture.width, frame.picture.height) == (322, 242)
    assert (video_format.width, video_format.height, video_format.rate) == (322, 242, 50)
    assert frame.picture.colour == video_format.colour
    assert frame.picture.colour.matrix is Matrix.BT601


def test_the_pace_is_that_of_the_clock() -> None:
    start = time.monotonic()
    frames = taken(Synthetic(320, 180, Fraction(50)), 26)
    assert 0.5 <= time.monotonic() - start < 5
    assert all(a.index < b.index for a, b in pairwise(frames))
    for frame in frames:
        assert frame.captured_at - frames[0].captured_at >= (frame.index - 1) / 50


def test_late_questions_skip_frames_instead_of_piling_them_up() -> None:
    with closing(Synthetic(320, 180, Fraction(50)).frames()) as frames:
        first = next(frames)
        time.sleep(0.3)
        second, third = next(frames), next(frames)
    assert second.index - first.index >= 14
    assert third.captured_at - second.captured_at > 0.001


def test_the_face_moves_and_can_be_told_from_the_room() -> None:
    with closing(Synthetic(640, 360, Fraction(10)).frames()) as frames:
        first, *_, last = islice(frames, 8)
    moved = cv2.absdiff(first.picture.y, last.picture.y)[strip_height(640) :]
    assert (moved > 20).mean() > 0.02
    assert (moved == 0).mean() > 0.3, "the room stands still"


def test_pictures_are_never_changed_once_given() -> None:
    with closing(Synthetic(320, 180, Fraction(100)).frames()) as frames:
        first = next(frames)
        before = first.picture.y.copy()
        list(islice(frames, 5))
    np.testing.assert_array_equal(first.picture.y, before)


def test_another_portrait_may_be_given(assets: Path, tmp_path: Path) -> None:
    [own] = taken(Synthetic(320, 180, portrait=assets / "portrait_a.png"), 1)
    [demo] = taken(Synthetic(320, 180), 1)
    assert np.abs(own.picture.y.astype(int) - demo.picture.y).mean() > 5
    with pytest.raises(SourceError, match=r"none\.png"):
        taken(Synthetic(320, 180, portrait=tmp_path / "none.png"), 1)


def test_it_costs_little() -> None:
    """Against the scaling of one such picture, so that the machine's mood does not matter."""
    with closing(Synthetic(1280, 720, Fraction(1000)).frames()) as frames:
        next(frames)
        start = time.thread_time()
        made = list(islice(frames, 40))
        each_s = (time.thread_time() - start) / 40
    start = time.thread_time()
    for frame in made:
        cv2.resize(frame.picture.y, (1920, 1080), interpolation=cv2.INTER_CUBIC)
    assert each_s < 3 * (time.thread_time() - start) / 40
