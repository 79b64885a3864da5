"""The pixels of the swap: models/mesh.onnx, and that it is what models/make_mesh.py makes."""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from wearing import portrait, psnr, session

from livecam.picture import Colour, Image, Matrix, Patch, Picture, Samples, Siting
from livecam.picture.colour import yuv_from_rgb
from livecam.runtime.catalog import Catalog
from livecam.runtime.session import Session, open_session
from livecam.swappers.skin import SIDE, relative_lab
from livecam.vision.facemesh import OVAL
from livecam.vision.mask import polygon
from livecam.vision.mesh import carried, upright

Plane = NDArray[np.float32]
MARGIN = 1.1
SMALL = 64
SIZES = (192, 256, 320, 384, 512)
COLOUR = Colour(full_range=True, siting=Siting.CENTRE)


def face_of(who: str, side: int = SIDE) -> Image:
    """The portrait's face, filling the picture."""
    shown = portrait(who)
    affine = upright(shown.mesh, side, MARGIN)
    return np.asarray(cv2.warpAffine(shown.portrait, affine, (side, side)), np.uint8)


def oval_of(who: str, side: int) -> Plane:
    """1 within the face of `face_of(who, side)`, 0 outside."""
    mesh = carried(portrait(who).mesh, upright(portrait(who).mesh, side, MARGIN))
    return polygon(mesh[list(OVAL), :2], side)


def lab(image: Image) -> NDArray[np.float32]:
    scaled = image.astype(np.float32) / np.float32(255)
    return np.asarray(cv2.cvtColor(scaled, cv2.COLOR_RGB2Lab), np.float32)


def pyramid(image: Image, size: int) -> Image:
    return np.asarray(cv2.resize(image, (size, size), interpolation=cv2.INTER_AREA), np.uint8)


