from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from people import moments
from wearing import PORTRAITS, landmarker, portrait, turned

from livecam.face import Mesh
from livecam.vision.facemesh import RIGID
from livecam.vision.pose import Pose, yaw_deg


def rotation(x: float, y: float, z: float) -> NDArray[np.float64]:
    return np.asarray(cv2.Rodrigues(np.array([x, y, z]))[0])


@settings(max_examples=60)
@given(
    turn=st.tuples(*[st.floats(-1.5, 1.5)] * 3),
    scale=st.floats(0.01, 100),
    shift=st.tuples(*[st.floats(-2000, 2000)] * 3),
)
def test_a_known_pose_is_found(
    turn: tuple[float, float, float], scale: float, shift: tuple[float, float, float]
) -> None:
    mesh = portrait("a").mesh / np.float32(100)
    moved = scale * mesh.astype(np.float64) @ rotation(*turn).T + shift
    pose = Pose.between(mesh, moved.astype(np.float32))
    size = scale * float(np.ptp(mesh)) + float(np.abs(shift).max())
    np.testing.assert_allclose(pose.apply(mesh), moved, atol=1e-5 * size)
    np.testing.assert_allclose(pose.rotation @ pose.rotation.T, np.eye(3), atol=1e-9)
    assert np.linalg.det(pose.rotation) > 0
    turned_and_scaled = pose.apply(mesh).astype(np.float64) - pose.shift
    np.testing.assert_allclose(pose.turn(mesh), turned_and_scaled, atol=1e-5 * size)


def test_a_mirrored_head_is_turned_not_mirrored() -> None:
    mesh = portrait("a").mesh
    pose = Pose.between(mesh, mesh * np.float32([-1, 1, 1]))
    assert np.linalg.det(pose.rotation) == pytest.approx(1)


def test_an_expression_is_no_pose() -> None:
    mesh = portrait("b").mesh
    free = np.setdiff1d(np.arange(len(mesh)), RIGID)
    made = mesh.copy()
    made[free] += np.random.default_rng(3).normal(0, 20, (len(free), 3)).astype(np.float32)
    pose = Pose.between(mesh, made)
    assert pose.scale == pytest.approx(1, abs=1e-6)
    np.testing.assert_allclose(pose.rotation, np.eye(3), atol=1e-6)
    np.testing.assert_allclose(pose.apply(mesh), mesh, atol=1e-3)


@pytest.mark.parametrize("who", PORTRAITS)
@pytest.mark.parametrize("angle", [-80, -45, -10, 10, 45, 80])
def test_yaw_is_how_far_a_head_was_turned(who: str, angle: float) -> None:
    mesh = portrait(who).mesh
    assert abs(yaw_deg(mesh)) < 3, "the portraits look at the camera"
    assert yaw_deg(turned(mesh, angle)) - yaw_deg(mesh) == pytest.approx(angle, abs=1e-3)


@pytest.mark.parametrize("who", PORTRAITS)
def test_a_nod_a_tilt_a_step_or_a_word_is_no_yaw(who: str) -> None:
    mesh = portrait(who).mesh
    for angle in (-0.3, 0.3):
        assert yaw_deg(mesh @ rotation(angle, 0, 0).T.astype(np.float32)) == pytest.approx(
            yaw_deg(mesh), abs=1.5
        )
    assert yaw_deg(3 * mesh + 100) == pytest.approx(yaw_deg(mesh), abs=1e-2)
    spoken = mesh.copy()
    spoken[[13, 14, 17, 152]] += 30
    assert yaw_deg(spoken) == yaw_deg(mesh)


def yaws(clip: Path, every: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Measured on FaceMesh's meshes, and true; degrees."""
    measured, true = [], []
    for moment in moments(clip, every=every):
        mesh: Mesh = landmarker().locate(moment.picture, moment.five[0]).mesh
        measured.append(yaw_deg(mesh))
        true.append(float(moment.yaw_deg[0]))
    return np.array(measured), np.array(true)


@pytest.mark.needs_network
@pytest.mark.needs_shared
@pytest.mark.parametrize("name", ["clip_a", "clip_b"])
def test_yaw_is_near_the_truth(shared: Path, name: str) -> None:
    measured, true = yaws(shared / "people" / f"{name}.mp4", every=6)
    assert true.min() < -20
    assert true.max() > 25
    assert np.abs(true).max() > 50
    assert np.corrcoef(measured, true)[0, 1] > 0.98
    error = np.abs(measured - true)
    assert error.mean() < 3.5
    assert error[np.abs(true) <= 45].max() < 8
    assert error.max() < 18, "beyond 45° FaceMesh sees heads less turned than they are"
    far = np.abs(true) > 10
    assert (np.sign(measured[far]) == np.sign(true[far])).all()
