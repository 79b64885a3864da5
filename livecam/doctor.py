"""What of this machine livecam can use, found out by trying."""

import os
import platform
import re
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from importlib import metadata
from pathlib import Path

from livecam.errors import LivecamError, ModelError, SourceError
from livecam.media.encoders import working_encoders
from livecam.runtime.catalog import Catalog
from livecam.runtime.providers import examine
from livecam.sinks.virtual_camera import virtual_cameras
from livecam.sources.devices import cameras, find_camera


class State(Enum):
    """How a finding is to be taken."""

    GOOD = "good"
    NOTE = "note"
    """Something is absent that livecam can do without."""
    BAD = "bad"
    """Something needs mending."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One fact about this machine."""

    area: str
    name: str
    state: State
    detail: str


def findings() -> Iterator[Finding]:
    """Everything `livecam doctor` shows, one after the other as it is found out."""
    yield from _installed()
    yield from _runtime()
    yield from _encoders()
    yield from _models()
    yield from _cameras()
    yield from _virtual_cameras()


def _installed() -> Iterator[Finding]:
    cores = os.cpu_count()
    system = f"{platform.system()} {platform.release()} on {platform.machine()}, {cores} cores"
    yield Finding("installed", "system", State.GOOD, system)
    yield Finding(
        "installed", "Python", State.GOOD, f"{platform.python_version()} {sys.executable}"
    )
    yield Finding("installed", "livecam", State.GOOD, metadata.version("livecam"))
    for requirement in metadata.requires("livecam") or ():
        if "extra ==" not in requirement:
            yield _package(re.split(r"[^\w.-]", requirement, maxsplit=1)[0])


def _package(name: str) -> Finding:
    try:
        return Finding("installed", name, State.GOOD, metadata.version(name))
    except metadata.PackageNotFoundError:
        return Finding("installed", name, State.BAD, "not installed; reinstall livecam")


def _runtime() -> Iterator[Finding]:
    report = examine()
    name = "ONNX Runtime"
    if report.problem:
        yield Finding("execution", name, State.BAD, report.problem)
    else:
        yield Finding("execution", name, State.GOOD, ", ".join(report.distributions))
    for provider in report.providers:
        state = State.GOOD if provider.works else State.NOTE
        yield Finding("execution", provider.name, state, provider.reason or "works")


def _encoders() -> Iterator[Finding]:
    for encoder in working_encoders():
        state = State.GOOD if encoder.works else State.NOTE
        yield Finding("encoders", encoder.name, state, encoder.reason or "opens")


def _models() -> Iterator[Finding]:
    catalog = Catalog()
    folder = catalog.store.folder
    yield _writable(folder)
    try:
        for entry in catalog.entries():
            detail = str(entry.path) if entry.installed else "fetched when first used"
            state = State.GOOD if entry.installed else State.NOTE
            yield Finding("models", entry.manifest.name, state, detail)
    except ModelError as error:
        yield Finding("models", "manifests", State.BAD, error.message)


def _writable(folder: Path) -> Finding:
    """Whether files can be made in `folder`, which need not exist yet."""
    there = next(place for place in (folder, *folder.parents) if place.exists())
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as error:
        detail = f"{folder} cannot be written ({error.strerror}); set LIVECAM_MODELS to another"
        return Finding("models", "folder", State.BAD, detail)
    return Finding("models", "folder", State.GOOD, f"{folder}, writable")


def _cameras() -> Iterator[Finding]:
    there = cameras()
    if not there:
        detail = "plug one in, or take a file, a URL or `synthetic` instead"
        yield Finding("cameras", "none", State.NOTE, detail)
    for camera in there:
        try:
            detail = find_camera(str(camera.index)).device
            yield Finding("cameras", camera.name, State.GOOD, detail)
        except SourceError as error:
            yield Finding("cameras", camera.name, State.NOTE, _in_full(error))


def _virtual_cameras() -> Iterator[Finding]:
    for camera in virtual_cameras():
        if camera.problem is None:
            yield Finding("virtual cameras", camera.name, State.GOOD, camera.path or "ready")
        else:
            reason = _in_full(camera.problem)
            yield Finding("virtual cameras", camera.name, State.NOTE, reason)


def _in_full(error: LivecamError) -> str:
    return f"{error.message.rstrip('.')}. {error.hint}"
