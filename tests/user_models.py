"""A folder of models with stand-ins in it, added as a user adds a model."""

import hashlib
from pathlib import Path

import pytest

from livecam.runtime.catalog import Catalog, models_folder

MANIFESTS = Path(__file__).parents[1] / "models"


def add_stand_ins(folder: Path, monkeypatch: pytest.MonkeyPatch, **graphs: bytes) -> None:
    """Makes `folder` the store of models, with those that are installed here and `graphs`.

    Args:
        folder: Empty.
        monkeypatch: Points livecam to it until the end of the test.
        graphs: By the name of the model whose manifest describes them; added as `my_` and that.
    """
    for file in models_folder().glob("*"):
        if file.is_dir():
            (folder / file.name).symlink_to(file)
    monkeypatch.setenv("LIVECAM_MODELS", str(folder))
    for name, graph in graphs.items():
        text = (MANIFESTS / f"{name}.toml").read_text("utf-8")
        head, _, tail = text.partition("[weights]")
        described = tail[tail.index("[input]") :]
        sha256 = hashlib.sha256(graph).hexdigest()
        weights = (
            f'[weights]\nfile = "my_{name}.onnx"\nsha256 = "{sha256}"\nsize = {len(graph)}\n'
            'sources = []\nlicense = "MIT"\ncommercial = true\n\n'
        )
        beside = folder.parent / f"given_{name}"
        beside.mkdir()
        manifest = beside / f"my_{name}.toml"
        manifest.write_text(head.replace(f'"{name}"', f'"my_{name}"') + weights + described)
        (beside / f"my_{name}.onnx").write_bytes(graph)
        Catalog().add(manifest)
