"""Faces of DeepFaceLab: doubles of its export, added as people add theirs."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import doubles
import numpy as np
import onnx
import pytest
from reflections import LEAST_DB, Recorded, cut, mistaken_inputs, scene

from livecam.errors import LivecamError, ModelError
from livecam.face import Crop, Identity
from livecam.picture import Patch
from livecam.runtime.local_file import recognise
from livecam.runtime.manifest import Manifest
from livecam.runtime.session import Session, open_session
from livecam.swappers.dfm import DfmSwapper
from livecam.swappers.manner import Manner

NOBODY = Identity("nobody", np.zeros((1, 1, 3), np.uint8))


@cache
def added(side: int = 224, *, morphs: bool = False, masks: float = 1.0) -> tuple[Manifest, Session]:
    """The manifest that livecam writes for such a file, and the file ready to run."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "somebody.dfm"
        file.write_bytes(doubles.dfm(side, morphs=morphs, masks=masks))
        return recognise(file, []).manifest, open_session(file, providers=["cpu"])


def worn(manifest: Manifest, session: Session, manner: Manner | None = None) -> Patch:
    picture, face = scene("whole face", manifest.input.size[0])
    disguise = DfmSwapper(manifest, session).wear(NOBODY)
    place, side = disguise.alignment(face, manner or Manner())
    crop = Crop(picture, place, side)
    found = disguise.swap(crop, face, manner or Manner(), time_s=0.0)
    disguise.forget(set())
    assert found is not None
    return found


def check(manifest: Manifest, session: Session) -> None:
    recorded = Recorded(session)
    side = session.inputs["in_face:0"].shape[1]
    picture, face = scene("whole face", side)
    patch = worn(manifest, recorded)
    (fed,) = (feeds["in_face:0"] for feeds in recorded.fed)
    assert fed.shape == (1, side, side, 3)
    assert fed.dtype == np.float32
    wanted = cut(picture.to_rgb(), face.landmarks, "whole face", side)[..., ::-1]
    assert np.abs(fed[0] - wanted)[2:-2, 2:-2].mean() * 255 < 0.8
    pasted = picture.paste([patch])
    size = picture.width, picture.height
    inside = cv2.warpAffine(patch.mask, patch.crop_from_frame, size, flags=cv2.WARP_INVERSE_MAP)
    inside = inside > 250
    assert inside.sum() > 0.3 * side**2
    error = (pasted.to_rgb()[inside].astype(float) - picture.to_rgb()[inside]) ** 2
    assert 10 * np.log10(255**2 / max(error.mean(), 1e-9)) >= LEAST_DB


@pytest.mark.parametrize("side", [224, 256, 320])
def test_a_reflection_is_worn_without_a_trace(side: int) -> None:
    manifest, session = added(side)
    assert (manifest.task, manifest.family) == ("swapper", "dfm")
    check(manifest, session)


@pytest.mark.parametrize(
    "mistaken",
    [pytest.param(spec, id=mistake) for mistake, spec in mistaken_inputs(added()[0].input)],
)
def test_a_mistake_in_its_manifest_is_found(mistaken: object) -> None:
    manifest, session = added()
    with pytest.raises((AssertionError, LivecamError)):
        check(replace(manifest, input=mistaken), session)


def test_it_is_morphed_as_far_as_is_said() -> None:
    manifest, session = added(morphs=True)
    dark, half, bright = (
        worn(manifest, session, Manner(morph=morph)).image[80:140, 80:140].mean()
        for morph in (0.0, 0.5, 1.0)
    )
    assert bright - half == pytest.approx(25, abs=2)
    assert half - dark == pytest.approx(25, abs=2)


def test_a_file_that_does_not_morph_ignores_it() -> None:
    manifest, session = added()
    one, other = (worn(manifest, session, Manner(morph=morph)).image for morph in (0.0, 1.0))
    np.testing.assert_array_equal(one, other)


def test_its_masks_and_the_box_are_met_by_the_smallest() -> None:
    manifest, session = added()
    mask = worn(manifest, session).mask
    assert mask[112, 112] == 255
    assert not np.concatenate([mask[[0, -1]].ravel(), mask[:, [0, -1]].ravel()]).any()
    assert mask[40, 40] == 0, "beyond the file's disc, within the box"
    assert np.ptp(mask[112].astype(int)[:112]) == 255
    assert np.abs(np.diff(mask[112].astype(int))).max() < 70, "no hard edge"
    faint = worn(*added(masks=0.75)).mask
    assert faint[112, 112] == pytest.approx(128, abs=1)


def test_where_it_must_be_whole_a_face_that_the_file_does_not_find_gets_none() -> None:
    for masks, there in ((1.0, True), (0.55, False), (0.0, False)):
        manifest, session = added(masks=masks)
        picture, face = scene("whole face", 224)
        disguise = DfmSwapper(manifest, session).wear(NOBODY)
        place, side = disguise.alignment(face, Manner())
        crop = Crop(picture, place, side)
        assert (disguise.swap(crop, face, Manner(whole=True), time_s=0) is not None) == there
        assert disguise.swap(crop, face, Manner(), time_s=0) is not None


def test_it_needs_no_portrait_and_no_embedder() -> None:
    swapper = DfmSwapper(*added())
    assert not swapper.needs_portrait
    assert swapper.embedder is None


def test_where_it_must_be_whole_a_face_too_small_gets_none() -> None:
    manifest, session = added()
    picture, face = scene("whole face", 224)
    disguise = DfmSwapper(manifest, session).wear(NOBODY)
    far = replace(face, landmarks=face.landmarks / 20, mesh=face.mesh / 20)
    for who, there in ((face, True), (far, False)):
        place, side = disguise.alignment(who, Manner())
        crop = Crop(picture, place, side)
        assert (disguise.swap(crop, who, Manner(whole=True), time_s=0) is not None) == there
        assert disguise.swap(crop, who, Manner(), time_s=0) is not None


def renamed(old: str, new: str) -> Callable[[onnx.GraphProto], None]:
    def rename(graph: onnx.GraphProto) -> None:
        for value in (*graph.input, *graph.output):
            value.name = new if value.name == old else value.name
        for node in graph.node:
            node.input[:] = [new if name == old else name for name in node.input]
            node.output[:] = [new if name == old else name for name in node.output]

    return rename


@pytest.mark.parametrize(
    "change",
    [renamed("in_face:0", "face"), renamed("out_celeb_face:0", "celeb")],
    ids=["in", "out"],
)
def test_another_graph_is_refused(
    change: Callable[[onnx.GraphProto], None], tmp_path: Path
) -> None:
    model = onnx.ModelProto.FromString(doubles.dfm())
    change(model.graph)
    (tmp_path / "other.dfm").write_bytes(model.SerializeToString())
    session = open_session(tmp_path / "other.dfm", providers=["cpu"])
    with pytest.raises(ModelError, match="no face of 224 × 224 px that DeepFaceLab exported"):
        DfmSwapper(added()[0], session)


def test_a_manifest_without_input_is_refused() -> None:
    manifest, session = added()
    with pytest.raises(ModelError, match="does not say how"):
        DfmSwapper(replace(manifest, input=None), session)
