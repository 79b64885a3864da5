"""Every learned swapper there is a manifest for, against what its publisher says of it.

The real weights cannot be had; doubles with the same tensors stand in for them (tests/doubles.py).
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from doubles import CONVERTERS, EMBEDDERS, EMBEDDING, SWAPPERS
from reflections import check, mistaken_inputs, published_session

from livecam.errors import LivecamError
from livecam.runtime.catalog import Catalog
from livecam.runtime.manifest import Input, Manifest
from livecam.swappers import generator, network
from livecam.vision import alignment, polyphase

MANIFESTS = {m.name: m for m in Catalog().manifests() if m.family == "generator"}


def test_what_is_known_of_each_is_written_down_twice() -> None:
    assert set(MANIFESTS) == set(SWAPPERS)


@pytest.mark.parametrize("boost", [1, 2])
@pytest.mark.parametrize("name", SWAPPERS)
def test_a_reflection_is_worn_without_a_trace(name: str, boost: int) -> None:
    check(name, MANIFESTS[name], boost=boost)


def _other_heads(head: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """`head` with one mistake."""
    wider = (0.0, 1.0) if "span" in head else (-1.0, 1.0)
    yield "span", {**head, "span": wider}
    yield "output", {**head, "output": "picture"}
    yield "outputs", {**head, "outputs": 3 - head.get("outputs", 1)}
    if "portrait" in head:
        for mistake, spec in mistaken_inputs(Input(**head["portrait"])):
            fields = {name: getattr(spec, name) for name in Input.__dataclass_fields__}
            yield f"portrait's {mistake}", {**head, "portrait": fields}
        yield "an embedder too", {**head, "embedder": "arcface_w600k_r50"}
        return
    yield "source", {**head, "source": "embedding"}
    yield "unit", {**head, "unit": not head.get("unit", True)}
    for name in (*EMBEDDERS, *CONVERTERS):
        if name != head["embedder"]:
            yield f"embedder {name}", {**head, "embedder": name}
    if "matrix" in head:
        yield "no matrix", {key: value for key, value in head.items() if key != "matrix"}
    else:
        yield "a matrix", {**head, "matrix": "buff2fs"}


def _mistaken(manifest: Manifest) -> Iterator[tuple[str, Manifest]]:
    assert manifest.input is not None
    for mistake, spec in mistaken_inputs(manifest.input):
        yield mistake, replace(manifest, input=spec)
    for mistake, head in _other_heads(manifest.head):
        yield mistake, replace(manifest, head=head)


MISTAKEN = [
    pytest.param(name, mistaken, id=f"{name}: {mistake}")
    for name, manifest in MANIFESTS.items()
    for mistake, mistaken in _mistaken(manifest)
]


@pytest.mark.parametrize(("name", "manifest"), MISTAKEN)
def test_a_mistake_in_a_manifest_is_found(name: str, manifest: Manifest) -> None:
    with pytest.raises((AssertionError, LivecamError)):
        check(name, manifest)


def test_there_are_enough_mistakes() -> None:
    assert len(MISTAKEN) > 280


def _blocks(image: Any, times: int) -> list[Any]:
    side = len(image) // times
    starts = range(0, len(image), side)
    return [np.ascontiguousarray(image[y : y + side, x : x + side]) for y in starts for x in starts]


_UNIT, _SPLIT, _JOIN, _TENSOR = (
    generator._unit, polyphase.split, polyphase.join, network.to_tensor,
)  # fmt: skip
_HALF = np.array([[0, 0, 0.5], [0, 0, 0.5]], np.float32)
_READ, _ALIGN = generator.read_matrix, alignment.align
_Network, _Swapper = network.Network, generator.GeneratorSwapper
_IMAGE, _LATENT, _OUTPUTS = _Network._image, _Swapper._latent, _Network._outputs


def _not_again(swapper: Any, embedding: Any) -> Any:
    return (_UNIT(embedding) @ swapper._matrix)[None] if swapper._matrix is not None else (
        _LATENT(swapper, embedding)
    )  # fmt: skip


def _by_place(path: Path, *_: object) -> Any:
    """The last tensor; where it is no matrix, as good as none."""
    last = onnx.numpy_helper.to_array(onnx.load(path).graph.initializer[-1])
    return last if last.ndim == 2 else np.eye(EMBEDDING)


def _full_precision(model: Any, tensor: Any, source: Any) -> Any:
    return model._session.run({model._spec.name: tensor, model._source: source})[model._place]


def _other_output(model: Any, *given: Any) -> Any:
    model._place = len(model._session.outputs) - 1
    return _OUTPUTS(model, *given)


MUTANTS: Mapping[str, tuple[Any, str, Any]] = {
    "the matrix is transposed": (generator, "read_matrix", lambda *a: _READ(*a).T),
    "the matrix is taken by its place": (generator, "read_matrix", _by_place),
    "the matrix is not followed by length 1": (_Swapper, "_latent", _not_again),
    "nothing is brought to length 1": (generator, "_unit", lambda v: v),
    "everything is brought to length 1": (
        _Swapper, "_latent", lambda s, e: _UNIT(_LATENT(s, e)[0])[None],
    ),
    "the length is by the sum": (generator, "_unit", lambda v: v / np.abs(v).sum()),
    "the identity has no batch": (_Swapper, "_latent", lambda s, e: _LATENT(s, e)[0]),
    "phases go down before right": (
        generator, "split", lambda i, k: _SPLIT(i.transpose(1, 0, 2), k)
    ),
    "phases are blocks": (generator, "split", _blocks),
    "phases are put back down before right": (
        generator, "join", lambda p, k: _JOIN(p, k).transpose(1, 0, 2)
    ),
    "phases are put back in the other order": (generator, "join", lambda p, k: _JOIN(p[::-1], k)),
    "the crop is not finer": (
        generator, "align", lambda p, t, _: _ALIGN(p, t, 128)
    ),
    "the crop is half a pixel off": (
        generator, "align", lambda p, t, n: _ALIGN(p, t, n) + _HALF
    ),
    "the crop is larger by 2 %": (generator, "align", lambda p, t, n: _ALIGN(p, t, n) * 1.02),
    "eyes are confused": (generator, "align", lambda p, t, n: _ALIGN(p[[1, 0, 2, 4, 3]], t, n)),
    "templates count from the corner of a pixel": (
        generator, "align", lambda p, t, n: _ALIGN(p, t, n) - _HALF
    ),
    "tensors are not scaled": (network, "to_tensor", lambda i, s: _TENSOR(i, s) * 255),
    "tensors are upside down": (network, "to_tensor", lambda i, s: _TENSOR(i[::-1], s)),
    "tensors are BGR": (network, "to_tensor", lambda i, s: _TENSOR(i[..., ::-1], s)),
    "portraits are as targets": (
        generator, "to_tensor", lambda i, _: _TENSOR(i, MANIFESTS["uniface_256"].input)
    ),
    "results are BGR": (_Network, "_image", lambda n, p: _IMAGE(n, p)[..., ::-1]),
    "results are mirrored": (_Network, "_image", lambda n, p: _IMAGE(n, p)[:, ::-1]),
    "results are as from 0": (_Network, "_image", lambda n, p: _IMAGE(n, p + n._low)),
    "results are shifted by a pixel": (
        _Network, "_image", lambda n, p: np.roll(_IMAGE(n, p), 1, axis=1)
    ),
    "results are from the last output": (_Network, "_outputs", _other_output),
    "half floats are fed as whole ones": (_Network, "_outputs", _full_precision),
    "the mask is nought": (generator, "box_mask", lambda n: np.zeros((n, n), np.uint8)),
    "the mask is of another size": (
        generator, "box_mask", lambda n: np.full((n // 2, n // 2), 255, np.uint8)
    ),
}  # fmt: skip
"""Mistakes of the code, by what they are: where, which name, and what stands there instead."""


def _check_all_kinds() -> None:
    kinds = ("inswapper_128", "inswapper_128_fp16", "simswap_256", "uniface_256", "ghost_1_256")
    for name in (*kinds, "hyperswap_1a_256"):
        for boost in (1, 2):
            check(name, MANIFESTS[name], boost=boost)


def test_without_a_mistake_all_is_well() -> None:
    _check_all_kinds()


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_mistake_in_the_code_is_found(mutant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SWAPPERS:
        published_session(name)  # made ready by sound code
    where, attribute, instead = MUTANTS[mutant]
    monkeypatch.setattr(where, attribute, instead)
    with pytest.raises((AssertionError, LivecamError)):
        _check_all_kinds()