@dataclass
class Feeds:
    """What the graph takes, for a portrait that lies on the target point by point."""

    portrait: Image
    target: Image
    cover: float | Plane = 1.0
    keep: float | Plane = 0.0
    skin: float | Plane = 1.0

    colour: Colour = COLOUR

    @property
    def seen(self) -> Picture:
        """The target in planes."""
        return Picture.from_rgb(self.target, self.colour)

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        size = len(self.target)
        colour = relative_lab(self.portrait)
        skin = np.broadcast_to(np.float32(self.skin), (SIDE, SIDE))
        halved = cv2.resize(
            np.dstack([colour, skin]), None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA
        )
        half = cv2.resize(halved, (size // 2, size // 2))
        keep = self.plane(self.keep, size)
        matrix = yuv_from_rgb(self.colour.matrix, full_range=self.colour.full_range)
        return {
            "lightness": np.asarray(cv2.resize(colour[..., 0], (size, size)), np.float32),
            "half": np.asarray(half, np.float32).transpose(2, 0, 1).copy(),
            "y": self.seen.y,
            "chroma": np.stack([self.seen.u, self.seen.v]),
            "small": relative_lab(pyramid(self.target, SMALL)).transpose(2, 0, 1).copy(),
            "cover": self.half(self.plane(self.cover, size)),
            "keep": keep,
            "keep_half": self.half(keep),
            "yuv_from_rgb": matrix.astype(np.float32),
        }

    @staticmethod
    def plane(value: float | Plane, size: int) -> Plane:
        return np.broadcast_to(np.float32(value), (size, size)).copy()

    @staticmethod
    def half(plane: Plane) -> Plane:
        return np.asarray(cv2.resize(plane, None, fx=0.5, fy=0.5), np.float32)

    def made(self, graph: Session | None = None) -> Patch:
        """What the graph makes, with the mask at the size of the rest."""
        y, chroma, mask = (graph or session("mesh")).run(self.arrays())
        whole = np.asarray(cv2.resize(mask, y.shape), np.uint8)
        return Patch(Samples(y, *chroma), whole, np.eye(2, 3, dtype=np.float32))

    def run(self, graph: Session | None = None) -> tuple[Image, NDArray[np.uint8]]:
        """The image, and the mask at its size."""
        made = self.made(graph)
        return made.rgb(self.colour), made.mask


def test_the_graph_is_what_its_script_makes(tmp_path: Path) -> None:
    models = Catalog().folder
    script = shutil.copy(models / "make_mesh.py", tmp_path)
    subprocess.run([sys.executable, script], check=True, capture_output=True, timeout=60)
    made, kept = tmp_path / "mesh.onnx", models / "mesh.onnx"
    if made.read_bytes() == kept.read_bytes():
        return
    # Another release of onnxscript may write the same graph in other words.
    target = pyramid(face_of("b"), 256)
    keep = np.tile(np.linspace(0, 1, 256, dtype=np.float32), (256, 1))
    feeds = Feeds(face_of("a"), target, cover=keep.T, keep=keep, skin=0.8)
    again = open_session(made, providers=["cpu"])
    assert again.inputs == session("mesh").inputs
    for one, other in zip(feeds.run(again), feeds.run(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_it_is_small_and_says_what_it_takes() -> None:
    graph = session("mesh")
    assert graph.path.stat().st_size < 50_000
    assert set(graph.inputs) == set(Feeds(face_of("a"), face_of("b")).arrays())
    assert list(graph.outputs) == ["new_y", "new_chroma", "mask"]


@pytest.mark.parametrize("who", ["a", "b", "c"])
def test_a_portrait_on_itself_stays_as_it_is(who: str) -> None:
    same = face_of(who)
    image, mask = Feeds(same, same).run()
    assert (mask == 255).all()
    assert psnr(image, same) > 34
    assert np.abs(lab(image) - lab(same)).mean(axis=(0, 1)).max() < 2
    assert np.abs((lab(image) - lab(same)).mean(axis=(0, 1))).max() < 0.5


def test_every_grey_on_itself_is_within_a_level() -> None:
    """The graph's sums of roots against IEC 61966-2-1, which the portrait was read by."""
    off = []
    for level in (*range(16), *range(16, 256, 8)):
        same = np.full((SIDE, SIDE, 3), level, np.uint8)
        image, _ = Feeds(same, same[:192, :192]).run()
        assert np.abs(image.astype(int) - level).max() <= 1, level
        off.append(np.abs(image.astype(int) - level).mean())
    assert np.mean(off) < 0.1, "rounded, not cut off"


def test_every_colour_on_itself_is_within_two_levels() -> None:
    for colour in np.random.default_rng(4).integers(0, 256, (40, 3), np.uint8):
        same = np.tile(colour, (SIDE, SIDE, 1))
        image, _ = Feeds(same, same[:192, :192]).run()
        assert np.abs(image.astype(int) - colour).max() <= 2, colour


def planes(made: Patch) -> list[Plane]:
    assert isinstance(made.image, Samples)
    return [made.image.y, made.image.u, made.image.v]


@pytest.mark.parametrize("size", SIZES)
def test_what_is_kept_is_the_targets_to_the_level(size: int) -> None:
    random = np.random.default_rng(size)
    target = random.integers(0, 256, (size, size, 3), np.uint8)
    keep = np.zeros((size, size), np.float32)
    keep[size // 4 : 3 * size // 4, size // 4 : 3 * size // 4] = 1
    feeds = Feeds(face_of("a"), target, keep=keep)
    made = feeds.made()
    assert made.mask.shape == (size, size)
    seen = feeds.seen
    for plane, own in zip(planes(made), (seen.y, seen.u, seen.v), strict=True):
        assert plane.shape == own.shape
        middle = slice(len(own) // 4, 3 * len(own) // 4)
        assert np.abs(plane - own)[middle, middle].max() < 1e-3
        assert np.abs(plane - own).mean() > 5
    assert (made.mask == 255).all(), "what is kept still belongs to the swap, and moves with it"


@pytest.mark.parametrize("size", SIZES)
def test_half_of_what_is_kept_is_half_way(size: int) -> None:
    target = pyramid(face_of("b"), size)
    none, half, whole = (
        planes(Feeds(face_of("a"), target, keep=share).made()) for share in (0.0, 0.5, 1.0)
    )
    for nothing, between, all_ in zip(none, half, whole, strict=True):
        off = np.abs(between - (nothing + all_) / 2)
        assert off.mean() < 0.5
        assert off.max() < 8


@pytest.mark.parametrize("matrix", list(Matrix))
@pytest.mark.parametrize("full_range", [False, True])
def test_numbers_are_those_of_the_video(matrix: Matrix, full_range: bool) -> None:  # noqa: FBT001 - a parameter
    target = pyramid(face_of("b"), 256)
    usual, _ = Feeds(face_of("a"), target).run()
    other, _ = Feeds(face_of("a"), target, colour=Colour(matrix, full_range=full_range)).run()
    assert np.abs(usual.astype(int) - other).mean() < 1


@pytest.mark.parametrize("full_range", [False, True])
def test_luma_stays_in_its_range(full_range: bool) -> None:  # noqa: FBT001 - a parameter
    stripes = np.zeros((SIDE, SIDE, 3), np.uint8)
    stripes[:, ::4] = stripes[:, 1::4] = 255
    colour = Colour(full_range=full_range)
    bright, dim = (
        planes(Feeds(stripes, plain(skin, 256), colour=colour).made())[0]
        for skin in (LIGHT, (12, 10, 9))
    )
    low, high = (0, 255) if full_range else (16, 235)
    assert bright.max() == pytest.approx(high, abs=0.01)
    assert dim.min() == pytest.approx(low, abs=0.01)


def test_the_mask_is_cover_times_skin() -> None:
    cover = np.tile(np.linspace(0, 1, 256, dtype=np.float32), (256, 1))
    skin = np.tile(np.linspace(0, 1, SIDE, dtype=np.float32)[:, None], (1, SIDE))
    _, mask = Feeds(face_of("a"), pyramid(face_of("b"), 256), cover=cover, skin=skin).run()
    at = np.interp((np.arange(256) + 0.5) * 2 - 0.5, np.arange(SIDE), skin[:, 0])
    assert np.abs(mask - 255 * cover * at[:, None]).max() <= 1.0
    _, nothing = Feeds(face_of("a"), pyramid(face_of("b"), 256), cover=0.0).run()
    assert not nothing.any()


def cast(image: Image, gains: tuple[float, float, float]) -> Image:
    """Under another light: linear RGB times gains."""
    linear = (image / 255.0) ** 2.2 * gains
    return np.rint(255 * np.clip(linear, 0, 1) ** (1 / 2.2)).astype(np.uint8)


LIGHTS = {
    "warm": (1.0, 0.8, 0.55),
    "cold": (0.7, 0.85, 1.0),
    "dim": (0.3, 0.3, 0.3),
    "dark": (0.08, 0.08, 0.08),
    "green": (0.7, 1.0, 0.7),
}


@pytest.mark.parametrize("gains", LIGHTS.values(), ids=LIGHTS)
@pytest.mark.parametrize("who", ["a", "b", "c"])
def test_the_targets_light_is_matched_in_the_mean(
    who: str, gains: tuple[float, float, float]
) -> None:
    target, within = cast(pyramid(face_of("a"), 256), gains), oval_of("a", 256)
    image, _ = Feeds(face_of(who), target, cover=within).run()
    off = (lab(image) - lab(target))[within == 1].mean(axis=0)
    assert abs(off[0]) < 1.5
    assert np.linalg.norm(off[1:]) < 3, "the portrait keeps some of its own colours"


@pytest.mark.parametrize(("worn", "target"), [("b", "a"), ("b", "c"), ("a", "b"), ("c", "b")])
def test_nobody_turns_into_chrome(worn: str, target: str) -> None:
    """A dark face on a light one, and the other way round: no more contrast than faces have."""
    lit, within = pyramid(face_of(target), 256), oval_of(target, 256)
    image, _ = Feeds(face_of(worn), lit, cover=within).run()
    seen = (within * oval_of(worn, 256)) == 1
    before, after = lab(lit)[seen, 0], lab(image)[seen, 0]
    assert (image[seen] == 255).any(axis=-1).mean() < 0.05
    assert after.std() < 1.3 * before.std()
    assert np.percentile(after, 98) < np.percentile(before, 98) + 14
    assert np.percentile(after, 2) > np.percentile(before, 2) - 15


def test_glasses_on_the_target_give_the_portrait_no_contrast() -> None:
    bare, within = pyramid(face_of("a"), 256), oval_of("a", 256)
    glasses = bare.copy()
    for x in (85, 171):
        cv2.circle(glasses, (x, 95), 34, (20, 20, 24), 7)
    without, with_them = (
        lab(Feeds(face_of("c"), target, cover=within).run()[0])[150:, 60:196, 0]
        for target in (bare, glasses)
    )
    assert with_them.std() < 1.2 * without.std()


@pytest.mark.parametrize("who", ["a", "c"])
def test_a_light_skin_in_the_dark_keeps_no_more_contrast_than_is_left_there(who: str) -> None:
    dark, within = cast(pyramid(face_of(who), 256), (0.04, 0.04, 0.04)), oval_of(who, 256) == 1
    image, _ = Feeds(face_of(who), dark).run()
    before, after = (lab(picture)[within, 0] for picture in (dark, image))
    assert 0.7 * before.std() < after.std() < 1.3 * before.std()
    assert np.abs(after - before).max() < 12


def test_the_white_of_an_eye_stays_white_in_the_dark() -> None:
    eye = plain(DARK)
    eye[200:260, 180:300] = 150
    image, _ = Feeds(eye, cast(plain(LIGHT, 256), (0.05, 0.05, 0.05))).run()
    _, *chroma = lab(image)[102:128, 92:148].mean(axis=(0, 1))
    assert np.linalg.norm(chroma) < 8


@pytest.mark.parametrize("who", ["a", "b", "c"])
def test_where_the_target_is_burnt_out_the_swap_is_as_white(who: str) -> None:
    burnt = np.asarray((pyramid(face_of("a"), 256) * 2.6 + 40).clip(0, 255), np.uint8)
    white = (burnt == 255).all(axis=-1) & (oval_of("a", 256) == 1)
    image, _ = Feeds(face_of(who), burnt).run()
    lightness, *chroma = lab(image)[white].mean(axis=0)
    assert white.mean() > 0.4
    assert lightness > 95
    assert np.linalg.norm(chroma) < 3.5


DARK, LIGHT = (84, 46, 30), (231, 190, 165)
"""Two skins, sRGB."""


def plain(colour: tuple[int, int, int], size: int = SIDE) -> Image:
    return np.full((size, size, 3), colour, np.uint8)


@pytest.mark.parametrize("grey", [60, 150, 220])
def test_the_white_around_a_window_stays_white_on_a_lighter_skin(grey: int) -> None:
    """What takes a dark skin to a light one would, taken off grey as well, make it cyan."""
    eye, keep = plain(DARK), np.zeros((256, 256), np.float32)
    eye[200:260, 180:300] = grey
    keep[104:126, 94:146] = 1
    image, _ = Feeds(eye, plain(LIGHT, 256), keep=keep).run()
    _, *chroma = lab(image)[101:103, 92:148].mean(axis=(0, 1))
    assert np.linalg.norm(chroma) < 8
    skin = lab(image)[np.r_[20:60, 180:230], 128]
    assert np.abs(skin - lab(plain(LIGHT, 1))[0]).max() < 2


@pytest.mark.parametrize("target", ["a", "c"])
def test_a_stain_on_dark_skin_is_warm_on_light_skin_not_grey_nor_pink(target: str) -> None:
    stained = plain(DARK)
    stained[300:330, 150:180] = np.multiply(DARK, 0.75)
    lit, within = pyramid(face_of(target), 256), oval_of(target, 256)
    image, _ = Feeds(stained, lit, cover=within).run()
    clean, _ = Feeds(plain(DARK), lit, cover=within).run()
    stain = np.s_[153:162, 78:87]
    here, there = (relative_lab(picture)[stain].mean(axis=(0, 1)) for picture in (image, clean))
    assert here[0] < there[0] - 4
    assert there[1] + 0.015 < here[1] < there[1] + 0.035
    assert here[2] > there[2]


def test_the_same_feeds_give_the_same_bytes() -> None:
    feeds = Feeds(face_of("a"), pyramid(face_of("b"), 320), keep=0.3)
    first, second = feeds.run(), feeds.run()
    assert [part.tobytes() for part in first] == [part.tobytes() for part in second]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("level", [0, 255])
def test_targets_without_any_light_or_full_of_it_are_borne(size: int, level: int) -> None:
    target = np.full((size, size, 3), level, np.uint8)
    for cover in (0.0, 1.0):
        image, mask = Feeds(face_of("a"), target, cover=cover).run()
        assert (mask == round(255 * cover)).all()
        if cover:
            assert abs(float(image.mean()) - level) < 35
