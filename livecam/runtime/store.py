"""The folder on the user's disk where weights lie, shared by every livecam that runs.

    <folder>/.lock                          held while anything is written
    <folder>/.work-…/                       work in progress; swept up if a livecam was killed
    <folder>/.part-<SHA-256>                what came of a file so far; the next fetch continues it
    <folder>/<model>.toml                   the manifest of a model that the user added
    <folder>/<model>/<file>                 the weights as published, of the pinned SHA-256
    <folder>/<model>/<file>.sha256          their hash, where the manifest does not tell it
    <folder>/<model>/ready-<key>-<own>.onnx what sessions load: converted and cleaned once
    <folder>/<model>/speed.json             how fast that ran on this machine

`key` is made of the weights' hash and of all that shapes the ready file, `own` of its bytes.
"""

import errno
import hashlib
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from filelock import FileLock
from pydantic import TypeAdapter, ValidationError

from livecam.errors import ModelError
from livecam.runtime import graph
from livecam.runtime.calling_off import held
from livecam.runtime.download import Progress
from livecam.runtime.fetch import fetch
from livecam.runtime.hashing import copy, digest
from livecam.runtime.manifest import Manifest
from livecam.runtime.speed import Speed

Condition = Literal["sound", "damaged", "absent"]

_SPEED = TypeAdapter(Speed)
_PART_KEPT_S = 30 * 24 * 3600
"""What nobody has continued for so long is given up."""


