"""Quality at one word: what is quick, what is balanced, what is best of what is here."""

from collections.abc import Collection
from dataclasses import replace
from enum import StrEnum

from livecam.settings import Settings

_BEST_SWAPPERS = ("hyperswap_1a_256", "inswapper_128", "inswapper_128_fp16", "ghost_2_256")
_BEST_ENHANCERS = ("gfpgan_1_4",)


class Preset(StrEnum):
    """How much work goes into a picture."""

    FAST = "fast"
    """For processors that have little to spare: far faces are found later."""
    BALANCED = "balanced"
    """As livecam comes."""
    BEST = "best"
    """The best swapper and enhancer that are here; slow without a graphics card."""


def with_preset(settings: Settings, preset: Preset, *, here: Collection[str]) -> Settings:
    """`settings` with those that decide between quick and good as the preset has them.

    Args:
        settings: What else they say stays.
        preset: Which.
        here: Names of the models that may be used at once.
    """
    plain = Settings()
    models = replace(settings.models, swapper=plain.models.swapper, enhancer=None)
    detector, tracking = plain.detector, plain.tracking
    swap = replace(settings.swap, boost=1)
    if preset is Preset.FAST:
        detector = replace(detector, longest_side=320)
        tracking = replace(tracking, detect_every_s=1.0, search_every_s=0.2)
    if preset is Preset.BEST:
        swapper = next((name for name in _BEST_SWAPPERS if name in here), models.swapper)
        enhancer = next((name for name in _BEST_ENHANCERS if name in here), None)
        models = replace(models, swapper=swapper, enhancer=enhancer)
        detector = replace(detector, longest_side=640)
    return replace(
        settings,
        models=models,
        detector=replace(settings.detector, longest_side=detector.longest_side),
        tracking=replace(
            settings.tracking,
            detect_every_s=tracking.detect_every_s,
            search_every_s=tracking.search_every_s,
        ),
        swap=swap,
    )


def preset_of(settings: Settings, *, here: Collection[str]) -> Preset | None:
    """The preset that `settings` are as, None where they are as none."""
    return next((one for one in Preset if with_preset(settings, one, here=here) == settings), None)
