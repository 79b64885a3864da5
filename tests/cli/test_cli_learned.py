"""Whole runs with every learned swapper; doubles with generated weights are installed for them."""

from pathlib import Path

import av
import learned_home
import numpy as np
import pytest
from conftest import Command
from doubles import SWAPPERS

pytestmark = pytest.mark.needs_network

FRAMES = 5


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return learned_home.build(tmp_path_factory.mktemp("home"))


@pytest.fixture(autouse=True)
def _at_home(home: Path, monkeypatch: pytest.MonkeyPatch, _own_data: None) -> None:
    learned_home.move_in(home, monkeypatch)


def luma(path: Path, frames: int) -> list[np.ndarray]:
    with av.open(path) as container:
        found = [
            np.frombuffer(frame.planes[0], np.uint8).reshape(frame.height, -1)[:, : frame.width]
            for frame, _ in zip(container.decode(video=0), range(frames), strict=False)
        ]
        return [plane.astype(int) for plane in found]


def changed(output: Path, clip: Path) -> float:
    """The least share of any frame that is changed visibly."""
    pairs = zip(luma(output, FRAMES), luma(clip, FRAMES), strict=True)
    return min(float((np.abs(one - other) > 8).mean()) for one, other in pairs)


@pytest.mark.parametrize("name", [*SWAPPERS, learned_home.FACE])
def test_a_clip_is_swapped(name: str, livecam: Command, assets: Path, tmp_path: Path) -> None:
    clip, output = assets / "clip_a_360p.mp4", tmp_path / "out.mkv"
    face = () if name == learned_home.FACE else ("--face", assets / "portrait_c.png")
    outcome = livecam(
        *("swap", clip, output, *face, "--model", name, "--yes-i-have-consent"),
        *("--end", FRAMES / 30 - 0.01, "--codec", "ffv1", "--set", "swap.morph=1"),
    )
    assert (outcome.code, outcome.err) == (0, "")
    assert "without a swap" not in outcome.out
    assert len(luma(output, 99)) == FRAMES
    assert 0.02 < changed(output, clip) < 0.25, "the face, and nothing else"


def test_without_a_face_a_model_that_needs_one_says_so(
    livecam: Command, assets: Path, tmp_path: Path
) -> None:
    clip = assets / "clip_a_360p.mp4"
    outcome = livecam("swap", clip, tmp_path / "out.mkv", "--model", "inswapper_128")
    assert outcome.code == 2
    assert "No face is named, and 'inswapper_128' takes it from a picture." in outcome.err
    assert "--face" in outcome.err


@pytest.mark.parametrize("name", ["inswapper_128", learned_home.FACE])
def test_a_live_run_swaps(name: str, livecam: Command, assets: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.mkv"
    face = () if name == learned_home.FACE else ("--face", assets / "portrait_c.png")
    outcome = livecam(
        *("live", *face, "--model", name, "--camera", "synthetic", "--to", output),
        *("--size", "320x180", "--fps", 15, "--duration", 2, "--yes-i-have-consent"),
    )
    assert outcome.code == 0, outcome.err
    assert len(luma(output, 99)) > 15
