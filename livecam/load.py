"""The models that settings name, loaded and ready to run."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType
from typing import Any

from livecam import detectors, embedders, enhancers, landmarkers, maskers, swappers
from livecam.detectors import Detector
from livecam.embedders import Embedder
from livecam.enhancers import Enhancer, Upscaler
from livecam.errors import ModelError, SettingsError
from livecam.face import Identity
from livecam.landmarkers import Landmarker
from livecam.maskers import Masker
from livecam.runtime.catalog import Catalog
from livecam.runtime.choice import Choice
from livecam.runtime.download import Progress
from livecam.runtime.manifest import Manifest, TaskName
from livecam.runtime.ort import onnxruntime
from livecam.runtime.session import Session, open_session
from livecam.settings import ModelOptions, Settings
from livecam.swap.identity import make_identity
from livecam.swap.options import SwapOptions
from livecam.swappers import Swapper

_FAMILIES: Mapping[TaskName, Mapping[str, Any]] = MappingProxyType(
    {
        "detector": detectors.FAMILIES,
        "landmarker": landmarkers.FAMILIES,
        "embedder": embedders.FAMILIES,
        "swapper": swappers.FAMILIES,
        "masker": maskers.FAMILIES,
        "enhancer": enhancers.FAMILIES,
        "upscaler": enhancers.UPSCALERS,
    }
)


@dataclass(frozen=True, slots=True, eq=False)
class Models:
    """The models of a run; any thread may run them."""

    detector: Detector
    landmarker: Landmarker
    swapper: Swapper
    embedders: Mapping[str, Embedder]
    """Those that the others need, by name."""
    sessions: Mapping[str, Session]
    """What runs each of them, by the model's name."""
    occluder: Masker | None = None
    parser: Masker | None = None
    enhancer: Enhancer | None = None
    """These three are None where the settings name none."""

    @property
    def choices(self) -> Mapping[str, Choice]:
        """What runs each model, by the model's name, and why nothing better does."""
        return {name: session.choice for name, session in self.sessions.items()}

    @property
    def providers(self) -> tuple[str, ...]:
        """Execution providers that run the models, by short name."""
        return tuple(dict.fromkeys(choice.provider for choice in self.choices.values()))

    def identity(self, portrait: Identity) -> Identity:
        """`portrait` with all that the swapper needs of it; see `make_identity`."""
        return make_identity(portrait, self.detector, self.landmarker, self.embedders)


def load_models(
    settings: Settings,
    *,
    tell_people: bool = False,
    kept: Models | None = None,
    progress: Progress | None = None,
) -> Models:
    """The models of `settings`, fetched on first use.

    Args:
        settings: Which models, and where they run.
        tell_people: Whether the embedder is among them, though the swapper may not need it.
        kept: Models of which those are taken that are the same; they run where they do.
        progress: Told of models that are fetched.

    Raises:
        SettingsError: A setting names a model that cannot do this.
        ModelError: A model cannot be fetched or loaded.
    """
    onnxruntime()  # if it is missing, that is said before anything is fetched
    names = settings.models
    loader = _Loader(names, progress, kept=kept.sessions if kept else {})
    refuse_unnamed(names, settings.swap)
    loader.check()
    detector: Detector = loader.load("detector", names.detector, settings.detector)
    landmarker: Landmarker = loader.load("landmarker", names.landmarker)
    swapper: Swapper = loader.load("swapper", names.swapper, loader.embedder)
    if tell_people:
        loader.embedder(names.embedder)
    return Models(
        detector,
        landmarker,
        swapper,
        loader.embedders,
        loader.sessions,
        occluder=loader.optional("masker", "occluder"),
        parser=loader.optional("masker", "parser"),
        enhancer=loader.optional("enhancer", "enhancer"),
    )


def has_embedder(names: ModelOptions) -> bool:
    """Whether the embedder is here, and may be used, so that nothing need be fetched or asked.

    Raises:
        ModelError: There is no such model.
    """
    catalog = Catalog()
    manifest = catalog.manifest(names.embedder)
    if not catalog.licences.allow(manifest):
        return False
    return manifest.weights.builtin is not None or catalog.store.ready(manifest) is not None


def load_detector(settings: Settings, *, progress: Progress | None = None) -> Detector:
    """The detector of `settings` alone; see `load_models`."""
    onnxruntime()
    loader = _Loader(settings.models, progress)
    detector: Detector = loader.load("detector", settings.models.detector, settings.detector)
    return detector


def load_upscaler(settings: Settings, *, progress: Progress | None = None) -> Upscaler | None:
    """The upscaler of `settings`, None where they name none; see `load_models`."""
    loader = _Loader(settings.models, progress)
    upscaler: Upscaler | None = loader.optional("upscaler", "upscaler")
    return upscaler


