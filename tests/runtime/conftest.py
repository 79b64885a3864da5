"""A web server on this machine, wheels built on the spot, and disks that refuse."""

import hashlib
import os
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from servers import WebServer, web_server

from livecam.runtime.catalog import Catalog


def _old_style_model() -> onnx.ModelProto:
    """x + weight, as exporters wrote it: the weight is listed as an input too, dims are fixed."""
    weight = numpy_helper.from_array(np.full((1,), 2, np.float32), "weight")
    value = helper.make_tensor_value_info
    graph = helper.make_graph(
        [
            helper.make_node("Add", ["x", "weight"], ["half"]),
            helper.make_node("Add", ["half", "weight"], ["y"]),
        ],
        "old",
        [value("x", TensorProto.FLOAT, [1, 4]), value("weight", TensorProto.FLOAT, [1])],
        [value("y", TensorProto.FLOAT, [1, 4])],
        initializer=[weight],
        value_info=[value("half", TensorProto.FLOAT, [1, 4])],
    )
    return helper.make_model(graph, ir_version=3, opset_imports=[helper.make_opsetid("", 9)])


WEIGHTS = _old_style_model().SerializeToString()


@pytest.fixture
def weights() -> bytes:
    """An .onnx file that is not ready to load: adds 4 to `x`."""
    return WEIGHTS


@pytest.fixture
def web() -> Iterator[WebServer]:
    with web_server() as server:
        yield server


@dataclass
class Bench:
    """A folder of manifests written by the test, and the store beside it."""

    manifests: Path
    store: Path

    def add(
        self,
        name: str,
        sources: str,
        *,
        content: bytes = WEIGHTS,
        more: str = "",
        file: str = "",
        terms: str = 'license = "MIT"\ncommercial = true',
    ) -> None:
        """Writes a manifest whose weights are `content`."""
        (self.manifests / f"{name}.toml").write_text(
            f'name = "{name}"\ntask = "detector"\nfamily = "any"\n'
            f'[weights]\nfile = "{file or name + ".onnx"}"\n{terms}\n'
            f'sha256 = "{hashlib.sha256(content).hexdigest()}"\nsize = {len(content)}\n'
            f"sources = [{sources}]\n{more}",
            encoding="utf-8",
        )

    @property
    def catalog(self) -> Catalog:
        return Catalog(self.manifests, store=self.store, licences=self.licences)

    @property
    def licences(self) -> Path:
        """The record of what was accepted."""
        return self.manifests.with_name("licences.json")

    @property
    def part(self) -> Path | None:
        """What came of a file that is not complete."""
        return next(self.store.glob(".part-*"), None)

    def kept(self) -> dict[str, bytes]:
        """What the store holds, but for its lock: path → content."""
        files = (path for path in self.store.rglob("*") if path.is_file())
        return {
            path.relative_to(self.store).as_posix(): path.read_bytes()
            for path in files
            if path.name != ".lock"
        }


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    manifests = tmp_path / "manifests"
    manifests.mkdir()
    return Bench(manifests, tmp_path / "store")


@dataclass
class PackageIndex:
    """A folder of wheels that pip takes for the only package index there is."""

    folder: Path

    def add(
        self,
        *,
        member: str = "tiny/tiny.onnx",
        content: bytes = WEIGHTS,
        tags: str = "py3-none-any",
        padding: int = 0,
    ) -> str:
        """Builds the wheel of `tiny` 1.0; returns its SHA-256."""
        wheel = self.folder / f"tiny-1.0-{tags}.whl"
        about = "tiny-1.0.dist-info"
        with zipfile.ZipFile(wheel, "w") as archive:
            archive.writestr(member, content)
            archive.writestr("tiny/padding", bytes(padding))
            archive.writestr(
                f"{about}/METADATA",
                "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\nRequires-Dist: not-there\n",
            )
            archive.writestr(f"{about}/WHEEL", f"Wheel-Version: 1.0\nTag: {tags}\n")
            archive.writestr(f"{about}/RECORD", "")
        return hashlib.sha256(wheel.read_bytes()).hexdigest()


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PackageIndex:
    folder = tmp_path / "wheels"
    folder.mkdir()
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return PackageIndex(folder)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Mounts a file system with the given options at a new folder."""
    mounted = set()

    def mount(options: str) -> Path:
        place = tmp_path / "disk"
        place.mkdir(exist_ok=True)
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)]
        if os.name != "posix" or os.geteuid() != 0:
            pytest.skip("only root may mount a disk that is too small")
        if subprocess.run(command, capture_output=True, check=False).returncode:
            pytest.skip("this machine does not let a test mount a disk")
        mounted.add(place)
        return place

    yield mount
    for place in mounted:
        subprocess.run(["umount", str(place)], check=True)
