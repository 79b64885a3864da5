"""The rendered people: pictures of their clips, and where their points truly are."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from livecam.picture import Picture

EYES_NOSE_MOUTH = ([*range(36, 42)], [*range(42, 48)], [30], [48], [54])
"""The iBUG points whose means are the five points."""


@dataclass(frozen=True)
class Moment:
    """One picture and the truth about it."""

    picture: Picture
    points: NDArray[np.float32]
    """float32 (faces, 68, 2) px, iBUG order."""
    yaw_deg: NDArray[np.float32]
    """float32 (faces,)."""

    @property
    def five(self) -> NDArray[np.float32]:
        """float32 (faces, 5, 2) px, ordered as `Detection.landmarks`."""
        means = [self.points[:, part].mean(axis=1) for part in EYES_NOSE_MOUTH]
        return np.stack(means, axis=1)

    @property
    def eye_distance(self) -> NDArray[np.float32]:
        """float32 (faces,) px."""
        return np.linalg.norm(self.five[:, 0] - self.five[:, 1], axis=1)


def moments(clip: Path, *, every: int) -> Iterator[Moment]:
    """Every so many frames of the clip, from the first."""
    truth = np.load(clip.with_suffix(".npz"))
    frames = len(truth["points"])
    points = truth["points"].reshape(frames, -1, 68, 2)
    yaw = truth["pose_deg"].reshape(frames, -1, 3)[..., 0]
    with av.open(clip) as container:
        for index, frame in enumerate(container.decode(video=0)):
            if index % every == 0:
                yield Moment(_picture(frame), points[index], yaw[index])


def _picture(frame: Any) -> Picture:
    planes = (
        np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)[:, : plane.width]
        for plane in frame.planes
    )
    # The decoder uses its planes again.
    return Picture(*(plane.copy() for plane in planes))
