from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from paper import Person, Stage, texture

from livecam.tracking.scene import Scene

Luma = NDArray[np.uint8]
WALL = texture(1, 700, 400)


def differs(before: Luma, after: Luma) -> bool:
    return Scene.of(after).differs(Scene.of(before))


@pytest.mark.parametrize(
    "change",
    [
        lambda wall: wall[7:367, 40:680],  # a fast pan
        lambda wall: wall[:360, :640] // 16 * 16,
        lambda wall: np.minimum(wall[:360, :640].astype(int) + 6, 255).astype(np.uint8),
    ],
    ids=["pan", "coarser", "lighter"],
)
def test_the_same_scene_goes_on(change: Callable[[Luma], Luma]) -> None:
    assert not differs(WALL[:360, :640], change(WALL))


@pytest.mark.parametrize(
    "after",
    [np.zeros((360, 640), np.uint8), WALL[:360, :640] // 2, 255 - WALL[:360, :640]],
    ids=["black", "another light", "inverted"],
)
def test_another_scene_begins(after: Luma) -> None:
    assert differs(WALL[:360, :640], after)


def test_a_person_who_walks_is_no_cut() -> None:
    stage = Stage()
    here, there = (stage.frame(0, [Person("ann", x=x)]).picture.luma for x in (200, 320))
    assert not differs(here, there)


@pytest.mark.parametrize("size", [(2160, 3840), (35, 63), (1, 1), (720, 3)])
def test_any_size_is_taken(size: tuple[int, int]) -> None:
    plane = np.full(size, 255, np.uint8)
    scene = Scene.of(plane)
    assert scene.samples.size < 10_000
    assert not scene.differs(Scene.of(plane))
