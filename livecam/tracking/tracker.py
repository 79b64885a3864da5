"""The faces of a video, frame by frame."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count

from livecam.detectors import Detector
from livecam.face import Detection, Face
from livecam.frame import Frame
from livecam.landmarkers import Landmarker, Landmarks
from livecam.picture import Picture
from livecam.tracking.association import associate
from livecam.tracking.gate import Reason, Watch, may_be_coarse, reason_to_look
from livecam.tracking.lookout import Beside, InLine, Lookout
from livecam.tracking.motion import face_size
from livecam.tracking.options import TrackingOptions
from livecam.tracking.scene import Scene, stirs
from livecam.tracking.track import Track, agree

_SHORTEST_S = 1e-3
"""For frames that share a time, s."""


@dataclass(frozen=True, slots=True, eq=False)
class _Moment:
    picture: Picture
    scene: Scene
    time_s: float


class Tracker:
    """Follows every face from where the detector first saw it.

    Time is that of the frames. Going back in it starts anew. Same frames, same answer, unless it
    is live; then the detector works on a thread of its own, and `close` must be called.

    Args:
        detector: Looks at whole pictures, seldom.
        landmarker: Looks at each followed face in each frame.
        options: When the detector looks, and how long a face is believed in.
        live: Whether no frame may wait for the detector.
    """

    def __init__(
        self,
        detector: Detector,
        landmarker: Landmarker,
        options: TrackingOptions,
        *,
        live: bool = False,
    ) -> None:
        self._lookout: Lookout = Beside(detector) if live else InLine(detector)
        self._landmarker = landmarker
        self._options = options
        self._ids = count()
        self._tracks: list[Track] = []
        self._before: _Moment | None = None
        self._looked_s: float | None = None
        self._sharp_s: float | None = None
        self._looked_at: Scene | None = None
        self._lost_s: float | None = None
        self._cut_s = -math.inf
        self._reason: Reason | None = None
        self._stirring = False

    @property
    def stirring(self) -> bool:
        """On the alert, whether something besides the followed moved in the last frame."""
        return self._stirring

    @property
    def reason(self) -> Reason | None:
        """Why the detector was sent to look at the last frame; None where it was not."""
        return self._reason

    @property
    def troubles(self) -> Mapping[int, Reason]:
        """What is wrong with faces of the last frame, by their `track_id`.

        With `Reason.FLOW` the landmarker still sees the face; with any other reason nothing but
        its motion speaks for it.
        """
        return {t.track_id: t.trouble for t in self._tracks if t.trouble is not None}

    def track(self, frame: Frame, *, watch: Watch = Watch.EVERYBODY) -> list[Face]:
        """The faces of `frame`, in the order in which they first appeared.

        Frames must come in the order of their time.

        Args:
            frame: The next one.
            watch: Who besides the followed matters.

        Raises:
            ModelError: A graph failed to run.
        """
        now = _Moment(frame.picture, Scene.of(frame.picture.luma), frame.time)
        cut = self._follow(now)
        if cut:
            self._cut_s = now.time_s
        self._reason = self._reason_to_look(now, watch, cut=cut)
        if self._reason is not None:
            self._look(now, self._reason, watch)
        sight = self._lookout.sight()
        # What was seen before a cut, or before time went back, is gone.
        if sight is not None and self._cut_s <= sight.time_s <= now.time_s:
            self._meet(sight.carried_to(now.picture), now)
        self._drop(now)
        self._before = now
        return [track.face() for track in self._tracks]

    def close(self) -> None:
        """Ends the detector's own thread, if there is one."""
        self._lookout.close()

    def _follow(self, now: _Moment) -> bool:
        """Carries every track to `now`; whether the scene changed on the way."""
        before = self._before
        if before is None:
            return False
        if now.time_s < before.time_s or now.picture.luma.shape != before.picture.luma.shape:
            self._tracks, self._looked_s, self._lost_s = [], None, None
            self._looked_at = self._sharp_s = None
            return True
        for track in self._tracks:
            track.follow(
                before.picture.luma,
                now.picture,
                self._landmarker,
                self._options,
                time_s=now.time_s,
                interval_s=max(now.time_s - before.time_s, _SHORTEST_S),
            )
        cut = now.scene.differs(before.scene)
        if cut:
            # Whoever stands in the same place now is someone else, unless only the light changed.
            self._tracks = [track for track in self._tracks if track.flows]
        return cut

    def _look(self, now: _Moment, reason: Reason, watch: Watch) -> None:
        """Sends the detector to look, as sharply as is needed."""
        smallest = None
        if self._tracks and may_be_coarse(reason, watch, _since(self._sharp_s, now.time_s)):
            smallest = min(face_size(track.points) for track in self._tracks) / 2
        else:
            self._sharp_s = now.time_s
        self._looked_s, self._looked_at = now.time_s, now.scene
        self._lookout.look(now.picture, now.time_s, smallest=smallest)

    def _reason_to_look(self, now: _Moment, watch: Watch, *, cut: bool) -> Reason | None:
        alert = watch is Watch.ALERT
        reports = [track.report(now.time_s, self._options) for track in self._tracks]
        reason = reason_to_look(
            self._options,
            since_look_s=_since(self._looked_s, now.time_s),
            since_loss_s=_since(self._lost_s, now.time_s),
            following=bool(self._tracks) and not alert,
            cut=cut,
            troubles=[report for report in reports if report is not None],
        )
        self._stirring = alert and self._stirs(now)
        return Reason.SEARCH if reason is None and self._stirring else reason

    def _stirs(self, now: _Moment) -> bool:
        """Whether something beside the followed has changed since the detector's last look."""
        if self._looked_at is None:
            return False
        people = [track.box for track in self._tracks]
        return stirs(self._looked_at, now.scene, now.picture.luma.shape, people)

    def _meet(self, detections: Sequence[Detection], now: _Moment) -> None:
        """Brings what the detector saw together with what is followed."""
        pairs = associate([track.box for track in self._tracks], [d.box for d in detections])
        matched = {j: self._tracks[i] for i, j in pairs}
        for followed in self._tracks:
            if followed not in matched.values():
                followed.miss()
        for j, detection in sorted(enumerate(detections), key=lambda item: -item[1].box.area):
            track = matched.get(j)
            if track is None:
                self._begin(detection, now)
            elif track.agrees(detection):
                track.confirm()
            elif (found := self._locate(detection, now.picture)) is not None:
                track.restart(found, now.time_s)

    def _locate(self, detection: Detection, picture: Picture) -> Landmarks | None:
        """The face that was detected, or None where the landmarker sees none, or another."""
        found = self._landmarker.locate(picture, detection.landmarks)
        sure = found.presence >= self._options.min_presence
        return found if sure and agree(found.points, detection) else None

    def _begin(self, detection: Detection, now: _Moment) -> None:
        """Follows a face that nobody followed, if there is room for it."""
        if len(self._tracks) >= self._options.max_faces:
            return
        found = self._locate(detection, now.picture)
        if found is None:
            return
        if not any(t.covers(found.points) for t in self._tracks if t.trouble is None):
            self._tracks.append(Track(next(self._ids), found, now.time_s))

    def _drop(self, now: _Moment) -> None:
        """Ends tracks that are lost, and all but the most trusted of those on one face."""
        self._end([t for t in self._tracks if t.is_lost(now.time_s, self._options)], now)
        kept: list[Track] = []
        for track in sorted(self._tracks, key=_trust):
            if not any(other.covers(track.points) for other in kept):
                kept.append(track)
        self._end([track for track in self._tracks if track not in kept], now)

    def _end(self, tracks: Sequence[Track], now: _Moment) -> None:
        if tracks:
            self._lost_s = now.time_s
            self._tracks = [track for track in self._tracks if track not in tracks]


def _trust(track: Track) -> tuple[bool, float]:
    return track.trouble is not None, -track.steadiness


def _since(then_s: float | None, now_s: float) -> float | None:
    return None if then_s is None else now_s - then_s
