"""What of a portrait is worn: its skin and features, not its hair, and not its highlights."""

from functools import cache

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from wearing import PORTRAITS, portrait, turned

from livecam.errors import SourceError
from livecam.face import Identity
from livecam.swappers.skin import SIDE, relative_lab, skin_lightness
from livecam.swappers.texture import Texture, make_texture, with_rim
from livecam.vision.facemesh import CHEEKS_AND_FOREHEAD, LEFT_BROW, LIPS, NOSE, OVAL, RIGHT_BROW
from livecam.vision.mask import hull, polygon
from livecam.vision.mesh import carried, upright


@cache
def texture(who: str) -> Texture:
    return make_texture(portrait(who))


def shown(who: str) -> NDArray[np.float32]:
    """Where the texture shows a face, float32 (SIDE, SIDE)."""
    return np.asarray(cv2.resize(texture(who).even.half[..., 3], (SIDE, SIDE)))


def at(plane: NDArray[np.float32], points: NDArray[np.float32]) -> NDArray[np.float32]:
    x, y = np.rint(points[:, :2]).astype(int).T
    return plane[y.clip(0, SIDE - 1), x.clip(0, SIDE - 1)]


@pytest.mark.parametrize("who", PORTRAITS)
class TestEveryPortrait:
    def test_cheeks_nose_and_lips_are_shown(self, who: str) -> None:
        mesh = texture(who).mesh
        for part in (CHEEKS_AND_FOREHEAD, NOSE, LIPS):
            assert np.sort(at(shown(who), mesh[list(part)]))[1] > 0.95
            assert at(shown(who), mesh[list(part)]).min() > 0.8, "the chin, above its shadow"

    def test_nothing_is_shown_far_above_the_forehead(self, who: str) -> None:
        mesh = texture(who).mesh
        top, chin = mesh[10, :2], mesh[152, :2]
        for up in (0.25, 0.3, 0.35):
            assert at(shown(who), (top + up * (top - chin))[None])[0] < 0.05

    def test_what_is_shown_of_the_forehead_is_as_light_as_the_cheeks(self, who: str) -> None:
        mesh = texture(who).mesh
        cheeks = at(texture(who).original.lightness, mesh[[50, 280, 205, 425]])
        lightness = texture(who).original.lightness
        rows = np.arange(SIDE)[:, None] < mesh[[70, 300, 105, 334], 1].min() - 12
        forehead = rows & (shown(who) > 0.9)
        assert forehead.sum() > 2000
        assert np.quantile(lightness[forehead], 0.05) > cheeks.mean() - 30

    def test_what_is_shown_falls_off_softly(self, who: str) -> None:
        steps = [np.abs(np.diff(shown(who), axis=axis)).max() for axis in (0, 1)]
        assert max(steps) < 0.25
        assert shown(who).min() >= 0
        assert shown(who).max() <= 1.0001

    def test_its_mesh_lies_where_its_pixels_do(self, who: str) -> None:
        made = texture(who)
        assert np.ptp(made.mesh[:, :2], axis=0).max() == pytest.approx(SIDE / 1.5, rel=1e-3)
        again = carried(portrait(who).mesh, upright(portrait(who).mesh, SIDE, 1.5))
        np.testing.assert_array_equal(made.mesh, again)
        x, y = np.rint(portrait(who).mesh[list(CHEEKS_AND_FOREHEAD), :2]).astype(int).T
        pixels = cv2.GaussianBlur(portrait(who).portrait, (0, 0), 2)[y, x]
        expected = relative_lab(pixels[None])[0]
        lightness = at(made.original.lightness, made.mesh[list(CHEEKS_AND_FOREHEAD)])
        np.testing.assert_allclose(lightness, expected[:, 0], atol=6)
        assert np.abs(lightness - expected[:, 0]).mean() < 2

    def test_even_light_has_less_of_a_shine_and_keeps_the_dark(self, who: str) -> None:
        made, face = texture(who), shown(who) > 0.9
        even, original = (look.lightness[face] for look in (made.even, made.original))
        for high in (99, 99.9):
            assert np.percentile(even, high) < np.percentile(original, high) - 0.3
        assert np.percentile(even, 1) == pytest.approx(np.percentile(original, 1), abs=4)
        assert even.mean() == pytest.approx(original.mean(), abs=4)

    def test_a_look_goes_from_even_to_original(self, who: str) -> None:
        made = texture(who)
        np.testing.assert_array_equal(made.lit(0.0).lightness, made.even.lightness)
        np.testing.assert_allclose(made.lit(1.0).lightness, made.original.lightness, atol=1e-4)
        np.testing.assert_allclose(made.lit(1.0).half, made.original.half, atol=1e-5)
        half = (made.even.lightness + made.original.lightness) / 2
        np.testing.assert_allclose(made.lit(0.5).lightness, half, atol=1e-4)

    def test_the_skins_lightness_is_that_of_the_pixels(self, who: str) -> None:
        here = skin_lightness(portrait(who).portrait, portrait(who).mesh)
        assert here == pytest.approx(texture(who).skin_lightness, abs=2)
        dimmed = (portrait(who).portrait * 0.5).astype(np.uint8)
        assert skin_lightness(dimmed, portrait(who).mesh) < 0.65 * here


