"""Crop and mesh of FaceMesh, with a graph whose answer is known."""

import math
from pathlib import Path

import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from livecam.errors import ModelError, PipelineError
from livecam.landmarkers import FAMILIES, Landmarker
from livecam.picture import Picture
from livecam.runtime.catalog import Catalog
from livecam.runtime.session import Session, open_session

SIZE = 192
MARGIN = 1.45
EYE_CORNERS = (33, 133, 362, 263)


def upright_mesh() -> NDArray[np.float32]:
    """A made-up mesh with level eyes that fills its crop just as the landmarker cuts it."""
    mesh = np.random.default_rng(5).uniform(-1, 1, (468, 3)).astype(np.float32)
    mesh[[33, 133], 0] -= 2
    mesh[[362, 263], 0] += 2
    mesh[EYE_CORNERS, 1] = -0.3
    flat = mesh[:, :2]
    flat -= (flat.min(axis=0) + flat.max(axis=0)) / 2
    mesh *= SIZE / MARGIN / np.ptp(flat, axis=0).max()
    flat += SIZE / 2
    return mesh


MESH = upright_mesh()


def steady_model(logit: float, *, height: int = SIZE, width: int = SIZE) -> onnx.ModelProto:
    """Says `MESH` and `logit`, whatever it sees."""
    values = {
        "none": np.float32(0),
        "mesh": MESH.reshape(1, 1, 1, -1),
        "logit": np.full((1, 1, 1, 1), logit, np.float32),
    }
    graph = helper.make_graph(
        [
            helper.make_node("ReduceMean", ["input_1"], ["mean"]),
            helper.make_node("Mul", ["mean", "none"], ["zero"]),
            helper.make_node("Add", ["mesh", "zero"], ["places"]),
            helper.make_node("Add", ["logit", "zero"], ["presence"]),
        ],
        "steady",
        [helper.make_tensor_value_info("input_1", TensorProto.FLOAT, [1, height, width, 3])],
        [
            helper.make_tensor_value_info("places", TensorProto.FLOAT, [1, 1, 1, 1404]),
            helper.make_tensor_value_info("presence", TensorProto.FLOAT, [1, 1, 1, 1]),
        ],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in values.items()],
    )
    return helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", 17)])


def landmarker_of(model: onnx.ModelProto, folder: Path) -> Landmarker:
    path = folder / "steady.onnx"
    onnx.save(model, path)
    session: Session = open_session(path, providers=["cpu"])
    return FAMILIES["facemesh"](Catalog().manifest("facemesh"), session)


@pytest.fixture(scope="module")
def steady(tmp_path_factory: pytest.TempPathFactory) -> Landmarker:
    return landmarker_of(steady_model(2.0), tmp_path_factory.mktemp("steady"))


@pytest.fixture(scope="module")
def grey() -> Picture:
    return Picture.from_rgb(np.full((120, 160, 3), 128, np.uint8))


@given(
    angle_deg=st.floats(-180, 180),
    size=st.floats(10, 800),
    x=st.floats(-300, 2000),
    y=st.floats(-300, 2000),
)
def test_a_mesh_that_fits_stays_where_it_is(
    steady: Landmarker, grey: Picture, *, angle_deg: float, size: float, x: float, y: float
) -> None:
    """Any turned, scaled and shifted copy of the mesh leads to a crop that shows it upright."""
    cosine, sine = math.cos(math.radians(angle_deg)), math.sin(math.radians(angle_deg))
    turn = np.array([[cosine, -sine], [sine, cosine]]) * size / SIZE
    mesh = MESH.astype(np.float64) * size / SIZE
    mesh[:, :2] = (MESH[:, :2] - SIZE / 2) @ turn.T + (x, y)
    mesh = mesh.astype(np.float32)
    found = steady.locate(grey, mesh)
    np.testing.assert_allclose(found.mesh, mesh, atol=2e-3 * size)
    assert found.mesh.dtype == found.landmarks.dtype == np.float32
    eyes = mesh[EYE_CORNERS, :2].reshape(2, 2, 2).mean(axis=1)
    expected = np.concatenate([eyes, mesh[[4, 61, 291], :2]])
    np.testing.assert_allclose(found.landmarks, expected, atol=2e-3 * size)


def test_five_points_lead_to_the_same_place_whatever_their_roll(
    steady: Landmarker, grey: Picture
) -> None:
    five = np.array([[60, 40], [90, 40], [75, 58], [62, 72], [88, 72]], np.float32)
    level = steady.locate(grey, five)
    quarter = steady.locate(grey, five @ np.array([[0, 1], [-1, 0]], np.float32) + [200, 0])
    turned = level.mesh[:, :2] @ np.array([[0, 1], [-1, 0]]) + [200, 0]
    np.testing.assert_allclose(quarter.mesh[:, :2], turned, atol=0.05)
    np.testing.assert_allclose(quarter.mesh[:, 2], level.mesh[:, 2], atol=0.05)


@pytest.mark.parametrize(
    ("logit", "presence"), [(0, 0.5), (2, 0.8808), (-2, 0.1192), (900, 1), (-900, 0)]
)
def test_presence_is_the_logit_s_sigmoid(
    tmp_path: Path, grey: Picture, logit: float, presence: float
) -> None:
    found = landmarker_of(steady_model(logit), tmp_path).locate(grey, MESH)
    assert found.presence == pytest.approx(presence, abs=1e-4)


@pytest.mark.parametrize(
    "around",
    [
        np.zeros((5, 2), np.float32),
        np.zeros((468, 3), np.float32),
        np.full((468, 3), np.nan, np.float32),
        np.full((5, 2), np.inf, np.float32),
    ],
)
@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
def test_a_place_that_is_none_is_an_error(
    steady: Landmarker, grey: Picture, around: NDArray[np.float32]
) -> None:
    with pytest.raises(PipelineError):
        steady.locate(grey, around)


def test_a_graph_that_is_not_square_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="square"):
        landmarker_of(steady_model(0, width=128), tmp_path)
