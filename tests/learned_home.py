"""A folder of manifests and a store of models in which doubles are installed as if they were real.

Each manifest is livecam's own but for the size and the hash of its weights.
"""

import hashlib
import re
import shutil
from pathlib import Path

import doubles
import pytest

from livecam.runtime.catalog import Catalog, models_folder

ROOT = Path(__file__).parent.parent
FACE = "somebody"
"""Name of a face of DeepFaceLab that is installed, too."""


def weights() -> dict[str, bytes]:
    """Doubles of the learned swappers and of what they need, by the model's name."""
    swappers = enumerate(doubles.SWAPPERS.items())
    made = {name: doubles.generator(model, seed) for seed, (name, model) in swappers}
    made |= {name: doubles.converter(seed) for seed, name in enumerate(doubles.CONVERTERS)}
    model = doubles.EMBEDDERS["arcface_w600k_r50"]
    return made | {"arcface_w600k_r50": doubles.embedder(input_name=model.input_name)}


def build(home: Path) -> Path:
    """Makes the folder `home`, with the models for finding faces that this machine has."""
    manifests, files = home / "manifests", home / "files"
    shutil.copytree(ROOT / "models", manifests)
    files.mkdir()
    for name, content in weights().items():
        path = manifests / f"{name}.toml"
        text = path.read_text(encoding="utf-8")
        text = re.sub(
            r'(?m)^sha256 = "\w+"$', f'sha256 = "{hashlib.sha256(content).hexdigest()}"', text
        )
        path.write_text(re.sub(r"(?m)^size = \d+$", f"size = {len(content)}", text), "utf-8")
        (files / re.findall(r'(?m)^file = "(.+)"$', text)[0]).write_bytes(content)
    (files / f"{FACE}.dfm").write_bytes(doubles.dfm(224, morphs=True))
    catalog = Catalog(manifests, store=home / "store", licences=home / "data/livecam/licences.json")
    for file in sorted(files.iterdir()):
        catalog.add(file)
    for name in [*weights(), FACE]:
        catalog.accept(name)
    for name in ("centerface", "facemesh"):
        Catalog().path(name)
        shutil.copytree(models_folder() / name, home / "store" / name)
    return home


def move_in(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes livecam take its models from `home`."""
    monkeypatch.setattr("livecam.runtime.catalog._own_folder", lambda: home / "manifests")
    monkeypatch.setenv("LIVECAM_MODELS", str(home / "store"))
    monkeypatch.setenv("XDG_DATA_HOME", str(home / "data"))
