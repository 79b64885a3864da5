"""What models made of the pictures of a face, kept beside them so that it is made but once.

    <landmarker>.<key>.npz   `best`: which picture shows the face best; its `mesh` and `landmarks`
    <embedder>.<key>.npy     the mean of the embeddings of all pictures

A key changes with the models and with the pictures, so that what is kept is what these models would
make of these pictures again.
"""

import hashlib
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from pydantic import TypeAdapter

from livecam.face import Embedding, Identity, Mesh, Points
from livecam.faces.record import KeptPhoto
from livecam.private import write_private
from livecam.runtime.catalog import Catalog
from livecam.runtime.manifest import Manifest

_log = logging.getLogger(__name__)

_MANIFEST = TypeAdapter(Manifest)
_POINTS, _FIVE = (468, 3), (5, 2)


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A face as certain models see it."""

    best: int
    """Place of the picture that shows the face best."""
    mesh: Mesh | None
    """px of that picture."""
    landmarks: Points
    """float32 (5, 2), px of that picture."""
    embeddings: Mapping[str, Embedding]
    """By embedder."""


class Views:
    """The views that one landmarker and some embedders have of a face.

    Args:
        photos: The pictures of it.
        landmarker: Name of the landmarker.
        embedders: Names of the embedders.

    Raises:
        ModelError: There is no such model, or it is not here.
    """

    def __init__(
        self, photos: Sequence[KeptPhoto], landmarker: str, embedders: Iterable[str]
    ) -> None:
        catalog = Catalog()
        shown = [f"{photo.sha256} {photo.landmarks}" for photo in photos]
        key = _digest(_recipe(landmarker, catalog), *shown)
        self._points = f"{landmarker}.{key}.npz"
        self._embeddings = {
            name: f"{name}.{_digest(key, _recipe(name, catalog))}.npy" for name in embedders
        }

    def read(self, folder: Path) -> View | None:
        """What is kept of the face in `folder`; None where any of it is missing or damaged."""
        try:
            points = _loaded(folder / self._points)
            mesh = _checked(points["mesh"], _POINTS) if "mesh" in points else None
            landmarks, best = _checked(points["landmarks"], _FIVE), int(points["best"])
            embeddings = {
                name: _checked(_loaded(folder / file), (None,))
                for name, file in self._embeddings.items()
            }
        except (OSError, ValueError, TypeError, LookupError, EOFError, BadZipFile) as error:
            _log.debug("No view is kept in %s: %s", folder, error)
            return None
        return View(best, mesh, landmarks, embeddings)

    def keep(self, folder: Path, identity: Identity, best: int) -> None:
        """Keeps what was made; what other versions of the same models made is removed.

        Args:
            folder: Of the face.
            identity: As these models see it.
            best: Which picture that shows.

        Raises:
            OSError: It cannot be written.
        """
        assert identity.landmarks is not None
        points = {"landmarks": identity.landmarks, "best": np.array(best)}
        if identity.mesh is not None:
            points["mesh"] = identity.mesh
        content = BytesIO()
        np.savez(content, allow_pickle=False, **points)
        _write(folder / self._points, content)
        for name, file in self._embeddings.items():
            content = BytesIO()
            np.save(content, identity.embeddings[name], allow_pickle=False)
            _write(folder / file, content)


def embedders_kept(folder: Path) -> list[str]:
    """Names of the embedders whose view of the face is kept in `folder`."""
    return sorted(file.name.split(".")[0] for file in folder.glob("*.npy"))


def _write(file: Path, content: BytesIO) -> None:
    write_private(file, content.getvalue())
    for old in file.parent.glob(f"{file.name.split('.')[0]}.*{file.suffix}"):
        if old != file:
            old.unlink(missing_ok=True)


def _loaded(file: Path) -> Any:
    # From memory: what NumPy opens by name it leaves open where it is damaged.
    return np.load(BytesIO(file.read_bytes()), allow_pickle=False)


def _checked(array: Any, shape: tuple[int | None, ...]) -> Any:
    if not isinstance(array, np.ndarray):
        raise ValueError(f"{type(array).__name__}, not an array")
    fits = len(array.shape) == len(shape) and all(
        side in {None, extent} for side, extent in zip(shape, array.shape, strict=True)
    )
    if not fits or array.dtype != np.float32 or not np.isfinite(array).all():
        raise ValueError(f"an array of {array.dtype} {array.shape}, not float32 {shape}")
    return array


def _recipe(name: str, catalog: Catalog) -> str:
    """What the model `name` is: its manifest, its file, and the models it is made of."""
    manifest = catalog.manifest(name)
    return _digest(
        _MANIFEST.dump_json(manifest).decode(),
        catalog.path(name).name,
        *(_recipe(need, catalog) for need in manifest.needs),
    )


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
