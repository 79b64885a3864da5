"""The face swap as a processor of frames."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from livecam.face import Crop, Face, Identity
from livecam.frame import Frame
from livecam.picture import Patch, Picture
from livecam.pipeline.stats import Timings
from livecam.swap.options import OnLost, SwapOptions
from livecam.swap.privacy import blur_all, blur_face
from livecam.swap.selection import Selection
from livecam.swappers import Swapper
from livecam.tracking import Tracker


@dataclass(frozen=True, slots=True)
class SwapReport:
    """What has come of the frames so far."""

    frames: int = 0
    unswapped: int = 0
    """Frames in which no face was swapped; `on_lost` says what they show."""
    looks: int = 0
    """Frames the detector looked at."""


class FaceSwap:
    """Follows the faces, swaps those that are chosen, and keeps to a policy where it cannot.

    Same frames and same options give the same pictures.

    Args:
        tracker: Follows the faces.
        swapper: Makes the new ones.
        identity: Who is worn.
        tuning: Replaced whole at any time, from any thread; each frame reads it once.
        timings: Where the durations of `track`, `crop`, `swap` and `paste` go.

    Raises:
        SourceError: `identity` lacks what `swapper` needs of it.
    """

    def __init__(
        self,
        tracker: Tracker,
        swapper: Swapper,
        identity: Identity,
        tuning: SwapOptions,
        *,
        timings: Timings | None = None,
    ) -> None:
        self.tuning = tuning
        self.report = SwapReport()
        self._tracker = tracker
        self._disguise = swapper.wear(identity)
        self._selection = Selection()
        self._timings = timings or Timings()
        self._last: Picture | None = None

    def process(self, frame: Frame) -> Frame:
        """`frame` with the faces swapped, at its own time.

        Raises:
            ModelError: A model failed to run.
            SourceError: The landmarker gives less of a face than the swapper needs.
        """
        tuning = self.tuning
        with self._timings.stage("track"):
            faces = self._tracker.track(frame)
        self._disguise.forget({face.track_id for face in faces})
        chosen = self._selection.choose(faces, tuning.faces, frame.time)
        patches = {face.track_id: self._patch(frame, face, tuning) for face in chosen}
        swapped = [patch for patch in patches.values() if patch is not None]
        lost = [face for face in chosen if patches[face.track_id] is None]
        self.report = replace(
            self.report,
            frames=self.report.frames + 1,
            unswapped=self.report.unswapped + (not swapped),
            looks=self.report.looks + (self._tracker.reason is not None),
        )
        return frame.with_picture(self._shown(frame.picture, swapped, lost, tuning.on_lost))

    def _patch(self, frame: Frame, face: Face, tuning: SwapOptions) -> Patch | None:
        with self._timings.stage("crop"):
            crop_from_frame, size = self._disguise.alignment(face)
            crop = Crop(frame.picture.crop(crop_from_frame, size), crop_from_frame)
        with self._timings.stage("swap"):
            return self._disguise.swap(
                crop, face, strength=tuning.strength, eyes=tuning.eyes, time_s=frame.time
            )

    def _shown(
        self,
        picture: Picture,
        swapped: Sequence[Patch],
        lost: Sequence[Face],
        on_lost: OnLost,
    ) -> Picture:
        """What goes out: the swaps, and what the policy says where there is none."""
        if swapped and not lost:
            self._last = self._paste(picture, swapped)
            return self._last
        last = self._last
        if on_lost is OnLost.FREEZE and last and last.luma.shape == picture.luma.shape:
            return last
        if on_lost is OnLost.PASS:
            return self._paste(picture, swapped)
        hidden = [blur_face(picture, face.box) for face in lost] or [blur_all(picture)]
        return self._paste(picture, [*swapped, *hidden])

    def _paste(self, picture: Picture, patches: Sequence[Patch]) -> Picture:
        with self._timings.stage("paste"):
            return picture.paste(patches)
