import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wearing import PORTRAITS, portrait, turned

from livecam.face import Mesh
from livecam.swappers.shape import AtRest, Proportions, eye_openings
from livecam.vision.facemesh import LEFT_BROW, LIPS, LOWER_LIP, NOSE, OVAL, RIGHT_BROW, UPPER_LIP
from livecam.vision.pose import Pose

LIGHT = 60.0


def eye_distance(mesh: Mesh) -> float:
    return float(np.linalg.norm(mesh[33] - mesh[263]))


def watched(reference: Proportions, mesh: Mesh) -> AtRest:
    at_rest = AtRest(reference)
    at_rest.watch(mesh, LIGHT, 0.0)
    return at_rest


def speaking(mesh: Mesh, gap: float) -> Mesh:
    """`mesh`, its lower lip and jaw `gap` eye distances further down."""
    said = mesh.copy()
    low = [point for point in LIPS if mesh[point, 1] > mesh[UPPER_LIP, 1] + 1]
    said[[*low, LOWER_LIP, 152, 148, 377], 1] += np.float32(gap * eye_distance(mesh))
    return said


def blinking(mesh: Mesh, openness: float) -> Mesh:
    """`mesh` with its eyes `openness` as far open."""
    shut = mesh.copy()
    for upper, lower in ((159, 145), (386, 374)):
        middle = (mesh[upper] + mesh[lower]) / 2
        shut[upper] = middle + np.float32(openness) * (mesh[upper] - middle)
        shut[lower] = middle + np.float32(openness) * (mesh[lower] - middle)
    return shut


class TestMoved:
    @settings(max_examples=20)
    @given(yaw_deg=st.floats(-60, 60), scale=st.floats(0.05, 4), who=st.sampled_from(PORTRAITS))
    def test_strength_nought_leaves_every_bit(self, yaw_deg: float, scale: float, who: str) -> None:
        target = turned(portrait(who).mesh, yaw_deg) * np.float32(scale)
        worn = Proportions(portrait("a").mesh)
        moved = worn.moved(target, watched(worn, portrait("b").mesh), 0.0)
        assert moved.dtype == np.float32
        np.testing.assert_array_equal(moved, target)

    @pytest.mark.parametrize("strength", [0.5, 1.0, 2.0])
    @pytest.mark.parametrize("who", PORTRAITS)
    def test_the_oval_never_moves(self, who: str, strength: float) -> None:
        for other in PORTRAITS:
            target = turned(portrait(other).mesh, 25)
            worn = Proportions(portrait(who).mesh)
            moved = worn.moved(target, watched(worn, target), strength)
            np.testing.assert_array_equal(moved[list(OVAL)], target[list(OVAL)])

    @pytest.mark.parametrize("part", [(*LEFT_BROW, *RIGHT_BROW), NOSE], ids=["brows", "nose"])
    def test_brows_and_nose_come_nearer_to_the_portraits(self, part: tuple[int, ...]) -> None:
        worn, target = Proportions(portrait("a").mesh), portrait("b").mesh
        at_rest = watched(worn, target)

        def apart(strength: float) -> float:
            moved = worn.moved(target, at_rest, strength)
            front = Pose.between(moved, worn.mesh).apply(moved)
            return float(np.linalg.norm(front[list(part)] - worn.mesh[list(part)], axis=1).mean())

        none, half, full = apart(0.0), apart(0.5), apart(1.0)
        assert full < half < none
        assert full < 0.75 * none

    def test_a_face_does_not_move_towards_itself(self) -> None:
        for who in PORTRAITS:
            mesh = portrait(who).mesh
            worn = Proportions(mesh)
            moved = worn.moved(mesh, watched(worn, mesh), 2.0)
            np.testing.assert_allclose(moved, mesh, atol=1e-3 * eye_distance(mesh))

    def test_size_and_place_of_the_target_carry_what_moves(self) -> None:
        worn, target = Proportions(portrait("a").mesh), portrait("c").mesh
        turn = np.asarray(cv2.Rodrigues(np.array([0.2, 0.5, -0.3]))[0], np.float32)
        elsewhere = np.float32(0.4) * target @ turn.T + np.float32([300, -40, 9])
        at_rest = watched(worn, target)
        here = worn.moved(target, at_rest, 1.0) - target
        there = worn.moved(elsewhere, at_rest, 1.0) - elsewhere
        assert np.abs(here).max() > 1
        np.testing.assert_allclose(there, np.float32(0.4) * here @ turn.T, atol=2e-2)

    def test_more_strength_than_the_whole_way_does_not_overshoot(self) -> None:
        worn, target = Proportions(portrait("a").mesh), portrait("b").mesh
        at_rest = watched(worn, target)
        whole = Pose.between(worn.mesh, target).turn(worn.mesh - at_rest.mesh)
        strong = worn.moved(target, at_rest, 2.0) - target
        lengths = np.linalg.norm(strong, axis=1), np.linalg.norm(whole, axis=1)
        assert (lengths[0] <= lengths[1] * 1.001 + 1e-3).all()


def learnt(rate: int, seconds: float) -> AtRest:
    """Of person b, who speaks half of the time and blinks once a second, seen `rate` per s."""
    worn, mesh = Proportions(portrait("a").mesh), portrait("b").mesh
    at_rest = AtRest(worn)
    for n in range(round(seconds * rate)):
        time_s = n / rate
        gap = 0.3 * max(np.sin(2 * np.pi * 1.5 * time_s), 0.0)
        seen = blinking(speaking(mesh, gap), 0.2 if 0.5 <= time_s % 1 < 0.7 else 1.0)
        light = LIGHT if time_s < seconds / 2 else LIGHT + 10
        at_rest.watch(turned(seen, 20 * np.sin(time_s)), light, time_s)
    return at_rest


