"""The tremble of a landmarker is calmed, a mouth that opens is not held back."""

import numpy as np
from numpy.typing import NDArray
from paper import CANONICAL, Person

from livecam.face import Mesh
from livecam.tracking.motion import face_size
from livecam.tracking.smoothing import PointSmoother
from livecam.vision.layout import layout_of

MESH: Mesh = CANONICAL + np.array([300, 200, 0], np.float32)
SIZE = face_size(MESH)
LOWER_LIP = [17, 14, 84, 314]


def tremble(frames: int) -> NDArray[np.float32]:
    noise = np.random.default_rng(1).normal(size=(frames, 468, 3))
    return (0.006 * SIZE * noise).astype(np.float32)


def acceleration(meshes: list[Mesh]) -> float:
    track = np.stack(meshes)[:, :, :2]
    return float(np.linalg.norm(track[2:] - 2 * track[1:-1] + track[:-2], axis=2).mean())


def test_the_tremble_of_a_resting_face_is_calmed() -> None:
    smoother, mesh, measured, calmed = PointSmoother(layout_of(MESH)), MESH, [], []
    for noise in tremble(90):
        measured.append(MESH + noise)
        mesh = smoother.update(mesh, measured[-1], 1 / 30)
        calmed.append(mesh)
    assert acceleration(calmed) < 0.3 * acceleration(measured)


def test_a_mouth_opens_within_two_frames() -> None:
    smoother, mesh = PointSmoother(layout_of(MESH)), MESH
    for noise in tremble(30):
        mesh = smoother.update(mesh, MESH + noise, 1 / 30)
    opened = MESH.copy()
    opened[LOWER_LIP, 1] += 0.2 * SIZE
    for noise in tremble(2):
        mesh = smoother.update(mesh, opened + noise, 1 / 30)
    moved = (mesh - MESH)[LOWER_LIP, 1].mean() / SIZE
    assert moved > 0.18


def test_what_motion_missed_is_made_up_for() -> None:
    smoother, mesh = PointSmoother(layout_of(MESH)), MESH
    elsewhere = Person("", x=312, y=204, turn_deg=2).mesh
    for _ in range(30):
        mesh = smoother.update(mesh, elsewhere, 1 / 30)
    assert np.linalg.norm(mesh - elsewhere, axis=1).max() / SIZE < 0.01
