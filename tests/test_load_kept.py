"""Models of one run that the next one keeps."""

from dataclasses import replace

import pytest

from livecam.load import load_models, with_swapper
from livecam.settings import Settings, load_settings

pytestmark = pytest.mark.needs_network


def test_what_is_the_same_is_not_opened_again() -> None:
    first = load_models(Settings())
    other = load_settings(None, overrides={"detector.longest_side": 320})
    second = load_models(other, kept=first)
    assert second.sessions.keys() == first.sessions.keys() == {"centerface", "facemesh", "mesh"}
    assert all(second.sessions[name] is session for name, session in first.sessions.items())
    assert second.detector is not first.detector, "it keeps to the new settings"


def test_a_file_that_has_changed_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    first = load_models(Settings())
    old = first.sessions["mesh"]
    monkeypatch.setattr(old, "path", old.path.with_name("other.onnx"))
    second = load_models(Settings(), kept=first)
    assert second.sessions["mesh"] is not old
    assert second.sessions["facemesh"] is first.sessions["facemesh"]


def test_a_swapper_that_is_no_longer_used_is_let_go_of() -> None:
    first = load_models(Settings())
    without = replace(first, sessions={**first.sessions, "before": first.sessions["mesh"]})
    assert with_swapper(without, Settings()).sessions.keys() == first.sessions.keys()
