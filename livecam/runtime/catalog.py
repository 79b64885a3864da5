"""The models livecam knows, and where their files are."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import platformdirs

from livecam.errors import ModelError
from livecam.runtime.download import Progress
from livecam.runtime.manifest import Manifest, load_manifest
from livecam.runtime.store import Condition, Store


@dataclass(frozen=True, slots=True)
class Entry:
    """A model as `livecam models list` shows it."""

    manifest: Manifest
    path: Path
    """Where its weights lie, or would."""
    installed: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """What `livecam models verify` found."""

    name: str
    path: Path
    condition: Condition


class Catalog:
    """The manifests of one folder, and the store their weights are kept in.

    Args:
        folder: Holds the manifests and livecam's own graphs; None takes those that livecam
            brings along.
        store: Holds fetched weights; None takes `models_folder()`.
    """

    def __init__(self, folder: Path | None = None, *, store: Path | None = None) -> None:
        self.folder = folder or _own_folder()
        self.store = Store(store or models_folder())

    @cached_property
    def _manifests(self) -> dict[str, Manifest]:
        manifests = map(load_manifest, sorted(self.folder.glob("*.toml")))
        return {manifest.name: manifest for manifest in manifests}

    def manifests(self) -> list[Manifest]:
        """Every model, by name.

        Raises:
            ModelError: A manifest is not valid.
        """
        return list(self._manifests.values())

    def manifest(self, name: str) -> Manifest:
        """The model called `name`.

        Raises:
            ModelError: There is none, or a manifest is not valid.
        """
        if name not in self._manifests:
            raise ModelError(
                f"There is no model '{name}'.",
                hint=f"Choose one of {', '.join(self._manifests) or 'none'}.",
            )
        return self._manifests[name]

    def path(self, name: str, *, progress: Progress | None = None) -> Path:
        """The .onnx file to load; on first use fetched, verified and made ready.

        Args:
            name: Of the model.
            progress: Told what is fetched, the bytes that are here and those there will be.

        Raises:
            ModelError: There is no such model, or its file cannot be had.
        """
        manifest = self.manifest(name)
        if manifest.weights.builtin:
            return self._builtin(manifest)
        ready = self.store.ready(manifest)
        return ready or self.store.install(manifest, progress=progress or _silent)

    def pull(self, names: Sequence[str] = (), *, progress: Progress | None = None) -> list[Path]:
        """The files to load, fetched where they are absent or damaged.

        Args:
            names: Of the models; none means all.
            progress: As for `path`.

        Raises:
            ModelError: There is no such model, or a file cannot be had.
        """
        chosen = self._chosen(names)
        for manifest in chosen:
            if not manifest.weights.builtin and self.store.condition(manifest) != "sound":
                self.store.install(manifest, progress=progress or _silent, afresh=True)
        return [self.path(manifest.name) for manifest in chosen]

    def verify(self, names: Sequence[str] = ()) -> list[Verdict]:
        """Whether the files are, by their hashes, what they should be.

        Args:
            names: Of the models; none means all.

        Raises:
            ModelError: There is no such model, or a file cannot be read.
        """
        return [
            Verdict(entry.manifest.name, entry.path, self._condition(entry))
            for entry in map(self._entry, self._chosen(names))
        ]

    def entries(self) -> list[Entry]:
        """Every model, and whether it is here.

        Raises:
            ModelError: A manifest is not valid, or the store cannot be read.
        """
        return [self._entry(manifest) for manifest in self.manifests()]

    def _chosen(self, names: Sequence[str]) -> list[Manifest]:
        return [self.manifest(name) for name in names] or self.manifests()

    def _entry(self, manifest: Manifest) -> Entry:
        builtin = manifest.weights.builtin
        if builtin:
            path = self.folder / builtin
            return Entry(manifest, path, installed=path.is_file())
        return Entry(manifest, self.store.weights(manifest), installed=self.store.holds(manifest))

    def _condition(self, entry: Entry) -> Condition:
        if entry.manifest.weights.builtin:
            return "sound" if entry.installed else "absent"
        return self.store.condition(entry.manifest)

    def _builtin(self, manifest: Manifest) -> Path:
        entry = self._entry(manifest)
        if not entry.installed:
            raise ModelError(
                f"{entry.path}, the graph of '{manifest.name}' that livecam brings along, is not "
                "there.",
                hint="Reinstall livecam.",
            )
        return entry.path


def models_folder() -> Path:
    """Where fetched weights are kept: `LIVECAM_MODELS`, else in the user's cache directory."""
    chosen = os.environ.get("LIVECAM_MODELS")
    return (
        Path(chosen).expanduser() if chosen else platformdirs.user_cache_path("livecam") / "models"
    )


def _own_folder() -> Path:
    """The manifests that came with livecam: inside an installed package, beside a checkout's."""
    package = Path(__file__).parents[1]
    inside = package / "models"
    return inside if inside.is_dir() else package.parent / "models"


def _silent(_what: str, _done: int, _total: int) -> None:
    """Progress that nobody watches."""
