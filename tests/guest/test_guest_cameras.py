"""livecam's sources on cameras of the kernel's, and from one of them to livecam's own."""

import numpy as np
import pattern
import pytest
from findings import Scene, is_within

BARS = [[191 * (bits >> bit & 1) for bit in (1, 2, 0)] for bits in range(7, -1, -1)]
"""The bars of 75 %, RGB, white to black, that vivid shows."""


@pytest.mark.needs_guest("webcam")
def test_cameras_are_listed_with_what_they_offer(scene: Scene) -> None:
    [[index, name, device, modes]] = scene.found["listed"]  # loopbacks have nothing to show yet
    assert (index, device) == (0, "/dev/video0")
    assert "vivid" in name
    assert modes > 10
    sizes = {(width, height): rates for width, height, rates in scene.found["sizes"]}
    assert "30" in sizes[640, 360]
    assert (1280, 720) in sizes


@pytest.mark.needs_guest("webcam")
def test_frames_come_in_the_size_asked_for_in_order_and_in_time(scene: Scene) -> None:
    frames = scene.found["chosen"]
    assert [frame["size"] for frame in frames] == [[pattern.WIDTH, pattern.HEIGHT]] * 8
    assert [frame["index"] for frame in frames] == list(range(8))
    times = [frame["time"] for frame in frames]
    assert times == sorted(set(times))
    assert all(abs(frame["captured_at"] - frame["time"]) < 1e-3 for frame in frames)


@pytest.mark.needs_guest("webcam")
@pytest.mark.parametrize(
    "pixel_format", ["yuyv422", "uyvy422", "yuv422p", "yuv420p", "nv12", "rgb24", "bgr24"]
)
def test_every_format_shows_the_same_colours(scene: Scene, pixel_format: str) -> None:
    shown = np.array(scene.found["shown"][pixel_format]["bars"]).T
    assert np.abs(shown - BARS).max() <= 6


@pytest.mark.needs_guest("refused")
@pytest.mark.parametrize(
    ("case", "why", "step"),
    [
        ("in_use", "is in use by another program", "Close the program"),
        ("loopback_without_writer", "gives no pictures", "start what writes to it"),
        ("not_there", "no camera /dev/video7", "vivid"),
        ("unknown_name", "no camera named “C920”", "vivid"),
        ("rights", "may not be opened", "group video"),
    ],
)
def test_a_camera_that_does_not_open_says_why(scene: Scene, case: str, why: str, step: str) -> None:
    kind, message, hint = scene.found[case]
    assert kind == "SourceError"
    assert why in message
    assert step in hint


@pytest.mark.needs_guest("relay")
def test_pictures_pass_from_one_camera_to_the_other_in_order(scene: Scene) -> None:
    fed, sent = scene.found["fed"], scene.found["sent"]
    assert is_within(sorted(set(sent)), fed)
    assert sent == sorted(sent)
    frames = pattern.raw_frames(scene.folder / "watched", "I420")
    seen = [pattern.number(planes[0]) for planes in frames]
    assert len(seen) == 25
    assert is_within(seen, sent)
    assert len(set(seen)) > 10
    for planes in frames:
        shown = np.array([pattern.bars(plane) for plane in planes]).T
        assert np.abs(shown - pattern.expected_bars()).max() <= 1


@pytest.mark.needs_guest("relay")
def test_only_the_clock_repeats_a_picture(scene: Scene) -> None:
    numbers = dict(zip(scene.found["indexes"], scene.found["sent"], strict=True))
    again = [numbers[index] for index in sorted(numbers)]
    assert is_within(again, scene.found["fed"])


@pytest.mark.needs_guest("unplugged")
def test_pictures_go_out_while_the_camera_is_away_and_move_again_after(scene: Scene) -> None:
    assert scene.found["still"], "the last picture is shown as long as the camera is away"
    assert scene.found["back"], "the camera is taken up again"
    indexes = scene.found["indexes"]
    assert indexes == sorted(indexes)
    assert scene.found["end"] == 0
    assert len(pattern.raw_frames(scene.folder / "watched", "I420")) == 60
