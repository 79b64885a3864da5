"""A swapper that has to be fetched, from a server of the test's own."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from servers import WebServer, web_server

from livecam.runtime.catalog import models_folder

MODELS = Path(__file__).parent.parent / "models"
NAME = "mesh_from_afar"
"""Swaps as `mesh` does."""


@contextmanager
def offered(store: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WebServer]:
    """Makes `store` the store of models, with those of this machine in it and `NAME` on a server.

    The server falls silent half-way until its `stalled` is emptied.
    """
    with web_server() as web:
        _offer(web, store, monkeypatch)
        yield web


def _offer(web: WebServer, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store.mkdir()
    for folder in models_folder().glob("*"):
        if folder.is_dir():
            (store / folder.name).symlink_to(folder)
    monkeypatch.setenv("LIVECAM_MODELS", str(store))
    content = (MODELS / "mesh.onnx").read_bytes()
    web.files["/far.onnx"], web.stalled = content, {"/far.onnx"}
    web.ranges["/far.onnx"] = "honest"
    (store / f"{NAME}.toml").write_text(
        f'name = "{NAME}"\ntask = "swapper"\nfamily = "mesh"\n[weights]\nfile = "far.onnx"\n'
        f'sha256 = "{hashlib.sha256(content).hexdigest()}"\nsize = {len(content)}\n'
        f'sources = [{{ url = "{web.url("/far.onnx")}" }}]\nlicense = "MIT"\ncommercial = true\n'
    )


def was_called_off(store: Path) -> bool:
    """Whether it is not there, and nobody waited for the rest of it."""
    size = (MODELS / "mesh.onnx").stat().st_size
    parts = [part.stat().st_size for part in store.glob(".part-*")]
    return not (store / NAME).exists() and len(parts) == 1 and parts[0] < size
