"""The family of learned swappers beyond what its conformance suite looks at."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import doubles
import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import helper
from reflections import Recorded, Stored, embeddings, identity, published_session, scene
from wearing import face, portrait, turned

from livecam.errors import ModelError, SourceError
from livecam.face import Crop, Embedding, Face, Points
from livecam.picture import Patch, Picture
from livecam.runtime.catalog import Catalog
from livecam.runtime.graph import make_ready
from livecam.runtime.manifest import Manifest
from livecam.runtime.session import open_session
from livecam.swappers.generator import GeneratorDisguise, GeneratorSwapper
from livecam.swappers.manner import AS_MADE, Manner
from livecam.vision.pose import turned_deg, yaw_deg


def manifest(name: str = "inswapper_128") -> Manifest:
    return Catalog().manifest(name)


def worn(session: Any, name: str = "inswapper_128", embedder: Any = None) -> GeneratorDisguise:
    return GeneratorSwapper(manifest(name), session, lambda _: embedder or Stored()).wear(
        identity()
    )


def swapped(
    disguise: GeneratorDisguise,
    manner: Manner,
    *,
    seen: tuple[Picture, Face] | None = None,
    time_s: float = 0.0,
    track_id: int = 0,
) -> Patch | None:
    picture, who = seen or scene("insightface 128", 128)
    place, size = disguise.alignment(who, manner)
    crop = Crop(picture, place, size)
    return disguise.swap(crop, replace(who, track_id=track_id), manner, time_s=time_s)


def batches(session: Recorded) -> list[int]:
    return [len(fed["target"]) for fed in session.fed]


@pytest.mark.parametrize("boost", [2, 3, 4])
def test_a_boosted_crop_is_one_batch(boost: int) -> None:
    session = Recorded(published_session("inswapper_128", doubles.generator))
    disguise = worn(session)
    boosted = Manner(boost=boost)
    first = swapped(disguise, boosted)
    assert batches(session) == [2, 1, boost**2], "tried once, beside another and alone"
    session.fed.clear()
    second = swapped(disguise, boosted)
    assert batches(session) == [boost**2]
    assert first is not None
    assert second is not None
    assert first.image.shape == (128 * boost, 128 * boost, 3)
    assert first.mask.shape == first.image.shape[:2]
    np.testing.assert_array_equal(first.image, second.image)


def test_a_boosted_crop_is_as_its_phases_would_be_by_themselves() -> None:
    session = published_session("inswapper_128", doubles.generator)
    manner = Manner(boost=2)
    disguise, (picture, who) = worn(session), scene("insightface 128", 256)
    whole = swapped(disguise, manner, seen=(picture, who))
    assert whole is not None
    place, size = disguise.alignment(who, manner)
    crop = picture.crop(place, size)
    for row in range(2):
        for column in range(2):
            part = np.ascontiguousarray(crop[row::2, column::2])
            phase = Crop(picture, place, size // 2)
            vars(phase)["image"] = part  # as if it had been cut out so
            alone = disguise.swap(phase, who, Manner(), time_s=0)
            assert alone is not None
            gap = np.abs(alone.image.astype(int) - whole.image[row::2, column::2])
            assert gap.max() <= 1


def changed_graph(change: Any, tmp_path: Any, spec: Any) -> Recorded:
    """The double of inswapper_128 after `change` to its graph."""
    model = onnx.ModelProto.FromString(doubles.generator(doubles.SWAPPERS["inswapper_128"]))
    change(model.graph)
    (tmp_path / "own.onnx").write_bytes(model.SerializeToString())
    ready = make_ready(tmp_path / "own.onnx", spec, tmp_path / "ready.onnx")
    return Recorded(open_session(ready, providers=["cpu"]))


def reshaped(graph: onnx.GraphProto) -> None:
    """As many exporters write it: a batch of one in a constant within."""
    shape = onnx.numpy_helper.from_array(np.array([1, 3, 128, 128]), "one")
    graph.initializer.append(shape)
    graph.node[-1].input[0] = "shaped"
    graph.node.insert(len(graph.node) - 1, helper.make_node("Reshape", ["made", "one"], ["shaped"]))


def mixed(graph: onnx.GraphProto) -> None:
    """As a normalisation over the batch does it."""
    graph.node[-1].input[0] = "mixture"
    mean = helper.make_node("ReduceMean", ["made"], ["all"], axes=[0], keepdims=1)
    graph.node.insert(len(graph.node) - 1, mean)
    graph.node.insert(len(graph.node) - 1, helper.make_node("Mul", ["made", "all"], ["mixture"]))


def many(graph: onnx.GraphProto) -> None:
    """An export whose batch is free, the identity's too."""
    for value in (*graph.input, *graph.output):
        value.type.tensor_type.shape.dim[0].dim_param = "n"


