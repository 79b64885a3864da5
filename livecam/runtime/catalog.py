"""The models livecam knows, and where their files are."""

import difflib
import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import platformdirs

from livecam.errors import ModelError
from livecam.runtime.download import Progress
from livecam.runtime.licences import Licences
from livecam.runtime.local_file import recognise
from livecam.runtime.manifest import Manifest, load_manifest
from livecam.runtime.session import open_session
from livecam.runtime.speed import Speed, measure
from livecam.runtime.store import Condition, Store

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Entry:
    """A model as `livecam models list` shows it."""

    manifest: Manifest
    path: Path
    """Where its weights lie, or would."""
    installed: bool
    allowed: bool
    """Whether its licence allows everything, or was accepted."""
    speed: Speed | None
    """On this machine; None until it was measured."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What `livecam models verify` found."""

    name: str
    path: Path
    condition: Condition


class Catalog:
    """The models that livecam brings manifests of, those the user added, and the store of both.

    Args:
        folder: Holds the manifests and livecam's own graphs; None takes those that livecam
            brings along.
        store: Holds fetched weights, and what the user added; None takes `models_folder()`.
        licences: The record of accepted licences; None takes the one in the user's data directory.
    """

    def __init__(
        self,
        folder: Path | None = None,
        *,
        store: Path | None = None,
        licences: Path | None = None,
    ) -> None:
        self.folder = folder or _own_folder()
        self.store = Store(store or models_folder())
        self.licences = Licences(licences)

    @cached_property
    def _manifests(self) -> dict[str, Manifest]:
        own = {path.stem: load_manifest(path) for path in self.folder.glob("*.toml")}
        added = {}
        for path in self.store.manifests():
            if path.stem in own:
                _log.warning("%s is not used: livecam has a model '%s' itself.", path, path.stem)
                continue
            try:
                added[path.stem] = load_manifest(path)
            except ModelError as error:  # no reason to do without all the others
                _log.warning("%s", error.in_one_line)
        return dict(sorted((own | added).items()))

    def manifests(self) -> list[Manifest]:
        """Every model, by name.

        Raises:
            ModelError: A manifest of livecam's own is not valid, or the store cannot be read.
        """
        return list(self._manifests.values())

    def manifest(self, name: str) -> Manifest:
        """The model called `name`.

        Raises:
            ModelError: There is none, or a manifest of livecam's own is not valid.
        """
        if name not in self._manifests:
            near = difflib.get_close_matches(name, self._manifests, n=1)
            raise ModelError(
                f"There is no model '{name}'.",
                hint=f"Did you mean {near[0]}?"
                if near
                else "Choose one that `livecam models list` names.",
            )
        return self._manifests[name]

    def with_needs(self, name: str) -> list[str]:
        """The model called `name`, and all that it does not work without.

        Raises:
            ModelError: There is no such model, or a manifest is not valid.
        """
        further = (one for need in self.manifest(name).needs for one in self.with_needs(need))
        return [name, *dict.fromkeys(further)]

    def path(self, name: str, *, progress: Progress | None = None) -> Path:
        """The .onnx file to load; on first use fetched, verified and made ready.

        Args:
            name: Of the model.
            progress: Told what is fetched, the bytes that are here and those there will be.

        Raises:
            ModelError: There is no such model, its licence was not accepted, or its file cannot
                be had.
        """
        manifest = self._allowed(name)
        if manifest.weights.builtin:
            return self._builtin(manifest)
        ready = self.store.ready(manifest)
        return ready or self.store.install(manifest, progress=progress or _silent)

    def accept(self, name: str) -> None:
        """Records that the user accepts the licence of a model, which bars commercial use.

        Raises:
            ModelError: There is no such model, or the record cannot be written.
        """
        manifest = self.manifest(name)
        if not self.licences.allow(manifest):
            self.licences.accept(manifest)

    def pull(self, names: Sequence[str], *, progress: Progress | None = None) -> list[Path]:
        """The files to load, fetched where they are absent or damaged.

        Args:
            names: Of the models.
            progress: As for `path`.

        Raises:
            ModelError: There is no such model, a licence was not accepted, or a file cannot be
                had.
        """
        for manifest in [self._allowed(name) for name in names]:
            if not manifest.weights.builtin and self.store.condition(manifest) != "sound":
                self.store.install(manifest, progress=progress or _silent, afresh=True)
        return [self.path(name) for name in names]

    def add(self, file: Path) -> Manifest:
        """Puts a copy of a file of the user's into the store.

        Args:
            file: The weights of a known model, a face of DeepFaceLab (.dfm), or a manifest (.toml)
                with its weights beside it.

        Returns:
            The model it is.

        Raises:
            ModelError: The file is none of these, or the store cannot be written.
        """
        found = recognise(file, self.manifests())
        name = found.manifest.name
        if found.text and name in self._manifests and not self.store.manifest(name).is_file():
            raise ModelError(
                f"{file} cannot be added as '{name}': livecam has a model of that name itself.",
                hint="Rename the file, and the model in its manifest if it has one.",
            )
        self.store.put(found.manifest, found.weights, text=found.text)
        self._manifests[name] = found.manifest
        return found.manifest

    def remove(self, name: str) -> None:
        """Removes the files of a model from the store; one that the user added is forgotten.

        Raises:
            ModelError: There is no such model, livecam brings it along, or the store cannot be
                written.
        """
        manifest = self.manifest(name)
        if manifest.weights.builtin:
            raise ModelError(
                f"The model '{name}' is part of livecam and takes no room of its own.",
                hint="Remove another one; `livecam models list` says what is here.",
            )
        self.store.remove(manifest)
        del self._manifests[name]
        if (self.folder / f"{name}.toml").is_file():
            self._manifests[name] = manifest

    def bench(self, name: str) -> Speed:
        """How long a run of the model takes on this machine; remembered for `entries`.

        Raises:
            ModelError: The model cannot be had or run, or the store cannot be written.
        """
        manifest = self.manifest(name)
        speed = measure(open_session(self.path(name), name=name), manifest)
        self.store.note(manifest, speed)
        return speed

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
            ModelError: A manifest of livecam's own is not valid, or the store cannot be read.
        """
        return [self._entry(manifest) for manifest in self.manifests()]

    def _chosen(self, names: Sequence[str]) -> list[Manifest]:
        return [self.manifest(name) for name in names] or self.manifests()

    def _allowed(self, name: str) -> Manifest:
        manifest = self.manifest(name)
        if not self.licences.allow(manifest):
            raise ModelError(
                f"The weights of '{name}' are not cleared for commercial use (licence: "
                f"{manifest.weights.license}), which has to be accepted once.",
                hint=f"Run `livecam models pull {name} --accept-license`.",
            )
        return manifest

    def _entry(self, manifest: Manifest) -> Entry:
        builtin, store = manifest.weights.builtin, self.store
        path = self.folder / builtin if builtin else store.weights(manifest)
        return Entry(
            manifest,
            path,
            installed=path.is_file() if builtin else store.holds(manifest),
            allowed=self.licences.allow(manifest),
            speed=store.speed(manifest, path if builtin else store.ready(manifest)),
        )

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
