"""Errors get about whole: copied, and from one process to another."""

import copy
import pickle
from collections.abc import Callable

import pytest

from livecam.errors import LivecamError, SinkError


@pytest.mark.parametrize(
    "again", [copy.copy, copy.deepcopy, lambda error: pickle.loads(pickle.dumps(error))]
)
def test_a_copy_says_the_same(again: Callable[[LivecamError], LivecamError]) -> None:
    error = SinkError("The disk is full.", hint="Free some space.")
    copied = again(error)
    assert type(copied) is SinkError
    assert str(copied) == str(error)
    assert copied.hint == "Free some space."


@pytest.mark.parametrize("message", ["there is no camera", "There is no camera."])
def test_in_one_line_both_are_sentences(message: str) -> None:
    said = SinkError(message, hint="Plug one in.").in_one_line
    assert said == f"{message.removesuffix('.')}. Plug one in."
