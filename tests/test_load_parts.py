"""Models that a run can do without: named, refused, left out."""

import pytest

from livecam.errors import SettingsError
from livecam.load import load_upscaler, refuse_unnamed
from livecam.settings import Settings, load_settings


def test_no_upscaler_is_loaded_unless_one_is_named() -> None:
    assert load_upscaler(Settings()) is None


@pytest.mark.parametrize("name", ["mesh", "gfpgan_1_4"])
def test_a_model_of_another_kind_is_refused_by_the_name_of_the_setting(name: str) -> None:
    settings = load_settings(overrides={"models.upscaler": name})
    with pytest.raises(SettingsError, match=rf"models\.upscaler cannot be '{name}'"):
        load_upscaler(settings)


@pytest.mark.parametrize(
    ("option", "value", "place"),
    [
        ("swap.mask.occlusion", True, "occluder"),
        ("swap.mask.regions", ["nose", "skin"], "parser"),
    ],
)
def test_what_needs_a_model_is_refused_unless_one_is_named(
    option: str, value: object, place: str
) -> None:
    asked = load_settings(overrides={option: value})
    with pytest.raises(SettingsError, match=option) as refused:
        refuse_unnamed(asked.models, asked.swap)
    assert f"models.{place}=" in refused.value.hint
    named = load_settings(overrides={option: value, f"models.{place}": "xseg_1"})
    refuse_unnamed(named.models, named.swap)


def test_masks_without_a_model_need_none() -> None:
    settings = load_settings(
        assignments=["swap.mask.areas=['mouth']", "swap.mask.padding=[0.1, 0, 0, 0]"]
    )
    refuse_unnamed(settings.models, settings.swap)
    assert settings.swap.mask.padding == (0.1, 0.0, 0.0, 0.0)


@pytest.mark.parametrize(
    "assignment",
    [
        "swap.mask.padding=[0.1, 0.1]",
        "swap.mask.padding=[2, 0, 0, 0]",
        "swap.mask.areas=['chin']",
        "swap.mask.regions=['hair']",
        "swap.mask.effort=0",
        "swap.enhancer.blend=1.5",
        "swap.enhancer.weight=-1",
    ],
)
def test_what_is_out_of_bounds_is_refused(assignment: str) -> None:
    with pytest.raises(SettingsError):
        load_settings(assignments=[assignment])