def test_the_fringe_of_person_a_is_not_worn() -> None:
    """The mesh counts the hair that hangs over the forehead as face."""
    made = texture("a")
    face = polygon(made.mesh[list(OVAL), :2], SIDE) == 1
    above = np.arange(SIDE)[:, None] < made.mesh[[70, 300], 1].min() - 25
    hair = face & above & (made.original.lightness < 35)
    assert hair.sum() > 300
    assert np.median(shown("a")[hair]) < 0.1
    assert shown("a")[hair].max() < 0.4
    shadow = cv2.dilate(hair.astype(np.uint8), np.ones((13, 13), np.uint8)) == 1
    assert np.percentile(shown("a")[shadow], 90) < 0.3, "hair throws a shadow on what is beside it"


def brows_contrast(who: str, lightness: NDArray[np.float32]) -> float:
    """How much darker the darkest tenth of the brows is than the forehead, L*."""
    mesh = texture(who).mesh
    left, right = (polygon(hull(mesh[list(b), :2]), SIDE) for b in (LEFT_BROW, RIGHT_BROW))
    inside = np.maximum(left, right) == 1
    forehead = lightness[cv2.dilate(inside.astype(np.uint8), np.ones((25, 25), np.uint8)) == 1]
    return float(np.median(forehead) - np.percentile(lightness[inside], 10))


def test_the_brows_of_a_dark_skin_are_drawn_stronger_for_a_light_one() -> None:
    for who, least, most in (("b", 1.25, 2.0), ("a", 0.9, 1.1), ("c", 0.9, 1.1)):
        looks = texture(who).even, texture(who).original
        even, original = (brows_contrast(who, look.lightness) for look in looks)
        assert least < even / original < most, who


def lips_beyond_skin(made: Texture) -> NDArray[np.float32]:
    """Relative chroma a, b of the lips less that of the cheeks, in even light."""
    chroma = [
        np.asarray(cv2.resize(plane, (SIDE, SIDE)))
        for plane in made.even.half.transpose(2, 0, 1)[1:3]
    ]
    lips, cheeks = (
        np.median([at(plane, made.mesh[list(part)]) for plane in chroma], axis=1)
        for part in (LIPS, (50, 280, 205, 425))
    )
    return np.asarray(lips - cheeks, np.float32)


def test_the_lips_of_a_dark_skin_are_redder_than_it_for_a_light_one() -> None:
    assert lips_beyond_skin(texture("b"))[0] > 0.03


def test_light_skin_in_dim_light_keeps_its_lips() -> None:
    lit = portrait("a")
    dim = Identity("dim.png", (lit.portrait * 0.35).astype(np.uint8), lit.mesh)
    made = make_texture(dim)
    assert made.skin_lightness < 40
    off = lips_beyond_skin(made) - lips_beyond_skin(texture("a"))
    assert np.abs(off).max() < 0.06


def test_dark_skin_is_dark_and_light_skin_light() -> None:
    dark, light = texture("b").skin_lightness, texture("a").skin_lightness
    assert 20 < dark < 45
    assert 65 < light < 90


