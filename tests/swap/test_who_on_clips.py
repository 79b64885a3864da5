"""Nobody else wears the swap: short scenes of benchmarks/who.py, with the real models."""

import importlib.util
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from types import ModuleType

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
pytestmark = [pytest.mark.needs_shared, pytest.mark.needs_network]


@pytest.fixture(scope="module")
def who() -> Iterator[ModuleType]:
    """The benchmark, as a module."""
    made = []
    for name in ("privacy", "who"):
        spec = importlib.util.spec_from_file_location(name, BENCHMARKS / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        module = sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        made.append(module)
    yield made[1]
    for module in made:
        del sys.modules[module.__name__]


@pytest.fixture(scope="module")
def models(who: ModuleType) -> object:
    return who.load_models(who.Settings())


@pytest.mark.parametrize(
    ("name", "frames"), [("cross_behind", 85), ("three", 90), ("runs_past", 75)]
)
def test_with_a_reference_nobody_else_is_swapped_and_nothing_is_missed(
    who: ModuleType, models: object, shared: Path, name: str, frames: int
) -> None:
    scene = replace(who.SCENES[name], frames=frames)
    found = who.tally(scene, shared / "people", models, who.mobilefacenet(shared), live=False)
    assert found.wrong == []
    assert found.missed == []
    assert found.due > 40
    assert found.looks < 0.5 * frames


@pytest.mark.parametrize(("name", "frames"), [("walks_past", 120), ("takes_over", 230)])
def test_live_nobody_else_is_swapped_and_the_wearer_is_known_again(
    who: ModuleType, models: object, shared: Path, name: str, frames: int
) -> None:
    scene = replace(who.SCENES[name], frames=frames)
    found = who.tally(scene, shared / "people", models, who.mobilefacenet(shared), live=True)
    assert found.wrong == []
    assert len(found.missed) < found.due
    assert 0 < found.looks < 0.4 * frames


@pytest.mark.usefixtures("who")
def test_the_wearer_who_returns_and_is_known_again_is_never_seen(
    models: object, shared: Path
) -> None:
    privacy = sys.modules["privacy"]
    scene, wearer, worn = privacy.SCENES["leaves"]
    seen = privacy.judged(
        islice(scene(shared / "people"), 30, 115),
        wearer=wearer,
        portrait=shared / "people" / f"portrait_{worn}.png",
        models=models,
        recogniser=privacy.Recogniser(shared, models, every=15),
        every=12,
        embedder=privacy.mobilefacenet(shared),
    )
    assert [n for n, one in enumerate(seen) if one.leaks] == []
    assert not all(one.policy for one in seen)


def test_the_measure_sees_a_wrong_swap(who: ModuleType, models: object, shared: Path) -> None:
    scene = replace(who.SCENES["two"], frames=60, wearer="c")
    found = who.tally(scene, shared / "people", models, None, live=True)
    assert found.wrong