@pytest.mark.parametrize(
    ("change", "free", "runs", "then"),
    [
        (reshaped, True, [2, 1, 1, 1, 1], [1, 1, 1, 1]),
        (mixed, True, [2, 1, 1, 1, 1, 1], [1, 1, 1, 1]),
        (lambda _: None, False, [1, 1, 1, 1], [1, 1, 1, 1]),
        (many, False, [2, 1, 4], [4]),
    ],
    ids=["a batch of one within", "mixes", "declares a batch of one", "free"],
)
def test_a_graph_is_run_as_it_can_be(
    change: Any, *, free: bool, runs: list[int], then: list[int], tmp_path: Any
) -> None:
    spec = manifest().input
    assert spec is not None
    session = changed_graph(change, tmp_path, spec if free else None)
    disguise, manner = worn(session), Manner(boost=2)
    first = swapped(disguise, manner)
    assert batches(session) == runs
    session.fed.clear()
    swapped(disguise, manner)
    assert batches(session) == then
    sources = {len(fed["source"]) for fed in session.fed}
    assert sources == ({4} if change is many else {1})
    assert first is not None
    if change is not mixed:
        expected = swapped(worn(published_session("inswapper_128", doubles.generator)), manner)
        assert expected is not None
        assert np.abs(first.image.astype(int) - expected.image).max() <= 1


def test_numbers_that_are_no_picture_are_refused(tmp_path: Any) -> None:
    def broken(graph: onnx.GraphProto) -> None:
        (middle,) = [t for t in graph.initializer if t.name == "middle"]
        middle.CopyFrom(onnx.numpy_helper.from_array(np.array(np.nan, np.float32), "middle"))

    disguise = worn(changed_graph(broken, tmp_path, None))
    with pytest.raises(ModelError, match="not all finite"):
        swapped(disguise, Manner())


class Watching:
    """An embedder that counts how often it looks, and says what it is told to say."""

    def __init__(self) -> None:
        self.looks: list[tuple[Picture, Points]] = []
        self.says = embeddings(11)["sface"]

    def embed(self, picture: Picture, landmarks: Points) -> Embedding:
        self.looks.append((picture, landmarks))
        return self.says


def unit(vector: NDArray[Any]) -> NDArray[Any]:
    return np.asarray(vector / np.linalg.norm(vector))


@pytest.mark.parametrize(("strength", "share"), [(0.0, 0.35), (0.375, 0.175), (2.0, -0.35)])
@pytest.mark.parametrize("name", ["hyperswap_1a_256", "inswapper_128", "ghost_1_256"])
def test_strength_leads_from_the_targets_identity_to_the_portraits(
    name: str, strength: float, share: float
) -> None:
    session, watching = Recorded(published_session(name)), Watching()
    disguise = worn(session, name, watching)
    swapped(disguise, Manner(strength=strength))
    model = doubles.SWAPPERS[name]
    own = identity().embeddings[model.embedder].astype(np.float64)
    mixed_up = unit(unit(own) * (1 - share) + unit(watching.says) * share)
    expected: Mapping[str, NDArray[Any]] = {
        "unit": mixed_up,
        "projected": unit(mixed_up @ doubles.matrix()),
        "converted": mixed_up * np.linalg.norm(own),
    }
    fed = session.fed[-1]["source"][0]
    np.testing.assert_allclose(fed, expected[model.identity], rtol=1e-4, atol=1e-5)


def test_the_target_is_looked_at_only_if_asked_and_at_most_once_a_second() -> None:
    watching = Watching()
    disguise = worn(published_session("inswapper_128"), embedder=watching)
    for frame in range(60):
        swapped(disguise, Manner(strength=AS_MADE), time_s=frame / 30)
    assert not watching.looks
    for frame in range(60):
        for track_id in (0, 1):
            swapped(disguise, Manner(strength=0.5), time_s=frame / 30, track_id=track_id)
    assert len(watching.looks) == 4
    disguise.forget({1})
    swapped(disguise, Manner(strength=0.5), time_s=59 / 30, track_id=1)
    assert len(watching.looks) == 4
    swapped(disguise, Manner(strength=0.5), time_s=59 / 30, track_id=0)
    assert len(watching.looks) == 5, "what was forgotten is looked at anew"
    swapped(disguise, Manner(strength=0.5), time_s=0.0, track_id=0)
    assert len(watching.looks) == 6, "nothing is known of times that come again"


def test_the_target_is_looked_at_where_its_points_are() -> None:
    watching = Watching()
    disguise = worn(published_session("inswapper_128"), embedder=watching)
    seen, who = scene("insightface 128", 128)
    swapped(disguise, Manner(strength=0.5), seen=(seen, who))
    ((picture, landmarks),) = watching.looks
    assert picture is seen
    np.testing.assert_array_equal(landmarks, who.landmarks)


def test_a_further_look_changes_little_at_once() -> None:
    watching = Watching()
    session = Recorded(published_session("hyperswap_1a_256"))
    disguise = worn(session, "hyperswap_1a_256", watching)
    swapped(disguise, Manner(strength=0.0), time_s=0.0)
    watching.says = embeddings(12)["sface"]
    swapped(disguise, Manner(strength=0.0), time_s=1.1)
    before, after = (unit(fed["source"][0]) for fed in session.fed)
    assert 0.95 < float(before @ after) < 0.999