def test_a_portrait_without_a_mesh_is_refused() -> None:
    bare = Identity("me.png", portrait("a").portrait)
    with pytest.raises(SourceError, match=r"me\.png.*without a face mesh") as caught:
        make_texture(bare)
    assert "facemesh" in caught.value.hint


@pytest.mark.parametrize("angle", [-50, 50])
def test_a_profile_is_refused_and_named(angle: float) -> None:
    mesh = turned(portrait("a").mesh, angle)
    profile = Identity("side.png", portrait("a").portrait, mesh)
    with pytest.raises(SourceError, match=r"side\.png' is turned away by (49|50)°") as caught:
        make_texture(profile)
    assert "looks towards the camera" in caught.value.hint


@pytest.mark.parametrize("angle", [-30, 30])
def test_half_a_turn_is_accepted(angle: float) -> None:
    mesh = turned(portrait("a").mesh, angle)
    made = make_texture(Identity("half.png", portrait("a").portrait, mesh))
    assert np.isfinite(made.even.lightness).all()


@pytest.mark.parametrize("scale", [0.08, 0.25, 0.5, 1.7, 4.0])
def test_portraits_of_any_size_make_the_same_texture(scale: float) -> None:
    full = portrait("b")
    size = round(1024 * scale)
    image = cv2.resize(full.portrait, (size, size), interpolation=cv2.INTER_AREA)
    ratio = np.float32(size / 1024)
    mesh = full.mesh.copy()
    mesh[:, :2] = (mesh[:, :2] + np.float32(0.5)) * ratio - np.float32(0.5)
    mesh[:, 2] *= ratio
    made = make_texture(Identity("sized.png", np.asarray(image, np.uint8), mesh))
    np.testing.assert_allclose(made.mesh, texture("b").mesh, atol=0.05)
    off = np.abs(made.original.lightness - texture("b").original.lightness)
    assert off[shown("b") > 0.9].mean() < (2.5 if scale < 0.2 else 1.0)
    assert made.skin_lightness == pytest.approx(texture("b").skin_lightness, abs=1.5)
    planes = (each.original.lightness for each in (made, texture("b")))
    shift, _ = cv2.phaseCorrelate(*(plane.astype(np.float64) for plane in planes))
    assert np.hypot(*shift) < 0.12, "px of the texture"


@pytest.mark.parametrize("shift", [-400.0, 400.0])
def test_a_face_at_the_border_of_its_picture_is_borne(shift: float) -> None:
    mesh = portrait("a").mesh + np.float32([shift, 0, 0])
    image = np.roll(portrait("a").portrait, round(shift), axis=1)
    made = make_texture(Identity("edge.png", image, mesh))
    assert np.isfinite(made.even.half).all()


@pytest.mark.parametrize("roll", [-40, 0, 25])
def test_upright_makes_the_eyes_level_and_the_mesh_as_large_as_said(roll: float) -> None:
    angle = np.radians(roll)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    mesh = portrait("c").mesh.copy()
    mesh[:, :2] = mesh[:, :2] @ turn.T * 0.3 + [70, 20]
    lying = carried(mesh, upright(mesh, 200, 1.25))
    left, right = lying[[33, 133], 1].mean(), lying[[362, 263], 1].mean()
    assert left == pytest.approx(right, abs=1e-2)
    low, high = lying[:, :2].min(axis=0), lying[:, :2].max(axis=0)
    assert (high - low).max() == pytest.approx(160, abs=0.01)
    np.testing.assert_allclose((low + high) / 2, 99.5, atol=0.01)
    shape = np.linalg.norm(lying[33] - lying[263]) / np.linalg.norm(mesh[33] - mesh[263])
    depth = np.ptp(lying[:, 2]) / np.ptp(mesh[:, 2])
    assert depth == pytest.approx(shape, rel=1e-4)


def test_the_rim_lies_around_the_oval() -> None:
    mesh = portrait("a").mesh
    points = with_rim(mesh)
    assert points.shape == (468 + len(OVAL), 2)
    np.testing.assert_array_equal(points[:468], mesh[:, :2])
    oval = mesh[list(OVAL), :2]
    for point in points[468:]:
        assert cv2.pointPolygonTest(oval[:, None], point.tolist(), measureDist=False) < 0
