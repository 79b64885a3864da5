"""Stand-ins for learned models whose weights cannot be had: their graphs, with generated weights.

What a published graph looks like from outside – names, dtypes, sizes, odd outputs, a matrix that
nothing uses – is here, and the numbers it was trained with. They are written down from what the
publishers say, apart from livecam's manifests and templates, which tests hold against them.
"""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

WIDTH = 8
"""Channels within a double; real ones have up to 1024."""
DEPTH = 0
"""Further convolutions within a double, of that width; real ones have some twenty."""
EMBEDDING = 512

_INSIGHTFACE = [
    (38.2946, 51.6963), (73.5318, 51.5014), (56.0252, 71.7366),
    (41.5493, 92.3655), (70.7299, 92.2041),
]  # fmt: skip
"""px of 112; for crops of 128 it is shifted by 8 px."""
POINTS: Mapping[str, NDArray[np.float64]] = {
    "ghost": np.array(
        [(39.730, 51.138), (72.270, 51.138), (56.0, 68.493), (42.463, 87.010), (69.537, 87.010)]
    ) / 112,
    "insightface 112": np.array(_INSIGHTFACE) / 112,
    "insightface 128": np.add(_INSIGHTFACE, (8, 0)) / 128,
    "ffhq": np.array(
        [(192.98138, 239.94708), (318.90277, 240.19366), (256.63416, 314.01935),
         (201.26117, 371.41043), (313.08905, 371.15118)]
    ) / 512,
    "mtcnn": np.array(
        [(0.36562865, 0.46733799), (0.63305391, 0.46585885), (0.50019127, 0.61942959),
         (0.39032951, 0.77598822), (0.61178945, 0.77476328)]
    ),
    "whole face": np.array(
        [(0.35342266, 0.39285716), (0.62797622, 0.39285716), (0.48660713, 0.54017860),
         (0.38839287, 0.68750011), (0.59821427, 0.68750011)]
    ),
}  # fmt: skip
"""Where the five points lie, 0–1 across the crop."""
IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
PLAIN = ((0.0,) * 3, (1.0,) * 3)
CENTRED = ((0.5,) * 3, (0.5,) * 3)


@dataclass(frozen=True)
class Published:
    """A swapper as its publisher describes it; pictures are RGB 0–1, in planes."""

    size: int
    points: str
    scaling: tuple[tuple[float, ...], tuple[float, ...]]
    """Mean and deviation."""
    black: float = 0.0
    identity: Literal["unit", "projected", "converted unit", "converted", "portrait"] = "unit"
    embedder: str = "arcface_w600k_r50"
    portrait: tuple[int, str] = (0, "")
    """Side and points of the portrait's crop, whose samples are 0–1."""
    outputs: tuple[str, ...] = ("output",)
    half: bool = False
    """Whether tensors are half floats."""
    matrix_last: bool = True


_INSWAPPER = Published(128, "insightface 128", PLAIN, identity="projected")
_HYPERSWAP = Published(256, "insightface 128", CENTRED, -1.0, outputs=("output", "mask"))
_SIMSWAP = Published(
    256, "ghost", IMAGENET, identity="converted unit", embedder="crossface_simswap"
)
_GHOST = Published(256, "ghost", CENTRED, -1.0, "converted", "crossface_ghost")
SWAPPERS: Mapping[str, Published] = {
    "inswapper_128": _INSWAPPER,
    "inswapper_128_fp16": replace(_INSWAPPER, half=True, matrix_last=False),
    "hyperswap_1a_256": _HYPERSWAP,
    "hyperswap_1b_256": _HYPERSWAP,
    "hyperswap_1c_256": _HYPERSWAP,
    "simswap_256": _SIMSWAP,
    "simswap_unofficial_512": replace(_SIMSWAP, size=512, scaling=PLAIN),
    "ghost_1_256": replace(_GHOST, outputs=("781",)),
    "ghost_2_256": replace(_GHOST, outputs=("1165",)),
    "ghost_3_256": replace(_GHOST, outputs=("1549",)),
    "blendswap_256": Published(
        256, "ffhq", PLAIN, identity="portrait", portrait=(112, "insightface 112")
    ),
    "uniface_256": Published(
        256, "ffhq", CENTRED, -1.0, identity="portrait", portrait=(256, "ffhq")
    ),
    "hififace_unofficial_256": Published(
        256, "mtcnn", CENTRED, -1.0, "converted unit", "crossface_hififace"
    ),
}


@dataclass(frozen=True)
class Recogniser:
    """An embedder as its publisher describes it: crops of 112 px, RGB, in planes."""

    input_name: str
    scaling: tuple[tuple[float, ...], tuple[float, ...]]
    """Mean and deviation of samples 0–1."""
    length: int = EMBEDDING


