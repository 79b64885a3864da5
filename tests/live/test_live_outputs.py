"""What can be known of outputs before a live run starts is said then."""

import sys
from pathlib import Path

import pytest

from livecam import Live
from livecam.errors import SettingsError, SinkError
from livecam.sinks import loopback


def test_no_output_is_named_twice(assets: Path, tmp_path: Path) -> None:
    twice = str(tmp_path / "out.mkv")
    live = Live(face=assets / "portrait_c.png", camera="synthetic", to=[twice, "preview", twice])
    with pytest.raises(SettingsError, match=r"out\.mkv is named twice"):
        live.prepare()
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux for its loopback devices")
def test_a_virtual_camera_that_is_not_there_is_said_at_once(assets: Path) -> None:
    if loopback.loopbacks():
        pytest.skip("there is a virtual camera on this machine")
    live = Live(face=assets / "portrait_c.png", camera="synthetic")
    with pytest.raises(SinkError, match="There is no virtual camera") as refusal:
        live.prepare()
    assert "modprobe v4l2loopback" in refusal.value.hint
