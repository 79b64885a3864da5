"""ONNX files made for the tests: small ones, huge ones that hold nothing, wicked ones."""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET = [helper.make_opsetid("", 13)]


def value(name: str, *dims: int | str) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, dims)


def model(
    *nodes: onnx.NodeProto,
    inputs: tuple[onnx.ValueInfoProto, ...],
    outputs: tuple[onnx.ValueInfoProto, ...],
    weights: tuple[onnx.TensorProto, ...] = (),
) -> onnx.ModelProto:
    graph = helper.make_graph(list(nodes), "made", inputs, outputs, initializer=weights)
    return helper.make_model(graph, ir_version=8, opset_imports=OPSET)


def adding(weight: onnx.TensorProto) -> onnx.ModelProto:
    """x + weight"""
    return model(
        helper.make_node("Add", ["x", weight.name], ["y"]),
        inputs=(value("x", 1, 4),),
        outputs=(value("y", 1, 4),),
        weights=(weight,),
    )


def ones(name: str = "weight") -> onnx.TensorProto:
    return numpy_helper.from_array(np.ones(4, np.float32), name)


def elsewhere(location: str) -> onnx.TensorProto:
    """Four numbers that are to be read from another file."""
    tensor = TensorProto(name="weight", data_type=TensorProto.FLOAT, dims=[4])
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value=location)
    return tensor


def face(side: int = 64, *, morph: bool = False, outputs: int = 3) -> bytes:
    """A face as DeepFaceLab exports it, by names and shapes; it gives back what it is given."""
    seen = value("in_face:0", "batch", side, side, 3)
    inputs = (seen, value("morph_value:0", 1)) if morph else (seen,)
    mask = helper.make_node("ReduceMean", ["in_face:0"], ["mask"], axes=[3], keepdims=1)
    wide = helper.make_node("Mul", ["mask", "morph_value:0" if morph else "one"], ["worn"])
    shapes = {"out_face_mask:0": 1, "out_celeb_face:0": 3, "out_celeb_face_mask:0": 1}
    sources = dict(zip(shapes, ("worn", "in_face:0", "worn"), strict=True))
    made = list(shapes)[:outputs]
    return model(
        mask,
        wide,
        *(helper.make_node("Identity", [sources[name]], [name]) for name in made),
        inputs=inputs,
        outputs=tuple(value(name, "batch", side, side, shapes[name]) for name in made),
        weights=(numpy_helper.from_array(np.ones(1, np.float32), "one"),),
    ).SerializeToString()


def write_huge(path: Path, megabytes: int, *, listed: bool) -> None:
    """A graph whose weights, all zero, are nothing but a hole in the file.

    Args:
        path: File to write.
        megabytes: How large.
        listed: Whether the weights stand among the inputs, too.
    """
    count = megabytes << 18
    weight = TensorProto(name="weight", data_type=TensorProto.FLOAT, dims=[count])
    inputs = (value("x", 1), value("weight", count)) if listed else (value("x", 1),)
    whole = model(
        helper.make_node("ReduceSum", ["weight"], ["sum"], keepdims=0),
        helper.make_node("Add", ["x", "sum"], ["y"]),
        inputs=inputs,
        outputs=(value("y", 1),),
    )
    graph = whole.graph.SerializeToString()
    whole.ClearField("graph")
    # Fields 7, 5 and 9: the graph of a model, the weights of a graph, the bytes of weights.
    inner = weight.SerializeToString() + _begin(9, 4 * count)
    weights = _begin(5, len(inner) + 4 * count) + inner
    begun = _begin(7, len(graph) + len(weights) + 4 * count) + graph + weights
    with path.open("wb") as file:
        file.write(whole.SerializeToString() + begun)
        file.truncate(file.tell() + 4 * count)


def _begin(number: int, length: int) -> bytes:
    """The start of a field of `length` bytes."""
    written = [number << 3 | 2]
    while length > 0x7F:
        written.append(length & 0x7F | 0x80)
        length >>= 7
    return bytes([*written, length])