EMBEDDERS: Mapping[str, Recogniser] = {
    "arcface_w600k_r50": Recogniser("input", CENTRED),
    "w600k_mbf": Recogniser("input.1", CENTRED),
    "sface": Recogniser("data", ((0.0,) * 3, (1 / 255,) * 3), 128),
    "mobilefacenet": Recogniser("input0", IMAGENET, 128),
}
CONVERTERS = ("crossface_simswap", "crossface_ghost", "crossface_hififace")


def matrix() -> NDArray[np.float32]:
    """The matrix in inswapper's file: neither orthogonal nor symmetric, as the published one."""
    random = np.random.default_rng(128)
    return (3.9 / EMBEDDING**0.5 * random.normal(size=(EMBEDDING, EMBEDDING))).astype(np.float32)


def mirror(model: Published) -> bytes:
    """A graph that gives back the picture it is given, whatever the identity."""
    mean, deviation = (np.array(values).reshape(1, 3, 1, 1) for values in model.scaling)
    span = 1 - model.black
    nodes = [
        helper.make_node("Mul", ["seen", "gain"], ["scaled"]),
        helper.make_node("Add", ["scaled", "shift"], ["mirrored"]),
        helper.make_node("ReduceSum", ["who"], ["all_of_who"], keepdims=0),
        helper.make_node("Mul", ["all_of_who", "none"], ["nothing"]),
        helper.make_node("Add", ["mirrored", "nothing"], ["made"]),
    ]
    weights = {
        "gain": deviation * span,
        "shift": mean * span + model.black,
        "none": np.zeros(()),
    }
    return _file(model, nodes, weights)


