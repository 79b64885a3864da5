"""The points of iBUG on the mesh."""

from pathlib import Path

import numpy as np
import pytest
from people import moments
from wearing import landmarker

from livecam.vision.ibug import ibug_points


@pytest.mark.needs_shared
@pytest.mark.needs_network
def test_they_are_where_the_truth_has_them(shared: Path) -> None:
    errors = []
    for clip in ("clip_a", "clip_b"):
        for moment in moments(shared / "people" / f"{clip}.mp4", every=60):
            if abs(moment.yaw_deg[0]) > 20:
                continue
            seen = landmarker().locate(moment.picture, moment.five[0])
            points = ibug_points(seen.points)
            assert points is not None
            off = np.linalg.norm(points - moment.points[0], axis=1)
            errors.append(off / moment.eye_distance[0])
    mean = np.mean(errors, axis=0)
    assert mean[17:].max() < 0.08, "of the distance between the eyes"
    assert mean[17:].mean() < 0.05
    assert mean[:17].max() < 0.2, "the truth has the jaw on the skin, not on the silhouette"


def test_sixty_eight_points_are_what_they_are_and_others_are_none() -> None:
    points = np.arange(68 * 3, dtype=np.float32).reshape(68, 3)
    found = ibug_points(points)
    assert found is not None
    np.testing.assert_array_equal(found, points[:, :2])
    assert ibug_points(np.zeros((106, 2), np.float32)) is None
