"""Every embedder there is a manifest for, against what its publisher says of it."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import doubles
import numpy as np
import pytest
from doubles import CONVERTERS, EMBEDDERS
from reflections import Recorded, cut, mistaken_inputs, scene

from livecam.embedders import FAMILIES, Embedder, arcface, converter
from livecam.errors import LivecamError, ModelError
from livecam.runtime.catalog import Catalog
from livecam.runtime.manifest import Manifest
from livecam.runtime.session import Session, open_session

MANIFESTS = {m.name: m for m in Catalog().manifests() if m.task == "embedder"}
ANCHOR = "insightface 112"


@cache
def double(name: str) -> Session:
    with TemporaryDirectory() as folder:
        file = Path(folder) / f"{name}.onnx"
        if name in CONVERTERS:
            file.write_bytes(doubles.converter(CONVERTERS.index(name)))
        else:
            model = EMBEDDERS[name]
            length, batch = model.length, 1 if name == "sface" else "n"
            seed = list(EMBEDDERS).index(name)
            file.write_bytes(
                doubles.embedder(input_name=model.input_name, length=length, batch=batch, seed=seed)
            )
        return open_session(file, providers=["cpu"])


def made(manifest: Manifest, session: Any) -> Embedder:
    def named(name: str) -> Embedder:
        return made(MANIFESTS[name], double(name))

    return FAMILIES[manifest.family](manifest, session, named)


def check(name: str, manifest: Manifest) -> None:
    """Looks at a face with the embedder `name` as `manifest` has it.

    Raises:
        AssertionError: Something that is fed or given is not what it should be.
        LivecamError: livecam found that out by itself.
    """
    picture, face = scene(ANCHOR, 112)
    session = Recorded(double(name))
    found = made(manifest, session).embed(picture, face.landmarks)
    assert len(session.fed) == 1
    (fed,) = session.fed[0].values()
    if name in CONVERTERS:
        of = made(MANIFESTS["arcface_w600k_r50"], double("arcface_w600k_r50"))
        raw = of.embed(picture, face.landmarks).astype(np.float64)
        assert np.linalg.norm(raw) > 2, "a vector of length 1 would show no mistake"
        expected = raw @ doubles.conversion(CONVERTERS.index(name))
        np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-4)
        return
    model = EMBEDDERS[name]
    mean, deviation = model.scaling
    shown = fed[0].astype(np.float64).transpose(1, 2, 0) * deviation + mean
    gap = np.abs(shown - cut(picture.to_rgb(), face.landmarks, ANCHOR, 112))[2:-2, 2:-2] * 255
    assert gap.mean() < 0.8, f"{gap.mean():.2f} levels off"
    (given,) = session.session.run({model.input_name: fed})
    np.testing.assert_array_equal(found, given[0])
    assert found.shape == (model.length,)
    assert found.dtype == np.float32


def test_what_is_known_of_each_is_written_down_twice() -> None:
    assert set(MANIFESTS) == {*EMBEDDERS, *CONVERTERS}
    assert {manifest.family for manifest in MANIFESTS.values()} == set(FAMILIES)


@pytest.mark.parametrize("name", [*EMBEDDERS, *CONVERTERS])
def test_a_face_is_shown_to_it_as_it_was_trained(name: str) -> None:
    check(name, MANIFESTS[name])


MISTAKEN = [
    pytest.param(name, replace(MANIFESTS[name], input=spec), id=f"{name}: {mistake}")
    for name in EMBEDDERS
    for mistake, spec in mistaken_inputs(MANIFESTS[name].input)
] + [
    pytest.param(name, replace(MANIFESTS[name], head=head), id=f"{name}: {head}")
    for name in CONVERTERS
    for head in ({}, {"of": "w600k_mbf"}, {"of": "crossface_ghost" if "swap" in name else "sface"})
]


@pytest.mark.parametrize(("name", "manifest"), MISTAKEN)
def test_a_mistake_in_a_manifest_is_found(name: str, manifest: Manifest) -> None:
    with pytest.raises((AssertionError, LivecamError)):
        check(name, manifest)


def test_a_graph_that_takes_no_image_is_refused() -> None:
    session, manifest = double(CONVERTERS[0]), MANIFESTS["arcface_w600k_r50"]
    assert manifest.input is not None
    (name,) = session.inputs
    with pytest.raises(ModelError, match="which is no image"):
        made(replace(manifest, input=replace(manifest.input, name=name)), session)


def _unit(vector: Any) -> Any:
    return vector / np.linalg.norm(vector)


_ALIGN, _EMBED, _CONVERT = arcface.align, arcface.ArcFace.embed, converter.Converter.embed
_Looking = Callable[..., Any]
MUTANTS: dict[str, tuple[Any, str, _Looking]] = {
    "of length 1": (arcface.ArcFace, "embed", lambda *a: _unit(_EMBED(*a))),
    "converted and of length 1": (converter.Converter, "embed", lambda *a: _unit(_CONVERT(*a))),
    "of length 1 before it is converted": (
        converter.Converter, "embed", lambda s, *a: s._session.run(
            {s._input: _unit(s._of.embed(*a))[None].astype(np.float32)}
        )[0][0],
    ),
    "not converted": (converter.Converter, "embed", lambda s, *a: s._of.embed(*a)),
    "a crop half a pixel off": (
        arcface, "align", lambda *a: _ALIGN(*a) + np.float32([[0, 0, 0.5], [0, 0, 0.5]])
    ),
    "eyes confused": (arcface, "align", lambda p, *a: _ALIGN(p[[1, 0, 2, 4, 3]], *a)),
}  # fmt: skip


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_mistake_in_the_code_is_found(mutant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    where, attribute, instead = MUTANTS[mutant]

    def check_all() -> None:
        for name, manifest in MANIFESTS.items():
            check(name, manifest)

    check_all()
    monkeypatch.setattr(where, attribute, instead)
    with pytest.raises((AssertionError, LivecamError)):
        check_all()
