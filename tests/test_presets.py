"""Quality at one word."""

from dataclasses import replace

import pytest

from livecam.presets import Preset, preset_of, with_preset
from livecam.settings import Settings, load_settings

HERE = {"inswapper_128", "gfpgan_1_4", "mesh"}


@pytest.mark.parametrize("here", [set(), HERE])
@pytest.mark.parametrize("preset", Preset)
def test_a_preset_is_known_again(preset: Preset, here: set[str]) -> None:
    assert preset_of(with_preset(Settings(), preset, here=here), here=here) is preset


def test_it_comes_balanced() -> None:
    assert preset_of(Settings(), here=HERE) is Preset.BALANCED


def test_best_takes_the_best_that_is_here() -> None:
    best = with_preset(Settings(), Preset.BEST, here=HERE).models
    assert (best.swapper, best.enhancer) == ("inswapper_128", "gfpgan_1_4")
    bare = with_preset(Settings(), Preset.BEST, here=set()).models
    assert (bare.swapper, bare.enhancer) == (Settings().models.swapper, None)


@pytest.mark.parametrize("preset", Preset)
def test_what_else_was_set_stays(preset: Preset) -> None:
    chosen = {"swap.strength": 0.3, "live.fps": 24, "models.embedder": "other", "swap.boost": 4}
    changed = with_preset(load_settings(None, overrides=chosen), preset, here=HERE)
    assert (changed.swap.strength, changed.live.fps) == (0.3, 24)
    assert changed.models.embedder == "other"
    assert changed.swap.boost == 1
    again = with_preset(changed, Preset.BALANCED, here=HERE)
    assert again == load_settings(None, overrides=chosen | {"swap.boost": 1})


def test_one_that_is_as_none() -> None:
    plain = Settings()
    assert preset_of(replace(plain, swap=replace(plain.swap, boost=2)), here=HERE) is None
