"""The wearer's face never goes out: short scenes of benchmarks/privacy.py, with the real models."""

import importlib.util
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "privacy.py"
pytestmark = [pytest.mark.needs_shared, pytest.mark.needs_network]

Apparatus = dict[str, Any]


@pytest.fixture(scope="module")
def privacy() -> Iterator[ModuleType]:
    """The benchmark, as a module."""
    spec = importlib.util.spec_from_file_location("privacy", BENCHMARK)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules["privacy"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    del sys.modules["privacy"]


@pytest.fixture(scope="module")
def apparatus(privacy: ModuleType, shared: Path) -> Apparatus:
    models = privacy.load_models(privacy.Settings())
    return {"models": models, "recogniser": privacy.Recogniser(shared, models, every=12)}


@dataclass(frozen=True)
class Part:
    """Frames of a scene."""

    scene: str
    start: int
    frames: int


@pytest.mark.parametrize(
    "part",
    [Part("turning", 0, 70), Part("leaves", 30, 85), Part("cuts", 0, 85), Part("disc", 170, 60),
     Part("stops_before", 0, 165), Part("flies_past", 0, 55)],
    ids=lambda part: part.scene,
)  # fmt: skip
def test_no_frame_shows_the_wearer(
    privacy: ModuleType, apparatus: Apparatus, shared: Path, part: Part
) -> None:
    scene, wearer, worn = privacy.SCENES[part.scene]
    seen = privacy.judged(
        islice(scene(shared / "people"), part.start, part.start + part.frames),
        wearer=wearer,
        portrait=shared / "people" / f"portrait_{worn}.png",
        **apparatus,
        every=6,
    )
    assert [n for n, one in enumerate(seen) if one.leaks] == []
    assert max(one.likeness for one in seen) > 0.2, "faces are found in what goes out"
    assert not all(one.policy for one in seen)


def test_the_measure_sees_a_leak(privacy: ModuleType, apparatus: Apparatus, shared: Path) -> None:
    recogniser = apparatus["recogniser"]
    for picture, points in islice(privacy.Clip(shared / "people" / "clip_a.mp4"), 5, 200, 60):
        assert recogniser.likeness(picture, "a") > privacy.SAME
        assert recogniser.likeness(picture, "b") < privacy.SAME
        assert privacy.bare_share(picture, picture, points) == 1.0
