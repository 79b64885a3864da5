from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from paper import Person, Stage, texture

from livecam.face import Box
from livecam.tracking.scene import Scene, stirs

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


SHAPE = (360, 640)
SOMEBODY = Box(280, 120, 360, 220)


def room(*, gain: float = 1.0, at: tuple[int, int] | None = None, seed: int = 0) -> Luma:
    """A noisy room; something bright as large as a small face at a place, if there is one."""
    y, x = np.mgrid[: SHAPE[0], : SHAPE[1]]
    luma = 110 + 40 * np.sin(x / 70) * np.cos(y / 50)
    if at:
        luma[at[1] : at[1] + 80, at[0] : at[0] + 70] = 200
    noise = np.random.default_rng(seed).normal(0, 3, SHAPE)
    return np.clip(gain * luma + noise, 16, 235).astype(np.uint8)


def stirred(before: Luma, after: Luma, *people: Box) -> bool:
    return stirs(Scene.of(before), Scene.of(after), SHAPE, people)


def test_noise_and_a_change_of_light_stir_nothing() -> None:
    assert not stirred(room(), room(seed=1))
    assert not stirred(room(), room(gain=1.1, seed=1))


def test_somebody_who_enters_stirs() -> None:
    assert stirred(room(), room(at=(0, 100)))
    assert stirred(room(at=(500, 200)), room())


def test_what_the_known_people_do_stirs_nothing() -> None:
    assert stirred(room(), room(at=(290, 130)))
    assert not stirred(room(), room(at=(290, 130)), SOMEBODY)
    assert not stirred(room(), room(at=(220, 260)), SOMEBODY), "their arms and chest"
    assert stirred(room(), room(at=(500, 130)), SOMEBODY), "beside them is somebody else"
    assert not stirred(room(), room(), Box(-90, -90, -10, -10), Box(600, 300, 900, 700))
