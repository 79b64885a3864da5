"""What every enhancer and upscaler has to keep to, with graphs of their published shape."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import pytest
import stand_ins
from doubles import POINTS
from wearing import face, portrait, psnr

from livecam.enhancers import FAMILIES, UPSCALERS, Enhancer
from livecam.errors import LivecamError
from livecam.picture import Patch, Picture
from livecam.runtime.catalog import Catalog
from livecam.runtime.manifest import Manifest
from livecam.runtime.session import Session, open_session
from livecam.swap.options import EnhancerOptions
from livecam.swap.sharpening import sharpened
from livecam.vision.geometry import similarity, transform

MANIFESTS = {m.name: m for m in Catalog().manifests() if m.task == "enhancer"}
ENLARGING = {m.name: m for m in Catalog().manifests() if m.task == "upscaler"}
TEMPLATE = dict.fromkeys(MANIFESTS, "ffhq") | {"gpen_bfr_256": "insightface 128"}
SIDE = dict.fromkeys(MANIFESTS, 512) | {"gpen_bfr_256": 256}
WEIGHT = {"codeformer": "weight"}
TINT = (0.9, 0.5, 0.2)
WHOLE = EnhancerOptions(blend=1.0)

Open = Callable[..., Enhancer]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Open:
    folder = tmp_path_factory.mktemp("enhancers")

    @cache
    def session(size: int, weight: str | None, tint: Sequence[float]) -> Session:
        path = folder / f"{size} {weight} {sum(tint)}.onnx"
        path.write_bytes(stand_ins.restorer(size, weight=weight, tint=tint))
        return open_session(path, providers=["cpu"])

    def open_one(manifest: Manifest, tint: Sequence[float] = (1, 1, 1)) -> Enhancer:
        name = manifest.name
        return FAMILIES[manifest.family](manifest, session(SIDE[name], WEIGHT.get(name), tint))

    return open_one


@cache
def picture() -> Picture:
    """A portrait without what a crop of 256 px cannot hold."""
    soft = cv2.GaussianBlur(portrait("b").portrait, (0, 0), 4)
    return Picture.from_rgb(np.asarray(soft, np.uint8))


def swap() -> Patch:
    """A swap whose mask covers the face, and whose crop is not that of any enhancer."""
    mesh = portrait("b").mesh
    assert mesh is not None
    low, high = mesh[:, :2].min(axis=0), mesh[:, :2].max(axis=0)
    place = similarity(np.stack([low, high]), np.float32([[10, 10], [245, 245]]))
    ring = np.hypot(*np.meshgrid(*[np.linspace(-1, 1, 256)] * 2))
    mask = (255 * np.clip((0.8 - ring) * 8, 0, 1)).astype(np.uint8)
    return Patch(np.zeros((256, 256, 3), np.uint8), mask, place)


def check(enhancer: Enhancer, name: str) -> None:
    """That the network sees the published crop in the published numbers, and is read likewise."""
    size = enhancer.size
    assert size == SIDE[name]
    seen = face(portrait("b").mesh)
    patch = sharpened(picture(), seen, swap(), enhancer, WHOLE)
    published = (POINTS[TEMPLATE[name]] * size).astype(np.float32)
    wanted = transform(seen.landmarks, similarity(seen.landmarks, published))
    found = transform(seen.landmarks, patch.crop_from_frame)
    np.testing.assert_allclose(found, wanted, atol=0.01 * size / 100)
    image = np.random.default_rng(0).integers(0, 256, (size, size, 3), np.uint8)
    centred = (image / 127.5 - 1) * TINT
    wanted_image = np.clip((centred + 1) * 127.5, 0, 255)
    np.testing.assert_allclose(enhancer.enhance(image, weight=0.5), wanted_image, atol=0.51)


def test_every_family_has_a_model_and_every_model_a_family() -> None:
    assert {manifest.family for manifest in MANIFESTS.values()} == set(FAMILIES)
    assert {manifest.family for manifest in ENLARGING.values()} == set(UPSCALERS)


@pytest.mark.parametrize("name", MANIFESTS)
class TestEveryEnhancer:
    def test_sees_what_was_published(self, opened: Open, name: str) -> None:
        check(opened(MANIFESTS[name], TINT), name)

    def test_one_that_changes_nothing_gives_the_face_back(self, opened: Open, name: str) -> None:
        seen = face(portrait("b").mesh)
        patch = sharpened(picture(), seen, swap(), opened(MANIFESTS[name]), WHOLE)
        assert patch.mask.max() == 255
        shown = picture().paste([patch])
        black = picture().paste([replace(patch, image=np.zeros_like(patch.image))])
        inside = black.y != picture().y
        assert inside.mean() > 0.02
        assert psnr(shown.to_rgb()[inside], picture().to_rgb()[inside]) > 45

    def test_changes_only_what_the_swap_changed(self, opened: Open, name: str) -> None:
        seen, old = face(portrait("b").mesh), swap()
        enhancer = opened(MANIFESTS[name], (0, 0, 0))
        shown = picture().paste([sharpened(picture(), seen, old, enhancer, WHOLE)])
        by_swap = (picture().paste([old]).y != picture().y).astype(np.uint8)
        near = cv2.dilate(by_swap, np.ones((9, 9), np.uint8)) > 0
        changed = shown.y != picture().y
        assert not changed[~near].any()
        assert changed.sum() > 0.5 * by_swap.sum()

    def test_blend_says_how_much_is_seen(self, opened: Open, name: str) -> None:
        seen, enhancer = face(portrait("b").mesh), opened(MANIFESTS[name])
        masks = [
            sharpened(picture(), seen, swap(), enhancer, EnhancerOptions(blend=blend)).mask
            for blend in (1.0, 0.8, 0.25)
        ]
        for mask, blend in zip(masks, (1.0, 0.8, 0.25), strict=True):
            np.testing.assert_allclose(mask, masks[0] * blend, atol=1)

    def test_every_mistake_in_a_manifest_is_caught(self, opened: Open, name: str) -> None:
        manifest = MANIFESTS[name]
        spec = manifest.input
        assert spec is not None
        wrong = {
            "channels": replace(spec, channels="bgr"),
            "layout": replace(spec, layout="nhwc"),
            "no centring": replace(spec, mean=(0.0, 0.0, 0.0)),
            "no scaling": replace(spec, std=(1.0, 1.0, 1.0)),
            "twice the scaling": replace(spec, std=(255.0, 255.0, 255.0)),
            "size": replace(spec, size=(384, 384)),
            "name": replace(spec, name="image"),
            **{
                f"template {other}": replace(spec, template=other)
                for other in ("arcface_112_v2", "arcface_128", "ffhq_512", "mtcnn_512", None)
                if other != spec.template
            },
        }
        planted = {what: replace(manifest, input=changed) for what, changed in wrong.items()}
        heads = {
            "levels 0 to 1": manifest.head | {"levels": [0.0, 1.0]},
            "a weight that is not there": manifest.head | {"weight": "w"},
        }
        if name in WEIGHT:
            heads["no weight"] = {}
        planted |= {what: replace(manifest, head=head) for what, head in heads.items()}
        caught = []
        for what, changed in planted.items():
            try:
                check(opened(changed, TINT), name)
            except (AssertionError, LivecamError):
                caught.append(what)
        assert caught == list(planted)


@pytest.mark.parametrize("name", MANIFESTS)
def test_what_is_beyond_black_and_white_is_black_and_white(opened: Open, name: str) -> None:
    enhancer = opened(MANIFESTS[name], (3, 3, 3))
    image = np.zeros((enhancer.size, enhancer.size, 3), np.uint8)
    image[0, 0] = (10, 128, 250)
    shown = enhancer.enhance(image, weight=0.5)
    assert shown[0, 0].tolist() == [0, 129, 255]
    assert not shown[1:].any()


def test_only_codeformer_is_told_how_much_to_keep(opened: Open) -> None:
    grey = np.full((512, 512, 3), 100, np.uint8)
    for name, manifest in MANIFESTS.items():
        if SIDE[name] == 512:
            enhancer = opened(manifest)
            low, high = (int(enhancer.enhance(grey, weight=w)[0, 0, 0]) for w in (0.25, 0.75))
            assert (low, high) == ((68, 132) if name in WEIGHT else (100, 100)), name


@pytest.mark.parametrize("name", ENLARGING)
class TestEveryUpscaler:
    @pytest.mark.parametrize("size", [(1, 1), (60, 224), (225, 31), (449, 224)])
    def test_is_the_same_as_without_tiles(
        self, name: str, size: tuple[int, int], tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        manifest, scale = ENLARGING[name], int(name[-1])
        path = tmp_path_factory.mktemp("upscalers") / "double.onnx"
        path.write_bytes(stand_ins.upscaler(scale, blur=16))
        session = open_session(path, providers=["cpu"])
        upscaler = UPSCALERS[manifest.family](manifest, session)
        assert upscaler.scale == scale
        image = np.random.default_rng(1).integers(0, 256, (*size, 3), np.uint8)
        large = upscaler.enlarge(image)
        assert large.shape == (scale * size[0], scale * size[1], 3)
        around = np.pad(image, ((16, 16), (16, 16), (0, 0)), mode="edge")
        whole = session.run({"input": (around / np.float32(255)).transpose(2, 0, 1)[None]})[0][0]
        inner = whole[:, 16 * scale : -16 * scale, 16 * scale : -16 * scale]
        np.testing.assert_allclose(large, 255 * inner.transpose(1, 2, 0), atol=0.51)

    def test_every_mistake_in_a_manifest_is_caught(
        self, name: str, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        manifest, scale = ENLARGING[name], int(name[-1])
        spec = manifest.input
        assert spec is not None
        path = tmp_path_factory.mktemp("upscalers") / "double.onnx"
        graph = stand_ins.upscaler(scale, blur=16, tint=TINT)
        path.write_bytes(graph)
        session = open_session(path, providers=["cpu"])
        image = np.random.default_rng(2).integers(0, 256, (70, 300, 3), np.uint8)
        right = UPSCALERS[manifest.family](manifest, session).enlarge(image).astype(float)
        flat = np.full((40, 40, 3), 200, np.uint8)
        shown = UPSCALERS[manifest.family](manifest, session).enlarge(flat)[0, 0]
        np.testing.assert_allclose(shown, 200 * np.array(TINT), atol=0.51)
        wrong = {
            "channels": replace(manifest, input=replace(spec, channels="bgr")),
            "layout": replace(manifest, input=replace(spec, layout="nhwc")),
            "scaling": replace(manifest, input=replace(spec, std=(1.0, 1.0, 1.0))),
            "centring": replace(manifest, input=replace(spec, mean=(127.5, 127.5, 127.5))),
            "scale": replace(manifest, head=manifest.head | {"scale": 3}),
            "pad": replace(manifest, head=manifest.head | {"pad": 8}),
            "pad of half a tile": replace(manifest, head=manifest.head | {"pad": 128}),
            "levels": replace(manifest, head=manifest.head | {"levels": [-1.0, 1.0]}),
        }
        caught = []
        for what, changed in wrong.items():
            try:
                found = UPSCALERS[manifest.family](changed, session).enlarge(image)
                np.testing.assert_allclose(found, right, atol=0.51)
            except (AssertionError, LivecamError):
                caught.append(what)
        assert caught == list(wrong)
