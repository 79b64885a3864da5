"""One face on its way through time."""

import numpy as np
from numpy.typing import NDArray

from livecam.face import Box, Detection, Face, Mesh, Points
from livecam.landmarkers import Landmarker, Landmarks
from livecam.picture import Picture, Plane
from livecam.tracking.gate import SEEN, Evidence, Reason, trouble
from livecam.tracking.motion import face_size, propagate, reach
from livecam.tracking.options import TrackingOptions
from livecam.tracking.smoothing import PointSmoother
from livecam.vision.layout import layout_of, mesh_of
from livecam.vision.mesh import face_box, five_points

_MAX_DISAGREEMENT = 0.3
"""Of the face's size: mean distance of the detector's five points from the landmarker's."""
_SAME_PLACE = 0.8
"""Of the face's size: of two tracks this close at most one is on a face that is seen."""
_MIN_STEADINESS = 0.6
"""What a face that only its motion speaks for must have kept."""
_FORGIVEN_S = 2.0
"""How long a frame in which nothing moved as one is held against a face, s."""
_MISSES = 2
"""Looks in a row in which the detector sees nothing of a face whose landmarker cannot tell."""


class Track:
    """A followed face: its points, and how far it can be believed.

    Args:
        track_id: Never used before.
        found: The face as the landmarker sees it, where the detector found it.
        time_s: Of the frame, s.
    """

    def __init__(self, track_id: int, found: Landmarks, time_s: float) -> None:
        self.track_id = track_id
        self._reported_s: float | None = None
        self.steadiness = 1.0
        """The least agreement of late, 0–1; a face that another one covers has moved badly."""
        self.restart(found, time_s)

    def restart(self, found: Landmarks, time_s: float) -> None:
        """Takes the face to be where the detector and the landmarker see it."""
        self.points: Points | Mesh = found.points
        """Where the face is in the frame it was last followed into."""
        self._near: NDArray[np.float32] = reach(found.points)
        self._smoother = PointSmoother(layout_of(found.points))
        self._tells = found.tells
        self._misses = 0
        self._evidence = Evidence(presence=found.presence, agreement=1.0, jump=0.0)
        self.trouble: Reason | None = None
        """What is wrong with the face in this frame."""
        self._well_s = time_s
        self._detected = True

    def follow(
        self,
        before: Plane,
        picture: Picture,
        landmarker: Landmarker,
        options: TrackingOptions,
        *,
        time_s: float,
        interval_s: float,
    ) -> None:
        """Carries the face from the luma plane `before` to `picture`, `interval_s` later."""
        motion = propagate(before, picture.luma, self.points, self._near)
        found = landmarker.locate(picture, motion.points)
        jump = np.hypot(*(found.points - motion.points)[:, :2].T).mean()
        self._evidence = Evidence(
            presence=found.presence,
            agreement=motion.agreement,
            jump=float(jump) / face_size(motion.points),
        )
        self.trouble = trouble(self._evidence, options)
        recovered = self.steadiness + interval_s / _FORGIVEN_S
        self.steadiness = min(motion.agreement, recovered)
        self._detected = False
        if self.trouble in SEEN:
            self.points = self._smoother.update(motion.points, found.points, interval_s)
            self._well_s = time_s
        else:
            self.points = motion.points

    def report(self, time_s: float, options: TrackingOptions) -> Reason | None:
        """What the detector should look at because of this face.

        Trouble that lasts is told once per `detect_every_s`.
        """
        if self.trouble is None:
            return None
        if self._reported_s is not None and time_s - self._reported_s < options.detect_every_s:
            return None
        self._reported_s = time_s
        return self.trouble

    def agrees(self, detection: Detection) -> bool:
        """Whether the face is well and the detector sees it in the same place."""
        return self.trouble in SEEN and agree(self.points, detection)

    def confirm(self) -> None:
        """Notes that the detector sees the face in this frame."""
        self._detected = True
        self._misses = 0

    def miss(self) -> None:
        """Notes that the detector looked and sees nothing of the face."""
        self._misses += 1

    def is_lost(self, time_s: float, options: TrackingOptions) -> bool:
        """Whether there is no more reason to believe in the face at `time_s`."""
        if not self._tells and self._misses >= _MISSES:
            return True
        if self.trouble in SEEN:
            return False
        # What something passes over has moved badly before, and now moves as that thing does.
        return self.steadiness < _MIN_STEADINESS or time_s - self._well_s > options.coast_s

    @property
    def flows(self) -> bool:
        """Whether the face moved as one from the frame before."""
        return self._evidence.flows

    def covers(self, points: Points | Mesh) -> bool:
        """Whether the face leaves no room for another one at `points`."""
        apart = np.linalg.norm(self.points[:, :2] - points[:, :2], axis=1).mean()
        return float(apart) < _SAME_PLACE * min(face_size(self.points), face_size(points))

    @property
    def box(self) -> Box:
        """From chin to forehead, px."""
        return face_box(self.points)

    def face(self) -> Face:
        """The face as it is in the frame it was last followed into."""
        return Face(
            track_id=self.track_id,
            box=self.box,
            landmarks=five_points(self.points),
            mesh=mesh_of(self.points),
            score=self._evidence.presence,
            detected=self._detected,
            points=self.points,
        )


def agree(points: Points | Mesh, detection: Detection) -> bool:
    """Whether landmarker and detector see one face in the same place."""
    off = np.linalg.norm(detection.landmarks - five_points(points), axis=1).mean()
    return float(off) < _MAX_DISAGREEMENT * face_size(points)
