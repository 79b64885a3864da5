"""A glimpse: the swap at a moment is the swap a run would make there of a first frame."""

from pathlib import Path

import numpy as np
import pytest

from livecam.errors import SourceError
from livecam.glimpse import Glimpse
from livecam.settings import Settings

pytestmark = pytest.mark.needs_network


def test_any_moment_in_any_order(assets: Path) -> None:
    face = assets / "portrait_b.png"
    glimpse = Glimpse(assets / "clip_a_360p.mp4", face=face, settings=Settings())
    assert glimpse.length_s() == pytest.approx(3.0, abs=0.1)
    late, early = glimpse.at(2.0), glimpse.at(0.5)
    assert (late.time, early.time) == (pytest.approx(2.0, abs=0.04), pytest.approx(0.5, abs=0.04))
    for frame in (late, early):
        assert frame.original is not None
        changed = frame.picture.y != frame.original.y
        assert 0.005 < changed.mean() < 0.5, "the face and nothing else"
    again = glimpse.at(2.0)
    np.testing.assert_array_equal(again.picture.y, late.picture.y)


def test_an_image_and_a_moment_beyond_the_end(assets: Path) -> None:
    face = assets / "portrait_b.png"
    image = Glimpse(assets / "portrait_a.png", face=face, settings=Settings())
    assert image.length_s() == 0
    frame = image.at(7.0)
    assert frame.original is not None
    assert (frame.picture.y != frame.original.y).any()
    clip = Glimpse(assets / "clip_a_360p.mp4", face=face, settings=Settings())
    with pytest.raises(SourceError, match="no frame in that span"):
        clip.at(99)