class TestAtRest:
    def test_the_first_look_is_taken_as_it_is(self) -> None:
        worn, mesh = Proportions(portrait("a").mesh), portrait("b").mesh
        at_rest = watched(worn, turned(mesh, 30))
        front = Pose.between(mesh, worn.mesh).apply(mesh)
        np.testing.assert_allclose(at_rest.mesh, front, atol=1e-4)
        assert at_rest.open_eyes == pytest.approx(np.mean(eye_openings(turned(mesh, 30))))
        assert at_rest.skin_lightness == LIGHT

    def test_it_comes_to_the_mean_of_the_closed_mouth(self) -> None:
        worn, mesh = Proportions(portrait("a").mesh), portrait("b").mesh
        closed, spoken = (Pose.between(m, worn.mesh).apply(m) for m in (mesh, speaking(mesh, 0.15)))
        found = learnt(30, 8).mesh
        lip = [LOWER_LIP, 17, 84, 314]
        off = np.linalg.norm(found[lip] - closed[lip], axis=1).mean()
        assert off < 0.15 * np.linalg.norm(spoken[lip] - closed[lip], axis=1).mean()
        assert np.linalg.norm(found - closed, axis=1).mean() < 0.01

    def test_noise_is_averaged_away(self) -> None:
        worn, mesh = Proportions(portrait("a").mesh), portrait("b").mesh
        random = np.random.default_rng(7)
        sigma = 0.02 * eye_distance(mesh)
        at_rest = AtRest(worn)
        for n in range(150):
            noisy = mesh + random.normal(0, sigma, mesh.shape).astype(np.float32)
            at_rest.watch(noisy, LIGHT, n / 30)
        front = Pose.between(mesh, worn.mesh).apply(mesh)
        assert np.linalg.norm(at_rest.mesh - front, axis=1).mean() < 0.3 * 0.02 * np.sqrt(3)

    @pytest.mark.parametrize("seconds", [1.0, 4.0])
    def test_it_learns_by_time_not_by_frames(self, seconds: float) -> None:
        slow, fast = learnt(30, seconds), learnt(60, seconds)
        assert np.linalg.norm(slow.mesh - fast.mesh, axis=1).max() < 0.02
        assert slow.open_eyes == pytest.approx(fast.open_eyes, rel=0.02)
        assert slow.skin_lightness == pytest.approx(fast.skin_lightness, abs=0.3)

    def test_a_pause_or_a_step_back_in_time_does_no_harm(self) -> None:
        worn, mesh = Proportions(portrait("a").mesh), portrait("b").mesh
        at_rest = AtRest(worn)
        for time_s in (0.0, 0.0, 0.033, 3600.0, 5.0, 5.0):
            at_rest.watch(mesh, LIGHT, time_s)
        front = Pose.between(mesh, worn.mesh).apply(mesh)
        np.testing.assert_allclose(at_rest.mesh, front, atol=1e-4)
        assert at_rest.open_eyes == pytest.approx(np.mean(eye_openings(mesh)))
        assert at_rest.skin_lightness == pytest.approx(LIGHT)

    def test_one_long_look_does_not_outweigh_all_before(self) -> None:
        """A frame after an hour's pause counts no more than one after a fifth of a second."""
        worn = Proportions(portrait("a").mesh)
        after = []
        for pause in (0.2, 3600.0):
            at_rest = AtRest(worn)
            for n in range(60):
                at_rest.watch(portrait("b").mesh, LIGHT, n / 30)
            at_rest.watch(portrait("c").mesh, LIGHT, 59 / 30 + pause)
            after.append(at_rest.mesh)
        np.testing.assert_allclose(after[0], after[1], atol=1e-6)

    def test_eyes_that_open_are_believed_sooner_than_eyes_that_shut(self) -> None:
        mesh = portrait("a").mesh
        wide = float(np.mean(eye_openings(mesh)))
        at_rest = AtRest(Proportions(mesh))
        for n in range(10):
            at_rest.watch(blinking(mesh, 0.3), LIGHT, n / 30)
        assert at_rest.open_eyes == pytest.approx(0.3 * wide, rel=1e-3)
        for n in range(10, 22):
            at_rest.watch(mesh, LIGHT, n / 30)
        assert at_rest.open_eyes > 0.9 * wide
        for n in range(22, 34):
            at_rest.watch(blinking(mesh, 0.3), LIGHT, n / 30)
        assert at_rest.open_eyes > 0.85 * wide

    def test_the_light_of_the_skin_follows_within_a_second(self) -> None:
        mesh = portrait("a").mesh
        at_rest = AtRest(Proportions(mesh))
        at_rest.watch(mesh, 40.0, 0.0)
        for n in range(1, 4):
            at_rest.watch(mesh, 70.0, n / 30)
        assert 41 < at_rest.skin_lightness < 50
        for n in range(4, 60):
            at_rest.watch(mesh, 70.0, n / 30)
        assert 68 < at_rest.skin_lightness <= 70


def test_openings_are_of_each_eye_and_no_matter_of_size() -> None:
    mesh = portrait("c").mesh
    left, right = eye_openings(mesh)
    assert 0.2 < left < 0.6
    assert 0.2 < right < 0.6
    assert eye_openings(mesh * np.float32(7)) == pytest.approx((left, right))
    wink = mesh.copy()
    wink[159] = wink[145]
    assert eye_openings(wink) == (0.0, right)


@pytest.mark.parametrize("angle", [-35, 35])
def test_turned_away_an_eye_is_as_wide_open(angle: float) -> None:
    mesh = portrait("c").mesh
    assert eye_openings(turned(mesh, angle)) == pytest.approx(eye_openings(mesh), rel=1e-3)
