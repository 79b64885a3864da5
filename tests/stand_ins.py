"""Stand-ins for maskers, enhancers and upscalers, whose weights cannot be had in tests.

Each is a graph of the published shape (names, dtypes, axes, sizes), written down from what the
publishers say and apart from livecam's manifests. What it does is made up, so that its answers are
known: a masker by colour, an enhancer that gives back the face, an upscaler that enlarges.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

FLOAT, DOUBLE = TensorProto.FLOAT, TensorProto.DOUBLE
IMAGENET_MEAN = np.float32([0.485, 0.456, 0.406])
IMAGENET_STD = np.float32([0.229, 0.224, 0.225])

PAPER = (20, 200, 40)
"""RGB of a paper that the masker by colour takes for something in front of the face."""
GREEN = np.float32([-0.75, 1.0, -0.15])
"""What of red, green and blue, 0–1, makes the surplus of green."""
_STEEP, _MUCH = 40.0, 0.35
CLASSES = 19
PALETTE = np.array(
    [[0, 0, 0], *([85 * r, 85 * g, 85 * b] for r in range(4) for g in range(4) for b in range(4))]
)[np.r_[0, 5:59:3]].astype(np.uint8)
"""uint8 (19, 3) RGB: the colour that the parser takes for each class."""
FACE_CLASSES = (1, 2, 3, 4, 5, 6, 10, 11, 12, 13)
"""Of the nineteen, those that are parts of the face."""


def occluder() -> bytes:
    """XSeg's shape: 0 on paper of a strong green, 1 on skin, between them by the surplus."""
    weight = -_STEEP * GREEN[::-1].reshape(3, 1)  # the channels come as blue, green, red
    return saved(
        [
            helper.make_node("MatMul", ["input", "weight"], ["little"]),
            helper.make_node("Add", ["little", "start"], ["sure"]),
            helper.make_node("Sigmoid", ["sure"], ["output"]),
        ],
        inputs={"input": (FLOAT, ["N", 256, 256, 3])},
        outputs={"output": (FLOAT, ["N", 256, 256, 1])},
        weights={"weight": weight, "start": np.float32(_STEEP * _MUCH)},
    )


def occluded(image: NDArray[np.uint8]) -> NDArray[np.float64]:
    """What `occluder` should say of uint8 (h, w, 3) RGB: 0–1."""
    surplus = (image / 255) @ GREEN.astype(np.float64)
    return np.asarray(1 / (1 + np.exp(-_STEEP * (_MUCH - surplus))))


def parser() -> bytes:
    """BiSeNet's shape: each pixel is of the class whose colour in `PALETTE` is nearest."""
    colours = PALETTE.astype(np.float32) / 255
    weight = 2 * colours * IMAGENET_STD
    start = 2 * colours @ IMAGENET_MEAN - (colours**2).sum(axis=1)
    return saved(
        [helper.make_node("Conv", ["input", "weight", "start"], ["output"], kernel_shape=[1, 1])],
        inputs={"input": (FLOAT, ["N", 3, 512, 512])},
        outputs={"output": (FLOAT, ["N", CLASSES, 512, 512])},
        weights={"weight": weight.reshape(CLASSES, 3, 1, 1), "start": start.astype(np.float32)},
    )


def parted(image: NDArray[np.uint8]) -> NDArray[np.intp]:
    """What `parser` should take each pixel of uint8 (h, w, 3) RGB for: the number of its class."""
    apart = image[..., None, :].astype(np.int32) - PALETTE
    return np.asarray((apart**2).sum(axis=-1).argmin(axis=-1))


