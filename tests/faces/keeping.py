"""What the tests of kept faces share: the models that look at them, one embedder with made-up
weights among them, and faces that are kept."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from livecam.consent import Agreement, Said
from livecam.faces import FaceStore, NamedFace
from livecam.load import Models, load_models, with_embedder_at_hand
from livecam.runtime.catalog import Catalog, models_folder
from livecam.settings import ModelOptions, Settings

MANIFEST = """
name = "{name}"
task = "embedder"
family = "arcface"

[weights]
file = "{name}.onnx"
sources = []
license = "CC0-1.0"
commercial = true

[input]
name = "input0"
size = [112, 112]
mean = [127.5, 127.5, 127.5]
std = [127.5, 127.5, 127.5]
template = "arcface_112_v2"

[head]
"""


def default_models(folder: Path) -> Path:
    """A folder in which others can be put beside the default models."""
    for name in ("centerface", "facemesh"):
        Catalog().path(name)
        (folder / name).symlink_to(models_folder() / name)
    return folder


def add_embedder(folder: Path, name: str = "madeup", *, seed: int = 1) -> None:
    """Adds an embedder of MobileFaceNet's shape, 112×112 RGB to 128, with weights of `seed`."""
    weights = np.random.default_rng(seed).normal(0, 1, (192, 128)).astype(np.float32)
    graph = helper.make_graph(
        [
            helper.make_node(
                "AveragePool", ["input0"], ["p"], kernel_shape=[14, 14], strides=[14, 14]
            ),
            helper.make_node("Flatten", ["p"], ["f"]),
            helper.make_node("MatMul", ["f", "w"], ["output0"]),
        ],
        name,
        [helper.make_tensor_value_info("input0", TensorProto.FLOAT, [1, 3, 112, 112])],
        [helper.make_tensor_value_info("output0", TensorProto.FLOAT, [1, 128])],
        [numpy_helper.from_array(weights, "w")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    folder.mkdir(exist_ok=True)
    onnx.save(model, folder / f"{name}.onnx")
    (folder / f"{name}.toml").write_text(MANIFEST.format(name=name))
    Catalog().add(folder / f"{name}.toml")


def load(name: str = "mobilefacenet") -> tuple[Models, ModelOptions]:
    """The default models, with the embedder of a name if it is there."""
    settings = Settings(models=ModelOptions(embedder=name))
    return with_embedder_at_hand(_default(), settings), settings.models


@cache
def _default() -> Models:
    return load_models(Settings())


def keep(
    name: str,
    *photos: Path,
    store: FaceStore | None = None,
    embedder: str = "mobilefacenet",
    which: Sequence[int] = (),
    overwrite: bool = False,
) -> NamedFace:
    """Keeps a face, whose person agreed."""
    models, names = load(embedder)
    return (store or FaceStore()).add(
        name,
        photos,
        models,
        names,
        agree=lambda: Agreement.today(Said.PROGRAM),
        which=which,
        overwrite=overwrite,
    )
