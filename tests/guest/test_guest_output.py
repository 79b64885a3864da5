"""livecam's camera on a real v4l2loopback device, read by real programs."""

from pathlib import Path

import numpy as np
import pattern
import pytest
from findings import Scene, is_within

READERS = ["ffmpeg", "gstreamer", "v4l2-ctl"]
LAYOUTS = {"I420": "YU12", "NV12": "NV12", "YUYV": "YUYV", "UYVY": "UYVY", "GRAY": "GREY"}


def numbers(path: Path) -> list[int]:
    return [pattern.number(planes[0]) for planes in pattern.raw_frames(path, "I420")]


@pytest.mark.needs_guest("readers")
@pytest.mark.parametrize("reader", READERS)
def test_readers_see_what_was_sent_in_order_and_no_more_often(scene: Scene, reader: str) -> None:
    assert scene.found["ends"] == [0, 0, 0]
    seen = numbers(scene.folder / reader)
    assert len(seen) == 25
    assert is_within(seen, scene.found["sent"])
    assert len(set(seen)) > 15


@pytest.mark.needs_guest("readers")
def test_the_camera_has_a_label_a_size_and_a_rate(scene: Scene) -> None:
    assert scene.found["about"] == {
        "label": "livecam",
        "format": "YU12",
        "size": [pattern.WIDTH, pattern.HEIGHT],
        "rate": "10.000",
        "captures": True,
        "outputs": False,
    }


@pytest.mark.needs_guest("readers")
@pytest.mark.parametrize("reader", READERS)
def test_readers_see_the_colours_that_were_sent(scene: Scene, reader: str) -> None:
    for planes in pattern.raw_frames(scene.folder / reader, "I420"):
        shown = np.array([pattern.bars(plane) for plane in planes]).T
        assert np.abs(shown - pattern.expected_bars()).max() <= 1


@pytest.mark.needs_guest("formats")
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_program_that_goes_on_watching_sees_whole_pictures(scene: Scene, layout: str) -> None:
    found = scene.found[layout]
    assert found["end"] == 0
    about = found["about"]
    assert (about["format"], about["size"]) == (LAYOUTS[layout], list(pattern.HELD))
    frames = pattern.raw_frames(scene.folder / layout, layout, *pattern.HELD)
    assert len(frames) == 12
    ours = [planes for planes in frames if pattern.bars(planes[0])[0] > 200]  # theirs were black
    seen = [pattern.number(planes[0]) for planes in ours]
    assert is_within(seen, found["sent"])
    assert len(set(seen)) > 4
    expected = np.array(pattern.expected_bars())
    if layout == "GRAY":
        expected = (expected[:, :1] - 16) * 255 / 219
    for planes in ours:
        shown = np.array([pattern.bars(plane) for plane in planes]).T
        assert np.abs(shown - expected).max() <= 1.5


@pytest.mark.needs_guest("restarts")
def test_livecam_starts_again_on_a_driver_that_forgets_its_writer(scene: Scene) -> None:
    assert scene.found["before"]["outputs"]
    assert len(scene.found["runs"]) == 3
    for turn, run in enumerate(scene.found["runs"]):
        seen = numbers(scene.folder / str(turn))
        assert len(seen) == 3
        assert is_within(seen, run["sent"])
        assert run["after"]["outputs"], "other programs could not write to it any more"


@pytest.mark.needs_guest("restarts")
def test_livecam_starts_again_after_it_was_killed(scene: Scene) -> None:
    assert scene.found["then"] is None


@pytest.mark.needs_guest("busy")
def test_a_camera_that_another_program_feeds_is_left_to_it(scene: Scene) -> None:
    kind, message, hint = scene.found["refused"]
    assert kind == "SinkError"
    assert "livecam (/dev/video10) is busy" in message
    assert "End that program" in hint
    listed = {name: problem for name, _, problem in scene.found["listed"]}
    assert "busy" in listed["livecam"][0]
    assert listed["feed"] is None
    assert len(pattern.raw_frames(scene.folder / "theirs", "I420")) == 3
    assert scene.found["freed"] is None


@pytest.mark.needs_guest("busy")
def test_what_is_no_virtual_camera_is_refused(scene: Scene) -> None:
    for refused in (scene.found["no_such_label"], scene.found["real_camera"]):
        assert refused[0] == "SinkError"
        assert "livecam (/dev/video10), feed (/dev/video11)" in refused[1]


@pytest.mark.needs_guest("rights")
def test_without_rights_the_group_is_named(scene: Scene) -> None:
    kind, message, hint = scene.found["refused"]
    assert kind == "SinkError"
    assert "/dev/video10" in message
    assert "groups video" in hint
    assert [problem is None for _, _, problem in scene.found["listed"]] == [False, False]


@pytest.mark.needs_guest("absent")
def test_the_advised_command_makes_the_camera(scene: Scene) -> None:
    _, message, hint = scene.found["refused"]
    assert "not loaded" in message
    assert hint.startswith("Load it: sudo modprobe v4l2loopback")
    assert [problem is None for _, _, problem in scene.found["listed"]] == [False]
    assert scene.found["then"] == [["livecam", "/dev/video10", None]]
