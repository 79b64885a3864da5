"""ONNX graphs drafted node by node, and what a colour is once it has been through a picture."""

from collections.abc import Sequence
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import ArrayLike, NDArray
from onnx import TensorProto, helper, numpy_helper

from livecam.picture import Picture
from livecam.runtime.graph import make_ready
from livecam.runtime.manifest import Manifest
from livecam.runtime.session import Session, open_session

Colour = tuple[int, int, int]
Numbers = float | tuple[float, float, float]
Dims = Sequence[int | str]


class Draft:
    """A graph in the making."""

    def __init__(self) -> None:
        self._nodes: list[onnx.NodeProto] = []
        self._weights: list[onnx.TensorProto] = []
        self._names = count()

    def constant(self, value: ArrayLike, dtype: Any = np.float32) -> str:
        name = f"constant_{next(self._names)}"
        self._weights.append(numpy_helper.from_array(np.asarray(value, dtype), name))
        return name

    def node(self, op: str, *inputs: str, name: str | None = None, **attributes: Any) -> str:
        output = name or f"value_{next(self._names)}"
        self._nodes.append(helper.make_node(op, inputs, [output], **attributes))
        return output

    def shaped(self, value: str, dims: Sequence[int], name: str | None = None) -> str:
        return self.node("Reshape", value, self.constant(dims, np.int64), name=name)

    def levels_off(
        self, image: str, colour: Colour, mean: Numbers, std: Numbers, channels: str
    ) -> str:
        """How far each pixel of NCHW `image` is from `colour`: the sum over channels, of 0–255."""
        sample = np.array(colour[::-1] if channels == "bgr" else colour, np.float64)
        wanted = ((sample - np.asarray(mean)) / np.asarray(std)).reshape(1, 3, 1, 1)
        apart = self.node("Abs", self.node("Sub", image, self.constant(wanted)))
        scale = np.broadcast_to(np.asarray(std, np.float32), (3,)).reshape(1, 3, 1, 1)
        levels = self.node("Mul", apart, self.constant(scale))
        return self.node("ReduceSum", levels, self.constant([1], np.int64), keepdims=1)

    def likeness(self, levels: str, tolerance: float) -> str:
        """1 where nothing is off, 0 from `tolerance` levels on."""
        off = self.node("Mul", levels, self.constant(1 / tolerance))
        return self.node("Relu", self.node("Sub", self.constant(1.0), off))

    def session(
        self, manifest: Manifest, dims: Dims, outputs: Sequence[str], folder: Path, name: str
    ) -> Session:
        """The graph made ready as published files are, with one input called `name`."""
        graph = helper.make_graph(
            self._nodes,
            manifest.name,
            [helper.make_tensor_value_info(name, TensorProto.FLOAT, dims)],
            [helper.make_tensor_value_info(o, TensorProto.FLOAT, None) for o in outputs],
            self._weights,
        )
        model = helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", 17)])
        published = folder / f"{manifest.name}.onnx"
        onnx.save(model, published)
        ready = make_ready(published, manifest.input, folder / f"ready_{manifest.name}.onnx")
        return open_session(ready, providers=["cpu"])


@cache
def seen(colour: Colour) -> Colour:
    """What `colour` reads once a picture holds it in YUV."""
    flat = Picture.from_rgb(np.full((32, 32, 3), colour, np.uint8)).to_rgb()
    red, green, blue = flat[16, 16].tolist()
    return red, green, blue


def rotation(degrees: float) -> NDArray[np.float64]:
    """Turns (x, y) clockwise, as y points down."""
    cosine, sine = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.array([[cosine, -sine], [sine, cosine]])
