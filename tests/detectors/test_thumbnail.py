"""The way from the picture to the graph and back, with a graph whose answer is known."""

import numpy as np
import onnx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper

from livecam.detectors import FAMILIES, DetectorOptions
from livecam.errors import ModelError
from livecam.picture import Picture
from livecam.runtime.manifest import Input, Manifest, UrlSource, Weights
from livecam.runtime.session import Session, open_session

MANIFEST = Manifest(
    name="bright",
    task="detector",
    family="centerface",
    weights=Weights(
        file="bright.onnx",
        sources=(UrlSource(url="https://example.org/bright.onnx"),),
        sha256="0" * 64,
        size=1,
        license="MIT",
        commercial=True,
    ),
    input=Input(name="image", size=(64, 64), std=(255.0, 255.0, 255.0)),
)
BLOCK = 4
"""px of the thumbnail: CenterFace's stride."""


def bright_places(*, height: int | str, width: int | str) -> onnx.ModelProto:
    """CenterFace's outputs, in which every bright 4 × 4 block is the centre of a 4 × 4 face.

    The landmarks are the box's corners, its middle last.
    """
    mean = np.full((1, 3, BLOCK, BLOCK), 1 / (3 * BLOCK * BLOCK), np.float32)
    nothing = {n: np.zeros((n, 3, BLOCK, BLOCK), np.float32) for n in (2, 10)}
    corners = np.array([0, 0, 0, 1, 1, 0, 1, 1, 0.5, 0.5], np.float32)
    constants = {
        "mean": mean,
        "two": nothing[2],
        "ten": nothing[10],
        "corners": corners,
    }
    walk = {"kernel_shape": [BLOCK, BLOCK], "strides": [BLOCK, BLOCK]}
    graph = helper.make_graph(
        [
            helper.make_node("Conv", ["image", "mean"], ["heat"], **walk),
            helper.make_node("Conv", ["image", "two"], ["sizes"], **walk),
            helper.make_node("Conv", ["image", "two"], ["offsets"], **walk),
            helper.make_node("Conv", ["image", "ten", "corners"], ["places"], **walk),
        ],
        "bright_places",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, height, width])],
        [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, None)
            for name in ("heat", "sizes", "offsets", "places")
        ],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    return helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", 17)])


@pytest.fixture(scope="module")
def any_size(tmp_path_factory: pytest.TempPathFactory) -> Session:
    path = tmp_path_factory.mktemp("any") / "bright.onnx"
    onnx.save(bright_places(height="height", width="width"), path)
    return open_session(path, providers=["cpu"])


@pytest.fixture(scope="module")
def one_size(tmp_path_factory: pytest.TempPathFactory) -> Session:
    path = tmp_path_factory.mktemp("one") / "bright.onnx"
    onnx.save(bright_places(height=96, width=128), path)
    return open_session(path, providers=["cpu"])


def with_white_square(width: int, height: int, left: int, top: int, side: int) -> Picture:
    image = np.zeros((height, width, 3), np.uint8)
    image[top : top + side, left : left + side] = 255
    return Picture.from_rgb(image)


@settings(max_examples=60)
@given(data=st.data())
@pytest.mark.parametrize("sizes", ["any", "one"])
def test_faces_come_back_where_they_are(
    any_size: Session, one_size: Session, sizes: str, data: st.DataObject
) -> None:
    width, height = (data.draw(st.integers(100, 700), label=side) for side in ("width", "height"))
    fit = min(128 / width, (96 if sizes == "one" else 128) / height, 1)
    side = max(round(3.2 * BLOCK / fit), 8)  # of the thumbnail it fills two blocks each way
    left = data.draw(st.integers(0, width - side), label="left")
    top = data.draw(st.integers(0, height - side), label="top")
    picture = with_white_square(width, height, left, top, side)
    detector = FAMILIES["centerface"](
        MANIFEST,
        any_size if sizes == "any" else one_size,
        DetectorOptions(longest_side=128, min_score=0.9),
    )
    found = detector.detect(picture)
    assert found
    block = BLOCK / fit
    for detection in found:
        box = detection.box
        assert box.left > left - 0.6 * block
        assert box.top > top - 0.6 * block
        assert box.right < left + side + 0.6 * block
        assert box.bottom < top + side + 0.6 * block
        assert box.width == pytest.approx(block, rel=0.05)
        corners = [[box.left, box.top], [box.right, box.top]]
        corners += [[box.left, box.bottom], [box.right, box.bottom], box.centre]
        np.testing.assert_allclose(detection.landmarks, corners, atol=0.01 * block)
        assert detection.landmarks.dtype == np.float32
    scores = [detection.score for detection in found]
    assert scores == sorted(scores, reverse=True)


def test_the_centre_of_the_first_block_is_not_shifted(any_size: Session) -> None:
    picture = with_white_square(64, 64, 0, 0, 4)
    detector = FAMILIES["centerface"](MANIFEST, any_size, DetectorOptions(longest_side=64))
    (detection,) = detector.detect(picture)
    # Four pixels whose centres are 0, 1, 2, 3 reach from −0.5 to 3.5.
    assert (detection.box.left, detection.box.bottom) == pytest.approx((-0.5, 3.5), abs=1e-4)


@pytest.mark.parametrize(("width", "height"), [(2, 2), (3000, 8), (8, 3000), (33, 31)])
def test_odd_pictures_have_no_faces_and_no_errors(
    any_size: Session, width: int, height: int
) -> None:
    detector = FAMILIES["centerface"](MANIFEST, any_size, DetectorOptions(longest_side=128))
    assert detector.detect(with_white_square(width, height, 0, 0, 0)) == []


def test_a_graph_of_another_family_is_refused(any_size: Session) -> None:
    with pytest.raises(ModelError, match="4 outputs; the family 'centerface' decodes 12"):
        FAMILIES["yunet"](MANIFEST, any_size)
