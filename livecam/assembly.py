"""From settings and a cast to the processor of a run, in files and live alike."""

from dataclasses import dataclass

from livecam.face import Identity
from livecam.faces.cast import Cast, is_told, settings_for
from livecam.load import Models, load_models
from livecam.pipeline.stats import Timings
from livecam.runtime.download import Progress
from livecam.settings import Settings
from livecam.swap.masks import Masks
from livecam.swap.processor import FaceSwap
from livecam.tracking import Tracker


@dataclass(frozen=True, slots=True, eq=False)
class Assembled:
    """A processor, and what it was made of."""

    face_swap: FaceSwap
    models: Models
    worn: tuple[Identity, ...]
    settings: Settings
    """With what the cast adds to them."""


def assemble(
    cast: Cast,
    settings: Settings,
    *,
    live: bool,
    timings: Timings | None,
    progress: Progress | None,
    kept: Models | None = None,
) -> Assembled:
    """The processor that puts the faces of `cast` on its people, its models loaded.

    Args:
        cast: Who wears what.
        settings: Which models, where they run, and how they are used.
        live: Whether no frame may wait, and the person in the picture is to be protected.
        timings: Where the durations of its parts go.
        progress: Told of models that are fetched on first use.
        kept: As for `load_models`.

    Raises:
        SettingsError: A setting names a model that cannot do this, or the people of `cast` cannot
            be told apart.
        SourceError: A face cannot be worn.
        ModelError: A model cannot be fetched or loaded.
    """
    settings = settings_for(cast, settings)
    tell_people = is_told(settings, live=live)
    models = load_models(settings, tell_people=tell_people, kept=kept, progress=progress)
    worn = cast.worn(models, settings.models)
    face_swap = FaceSwap(
        Tracker(models.detector, models.landmarker, settings.tracking, live=live),
        models.swapper,
        worn,
        settings.swap,
        masks=Masks(models.occluder, models.parser, live=live),
        enhancer=models.enhancer,
        recognition=cast.recognition(models, settings, live=live),
        live=live,
        timings=timings,
    )
    return Assembled(face_swap, models, worn, settings)
