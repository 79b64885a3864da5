"""Who runs the detector: in line, or on a thread of its own beside the frames.

In line a frame waits for the answer, and the same frames always give the same faces. Beside, no
frame waits: the answer about frame k comes some frames later, and is carried forward to then.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

import numpy as np

from livecam.detectors import Detector
from livecam.face import Box, Detection, Points
from livecam.picture import Picture
from livecam.pipeline.worker import Worker
from livecam.vision.flow import follow

_GRID = 8
"""Points along each side of a face's box that tell how it moved on."""
_FEWEST = 16
"""Of these, those that must be found again."""


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """What the detector saw."""

    picture: Picture
    """Where it looked."""
    time_s: float
    """Of that picture, s."""
    detections: Sequence[Detection]
    """In px of `picture`."""

    def carried_to(self, now: Picture) -> list[Detection]:
        """The detections where they should lie in `now`, a picture of the same size."""
        if now is self.picture:
            return list(self.detections)
        return [_carried(found, self.picture, now) for found in self.detections]


class Lookout(Protocol):
    """Looks where it is told to, and tells what it saw when it knows."""

    def look(self, picture: Picture, time_s: float, *, smallest: float | None = None) -> None:
        """Asks for the faces in `picture`, of the time `time_s`; it is kept until they are known.

        `smallest` is that of `Detector.detect`.

        Raises:
            LivecamError: The detector failed, now or earlier.
        """

    def sight(self) -> Sight | None:
        """What has been seen since the last call, the newest; None where there is nothing new.

        Raises:
            LivecamError: The detector failed, now or earlier.
        """

    def close(self) -> None:
        """Ends what `look` started, and waits for the end. May be called again."""


class InLine:
    """Looks at once, on the thread that asks."""

    def __init__(self, detector: Detector) -> None:
        self._detector = detector
        self._sight: Sight | None = None

    def look(self, picture: Picture, time_s: float, *, smallest: float | None = None) -> None:
        """See `Lookout.look`."""
        self._sight = _seen(self._detector, (picture, time_s, smallest))

    def sight(self) -> Sight | None:
        """See `Lookout.sight`."""
        sight, self._sight = self._sight, None
        return sight

    def close(self) -> None:
        """Nothing was started."""


class Beside:
    """Looks on its own thread, which the first `look` starts; only the newest request waits."""

    def __init__(self, detector: Detector) -> None:
        # A method of its own would be a cycle, and keep the detector until garbage is collected.
        self._worker = Worker("lookout", partial(_seen, detector))

    def look(self, picture: Picture, time_s: float, *, smallest: float | None = None) -> None:
        """See `Lookout.look`."""
        self._worker.ask((picture, time_s, smallest))

    def sight(self) -> Sight | None:
        """See `Lookout.sight`."""
        sights = self._worker.answers()
        return sights[-1] if sights else None

    def close(self) -> None:
        """Ends the thread, after the look it is busy with."""
        self._worker.close()


def _seen(detector: Detector, request: tuple[Picture, float, float | None]) -> Sight:
    picture, time_s, smallest = request
    return Sight(picture, time_s, detector.detect(picture, smallest=smallest))


def _carried(found: Detection, before: Picture, now: Picture) -> Detection:
    """`found` moved by the median of what its skin did; where that is not to be seen, as it was.

    The landmarker has the last word on what is carried, and sees to turn and scale.
    """
    points = _grid(found.box)
    flow = follow(before.luma, now.luma, points)
    if np.count_nonzero(flow.kept) < _FEWEST:
        return found
    shift = np.median((flow.points - points)[flow.kept], axis=0)
    right, down = shift.tolist()
    box = found.box
    moved = Box(box.left + right, box.top + down, box.right + right, box.bottom + down)
    return replace(found, box=moved, landmarks=(found.landmarks + shift).astype(np.float32))


def _grid(box: Box) -> Points:
    """Points spread over `box`, float32 (n, 2), px."""
    along = (np.arange(_GRID) + 0.5) / _GRID
    x, y = np.meshgrid(box.left + along * box.width, box.top + along * box.height)
    return np.stack([x.ravel(), y.ravel()], axis=1).astype(np.float32)