class Store:
    """Weights on disk: what is there, whether it is sound, and how it gets there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def manifests(self) -> list[Path]:
        """Where the manifests of the models lie that the user added.

        Raises:
            ModelError: The folder cannot be read.
        """
        with _readable(self.folder):
            return list(self.folder.glob("*.toml"))

    def weights(self, manifest: Manifest) -> Path:
        """Where the weights lie as published, or would."""
        return self.folder / manifest.name / manifest.weights.file

    def ready(self, manifest: Manifest) -> Path | None:
        """The file to load, or None while it is not there.

        Raises:
            ModelError: The folder cannot be read.
        """
        with _readable(self.weights(manifest)) as weights:
            key = _key(manifest, self._pinned(manifest))
            return next(weights.parent.glob(f"ready-{key}-*.onnx"), None)

    def holds(self, manifest: Manifest) -> bool:
        """Whether the weights are there, sound or not.

        Raises:
            ModelError: The folder cannot be read.
        """
        with _readable(self.weights(manifest)) as weights:
            return weights.is_file()

    def condition(self, manifest: Manifest) -> Condition:
        """Whether the files are there and are, by their hashes, what they should be.

        Raises:
            ModelError: A file cannot be read.
        """
        if not self.holds(manifest):
            return "absent"
        ready = self.ready(manifest)
        with _readable(self.weights(manifest)):
            sound = self._is_pinned(manifest) and (
                ready is None or ready.stem.endswith(digest(ready)[:16])
            )
        return "sound" if sound else "damaged"

    def install(self, manifest: Manifest, *, progress: Progress, afresh: bool = False) -> Path:
        """The file to load, fetched and made ready where it is not yet.

        Args:
            manifest: Of the model.
            progress: Told what is fetched and how far it is.
            afresh: Whether a ready file is made again although there is one.

        Raises:
            ModelError: No source gave the pinned file, it cannot be made ready, or the folder
                cannot be written. What came of a file that broke off is kept, unless the disk is
                full; otherwise all is as it was.
        """
        with self._writing(
            manifest, waiting=lambda: progress(manifest.weights.file, 0, 0)
        ) as staging:
            ready = self.ready(manifest)
            if ready and not afresh:
                return ready
            file = self.weights(manifest)
            if not self._is_pinned(manifest):
                part = self._part(manifest)
                try:
                    fetch(manifest, part, staging=staging, progress=progress)
                except OSError:
                    part.unlink(missing_ok=True)
                    raise
                file = part.replace(staging / manifest.weights.file)
            return self._take_in(file, manifest, staging, sha256=self._pinned(manifest))

    def put(self, manifest: Manifest, file: Path, *, text: str = "") -> Path:
        """The file to load, made from a copy of the user's `file`.

        Args:
            manifest: Of the model.
            file: Its weights; where the manifest tells no hash, any file will do.
            text: The manifest's own, to be kept beside them; none for a model of livecam's.

        Raises:
            ModelError: `file` is not the pinned one, or the folder cannot be written.
        """
        with self._writing(manifest) as staging:
            copied = staging / manifest.weights.file
            with file.open("rb") as source:
                found = copy(source, copied)
            if manifest.weights.sha256 not in (found, None):
                raise ModelError(
                    f"{file} has SHA-256 {found}; the weights of '{manifest.name}' have "
                    f"{manifest.weights.sha256}.",
                    hint="Take the file that the manifest means, or correct the manifest.",
                )
            ready = self._take_in(copied, manifest, staging, sha256=found)
            if text:
                written = staging / ".manifest"
                written.write_text(text, encoding="utf-8")
                written.replace(self.manifest(manifest.name))
            return ready

    def remove(self, manifest: Manifest) -> None:
        """Removes all that is kept of the model, its manifest included if the user added it.

        Raises:
            ModelError: The folder cannot be written.
        """
        with self._writing(manifest):
            self._part(manifest).unlink(missing_ok=True)
            self.manifest(manifest.name).unlink(missing_ok=True)
            with suppress(FileNotFoundError):
                shutil.rmtree(self.weights(manifest).parent)

    def manifest(self, name: str) -> Path:
        """Where the manifest of a model that the user added lies, or would."""
        return self.folder / f"{name}.toml"

    def speed(self, manifest: Manifest, file: Path | None) -> Speed | None:
        """How fast `file`, the one to load, ran on this machine; None where it has not."""
        try:
            speed = _SPEED.validate_json(self._speed(manifest).read_bytes())
        except (OSError, ValidationError):
            return None
        return speed if file and speed.file == file.name else None

    def note(self, manifest: Manifest, speed: Speed) -> None:
        """Keeps how fast the model ran.

        Raises:
            ModelError: The folder cannot be written.
        """
        with self._writing(manifest) as staging:
            noted = staging / ".speed"
            noted.write_bytes(_SPEED.dump_json(speed))
            self._speed(manifest).parent.mkdir(exist_ok=True)
            noted.replace(self._speed(manifest))

    def _speed(self, manifest: Manifest) -> Path:
        return self.folder / manifest.name / "speed.json"

    def _part(self, manifest: Manifest) -> Path:
        return self.folder / f".part-{manifest.weights.sha256}"

    def _told(self, manifest: Manifest) -> Path:
        weights = self.weights(manifest)
        return weights.with_name(f"{weights.name}.sha256")

    def _pinned(self, manifest: Manifest) -> str | None:
        """The SHA-256 that the weights must have; None where nobody has told it yet."""
        if manifest.weights.sha256:
            return manifest.weights.sha256
        told = self._told(manifest)
        return told.read_text("ascii", "replace") if told.is_file() else None

    def _is_pinned(self, manifest: Manifest) -> bool:
        """Whether the weights are there, and are what they must be."""
        weights, size = self.weights(manifest), manifest.weights.size
        return (
            weights.is_file()
            and size in (weights.stat().st_size, None)
            and digest(weights) == self._pinned(manifest)
        )

    def _take_in(
        self, file: Path, manifest: Manifest, staging: Path, *, sha256: str | None
    ) -> Path:
        """The file to load, beside `file`, which becomes the model's weights.

        What was made ready of other weights, or in other ways, goes.
        """
        weights, made = self.weights(manifest), staging / ".ready"
        if graph.make_ready(file, manifest.input, made) == file:
            _link(file, made)
        weights.parent.mkdir(exist_ok=True)
        file.replace(weights)
        if manifest.weights.sha256 is None:
            self._told(manifest).write_text(sha256 or "", encoding="ascii")
        ready = weights.with_name(f"ready-{_key(manifest, sha256)}-{digest(made)[:16]}.onnx")
        made.replace(ready)
        for old in weights.parent.glob("ready-*.onnx"):
            if old != ready:
                old.unlink(missing_ok=True)
        return ready

    @contextmanager
    def _writing(
        self, manifest: Manifest, *, waiting: Callable[[], None] = lambda: None
    ) -> Iterator[Path]:
        """A folder to work in that is gone afterwards, while no other process writes here.

        Args:
            manifest: Of the model that it is about.
            waiting: Called again and again while another one writes.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with held(FileLock(self.folder / ".lock"), waiting):
                self._sweep()
                with TemporaryDirectory(prefix=".work-", dir=self.folder) as staging:
                    yield Path(staging)
        except OSError as error:
            raise _folder_fault(manifest, self.folder, error) from error

    def _sweep(self) -> None:
        for left_behind in self.folder.glob(".work-*"):
            shutil.rmtree(left_behind, ignore_errors=True)
        for part in self.folder.glob(".part-*"):
            if time.time() - part.stat().st_mtime > _PART_KEPT_S:
                part.unlink()


@contextmanager
def _readable(weights: Path) -> Iterator[Path]:
    try:
        yield weights
    except OSError as error:
        raise ModelError(
            f"The weights {weights} cannot be read: {error.strerror or error}.",
            hint=f"Make {weights.parent} readable, or set LIVECAM_MODELS to another folder.",
        ) from error


def _link(file: Path, name: Path) -> None:
    """A second name for a file: large weights need not lie on the disk twice."""
    try:
        name.hardlink_to(file)
    except OSError:
        shutil.copyfile(file, name)


def _key(manifest: Manifest, sha256: str | None) -> str:
    shape = manifest.input.shape if manifest.input else None
    recipe = f"{graph.FORMAT} {sha256} {shape}"
    return hashlib.sha256(recipe.encode()).hexdigest()[:16]


def _folder_fault(manifest: Manifest, folder: Path, error: OSError) -> ModelError:
    sources = "; ".join(map(str, manifest.weights.sources))
    step = "Free some space there" if error.errno == errno.ENOSPC else "Make it writable"
    return ModelError(
        f"The folder {folder}, which keeps {manifest.weights.file}, the weights of "
        f"'{manifest.name}'{sources and f' (from {sources})'}, cannot be written: "
        f"{error.strerror or error}.",
        hint=f"{step}, or set LIVECAM_MODELS to another folder.",
    )
