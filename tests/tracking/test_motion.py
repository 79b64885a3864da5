"""The motion of paper faces, whose true motion is known."""

from dataclasses import replace

import numpy as np
import pytest
from paper import Person, Stage

from livecam.tracking.motion import face_size, propagate, reach
from livecam.vision.geometry import similarity, transform

ANN = Person("ann", x=300, y=170)


def off(mesh: np.ndarray, person: Person) -> float:
    """Mean distance from the truth, in face sizes."""
    truth = person.mesh
    return float(np.linalg.norm(mesh - truth, axis=1).mean() / face_size(truth))


@pytest.mark.parametrize(
    "change",
    [
        {"x": 303.4, "y": 168.2},
        {"turn_deg": 4.0},
        {"zoom": 1.05},
        {"x": 318, "y": 160, "turn_deg": -3.0, "zoom": 0.97},
    ],
)
def test_a_face_is_carried_to_where_it_went(change: dict[str, float]) -> None:
    stage, after = Stage(), replace(ANN, **change)
    frames = [stage.frame(n, [who]).picture.luma for n, who in enumerate((ANN, after))]
    motion = propagate(*frames, ANN.mesh, reach(ANN.mesh))
    assert off(motion.points, after) < 0.005
    assert motion.agreement > 0.85


def test_skin_that_moves_besides_the_whole_is_carried_along() -> None:
    stage, after = Stage(), replace(ANN, width=0.95)
    frames = [stage.frame(n, [who]).picture.luma for n, who in enumerate((ANN, after))]
    motion = propagate(*frames, ANN.mesh, reach(ANN.mesh))
    whole = similarity(ANN.mesh[:, :2], after.mesh[:, :2])
    rigid = np.column_stack([transform(ANN.mesh[:, :2], whole), ANN.mesh[:, 2]])
    assert off(motion.points, after) < 0.6 * off(rigid, after)


def test_a_hand_over_a_third_of_the_face_does_not_drag_it_along() -> None:
    stage = Stage()
    before = stage.frame(0, [ANN]).picture.luma.copy()
    after = stage.frame(1, [replace(ANN, x=302)]).picture.luma.copy()
    hand = stage.frame(2, [], wall=1).picture.luma
    before[:, :275] = hand[:, 20:295]
    after[:, :287] = hand[:, 8:295]
    motion = propagate(before, after, ANN.mesh, reach(ANN.mesh))
    assert 0.4 < motion.agreement < 0.9
    right = ANN.mesh[:, 0] > 310
    truth = replace(ANN, x=302).mesh
    assert np.linalg.norm(motion.points[right] - truth[right], axis=1).mean() < 0.5


def test_a_cut_shows_in_the_agreement() -> None:
    stage = Stage()
    before = stage.frame(0, [ANN]).picture.luma
    after = stage.frame(1, [Person("bob", x=300, y=170)], wall=1).picture.luma
    assert propagate(before, after, ANN.mesh, reach(ANN.mesh)).agreement < 0.3


def test_where_nothing_is_found_the_mesh_stays() -> None:
    flat = np.full((360, 640), 90, np.uint8)
    motion = propagate(flat, flat, ANN.mesh, reach(ANN.mesh))
    assert motion.agreement == 0
    np.testing.assert_array_equal(motion.points, ANN.mesh)


def test_the_size_of_a_face_is_the_same_at_any_yaw() -> None:
    mesh = ANN.mesh
    cosine, sine = np.cos(0.9), np.sin(0.9)
    turned = mesh @ np.array([[cosine, 0, sine], [0, 1, 0], [-sine, 0, cosine]], np.float32).T
    assert face_size(turned.astype(np.float32)) == pytest.approx(face_size(mesh), rel=1e-4)
