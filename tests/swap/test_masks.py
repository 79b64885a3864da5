"""What masks leave of a swap: each by itself, and the smallest of them all."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from wearing import face, portrait

from livecam.errors import SourceError
from livecam.face import Crop, Face
from livecam.maskers import Region
from livecam.picture import Image, Mask, Patch, Picture
from livecam.swap.masks import Masks
from livecam.swap.options import Area, MaskOptions
from livecam.vision.geometry import transform
from livecam.vision.ibug import ibug_points
from livecam.vision.mask import soft_eroded
from livecam.vision.mesh import upright

SIZE = 320


@dataclass
class Sees:
    """A masker that always sees the same, and notes what it was shown."""

    answer: Mask
    shown: list[tuple[Image, tuple[Region, ...]]] = field(default_factory=list)

    @property
    def size(self) -> int:
        return len(self.answer)

    def mask(self, image: Image, regions: Collection[Region] = ()) -> Mask:
        assert image.shape == (self.size, self.size, 3)
        self.shown.append((image, tuple(regions)))
        return self.answer


@dataclass
class Scene:
    """A face, its crop, and a swap that shows all of it."""

    face: Face
    crop: Crop
    patch: Patch

    def left(
        self, options: MaskOptions, masks: Masks | None = None, *, whole: bool = False
    ) -> Mask:
        narrowed = (masks or Masks()).narrowed(
            self.patch,
            self.crop,
            self.face,
            options,
            time_s=0.0,
            laid_out_by=self,
            whole=whole,
        )
        assert narrowed is not None
        assert narrowed.image is self.patch.image
        np.testing.assert_array_equal(narrowed.crop_from_frame, self.patch.crop_from_frame)
        return narrowed.mask


@pytest.fixture(scope="module")
def scene() -> Scene:
    shown = portrait("a")
    assert shown.mesh is not None
    place = upright(shown.mesh, SIZE, 1.08)
    crop = Crop(Picture.from_rgb(shown.portrait), place, SIZE)
    swapped = np.full((SIZE, SIZE, 3), 90, np.uint8)
    return Scene(
        face(shown.mesh), crop, Patch(swapped, np.full((SIZE, SIZE), 255, np.uint8), place)
    )


def half(size: int, *, left: bool) -> Mask:
    mask = np.zeros((size, size), np.uint8)
    mask[:, slice(0, size // 2) if left else slice(size // 2, size)] = 255
    return mask


def test_nothing_switched_on_leaves_all(scene: Scene) -> None:
    np.testing.assert_array_equal(scene.left(MaskOptions()), scene.patch.mask)


@pytest.mark.parametrize("side", range(4), ids=["top", "right", "bottom", "left"])
def test_padding_is_top_right_bottom_left_of_the_crop(scene: Scene, side: int) -> None:
    padding = [0.0] * 4
    padding[side] = 0.25
    left = scene.left(MaskOptions(padding=tuple(padding))) > 127
    wanted = np.ones_like(left)
    edge = SIZE // 4
    wanted[[np.s_[:edge], np.s_[:, -edge:], np.s_[-edge:], np.s_[:, :edge]][side]] = False
    # A px of every other edge fades, too.
    assert np.count_nonzero(left != wanted) <= 8 * SIZE
    assert (left[2:-2, 2:-2] == wanted[2:-2, 2:-2]).mean() > 0.99


def test_blur_fades_over_a_share_of_the_crop(scene: Scene) -> None:
    row = scene.left(MaskOptions(blur=0.2))[SIZE // 2].astype(float)
    assert row[0] == 0
    assert row[round(0.1 * SIZE)] == pytest.approx(127, abs=8)
    assert row[round(0.2 * SIZE) + 1] == row[SIZE // 2] == 255


class TestAreas:
    @pytest.mark.parametrize(
        ("area", "within", "without"),
        [
            (Area.UPPER_FACE, (36, 39, 27, 42, 45), (48, 54, 57, 8)),
            (Area.LOWER_FACE, (48, 51, 54, 57), (37, 40, 27, 19, 24)),
            (Area.MOUTH, (62, 66), (30, 8, 4, 12, 36)),
        ],
    )
    def test_covers_what_it_is_called_after(
        self, scene: Scene, area: Area, within: tuple[int, ...], without: tuple[int, ...]
    ) -> None:
        left = scene.left(MaskOptions(areas=(area,)))
        assert scene.face.mesh is not None
        points = ibug_points(scene.face.mesh)
        assert points is not None
        places = np.rint(transform(points, scene.crop.crop_from_frame)).astype(int)
        assert [left[y, x] > 100 for x, y in places[list(within)]] == [True] * len(within)
        assert [left[y, x] < 10 for x, y in places[list(without)]] == [True] * len(without)

    def test_two_areas_are_both_seen(self, scene: Scene) -> None:
        parts = [scene.left(MaskOptions(areas=(one,))) for one in (Area.UPPER_FACE, Area.MOUTH)]
        both = scene.left(MaskOptions(areas=(Area.UPPER_FACE, Area.MOUTH)))
        assert (both >= np.maximum(*parts)).all()
        assert (both.astype(int) - np.maximum(*parts)).mean() < 1

    def test_the_68_points_of_another_landmarker_do_as_well(self, scene: Scene) -> None:
        assert scene.face.mesh is not None
        points = ibug_points(scene.face.mesh)
        other = replace(scene, face=replace(scene.face, mesh=None, points=points))
        options = MaskOptions(areas=tuple(Area))
        np.testing.assert_array_equal(other.left(options), scene.left(options))

    def test_a_face_without_either_is_refused(self, scene: Scene) -> None:
        for points in (None, np.zeros((66, 2), np.float32)):
            nobody = replace(scene, face=replace(scene.face, mesh=None, points=points))
            with pytest.raises(SourceError, match="68 points"):
                nobody.left(MaskOptions(areas=(Area.MOUTH,)))


def test_what_is_in_front_is_seen_in_the_original_and_regions_in_the_swap(scene: Scene) -> None:
    occluder, parser = Sees(half(256, left=True)), Sees(half(512, left=False))
    masks = Masks(occluder, parser)
    options = MaskOptions(occlusion=True, regions=(Region.NOSE, Region.SKIN))
    scene.left(options, masks)
    ((original, nothing),) = occluder.shown
    wanted = cv2.resize(scene.crop.image, (256, 256), interpolation=cv2.INTER_AREA)
    np.testing.assert_array_equal(original, wanted)
    assert nothing == ()
    ((swapped, regions),) = parser.shown
    assert (swapped == 90).all()
    assert set(regions) == {Region.NOSE, Region.SKIN}


def test_models_are_not_asked_unless_switched_on(scene: Scene) -> None:
    occluder, parser = Sees(half(256, left=True)), Sees(half(512, left=False))
    masks = Masks(occluder, parser)
    np.testing.assert_array_equal(scene.left(MaskOptions(effort=1.0), masks), scene.patch.mask)
    assert occluder.shown == parser.shown == []


def test_a_masks_edge_lies_within_what_the_model_saw(scene: Scene) -> None:
    masks = Masks(Sees(half(256, left=True)))
    row = scene.left(MaskOptions(occlusion=True), masks)[SIZE // 2].astype(float)
    middle = SIZE // 2
    assert row[: middle - SIZE // 16].min() == 255
    assert not row[middle + 1 :].any()
    assert row[middle - 4] == pytest.approx(255 * soft_step(3.5 * 256 / SIZE), abs=8)


def soft_step(inside_px: float) -> float:
    """How much is left so far inside a straight edge: 2 Φ(d / 5) − 1, for σ = 5 px of 256."""
    mask = np.zeros((64, 256), np.float32)
    mask[:, :128] = 1
    blurred = cv2.GaussianBlur(mask, (0, 0), 5.0)[32]
    return float(2 * np.interp(127.5 - inside_px, np.arange(256), blurred) - 1)


def test_the_soft_edge_is_the_published_one() -> None:
    random = np.random.default_rng(0)
    mask = (cv2.blur(random.random((64, 64)), (9, 9)) > 0.5).astype(np.float32)
    wanted = (np.clip(cv2.GaussianBlur(mask, (0, 0), 5), 0.5, 1) - 0.5) * 2
    np.testing.assert_allclose(soft_eroded(mask, 5.0), wanted, atol=1e-6)


def test_the_smallest_of_all_masks_counts(scene: Scene) -> None:
    random = np.random.default_rng(1)

    def blotches(size: int) -> Mask:
        noise = cv2.blur(random.random((size, size)), (size // 5, size // 5))
        return np.asarray((noise > np.median(noise)) * 255, np.uint8)

    own = replace(scene.patch, mask=cv2.blur(blotches(SIZE), (9, 9)))
    shown = replace(scene, patch=own)
    masks = Masks(Sees(blotches(256)), Sees(blotches(512)))
    single = [
        {"padding": (0.1, 0.0, 0.2, 0.3), "blur": 0.1},
        {"areas": (Area.LOWER_FACE,)},
        {"occlusion": True},
        {"regions": (Region.SKIN,)},
    ]
    each = [scene.left(MaskOptions(**one), masks) for one in single]  # type: ignore[arg-type]
    everything = MaskOptions(**{key: value for one in single for key, value in one.items()})  # type: ignore[arg-type]
    wanted: NDArray[np.uint8] = np.minimum.reduce([own.mask, *each])
    np.testing.assert_array_equal(shown.left(everything, masks), wanted)
    assert 0 < wanted.mean() < min(mask.mean() for mask in each)


def test_a_face_that_is_all_but_covered_counts_as_none_where_it_matters(scene: Scene) -> None:
    covered = np.zeros((256, 256), np.uint8)
    covered[:80, :80] = 255
    masks, options = Masks(Sees(covered)), MaskOptions(occlusion=True)
    assert 0 < (scene.left(options, masks) > 0).mean() < 0.1
    found = masks.narrowed(
        scene.patch, scene.crop, scene.face, options, time_s=0, laid_out_by=None, whole=True
    )
    assert found is None
    few = MaskOptions(areas=(Area.MOUTH,))
    assert scene.left(few, masks, whole=True).any(), "what a person chose is no reason"
