"""Files on the user's disk: which model each of them is."""

import json
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import onnx

from livecam.errors import ModelError
from livecam.runtime.hashing import digest
from livecam.runtime.manifest import Manifest, load_manifest
from livecam.runtime.onnx_file import OnnxFile

_OUTPUTS = ("out_face_mask:0", "out_celeb_face:0", "out_celeb_face_mask:0")


@dataclass(frozen=True, slots=True)
class LocalModel:
    """A model whose weights lie in a file of the user's."""

    manifest: Manifest
    weights: Path
    text: str = ""
    """The manifest's own TOML, if it is the user's and not livecam's."""


def recognise(file: Path, known: Sequence[Manifest]) -> LocalModel:
    """The model that `file` is.

    Args:
        file: The weights of a known model, whatever their name, or of one whose hash nobody has
            told, by its name; a face of DeepFaceLab (.dfm); or a manifest (.toml) with the
            weights beside it.
        known: The models there are.

    Raises:
        ModelError: It cannot be read, or is none of these.
    """
    try:
        if file.suffix.lower() == ".toml":
            return _of_manifest(file)
        sha256 = digest(file)
    except OSError as error:
        raise ModelError(
            f"The file {file} cannot be read: {error.strerror or error}.", hint="Name another one."
        ) from error
    for manifest in known:
        if manifest.weights.sha256 == sha256:
            return LocalModel(manifest, file)
    if file.suffix.lower() == ".dfm":
        return _of_face(file, sha256)
    return LocalModel(_namesake(file, sha256, known), file)


def _of_manifest(file: Path) -> LocalModel:
    manifest = load_manifest(file)
    weights = file.with_name(manifest.weights.file)
    if not weights.is_file():
        raise ModelError(
            f"{weights.name}, the weights of '{manifest.name}', is not beside {file}.",
            hint=f"Put it into {file.parent}.",
        )
    return LocalModel(manifest, weights, file.read_text(encoding="utf-8"))


def _namesake(file: Path, sha256: str, known: Sequence[Manifest]) -> Manifest:
    """The model whose weights are called like `file`, if it does not tell their hash."""
    called = next((m for m in known if m.weights.file == file.name), None)
    if called and called.weights.sha256 is None and not called.weights.builtin:
        return called
    unlike = f"; '{called.name}' has others of that name" if called else ""
    raise ModelError(
        f"{file} is not the weights of any model livecam knows (its SHA-256 is {sha256}{unlike}).",
        hint="Write a manifest NAME.toml beside it, as models/README.md says, and run "
        "`livecam models add NAME.toml`.",
    )


def _of_face(file: Path, sha256: str) -> LocalModel:
    name = re.sub(r"[^a-z0-9]+", "_", file.stem.lower()).strip("_")
    if not name:
        raise ModelError(
            f"The name of {file} has no letter a–z and no digit to call the model by.",
            hint="Rename the file.",
        )
    side = _side_of_face(file)
    text = f"""\
name = {json.dumps(name)}
task = "swapper"
family = "dfm"

[weights]
file = {json.dumps(f"{name}.dfm")}
sha256 = "{sha256}"
size = {file.stat().st_size}
sources = []
license = "not stated"
commercial = false

[input]
name = "in_face:0"
size = [{side}, {side}]
std = [255.0, 255.0, 255.0]
channels = "bgr"
layout = "nhwc"
template = "dfl_whole_face"
"""
    return LocalModel(Manifest(**tomllib.loads(text)), file, text)


def _side_of_face(file: Path) -> int:
    """Width and height of the face that the file takes, px."""
    graph = OnnxFile(file).model.graph
    inner = {tensor.name for tensor in graph.initializer}
    inputs = {value.name: _dims(value) for value in graph.input if value.name not in inner}
    dims = inputs.pop("in_face:0", [])
    if len(dims) != 4 or dims[1] != dims[2] or not dims[1] or dims[3] != 3:
        problem = f"its inputs are {', '.join(value.name for value in graph.input)}"
    elif inputs.keys() - {"morph_value:0"}:
        problem = f"it also takes {', '.join(inputs.keys() - {'morph_value:0'})}"
    elif lacking := set(_OUTPUTS) - {value.name for value in graph.output}:
        problem = f"it does not give {', '.join(sorted(lacking))}"
    else:
        return dims[1]
    raise ModelError(
        f"{file} is not a face exported by DeepFaceLab: {problem}.",
        hint="Export it again there, as DFM.",
    )


def _dims(value: onnx.ValueInfoProto) -> list[int]:
    """Zero is a dim of any size."""
    return [dim.dim_value for dim in value.type.tensor_type.shape.dim]
