"""What is in front stays in front, live: looked at beside the frames, and carried with the head."""

import threading
from collections.abc import Collection, Generator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
import stand_ins
from numpy.typing import NDArray
from paper_over import Covered, cover
from wearing import detector, landmarker, portrait, session

from livecam.frame import Frame
from livecam.maskers import FAMILIES, Masker, Region
from livecam.picture import Image, Mask
from livecam.runtime.catalog import Catalog
from livecam.runtime.session import open_session
from livecam.sources.media_file import MediaFile
from livecam.swap import FaceSwap, OnLost, SwapOptions
from livecam.swap.masks import Masks
from livecam.swap.options import LabelOptions, MaskOptions, Show
from livecam.swappers import FAMILIES as SWAPPERS
from livecam.tracking import Tracker, TrackingOptions

pytestmark = pytest.mark.needs_network


@dataclass
class Counted:
    """A masker whose looks can be waited for."""

    masker: Masker
    looks: int = 0
    looked: threading.Event = field(default_factory=threading.Event)

    @property
    def size(self) -> int:
        return self.masker.size

    def mask(self, image: Image, regions: Collection[Region] = ()) -> Mask:
        found = self.masker.mask(image, regions)
        self.looks += 1
        self.looked.set()
        return found


@pytest.fixture
def masker(tmp_path: Path) -> Counted:
    path = tmp_path / "occluder.onnx"
    path.write_bytes(stand_ins.occluder())
    manifest = Catalog().manifest("xseg_1")
    return Counted(FAMILIES[manifest.family](manifest, open_session(path, providers=["cpu"])))


def shown(
    clip: Path, masker: Counted, effort: float, *, on: bool = True
) -> Generator[tuple[Frame, Frame], None, None]:
    """The frames of the clip, before and after; the first is shown until it was looked at."""
    tracker = Tracker(detector(), landmarker(), TrackingOptions(), live=True)
    mask = MaskOptions(occlusion=on, effort=effort)
    options = SwapOptions(mask=mask, label=LabelOptions(show=Show.OFF), on_lost=OnLost.PASS)
    mesh = SWAPPERS["mesh"](Catalog().manifest("mesh"), session("mesh"), pytest.fail)
    pause = threading.Event()
    with FaceSwap(
        tracker, mesh, portrait("c"), options, masks=Masks(masker, live=True), live=True
    ) as face_swap:
        for index, frame in enumerate(MediaFile(clip).frames()):
            after = face_swap.process(frame)
            for _ in range(300):
                swapped = (after.picture.y != frame.picture.y).any()
                if index or (masker.looked.is_set() if on else swapped):
                    break
                pause.wait(0.02)  # the detector and the masker look beside the frames
                after = face_swap.process(frame)
            pause.wait(0.1 if index == 0 else 0)
            yield frame, after


def over(
    pairs: Generator[tuple[Frame, Frame], None, None], places: list[Covered]
) -> NDArray[np.float64]:
    """How much of the paper is painted over in each frame but the first, 0–1."""
    shares = []
    with closing(pairs):
        for (before, after), place in zip(pairs, places, strict=True):
            apart = np.abs(before.picture.y.astype(int) - after.picture.y)
            shares.append((apart > 8)[place.paper].mean())
    return np.array(shares[1:])


def test_one_look_lasts_while_the_head_moves(assets: Path, tmp_path: Path, masker: Counted) -> None:
    clip = tmp_path / "covered.mkv"
    places = cover(assets / "clip_a_360p.mp4", clip, frames=24, swing=0)
    carried = over(shown(clip, masker, effort=1e-4), places)
    assert masker.looks == 1
    without = over(shown(clip, masker, effort=1e-4, on=False), places)
    assert without.mean() > 0.4
    assert carried.mean() < 0.25 * without.mean()
    assert carried[:8].mean() < 0.1


def test_with_looks_without_a_pause_hardly_anything_is_painted_over(
    assets: Path, tmp_path: Path, masker: Counted
) -> None:
    clip = tmp_path / "covered.mkv"
    places = cover(assets / "clip_a_360p.mp4", clip, frames=24, swing=20)
    assert over(shown(clip, masker, effort=1.0), places).mean() < 0.1
    assert masker.looks > 3
