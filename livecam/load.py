"""The models that settings name, loaded and ready to run."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from livecam import detectors, landmarkers, swappers
from livecam.detectors import Detector
from livecam.errors import ModelError, SettingsError
from livecam.face import Identity
from livecam.landmarkers import Landmarker
from livecam.runtime.catalog import Catalog
from livecam.runtime.download import Progress
from livecam.runtime.manifest import Manifest
from livecam.runtime.session import Session, onnxruntime, open_session
from livecam.settings import ModelOptions, Settings
from livecam.swap.identity import make_identity
from livecam.swappers import Swapper


@dataclass(frozen=True, slots=True, eq=False)
class Models:
    """The models of a run; any thread may run them."""

    detector: Detector
    landmarker: Landmarker
    swapper: Swapper
    providers: tuple[str, ...]
    """Execution providers that came up, by short name, in order of choice."""

    def identity(self, portrait: Identity) -> Identity:
        """`portrait` with all that the swapper needs of it; see `make_identity`."""
        return make_identity(portrait, self.detector, self.landmarker)


def load_models(settings: Settings, *, progress: Progress | None = None) -> Models:
    """The models of `settings`, fetched on first use.

    Args:
        settings: Which models, and where they run.
        progress: Told of models that are fetched.

    Raises:
        SettingsError: A setting names a model that cannot do this.
        ModelError: A model cannot be fetched or loaded.
    """
    onnxruntime()  # if it is missing, that is said before anything is fetched
    loader = _Loader(Catalog(), settings.models, progress)
    seen_by = loader.chosen("detector", detectors.FAMILIES)
    located_by = loader.chosen("landmarker", landmarkers.FAMILIES)
    swapped_by = loader.chosen("swapper", swappers.FAMILIES)
    sessions = [loader.session(manifest) for manifest in (seen_by, located_by, swapped_by)]
    return Models(
        detectors.FAMILIES[seen_by.family](seen_by, sessions[0], settings.detector),
        landmarkers.FAMILIES[located_by.family](located_by, sessions[1]),
        swappers.FAMILIES[swapped_by.family](swapped_by, sessions[2]),
        tuple(dict.fromkeys(name for session in sessions for name in session.providers)),
    )


def load_swapper(settings: Settings, *, progress: Progress | None = None) -> Swapper:
    """The swapper of `settings` alone; see `load_models`."""
    loader = _Loader(Catalog(), settings.models, progress)
    manifest = loader.chosen("swapper", swappers.FAMILIES)
    return swappers.FAMILIES[manifest.family](manifest, loader.session(manifest))


@dataclass(frozen=True, slots=True, eq=False)
class _Loader:
    catalog: Catalog
    options: ModelOptions
    progress: Progress | None

    def chosen(
        self, task: Literal["detector", "landmarker", "swapper"], families: Collection[str]
    ) -> Manifest:
        """The model that settings name for `task`."""
        manifest = self.catalog.manifest(getattr(self.options, task))
        if manifest.task != task:
            raise SettingsError(
                f"models.{task} cannot be '{manifest.name}', which is a {manifest.task}.",
                hint="Choose one of those that `livecam models list` calls so.",
            )
        if manifest.family not in families:
            raise ModelError(
                f"The model '{manifest.name}' is of the family '{manifest.family}', which livecam "
                f"does not know; it knows {', '.join(families)}.",
                hint="Correct `family` in the model's manifest, or update livecam.",
            )
        return manifest

    def session(self, manifest: Manifest) -> Session:
        path = self.catalog.path(manifest.name, progress=self.progress)
        return open_session(path, providers=self.options.providers or None)