def generator(model: Published, seed: int = 0) -> bytes:
    """A graph that makes something of a picture and an identity: a style between convolutions."""
    random = np.random.default_rng([seed, model.size])
    if model.identity == "portrait":
        quarter = [model.portrait[0] // 4] * 2
        nodes = [
            helper.make_node(
                "AveragePool", ["who"], ["coarse"], kernel_shape=quarter, strides=quarter
            ),
            helper.make_node("Flatten", ["coarse"], ["bright"]),
            helper.make_node("Sub", ["bright", "grey"], ["flat"]),
        ]
        length, gain = 48, 2.0
    else:
        nodes = [helper.make_node("Identity", ["who"], ["flat"])]
        length, gain = EMBEDDING, 0.05 if model.identity == "converted" else 1.0
    names = [f"features_{n}" for n in range(DEPTH)] + ["features"]
    padded: dict[str, Sequence[int]] = {"kernel_shape": [3, 3], "pads": [1] * 4}
    nodes += [
        helper.make_node("Conv", ["seen", "in"], names[:1], **padded),
        *(
            helper.make_node("Conv", [one, "on"], [other], **padded)
            for one, other in itertools.pairwise(names)
        ),
        helper.make_node("Gemm", ["flat", "style"], ["styles"]),
        helper.make_node("Unsqueeze", ["styles"], ["deep"], axes=[2, 3]),
        helper.make_node("Split", ["deep"], ["gamma", "beta"], axis=1, split=[WIDTH, WIDTH]),
        helper.make_node("Mul", ["features", "gamma"], ["stretched"]),
        helper.make_node("Add", ["stretched", "beta"], ["styled"]),
        helper.make_node("LeakyRelu", ["styled"], ["bent"], alpha=0.2),
        helper.make_node("Conv", ["bent", "out"], ["drawn"], **padded),
        helper.make_node("Tanh", ["drawn"], ["both"]),
        helper.make_node("Mul", ["both", "half_span"], ["narrow"]),
        helper.make_node("Add", ["narrow", "middle"], ["made"]),
    ]
    weights = {
        "in": random.normal(size=(WIDTH, 3, 3, 3)) / 5,
        "on": random.normal(size=(WIDTH, WIDTH, 3, 3)) / (3 * WIDTH**0.5),
        "style": gain * random.normal(size=(length, 2 * WIDTH)),
        "out": random.normal(size=(3, WIDTH, 3, 3)) / 8,
        "grey": np.array(0.5),
        "half_span": np.array((1 - model.black) / 2),
        "middle": np.array((1 + model.black) / 2),
    }
    return _file(model, nodes, weights)


def _file(
    model: Published, nodes: Sequence[onnx.NodeProto], weights: Mapping[str, NDArray[np.float64]]
) -> bytes:
    """The nodes between `seen` and `made`, as a file with the tensors of `model`."""
    kind = TensorProto.FLOAT16 if model.half else TensorProto.FLOAT
    around = [
        helper.make_node("Cast", ["target"], ["seen"], to=TensorProto.FLOAT),
        helper.make_node("Cast", ["source"], ["who"], to=TensorProto.FLOAT),
        *nodes,
        helper.make_node("Cast", ["made"], [model.outputs[0]], to=kind),
    ]
    value, pixels = helper.make_tensor_value_info, [1, 3, model.size, model.size]
    who = [1, EMBEDDING]
    if model.identity == "portrait":
        who = [1, 3, model.portrait[0], model.portrait[0]]
    outputs = [value(model.outputs[0], kind, pixels)]
    for extra in model.outputs[1:]:
        around.append(helper.make_node("ReduceMax", ["seen"], ["most"], axes=[1]))
        around.append(helper.make_node("Cast", ["most"], [extra], to=kind))
        outputs.append(value(extra, kind, [1, 1, *pixels[2:]]))
    tensors = [numpy_helper.from_array(w.astype(np.float32), name) for name, w in weights.items()]
    if model.identity == "projected":
        numbers = matrix().astype(np.float16 if model.half else np.float32)
        tensors.insert(
            len(tensors) if model.matrix_last else 1, numpy_helper.from_array(numbers, "buff2fs")
        )
    return _saved(
        around, [value("target", kind, pixels), value("source", kind, who)], outputs, tensors
    )


def embedder(
    *,
    input_name: str = "input",
    length: int = EMBEDDING,
    batch: int | str = "n",
    seed: int = 1,
) -> bytes:
    """An ArcFace: vectors some 20 long that follow the coarse look of a crop of 112 px."""
    random = np.random.default_rng(seed)
    nodes = [
        helper.make_node(
            "AveragePool", [input_name], ["coarse"], kernel_shape=[16, 16], strides=[16, 16]
        ),
        helper.make_node("Flatten", ["coarse"], ["flat"]),
        helper.make_node("Gemm", ["flat", "weight"], ["embedding"]),
    ]
    weight = (3 * random.normal(size=(147, length)) / 147**0.5).astype(np.float32)
    value = helper.make_tensor_value_info
    return _saved(
        nodes,
        [value(input_name, TensorProto.FLOAT, [batch, 3, 112, 112])],
        [value("embedding", TensorProto.FLOAT, [batch, length])],
        [numpy_helper.from_array(weight, "weight")],
    )


def conversion(seed: int) -> NDArray[np.float32]:
    """The matrix that a converter's double multiplies embeddings with."""
    random = np.random.default_rng(seed)
    return (random.normal(size=(EMBEDDING, EMBEDDING)) / EMBEDDING**0.5).astype(np.float32)


def converter(seed: int) -> bytes:
    """A converter from one embedder's space into another's."""
    value = helper.make_tensor_value_info
    return _saved(
        [helper.make_node("Gemm", ["input", "weight"], ["output"])],
        [value("input", TensorProto.FLOAT, ["n", EMBEDDING])],
        [value("output", TensorProto.FLOAT, ["n", EMBEDDING])],
        [numpy_helper.from_array(conversion(seed), "weight")],
    )


def dfm(side: int = 224, *, morphs: bool = False, masks: float = 1.0) -> bytes:
    """A face of DeepFaceLab: gives back the picture, brighter the more it is morphed."""
    value, kind = helper.make_tensor_value_info, TensorProto.FLOAT
    pixels, area = ["batch", side, side, 3], ["batch", side, side, 1]
    inputs = [value("in_face:0", kind, pixels)]
    nodes = []
    made = "in_face:0"
    if morphs:
        inputs.append(value("morph_value:0", kind, [1]))
        nodes.append(helper.make_node("Mul", ["morph_value:0", "bright"], ["more"]))
        nodes.append(helper.make_node("Add", ["in_face:0", "more"], ["brighter"]))
        made = "brighter"
    across = np.abs(np.linspace(-1, 1, side))
    disc = (np.hypot(*np.meshgrid(across, across)) < 0.8) * masks
    tensors = {
        "bright": np.array([0.2]),
        "disc": disc.reshape(1, side, side, 1),
        "nothing": np.zeros(()),
    }
    nodes += [
        helper.make_node("ReduceMax", ["in_face:0"], ["any"], axes=[3]),
        helper.make_node("Mul", ["any", "nothing"], ["none"]),
        helper.make_node("Add", ["none", "disc"], ["out_face_mask:0"]),
        helper.make_node("Identity", [made], ["out_celeb_face:0"]),
        helper.make_node("Identity", ["out_face_mask:0"], ["out_celeb_face_mask:0"]),
    ]
    return _saved(
        nodes,
        inputs,
        [
            value("out_face_mask:0", kind, area),
            value("out_celeb_face:0", kind, pixels),
            value("out_celeb_face_mask:0", kind, area),
        ],
        [numpy_helper.from_array(w.astype(np.float32), name) for name, w in tensors.items()],
    )


def _saved(
    nodes: Sequence[onnx.NodeProto],
    inputs: Sequence[onnx.ValueInfoProto],
    outputs: Sequence[onnx.ValueInfoProto],
    tensors: Sequence[onnx.TensorProto],
) -> bytes:
    graph = helper.make_graph(nodes, "double", inputs, outputs, initializer=tensors)
    model = helper.make_model(graph, ir_version=7, opset_imports=[helper.make_opsetid("", 12)])
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())