def test_where_it_must_be_whole_a_face_turned_away_or_too_small_gets_none() -> None:
    disguise = worn(published_session("inswapper_128"))
    picture = Picture.from_rgb(portrait("b").portrait)
    for yaw, there in ((0, True), (60, True), (-60, True), (80, False), (-80, False)):
        for meshed in (True, False):
            who = face(turned(portrait("b").mesh, yaw))
            who = who if meshed else replace(who, mesh=None)
            seen = picture, who
            assert (swapped(disguise, Manner(whole=True), seen=seen) is not None) == there
            assert swapped(disguise, Manner(), seen=seen) is not None
    for extent, there in ((12, False), (40, True)):
        mesh = portrait("b").mesh * np.float32(extent / np.ptp(portrait("b").mesh[:, 0]))
        seen = picture, face(mesh)
        assert (swapped(disguise, Manner(whole=True), seen=seen) is not None) == there
        assert swapped(disguise, Manner(), seen=seen) is not None


@pytest.mark.parametrize("yaw", [-85, -60, -30, 0, 30, 60, 85])
@pytest.mark.parametrize("who", "abc")
def test_five_points_tell_how_far_a_head_is_turned(who: str, yaw: int) -> None:
    head = turned(portrait(who).mesh, yaw)
    angle = np.radians(25)
    roll = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]], np.float32)
    five = face(head).landmarks
    assert turned_deg(five) == pytest.approx(yaw_deg(head), abs=15)
    assert turned_deg(five @ roll) == pytest.approx(turned_deg(five), abs=0.1)
    assert turned_deg(five * 3 + 100) == pytest.approx(turned_deg(five), abs=0.1)


def test_the_mask_is_made_once_and_ends_before_the_border() -> None:
    disguise = worn(published_session("inswapper_128"))
    first, second = (swapped(disguise, Manner()) for _ in range(2))
    assert first is not None
    assert second is not None
    assert first.mask is second.mask
    border = first.mask[[0, -1]].ravel(), first.mask[:, [0, -1]].ravel()
    assert not np.concatenate(border).any()
    assert first.mask[64, 64] == 255


@pytest.mark.parametrize(
    ("head", "words"),
    [
        ({}, "name an embedder or a portrait"),
        ({"embedder": "x", "unit": False, "matrix": "buff2fs"}, "a matrix is for"),
        ({"embedder": "x", "span": [1.0, 0.0]}, "span goes from black"),
        ({"embedder": "x", "colour": 1}, "head.colour: unknown key"),
        ({"embedder": "x", "outputs": 2}, "gives 'output'"),
        ({"embedder": "x", "output": "mask"}, "'mask' among them"),
        ({"embedder": "x", "source": "latent"}, "'target', 'source'"),
        ({"embedder": "x", "matrix": "m"}, None),
    ],
)
def test_a_manifest_that_does_not_fit_says_what(head: dict[str, Any], words: str | None) -> None:
    made = replace(manifest(), head=head)
    session = published_session("inswapper_128")
    if words is None:
        GeneratorSwapper(made, session, lambda _: Stored())  # the only matrix of its size
        return
    with pytest.raises(ModelError, match=words):
        GeneratorSwapper(made, session, lambda _: Stored())


def test_a_manifest_without_input_or_template_is_refused() -> None:
    session, spec = published_session("inswapper_128"), manifest().input
    assert spec is not None
    for wrong in (None, replace(spec, template=None)):
        with pytest.raises(ModelError, match=r"manifest says no|names no template"):
            GeneratorSwapper(replace(manifest(), input=wrong), session, lambda _: Stored())
    unknown = replace(manifest(), input=replace(spec, template="mine"))
    disguise = GeneratorSwapper(unknown, session, lambda _: Stored()).wear(identity())
    with pytest.raises(ModelError, match="no template 'mine'"):
        swapped(disguise, Manner())


def test_another_embedders_view_is_refused_before_it_is_fed() -> None:
    swapper = GeneratorSwapper(manifest(), published_session("inswapper_128"), lambda _: Stored())
    short = {"arcface_w600k_r50": np.ones(128, np.float32)}
    with pytest.raises(ModelError, match=r"takes 512 numbers as an identity, and .* gives 128"):
        swapper.wear(replace(identity(), embeddings=short))


def test_a_portrait_without_a_template_is_refused_with_the_model() -> None:
    made = manifest("uniface_256")
    head = {**made.head, "portrait": {**made.head["portrait"], "template": None}}
    with pytest.raises(ModelError, match="'uniface_256' names no template"):
        GeneratorSwapper(
            replace(made, head=head), published_session("uniface_256"), lambda _: Stored()
        )


def test_who_has_no_view_of_the_embedder_is_refused_by_name() -> None:
    swapper = GeneratorSwapper(manifest(), published_session("inswapper_128"), lambda _: Stored())
    assert (swapper.embedder, swapper.needs_portrait) == ("arcface_w600k_r50", True)
    with pytest.raises(SourceError, match="arcface_w600k_r50"):
        swapper.wear(replace(identity(), embeddings={"sface": embeddings()["sface"]}))
