"""XSeg at its real size, with weights drawn by lot: what it costs. It sees nothing in front.

The U-Net of DeepFaceLab as its publishers describe it: five halvings, 32 to 256 channels, a dense
bottleneck, and some 17.6 million weights, which make the published 70 MB. `width` thins it out.
"""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

_SIDE = 256


def xseg_sized(width: int = 32) -> bytes:
    """The graph, as a file; NHWC in, NHWC out, like the published one."""
    graph = _Graph()
    value = graph.add("Transpose", ["input"], perm=[0, 3, 1, 2])
    depths, kept, channels = [1, 2, 4, 8, 8, 8], [], 3
    for level, depth in enumerate(depths):
        for _ in range(2 if level < 3 else 3):
            value, channels = graph.block(value, channels, depth * width), depth * width
        kept.append(value)
        value = graph.add("AveragePool", [value], kernel_shape=[2, 2], strides=[2, 2])
    side = _SIDE >> len(depths)
    value = graph.add("Flatten", [value])
    value = graph.dense(value, side * side * channels, 16 * width)
    value = graph.dense(value, 16 * width, side * side * channels)
    value = graph.add("Reshape", [value, graph.weight(np.int64([-1, channels, side, side]))])
    for level, depth in reversed(list(enumerate(depths))):
        value = graph.add(
            "Resize",
            [value, "", graph.weight(np.float32([1, 1, 2, 2]))],
            mode="nearest",
            nearest_mode="floor",
            coordinate_transformation_mode="asymmetric",
        )
        value = graph.block(value, channels, depth * width // 2)
        value = graph.add("Concat", [value, kept[level]], axis=1)
        channels = depth * width // 2 + depth * width
        for _ in range(2 if level < 3 else 3):
            value, channels = graph.block(value, channels, depth * width), depth * width
    value = graph.conv(value, channels, 1)
    value = graph.add("Clip", [value, graph.weight(np.float32(4)), graph.weight(np.float32(9))])
    value = graph.add("Sigmoid", [value])
    graph.add("Transpose", [value], perm=[0, 2, 3, 1], output="output")
    return graph.saved()


class _Graph:
    def __init__(self) -> None:
        self._nodes: list[onnx.NodeProto] = []
        self._weights: list[onnx.TensorProto] = []
        self._random = np.random.default_rng(0)

    def add(self, kind: str, inputs: list[str], *, output: str = "", **details: object) -> str:
        name = output or f"v{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, inputs, [name], **details))
        return name

    def weight(self, values: np.ndarray) -> str:
        name = f"w{len(self._weights)}"
        self._weights.append(numpy_helper.from_array(values, name))
        return name

    def conv(self, value: str, channels: int, wanted: int) -> str:
        drawn = self._random.normal(size=(wanted, channels, 3, 3)) / (9 * channels) ** 0.5
        return self.add(
            "Conv", [value, self.weight(np.float32(drawn))], kernel_shape=[3, 3], pads=[1] * 4
        )

    def block(self, value: str, channels: int, wanted: int) -> str:
        return self.add("Relu", [self.conv(value, channels, wanted)])

    def dense(self, value: str, length: int, wanted: int) -> str:
        drawn = self._random.normal(size=(length, wanted)) / length**0.5
        return self.add("MatMul", [value, self.weight(np.float32(drawn))])

    def saved(self) -> bytes:
        described = helper.make_tensor_value_info
        graph = helper.make_graph(
            self._nodes,
            "xseg",
            [described("input", TensorProto.FLOAT, ["N", _SIDE, _SIDE, 3])],
            [described("output", TensorProto.FLOAT, ["N", _SIDE, _SIDE, 1])],
            self._weights,
        )
        model = helper.make_model(graph, ir_version=7, opset_imports=[helper.make_opsetid("", 13)])
        return bytes(model.SerializeToString())