def restorer(size: int, *, weight: str | None = None, tint: Sequence[float] = (1, 1, 1)) -> bytes:
    """A restorer that gives back the face, −1 to 1, lighter the more it is told to keep.

    Args:
        size: Side of the crop, px.
        weight: Name of the second input, float64 (1,); at 0.5 the face comes back as it is.
        tint: What red, green and blue are multiplied with.
    """
    inputs: dict[str, tuple[int, Sequence[int | str]]] = {"input": (FLOAT, [1, 3, size, size])}
    nodes = [helper.make_node("Mul", ["input", "tint"], ["tinted"])]
    weights: dict[str, NDArray[np.generic]] = {"tint": np.float32(tint).reshape(1, 3, 1, 1)}
    if weight is not None:
        inputs[weight] = (DOUBLE, [1])
        nodes += [
            helper.make_node("Sub", [weight, "even"], ["more64"]),
            helper.make_node("Cast", ["more64"], ["more"], to=FLOAT),
            helper.make_node("Add", ["tinted", "more"], ["output"]),
        ]
        weights["even"] = np.float64([0.5])
    else:
        nodes += [helper.make_node("Identity", ["tinted"], ["output"])]
    outputs = {"output": (FLOAT, [1, 3, size, size])}
    return saved(nodes, inputs=inputs, outputs=outputs, weights=weights)


def upscaler(scale: int, *, blur: int = 0, tint: Sequence[float] = (1, 1, 1)) -> bytes:
    """Real-ESRGAN's shape: every pixel becomes `scale` × `scale`, after a blur.

    Args:
        scale: How many times as large the picture becomes.
        blur: How far the network looks, px.
        tint: What red, green and blue are multiplied with.
    """
    side = 2 * blur + 1
    random = np.random.default_rng(scale)
    kernel = random.random((side, side))
    weight = np.zeros((3, 3, side, side), np.float32)
    for channel in range(3):
        weight[channel, channel] = tint[channel] * kernel / kernel.sum()
    return saved(
        [
            helper.make_node(
                "Conv", ["input", "weight"], ["blurred"], kernel_shape=[side, side], pads=[blur] * 4
            ),
            helper.make_node(
                "Resize", ["blurred", "", "scales"], ["output"], mode="nearest",
                nearest_mode="floor", coordinate_transformation_mode="asymmetric",
            ),
        ],
        inputs={"input": (FLOAT, ["b", 3, "h", "w"])},
        outputs={"output": (FLOAT, ["b", 3, "H", "W"])},
        weights={"weight": weight, "scales": np.float32([1, 1, scale, scale])},
    )  # fmt: skip


def saved(
    nodes: Sequence[onnx.NodeProto],
    *,
    inputs: Mapping[str, tuple[int, Sequence[int | str]]],
    outputs: Mapping[str, tuple[int, Sequence[int | str]]],
    weights: Mapping[str, NDArray[np.generic]],
) -> bytes:
    def values(described: Mapping[str, tuple[int, Sequence[int | str]]]) -> list[object]:
        return [
            helper.make_tensor_value_info(name, kind, list(shape))
            for name, (kind, shape) in described.items()
        ]

    tensors = [numpy_helper.from_array(np.asarray(w), name) for name, w in weights.items()]
    graph = helper.make_graph(nodes, "stand-in", values(inputs), values(outputs), tensors)
    model = helper.make_model(graph, ir_version=7, opset_imports=[helper.make_opsetid("", 13)])
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())


DOUBLES: Mapping[str, Callable[[], bytes]] = {
    "xseg_1": occluder,
    "xseg_2": occluder,
    "xseg_3": occluder,
    "bisenet_resnet_18": parser,
    "bisenet_resnet_34": parser,
    "gfpgan_1_4": partial(restorer, 512),
    "codeformer": partial(restorer, 512, weight="weight"),
    "gpen_bfr_256": partial(restorer, 256),
    "gpen_bfr_512": partial(restorer, 512),
    "restoreformer_plus_plus": partial(restorer, 512),
    "real_esrgan_x2": partial(upscaler, 2),
    "real_esrgan_x4": partial(upscaler, 4),
}
"""What makes them, by the name of the manifest."""
