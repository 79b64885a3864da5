"""The mesh swap as a whole, on portraits whose meshes are known."""

from functools import cache

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from wearing import (
    PORTRAITS,
    face,
    landmarker,
    patch,
    portrait,
    psnr,
    same_samples,
    session,
    turned,
)

from livecam.errors import SourceError
from livecam.face import Crop, Face, Identity, Mesh
from livecam.picture import HD_VIDEO, Image, Patch, Picture
from livecam.runtime.catalog import Catalog
from livecam.swappers import FAMILIES, Disguise, Swapper
from livecam.swappers.eyes import Eyes
from livecam.swappers.manner import Manner
from livecam.vision.facemesh import INNER_LIPS, LEFT_EYE, OVAL, RIGHT_EYE
from livecam.vision.mask import polygon


@cache
def swapper() -> Swapper:
    return FAMILIES["mesh"](Catalog().manifest("mesh"), session("mesh"))


def wearing(who: str) -> Disguise:
    return swapper().wear(portrait(who))


@cache
def picture(who: str) -> Picture:
    return Picture.from_rgb(portrait(who).portrait)


def swapped(worn: str, target: str, **how: object) -> Patch:
    made = patch(wearing(worn), picture(target), portrait(target).mesh, **how)  # type: ignore[arg-type]  # passed through
    assert made is not None
    return made


def lightness(image: Image) -> NDArray[np.float32]:
    scaled = image.astype(np.float32) / np.float32(255)
    return np.asarray(cv2.cvtColor(scaled, cv2.COLOR_RGB2Lab), np.float32)[..., 0]


def rgb(made: Patch) -> Image:
    return made.rgb(HD_VIDEO)


def under(made: Patch, target: str) -> Image:
    """The target's own pixels where `made` lies."""
    return picture(target).crop(made.crop_from_frame, len(made.mask))


def covered(mesh: Mesh, part: tuple[int, ...], made: Patch, scale: float) -> NDArray[np.bool_]:
    """Well within a part of the face, in px of the patch."""
    to_crop = made.crop_from_frame
    flat = mesh[list(part), :2] @ to_crop[:, :2].T + to_crop[:, 2]
    middle = flat.mean(axis=0)
    hull = cv2.convexHull((middle + scale * (flat - middle)).astype(np.float32))[:, 0]
    return polygon(np.asarray(hull, np.float32), len(made.mask)) == 1


@pytest.mark.parametrize("who", PORTRAITS)
def test_a_face_on_itself_is_hardly_changed(who: str) -> None:
    before = picture(who)
    after = before.paste([swapped(who, who)])
    changed = before.y != after.y
    assert changed.mean() > 0.05, "there was a swap"
    assert psnr(before.to_rgb()[changed], after.to_rgb()[changed]) > 32


@pytest.mark.parametrize("who", PORTRAITS)
def test_fine_detail_survives_the_way_there_and_back(who: str) -> None:
    before = picture(who)
    made = swapped(who, who)
    frame_from_crop = cv2.invertAffineTransform(made.crop_from_frame.astype(np.float64))
    size = (before.width, before.height)
    whole = cv2.warpAffine(made.mask, frame_from_crop, size, flags=cv2.INTER_NEAREST) == 255
    inside = cv2.erode(whole.astype(np.uint8), np.ones((5, 5), np.uint8)) == 1
    assert inside.mean() > 0.05, "the portrait is what is seen there"
    after = before.paste([made])
    there, here = (cv2.Laplacian(x.y, cv2.CV_32F)[inside].std() for x in (before, after))
    assert 0.38 < here / there < 1


@pytest.mark.parametrize(("worn", "target"), [("a", "b"), ("b", "c"), ("c", "a")])
def test_another_face_changes_much_and_nothing_outside_the_mask(worn: str, target: str) -> None:
    before = picture(target)
    made = swapped(worn, target)
    after = before.paste([made])
    assert psnr(before.to_rgb(), after.to_rgb()) < 40
    nothing = np.zeros_like(made.mask)
    untouched = before.paste([Patch(made.image, nothing, made.crop_from_frame)])
    assert all(same_samples(untouched, before).values())
    reach = cv2.dilate((made.mask > 0).astype(np.uint8), np.ones((5, 5), np.uint8))
    frame_from_crop = cv2.invertAffineTransform(made.crop_from_frame.astype(np.float64))
    size = (before.width, before.height)
    outside = cv2.warpAffine(reach, frame_from_crop, size, flags=cv2.INTER_NEAREST) == 0
    assert outside.mean() > 0.5
    np.testing.assert_array_equal(after.y[outside], before.y[outside])
    apart = cv2.resize(outside.astype(np.uint8), before.u.shape[::-1], interpolation=1) == 1
    apart = cv2.erode(apart.astype(np.uint8), np.ones((5, 5), np.uint8)) == 1
    for plane in ("u", "v"):
        there, here = getattr(after, plane)[apart], getattr(before, plane)[apart]
        np.testing.assert_array_equal(there, here)


