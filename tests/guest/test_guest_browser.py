"""livecam's camera in a page that asks for one, as a meeting would."""

import numpy as np
import pattern
import pytest
from findings import Scene, is_within


@pytest.mark.needs_guest("browser")
def test_a_page_gets_the_camera_by_its_label_size_and_rate(scene: Scene) -> None:
    report = scene.found["report"]
    assert "error" not in report, report["error"]
    assert report["label"].startswith("livecam")
    assert report["size"] == [pattern.WIDTH, pattern.HEIGHT]
    assert report["settings"]["width"] == pattern.WIDTH
    assert report["settings"]["frameRate"] == pytest.approx(float(pattern.RATE), abs=0.1)


@pytest.mark.needs_guest("browser")
def test_a_page_sees_every_picture_in_order_and_no_more_often(scene: Scene) -> None:
    seen = scene.found["report"]["seen"]
    assert is_within(seen, scene.found["sent"])
    assert len(set(seen)) > 10


@pytest.mark.needs_guest("browser")
def test_a_page_sees_the_colours(scene: Scene) -> None:
    shown = np.array(scene.found["report"]["bars"])
    assert np.abs(shown - list(pattern.BARS.values())).max() <= 4
