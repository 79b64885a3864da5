"""Whether the landmarker that guesses 68 points from five lays them where its graph says.

Its double is as the published graph is: `input` (1, 5, 2) in, (1, 68, 2) out, both in the unit
square of the template; it makes points of the five it is given, and some that are always there.
"""

from pathlib import Path

import numpy as np
from drafting import Draft, rotation

from livecam.landmarkers import FAMILIES
from livecam.picture import Picture
from livecam.runtime.manifest import Manifest

FFHQ_512 = np.array(
    [
        [192.98138, 239.94708],
        [318.90277, 240.19366],
        [256.63416, 314.01935],
        [201.26117, 371.41043],
        [313.08905, 371.15118],
    ]
)
"""px of a crop of 512."""
PARTS = ([*range(36, 42)], [*range(42, 48)], [30], [48], [54])


def check_guess(manifest: Manifest, folder: Path) -> None:
    """Fails where anything between the five points and the 68 is not by the book."""
    share = np.zeros((68, 5))
    fixed = np.stack([np.arange(68) % 9 / 8, np.arange(68) / 67], axis=1)
    for which, part in enumerate(PARTS):
        share[part, which], fixed[part] = 1, 0
    draft = Draft()
    made = draft.node("MatMul", draft.constant(share), "input")
    draft.node("Add", made, draft.constant(fixed), name="output")
    session = draft.session(manifest, [1, 5, 2], ["output"], folder, "input")
    landmarker = FAMILIES[manifest.family](manifest, session)
    grey = Picture.from_rgb(np.full((64, 64, 3), 128, np.uint8))
    for roll_deg in (0, 30, 180):
        frame_from_unit = 300 * rotation(roll_deg)
        five = FFHQ_512 / 512 @ frame_from_unit.T + [40, 50]
        truth = np.where(share.any(axis=1)[:, None], share @ five, 0)
        lies = fixed @ frame_from_unit.T + [40, 50]
        truth = np.where(share.any(axis=1)[:, None], truth, lies)
        found = landmarker.locate(grey, five.astype(np.float32))
        again = landmarker.locate(grey, found.points)
        for seen in (found, again):
            np.testing.assert_allclose(seen.points, truth, rtol=0, atol=0.05)
            np.testing.assert_allclose(seen.landmarks, five, rtol=0, atol=0.05)
            assert seen.mesh is None
            assert not seen.tells
        assert found.presence > 0.8
    crossed = landmarker.locate(grey, five[[3, 1, 4, 0, 2]].astype(np.float32))
    assert crossed.presence < 0.5