@pytest.mark.parametrize("worn", PORTRAITS)
@pytest.mark.parametrize("target", PORTRAITS)
def test_the_mask_stays_within_the_oval_and_fills_it(worn: str, target: str) -> None:
    made = swapped(worn, target)
    mesh = portrait(target).mesh
    assert made.mask[~covered(mesh, OVAL, made, 1.02)].max() < 40
    assert made.mask[~covered(mesh, OVAL, made, 1.1)].max() <= 4
    inner = covered(mesh, OVAL, made, 0.6)
    assert np.median(made.mask[inner]) == 255
    assert np.quantile(made.mask[inner], 0.02) > 180, "beside the nose it fades a little"
    assert np.abs(np.diff(made.mask.astype(int), axis=1)).max() < 128, "no hard edge"


@pytest.mark.parametrize("worn", PORTRAITS)
@pytest.mark.parametrize("target", PORTRAITS)
def test_light_is_the_targets_and_nobody_shines(worn: str, target: str) -> None:
    made = swapped(worn, target)
    there = made.mask > 200
    after, before = lightness(rgb(made))[there], lightness(under(made, target))[there]
    assert after.mean() == pytest.approx(before.mean(), abs=2)
    assert (rgb(made)[there] == 255).any(axis=-1).mean() < 0.005
    assert np.percentile(after, 99.9) < np.percentile(before, 99.9) + 6
    assert 0.7 < after.std() / before.std() < 1.35


def test_the_targets_own_eyes_show_by_default_and_the_portraits_on_wish() -> None:
    mesh = portrait("b").mesh
    own, worn = (swapped("a", "b", strength=0.0, eyes=eyes) for eyes in Eyes)
    pixels = under(own, "b")
    for eye in (LEFT_EYE, RIGHT_EYE):
        there = covered(mesh, eye, own, 0.3)
        assert there.sum() > 50
        assert psnr(rgb(own)[there], pixels[there]) > 40
        assert psnr(rgb(worn)[there], pixels[there]) < 30


def opened(who: str) -> tuple[Picture, Mesh]:
    """The portrait with a mouth painted open, and a mesh that says so."""
    image, mesh = portrait(who).portrait.copy(), portrait(who).mesh.copy()
    gap = np.float32(0.2 * np.linalg.norm(mesh[33] - mesh[263]))
    lower = (95, 88, 178, 87, 14, 317, 402, 318, 324)
    for point in lower:
        share = 1 - abs(mesh[point, 0] - mesh[14, 0]) / np.ptp(mesh[list(lower), 0])
        mesh[point, 1] += gap * share
    contour = np.rint(mesh[list(INNER_LIPS), :2]).astype(np.int32)
    cv2.fillPoly(image, [contour], (30, 160, 60))  # no face has this colour of its own
    return Picture.from_rgb(image), mesh


def test_the_inside_of_an_open_mouth_is_the_targets() -> None:
    seen, mesh = opened("c")
    made = patch(wearing("a"), seen, mesh, strength=0.0)
    assert made is not None
    there = covered(mesh, INNER_LIPS, made, 0.6)
    pixels = seen.crop(made.crop_from_frame, len(made.mask))
    assert there.sum() > 100
    assert psnr(rgb(made)[there], pixels[there]) > 34
    shut = swapped("a", "c", strength=0.0)
    inner = covered(portrait("c").mesh, INNER_LIPS, shut, 0.6)
    assert psnr(rgb(shut)[inner], under(shut, "c")[inner]) < 36, "a shut mouth is the portrait's"


def test_strength_moves_the_features() -> None:
    still, moved = (rgb(swapped("a", "b", strength=strength)) for strength in (0.0, 1.0))
    assert psnr(still, moved) < 38


@pytest.mark.parametrize("angle", [-45, -30, 30, 45])
def test_a_turned_head_is_swapped(angle: float) -> None:
    made = patch(wearing("a"), picture("c"), turned(portrait("c").mesh, angle))
    assert made is not None
    assert made.mask.max() == 255
    assert made.mask.mean() > 40


@pytest.mark.parametrize("side", [-1, 1])
def test_further_round_it_fades_and_then_there_is_none(side: int) -> None:
    angles = (40, 57, 62, 67)
    made = [
        patch(wearing("a"), picture("c"), turned(portrait("c").mesh, side * angle))
        for angle in angles
    ]
    most = [int(found.mask.max()) for found in made if found is not None]
    assert len(most) == len(angles)
    assert most[0] == 255
    assert most == sorted(most, reverse=True)
    assert 0 < most[-1] < 60
    for angle in (72, 80, 90):
        assert patch(wearing("a"), picture("c"), turned(portrait("c").mesh, side * angle)) is None


