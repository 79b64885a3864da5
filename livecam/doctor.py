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
from importlib.util import find_spec
from pathlib import Path

from livecam.errors import ModelError, SourceError
from livecam.media.encoders import working_encoders
from livecam.runtime.catalog import Catalog, Entry
from livecam.runtime.choice import Why
from livecam.runtime.providers import RuntimeReport, examine
from livecam.runtime.session import open_session
from livecam.settings import default_models
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
    runtime = examine()
    yield from _runtime(runtime)
    yield from _encoders()
    yield from _models(can_run=bool(runtime.providers))
    yield from _cameras()
    yield from _virtual_cameras()
    yield _window()


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


def _runtime(report: RuntimeReport) -> Iterator[Finding]:
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


def _models(*, can_run: bool) -> Iterator[Finding]:
    catalog = Catalog()
    folder = catalog.store.folder
    yield _writable(folder)
    try:
        entries, used = catalog.entries(), default_models()
        shown = [one for one in entries if one.installed or one.manifest.name in used]
        for entry in shown:
            yield _model(catalog, entry, can_run=can_run)
        if len(entries) > len(shown):
            detail = f"{len(entries) - len(shown)} more: `livecam models list`"
            yield Finding("models", "not here", State.NOTE, detail)
    except ModelError as error:
        yield Finding("models", "manifests", State.BAD, error.message)


def _model(catalog: Catalog, entry: Entry, *, can_run: bool) -> Finding:
    """Whether a model is here, what would run it, and why nothing better does."""
    name = entry.manifest.name
    if not entry.installed:
        return Finding("models", name, State.NOTE, "fetched when first used")
    builtin = entry.manifest.weights.builtin
    ready = entry.path if builtin else catalog.store.ready(entry.manifest)
    if not ready:
        return Finding("models", name, State.GOOD, f"{entry.path}, made ready when first used")
    if not can_run:
        return Finding("models", name, State.NOTE, str(entry.path))
    try:
        choice = open_session(ready, name=name).choice
    except ModelError as error:
        return Finding("models", name, State.BAD, error.in_one_line)
    failed = any(refusal.why is not Why.RULE for refusal in choice.refused)
    state = State.NOTE if failed else State.GOOD
    return Finding("models", name, state, f"{entry.path}, {choice}")


def _writable(folder: Path) -> Finding:
    """Whether files can be made in `folder`, which need not exist yet."""
    try:
        there = next(place for place in (folder, *folder.parents) if place.exists())
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
            yield Finding("cameras", camera.name, State.NOTE, error.in_one_line)


def _virtual_cameras() -> Iterator[Finding]:
    for camera in virtual_cameras():
        if camera.problem is None:
            yield Finding("virtual cameras", camera.name, State.GOOD, camera.path or "ready")
        else:
            reason = camera.problem.in_one_line
            yield Finding("virtual cameras", camera.name, State.NOTE, reason)


def _window() -> Finding:
    """Whether a window can be opened; nothing of Qt is loaded to find out."""
    if find_spec("PySide6") is None:
        lack = "PySide6 is not installed; pip install 'livecam[app]' brings it"
        return Finding("window", "preview", State.NOTE, lack)
    displays = ("WAYLAND_DISPLAY", "DISPLAY")
    there = [f"{name}={os.environ[name]}" for name in displays if os.environ.get(name)]
    if sys.platform.startswith("linux") and not there:
        lack = "no display: neither WAYLAND_DISPLAY nor DISPLAY is set"
        return Finding("window", "preview", State.NOTE, lack)
    return Finding("window", "preview", State.GOOD, ", ".join(["PySide6 is there", *there]))
