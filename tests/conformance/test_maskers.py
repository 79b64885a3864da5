"""What every masker has to keep to, with a graph of its published shape and known answers."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import stand_ins

from livecam.errors import LivecamError
from livecam.maskers import FAMILIES, Masker, Region
from livecam.runtime.catalog import Catalog
from livecam.runtime.manifest import Manifest
from livecam.runtime.session import open_session

MANIFESTS = {m.name: m for m in Catalog().manifests() if m.task == "masker"}
KINDS = {name: "parser" if name.startswith("bisenet") else "occluder" for name in MANIFESTS}
CLASSES = {
    Region.SKIN: 1, Region.LEFT_BROW: 2, Region.RIGHT_BROW: 3, Region.LEFT_EYE: 4,
    Region.RIGHT_EYE: 5, Region.GLASSES: 6, Region.NOSE: 10, Region.MOUTH: 11,
    Region.UPPER_LIP: 12, Region.LOWER_LIP: 13,
}  # fmt: skip
"""The planes of CelebAMask-HQ, written down from the data set, not from the manifests."""

Open = Callable[[Manifest], Masker]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Open:
    folder = tmp_path_factory.mktemp("maskers")
    sessions = {}
    for name, make in (("occluder", stand_ins.occluder), ("parser", stand_ins.parser)):
        (folder / f"{name}.onnx").write_bytes(make())
        sessions[name] = open_session(folder / f"{name}.onnx", providers=["cpu"])

    def open_one(manifest: Manifest) -> Masker:
        return FAMILIES[manifest.family](manifest, sessions[KINDS[manifest.name]])

    return open_one


def check(masker: Masker, kind: str) -> None:
    """That its masks are the known ones."""
    random = np.random.default_rng(0)
    size = masker.size
    if kind == "occluder":
        image = random.integers(0, 256, (size, size, 3), np.uint8)
        np.testing.assert_allclose(masker.mask(image), 255 * stand_ins.occluded(image), atol=1)
        return
    image = random.integers(0, 256, (size, size, 3), np.uint8)
    classes = stand_ins.parted(image)
    choices = [(), (Region.NOSE, Region.MOUTH), *((region,) for region in CLASSES)]
    for chosen in choices:
        wanted = np.isin(classes, [CLASSES[region] for region in chosen or CLASSES])
        found = masker.mask(image, chosen)
        assert set(np.unique(found)) == {0, 255}
        assert np.count_nonzero((found > 0) != wanted) < 5e-3 * wanted.size, chosen  # ties


def test_every_family_has_a_model_and_every_model_a_family() -> None:
    assert {manifest.family for manifest in MANIFESTS.values()} == set(FAMILIES)
    assert set(MANIFESTS) <= set(stand_ins.DOUBLES)


@pytest.mark.parametrize("name", MANIFESTS)
def test_gives_the_known_masks(opened: Open, name: str) -> None:
    masker = opened(MANIFESTS[name])
    image = np.zeros((masker.size, masker.size, 3), np.uint8)
    mask = masker.mask(image)
    assert (mask.dtype, mask.shape) == (np.uint8, image.shape[:2])
    check(masker, KINDS[name])


def mistakes(manifest: Manifest) -> dict[str, Manifest]:
    """The manifest, with one thing wrong at a time."""
    spec = manifest.input
    assert spec is not None
    other = {"rgb": "bgr", "bgr": "rgb", "nchw": "nhwc", "nhwc": "nchw"}
    wrong = {
        "channels": replace(spec, channels=other[spec.channels]),
        "layout": replace(spec, layout=other[spec.layout]),
        "no scaling": replace(spec, std=(1.0, 1.0, 1.0)),
        "another std": replace(spec, std=tuple(1.2 * v for v in spec.std)),
        "centred": replace(spec, mean=(127.5, 127.5, 127.5)),
        "size": replace(spec, size=(spec.size[0] // 2, spec.size[1] // 2)),
        "name": replace(spec, name="image"),
    }
    found = {what: replace(manifest, input=changed) for what, changed in wrong.items()}
    if "classes" in manifest.head:
        names = list(manifest.head["classes"])
        lists = {
            "two classes changed about": [*names[:2], names[3], names[2], *names[4:]],
            "a class left out": names[:3] + names[4:],
            "hair for skin": ["background", "hair", *names[2:17], "skin", names[18]],
            "no background": names[1:],
        }
        for what, changed in lists.items():
            found[what] = replace(manifest, head={"classes": changed})
    return found


@pytest.mark.parametrize("name", MANIFESTS)
def test_every_mistake_in_a_manifest_is_caught(opened: Open, name: str) -> None:
    planted, caught = mistakes(MANIFESTS[name]), []
    for what, manifest in planted.items():
        try:
            check(opened(manifest), KINDS[name])
        except (AssertionError, LivecamError):
            caught.append(what)
    assert caught == list(planted)


def test_a_parser_that_does_not_know_every_part_is_refused(opened: Open) -> None:
    manifest = MANIFESTS["bisenet_resnet_18"]
    classes = ["glass" if one == "glasses" else one for one in manifest.head["classes"]]
    with pytest.raises(LivecamError, match="every part"):
        opened(replace(manifest, head={"classes": classes}))


def test_an_occluder_may_overshoot(tmp_path: Path) -> None:
    graph = stand_ins.saved(
        [stand_ins.helper.make_node("ReduceSum", ["input", "axes"], ["output"])],
        inputs={"input": (stand_ins.FLOAT, ["N", 256, 256, 3])},
        outputs={"output": (stand_ins.FLOAT, ["N", 256, 256, 1])},
        weights={"axes": np.int64([3])},
    )
    (tmp_path / "sum.onnx").write_bytes(graph)
    session = open_session(tmp_path / "sum.onnx", providers=["cpu"])
    masker = FAMILIES["xseg"](MANIFESTS["xseg_1"], session)
    white = np.full((256, 256, 3), 255, np.uint8)
    assert (masker.mask(white) == 255).all()
    assert (masker.mask(white // 5) == 153).all()