def run(disguise: Disguise, *, track_id: int = 0, frames: int = 5) -> list[bytes]:
    """Person c turning to and fro."""
    found = []
    for n in range(frames):
        mesh = turned(portrait("c").mesh, 12 * np.sin(n))
        made = patch(disguise, picture("c"), mesh, track_id=track_id, time_s=n / 30)
        assert made is not None
        found.append(rgb(made).tobytes() + made.mask.tobytes() + made.crop_from_frame.tobytes())
    return found


def test_the_same_frames_give_the_same_bytes() -> None:
    assert run(wearing("a")) == run(wearing("a"))


def test_each_face_is_learnt_by_itself_until_it_is_forgotten() -> None:
    alone = run(wearing("a"), track_id=1)
    disguise = wearing("a")
    for n in range(4):  # somebody quite different, before and beside
        assert patch(disguise, picture("b"), portrait("b").mesh, track_id=0, time_s=n / 30)
    assert run(disguise, track_id=1) == alone
    disguise.forget({0})
    assert run(disguise, track_id=1) == alone, "number 1 starts anew"
    assert run(disguise, track_id=0) != alone, "number 0 is remembered"
    disguise.forget(set())
    assert run(disguise, track_id=0) == alone


def test_what_is_remembered_is_kept_of_those_alive() -> None:
    disguise = wearing("a")
    first = run(disguise)
    disguise.forget({0})
    assert run(disguise) != first


@pytest.mark.parametrize("extent", [40, 170, 200, 300, 380, 460, 900])
def test_the_crop_is_as_fine_as_the_frame_and_hardly_finer(extent: float) -> None:
    sides = (192, 256, 320, 384, 512)
    mesh = portrait("a").mesh
    small = mesh * np.float32(extent / np.ptp(mesh[:, :2], axis=0).max())
    crop_from_frame, side = wearing("a").alignment(face(small), Manner())
    assert side in sides
    assert side == sides[-1] or side > 0.75 * extent
    assert side == sides[0] or sides[sides.index(side) - 1] < 1.1 * extent
    corners = small[:, :2] @ crop_from_frame[:, :2].T + crop_from_frame[:, 2]
    assert corners.min() > 0
    assert corners.max() < side - 1


@pytest.mark.parametrize("extent", [24, 60, 240, 500])
def test_faces_of_any_size_are_swapped(extent: float) -> None:
    ratio = extent / np.ptp(portrait("c").mesh[:, :2], axis=0).max()
    size = round(1024 * ratio)
    image = cv2.resize(portrait("c").portrait, (size, size), interpolation=cv2.INTER_AREA)
    mesh = (portrait("c").mesh * np.float32(size / 1024)).astype(np.float32)
    seen = Picture.from_rgb(np.asarray(image, np.uint8))
    made = patch(wearing("a"), seen, mesh)
    assert made is not None
    after = seen.paste([made])
    assert 0.05 < (after.y != seen.y).mean() < 0.4


def test_a_face_half_outside_the_frame_is_swapped_as_far_as_it_is_seen() -> None:
    cut = picture("c").to_rgb()[:, 512:]
    mesh = portrait("c").mesh - np.float32([512, 0, 0])
    seen = Picture.from_rgb(np.ascontiguousarray(cut))
    made = patch(wearing("a"), seen, mesh)
    assert made is not None
    assert (seen.paste([made]).y != seen.y).mean() > 0.05


def test_a_face_without_a_mesh_is_refused() -> None:
    seen = face(portrait("a").mesh)
    bare = Face(0, seen.box, seen.landmarks, None, 1.0, detected=True)
    with pytest.raises(SourceError, match="follows a face mesh"):
        wearing("a").alignment(bare, Manner())
    crop = Crop(picture("a"), np.eye(2, 3, dtype=np.float32), 192)
    with pytest.raises(SourceError, match="follows a face mesh"):
        wearing("a").swap(crop, bare, Manner(), time_s=0.0)


def test_portraits_that_cannot_be_worn_are_refused() -> None:
    with pytest.raises(SourceError, match="without a face mesh"):
        swapper().wear(Identity("bare.png", portrait("a").portrait))
    side = Identity("side.png", portrait("a").portrait, turned(portrait("a").mesh, 60))
    with pytest.raises(SourceError, match="turned away"):
        swapper().wear(side)


@pytest.mark.needs_network
@pytest.mark.parametrize("who", PORTRAITS)
def test_the_meshes_of_these_tests_are_what_the_landmarker_sees(who: str) -> None:
    mesh = landmarker().locate(picture(who), portrait(who).mesh).mesh
    gap = np.linalg.norm(mesh[:, :2] - portrait(who).mesh[:, :2], axis=1)
    assert gap.max() < 0.02 * np.linalg.norm(mesh[33] - mesh[263])
