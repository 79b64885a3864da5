import dataclasses
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from livecam.swap import Faces, OnLost, SwapOptions
from livecam.swappers.eyes import Eyes


def test_the_defaults_are_those_of_files() -> None:
    options = SwapOptions()
    assert options.faces is Faces.ONE
    assert options.policy(live=False) is OnLost.PASS
    assert options.eyes is Eyes.TARGET
    assert 0 < options.strength <= 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"strength": -0.1},
        {"strength": 2.1},
        {"strength": float("nan")},
        {"strength": "much"},
        {"faces": "none"},
        {"on_lost": "hold"},
        {"eyes": "mine"},
        {"strenght": 1.0},
    ],
    ids=str,
)
def test_what_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        SwapOptions(**wrong)


def test_words_of_a_settings_file_are_understood() -> None:
    table = {"faces": "many", "on_lost": "freeze", "strength": 2, "eyes": "portrait"}
    options = TypeAdapter(SwapOptions).validate_python(table)
    assert options == SwapOptions(
        faces=Faces.MANY, on_lost=OnLost.FREEZE, strength=2.0, eyes=Eyes.PORTRAIT
    )


def test_options_do_not_change_in_place() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        SwapOptions().strength = 0.5  # type: ignore[misc]  # that is the point