def refuse_unnamed(names: ModelOptions, swap: SwapOptions) -> None:
    """Makes sure that there is a model for everything `swap` asks for.

    Raises:
        SettingsError: One is asked for that `names` does not name.
    """
    asked = {
        ("mask.occlusion", "occluder", "xseg_1"): swap.mask.occlusion and not names.occluder,
        ("mask.regions", "parser", "bisenet_resnet_18"): swap.mask.regions and not names.parser,
    }
    for (option, place, example), missing in asked.items():
        if missing:
            raise SettingsError(
                f"swap.{option} needs a model, and models.{place} names none.",
                hint=f"Run `livecam models pull {example}`, then add "
                f"--set models.{place}={example}.",
            )


def needs_portrait(names: ModelOptions) -> bool:
    """Whether the swapper that `names` names takes who is worn from a portrait.

    Raises:
        SettingsError: It is no swapper.
        ModelError: There is no such model.
    """
    manifest = _Loader(names, None).chosen("swapper", names.swapper)
    return swappers.FAMILIES[manifest.family].needs_portrait


def with_swapper(models: Models, settings: Settings, *, progress: Progress | None = None) -> Models:
    """`models` with the swapper of `settings`, and the embedders it needs; see `load_models`."""
    names = settings.models
    loader = _Loader(names, progress, embedders=dict(models.embedders))
    swapper = loader.load("swapper", names.swapper, loader.embedder)
    used = {getattr(names, place.name) for place in fields(names)} | loader.embedders.keys()
    sessions = {**models.sessions, **loader.sessions}
    sessions = {name: session for name, session in sessions.items() if name in used}
    return replace(models, swapper=swapper, embedders=loader.embedders, sessions=sessions)


def with_embedder_at_hand(models: Models, settings: Settings) -> Models:
    """`models` with the embedder of `settings` too, if it is on this machine; nothing is fetched.

    Raises:
        SettingsError: The setting names a model that is no embedder.
        ModelError: There is no such model, or it cannot be loaded.
    """
    if not has_embedder(settings.models):
        return models
    loader = _Loader(settings.models, None, embedders=dict(models.embedders))
    loader.embedder(settings.models.embedder)
    sessions = {**models.sessions, **loader.sessions}
    return replace(models, embedders=loader.embedders, sessions=sessions)


@dataclass(frozen=True, slots=True, eq=False)
class _Loader:
    options: ModelOptions
    progress: Progress | None
    catalog: Catalog = field(default_factory=Catalog)
    kept: Mapping[str, Session] = field(default_factory=dict)
    """Those that need not be opened again, by name."""
    sessions: dict[str, Session] = field(default_factory=dict)
    """Those that were asked for, by name."""
    embedders: dict[str, Embedder] = field(default_factory=dict)
    """Those that something asked for, by name."""

    def check(self) -> None:
        """Makes sure, before anything is fetched, that every model that is named can be had."""
        for task in ("detector", "landmarker", "swapper"):
            self.chosen(task, getattr(self.options, task))

    def load(self, task: TaskName, name: str, *more: object) -> Any:
        """The model called `name`, made by its family with whatever else that asks for."""
        manifest = self.chosen(task, name)
        path = self.catalog.path(name, progress=self.progress)
        session = self.kept.get(name)
        if session is None or session.path != path:
            session = open_session(path, name=name, providers=self.options.providers or None)
        self.sessions[name] = session
        return _FAMILIES[task][manifest.family](manifest, session, *more)

    def optional(self, task: TaskName, place: str) -> Any:
        """The model that the setting models.`place` names, if it names one."""
        name = getattr(self.options, place)
        if name is None:
            return None
        self.chosen(task, name, place=place)
        return self.load(task, name)

    def embedder(self, name: str) -> Embedder:
        """The embedder called `name`, loaded once."""
        if name not in self.embedders:
            self.embedders[name] = self.load("embedder", name, self.embedder)
        return self.embedders[name]

    def chosen(self, task: TaskName, name: str, *, place: str | None = None) -> Manifest:
        """The manifest of the model called `name`, if a family can make a `task` of it."""
        manifest = self.catalog.manifest(name)
        if manifest.task != task:
            raise SettingsError(
                f"models.{place or task} cannot be '{name}', which is a {manifest.task}.",
                hint="Choose one of those that `livecam models list` calls so.",
            )
        if manifest.family not in _FAMILIES[task]:
            raise ModelError(
                f"The model '{name}' is of the family '{manifest.family}', which livecam does not "
                f"know; it knows {', '.join(_FAMILIES[task])}.",
                hint="Correct `family` in the model's manifest, or update livecam.",
            )
        return manifest
