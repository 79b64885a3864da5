"""Whole runs with every learned swapper; doubles with generated weights are installed for them."""

import hashlib
import re
import tomllib
from dataclasses import replace
from pathlib import Path

import av
import learned_home
import numpy as np
import pytest
from commands import Command
from doubles import CENTRED, SWAPPERS, generator

from livecam.swappers.generator import Head

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


def test_tomorrows_swapper_is_a_manifest_as_the_readme_shows_it(
    livecam: Command, assets: Path, tmp_path: Path
) -> None:
    readme = (learned_home.ROOT / "models/README.md").read_text(encoding="utf-8")
    (text,) = re.findall(r'```toml\n(name = "tomorrows_swapper".*?)```', readme, re.DOTALL)
    model = replace(SWAPPERS["inswapper_128"], size=256, scaling=CENTRED, black=-1.0)
    content = generator(model, 99)
    text = text.replace('"…"', f'"{hashlib.sha256(content).hexdigest()}"')
    (tmp_path / "tomorrows_swapper.toml").write_text(text.replace("123456", f"{len(content)}"))
    (tmp_path / "tomorrows_swapper.onnx").write_bytes(content)
    assert livecam("models", "add", tmp_path / "tomorrows_swapper.toml").code == 0
    clip, output = assets / "clip_a_360p.mp4", tmp_path / "out.mkv"
    outcome = livecam(
        *("swap", clip, output, "--face", assets / "portrait_c.png", "--end", 0.16),
        *("--model", "tomorrows_swapper", "--set", "swap.boost=2", "--codec", "ffv1"),
        *("--strength", 0.4, "--yes-i-have-consent"),
    )
    assert (outcome.code, outcome.err) == (0, "")
    assert 0.02 < changed(output, clip) < 0.25
    told = re.findall(r"(?m)^# (portrait = .*)$", readme)
    head = tomllib.loads(text)["head"] | tomllib.loads(told[0])
    assert set(head) == set(Head.__dataclass_fields__), "every key is shown"


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
