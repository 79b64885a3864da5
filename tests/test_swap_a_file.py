"""The whole of it on a real clip: what is swapped, what is left alone, and that it repeats."""

from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from clips import Clip
from numpy.typing import NDArray

import livecam

pytestmark = pytest.mark.needs_network

SECONDS = 1
FRAMES = 30


def swap(assets: Path, output: Path, *assignments: str) -> livecam.Report:
    return livecam.FileSwap(
        assets / "clip_a_360p.mp4",
        output,
        face=assets / "portrait_c.png",
        settings=livecam.load_settings(assignments=assignments),
        end_s=SECONDS,
    ).run()


def decoded(path: Path) -> tuple[list[NDArray[np.uint8]], list[Fraction]]:
    """The first second of a video: I420 planes, and times in s."""
    planes, times = [], []
    with av.open(str(path)) as media:
        for frame in media.decode(video=0):
            assert frame.pts is not None
            assert frame.time_base is not None
            if len(planes) < FRAMES:
                planes.append(frame.to_ndarray(format="yuv420p"))
                times.append(frame.pts * frame.time_base)
    return planes, times


def test_what_is_not_face_stays_as_it_was(assets: Path, tmp_path: Path) -> None:
    report = swap(assets, tmp_path / "out.mkv", "output.codec=ffv1")
    assert (report.frames, report.unswapped) == (FRAMES, 0)
    before, _ = decoded(assets / "clip_a_360p.mp4")
    after, _ = decoded(tmp_path / "out.mkv")
    with np.load(assets / "clip_a_360p.npz") as truth:
        points = truth["points"]
    for one, other, face in zip(before, after, points, strict=False):
        hull = cv2.convexHull(face.astype(np.float32))[:, 0]
        wide = hull.mean(axis=0) + 1.5 * (hull - hull.mean(axis=0))
        outside = np.ones((360, 640), np.uint8)
        cv2.fillConvexPoly(outside, np.rint(wide).astype(np.int32), (0,))
        luma, chroma = outside.astype(bool), outside[::2, ::2].astype(bool)
        assert np.array_equal(one[:360][luma], other[:360][luma])
        for plane in (slice(360, 450), slice(450, 540)):
            a, b = (x[plane].reshape(180, 320)[chroma] for x in (one, other))
            assert np.array_equal(a, b)
        changed = one[:360][~luma] != other[:360][~luma]
        assert changed.mean() > 0.2


def test_times_are_those_of_the_input(assets: Path, tmp_path: Path) -> None:
    swap(assets, tmp_path / "out.mp4")
    assert decoded(tmp_path / "out.mp4")[1] == decoded(assets / "clip_a_360p.mp4")[1]


def test_the_same_again_gives_the_same_bytes(assets: Path, tmp_path: Path) -> None:
    swap(assets, tmp_path / "one.mp4")
    swap(assets, tmp_path / "two.mp4")
    one, two = decoded(tmp_path / "one.mp4")[0], decoded(tmp_path / "two.mp4")[0]
    assert all(np.array_equal(a, b) for a, b in zip(one, two, strict=True))


def test_without_a_face_the_whole_file_stays_as_it_was(assets: Path, tmp_path: Path) -> None:
    source = Clip(size=(128, 96), frames=10).make(tmp_path / "in.mp4")
    output = tmp_path / "out.mkv"
    settings = livecam.load_settings(assignments=["output.codec=ffv1"])
    face = assets / "portrait_c.png"
    report = livecam.FileSwap(source, output, face=face, settings=settings).run()
    assert report.unswapped == report.frames == 10
    (before, _), (after, _) = decoded(source), decoded(output)
    assert all(np.array_equal(a, b) for a, b in zip(before, after, strict=True))
