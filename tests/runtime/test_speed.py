"""How long a model takes: measured on what it takes, remembered with the file it was."""

from pathlib import Path

import numpy as np
import pytest
from graphs import adding, face, model, ones, value
from onnx import helper, numpy_helper

from livecam.errors import ModelError
from livecam.runtime.speed import Speed
from tests.runtime.conftest import Bench

SOURCE = '{ url = "https://example.org/m.onnx" }'


def here(bench: Bench, tmp_path: Path, content: bytes, *, more: str = "") -> Bench:
    """The bench with a model 'm' whose weights were added."""
    bench.add("m", SOURCE, content=content, more=more)
    (tmp_path / "added").write_bytes(content)
    bench.catalog.add(tmp_path / "added")
    return bench


def speeds(bench: Bench) -> list[Speed | None]:
    return [entry.speed for entry in bench.catalog.entries()]


def test_it_is_measured_once_and_remembered(bench: Bench, tmp_path: Path) -> None:
    here(bench, tmp_path, adding(ones()).SerializeToString())
    assert speeds(bench) == [None]
    measured = bench.catalog.bench("m")
    assert measured.ms > 0
    assert measured.provider == "cpu"
    assert speeds(bench) == [measured]
    assert str(Speed(ms=1234.5, provider="cuda", file="")) == "1.23e+03 ms on cuda"


def test_other_weights_have_another_speed(bench: Bench, tmp_path: Path) -> None:
    here(bench, tmp_path, adding(ones()).SerializeToString())
    bench.catalog.bench("m")
    here(bench, tmp_path, adding(ones("other")).SerializeToString())
    assert speeds(bench) == [None]


def test_a_note_that_is_damaged_is_none(bench: Bench, tmp_path: Path) -> None:
    here(bench, tmp_path, adding(ones()).SerializeToString())
    bench.catalog.bench("m")
    (bench.store / "m" / "speed.json").write_text("{}")
    assert speeds(bench) == [None]


def larger(side: int) -> bytes:
    """A graph that is slower on a larger image, of any size, however it lies."""
    kernel = numpy_helper.from_array(np.ones((16, 3, 9, 9), np.float32), "kernel")
    return model(
        helper.make_node("Conv", ["x", "kernel"], ["y"]),
        inputs=(value("x", "n", 3, *(("h", "w") if not side else (side, side))),),
        outputs=(value("y", "n", 16, "a", "b"),),
        weights=(kernel,),
    ).SerializeToString()


def test_an_image_is_as_large_as_the_manifest_says(bench: Bench, tmp_path: Path) -> None:
    taken = {}
    for side in (16, 256):
        more = f'[input]\nname = "x"\nsize = [{side}, {side}]'
        taken[side] = here(bench, tmp_path, larger(0), more=more).catalog.bench("m").ms
    assert taken[256] > 10 * taken[16]


def test_what_may_have_any_size_cannot_be_measured(bench: Bench, tmp_path: Path) -> None:
    here(bench, tmp_path, larger(0))
    with pytest.raises(ModelError, match="How long a run of 'm' takes depends"):
        bench.catalog.bench("m")


def test_several_inputs_and_a_batch(bench: Bench, tmp_path: Path) -> None:
    here(bench, tmp_path, face(32, morph=True))
    assert bench.catalog.bench("m").ms > 0
