"""The command as a user starts it: from a webcam to a camera that other programs see."""

import numpy as np
import pattern
import pytest
from findings import Scene


@pytest.mark.needs_network  # for the models, where they are not here yet
@pytest.mark.needs_guest("live_command")
def test_livecam_live_shows_what_its_camera_sees_and_ends_cleanly(scene: Scene) -> None:
    found = scene.found
    assert found["shows"], found["said"]
    assert found["end"] == 130, found["said"]
    assert (found["about"]["label"], found["about"]["rate"]) == ("livecam", "5.000")
    assert found["about"]["size"] == [pattern.WIDTH, pattern.HEIGHT]
    assert found["then"]["outputs"], "the device is free again"
    frames = pattern.raw_frames(scene.folder / "watched", "I420")
    assert len(frames) == 10
    luma = pattern.bars(frames[-1][0])
    assert np.all(np.diff(luma) < 0), "vivid's bars go from white to black"
