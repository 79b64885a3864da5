"""The face swap as a processor of frames."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Self

from livecam.enhancers import Enhancer
from livecam.face import Crop, Face, Identity
from livecam.frame import Frame
from livecam.picture import Patch
from livecam.pipeline.stats import Timings
from livecam.swap.masks import NO_MASK, Masks
from livecam.swap.options import Faces, OnLost, SwapOptions
from livecam.swap.screen import Outcome, Screen
from livecam.swap.selection import Selection
from livecam.swap.sharpening import sharpened
from livecam.swap.suspects import Suspects
from livecam.swappers import Disguise, Swapper
from livecam.tracking import FollowedFrame, Reason, Tracker


@dataclass(frozen=True, slots=True)
class SwapReport:
    """What has come of the frames so far."""

    frames: int = 0
    unswapped: int = 0
    """Frames in which no face was swapped; `on_lost` says what they show."""
    policy: int = 0
    """Frames in which somebody was not swapped, so that `on_lost` decided what they show."""
    looks: int = 0
    """Frames the detector was sent to look at."""


class FaceSwap:
    """Follows the faces, swaps those that are chosen, and keeps to a policy where it cannot.

    In files the same frames and the same options give the same pictures. Live, it fails closed: a
    face goes out as it is only if it is known not to be the wearer's. Close it at the end, or use
    it as a context; live, it has a thread of its own.

    Args:
        tracker: Follows the faces.
        swapper: Makes the new ones.
        identity: Who is worn.
        tuning: Replaced whole at any time, from any thread; each frame reads it once.
        masks: What `tuning.mask` can choose from; by default what needs no models.
        enhancer: Sharpens the swapped faces; None leaves them as they are.
        live: Whether the person in the picture is to be protected. The tracker should be live,
            too.
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
        masks: Masks | None = None,
        enhancer: Enhancer | None = None,
        live: bool = False,
        timings: Timings | None = None,
    ) -> None:
        self.tuning = tuning
        self.report = SwapReport()
        self._tracker = tracker
        self._swapper = swapper
        self._disguise = swapper.wear(identity)
        self._masks = masks or Masks()
        self._enhancer = enhancer
        self._live = live
        self._selection = Selection()
        self._suspects = Suspects()
        self._screen = Screen(live=live)
        self._timings = timings or Timings()

    def wear(self, identity: Identity, *, swapper: Swapper | None = None) -> None:
        """Changes the face that is worn, from the next frame on; may be called on any thread.

        The new face is made ready here, while frames go on with the old one; if that fails, the
        old one stays.

        Args:
            identity: Who is worn from now on.
            swapper: Makes the faces from now on; None keeps the one there is.

        Raises:
            SourceError: `identity` lacks what the swapper needs of it.
        """
        swapper = swapper or self._swapper
        self._disguise = swapper.wear(identity)
        self._swapper = swapper

    def process(self, frame: Frame) -> Frame:
        """`frame` with the faces swapped, at its own time.

        Raises:
            ModelError: A model failed to run.
            SourceError: The landmarker gives less of a face than the swapper needs.
        """
        tuning, disguise = self.tuning, self._disguise
        followed = frame if isinstance(frame, FollowedFrame) else self.follow(frame)
        alive = {face.track_id for face in followed.faces}
        disguise.forget(alive)
        self._masks.forget(alive)
        outcome = self._outcome(frame, followed.faces, tuning, disguise)
        self.report = replace(
            self.report,
            frames=self.report.frames + 1,
            unswapped=self.report.unswapped + (not outcome.swaps),
            policy=self.report.policy + (not outcome.confident),
            looks=self.report.looks + followed.looked,
        )
        with self._timings.stage("paste"):
            shown = self._screen.show(frame.picture, outcome, tuning, frame.time)
        return replace(frame, picture=shown, original=frame.picture if self._live else None)

    def follow(self, frame: Frame) -> FollowedFrame:
        """`frame` with its faces, which `process` then need not look for.

        In files it may run on another thread, ahead of `process`. Live it may not: there, where to
        look depends on what came of the frame before.

        Raises:
            ModelError: A model failed to run.
        """
        with self._timings.stage("track"):
            faces = self._tracker.track(frame, alert=self._alert(self.tuning))
        return FollowedFrame.of(frame, tuple(faces), looked=self._tracker.reason is not None)

    def close(self) -> None:
        """Ends what works beside the frames. May be called again."""
        self._tracker.close()
        self._masks.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _alert(self, tuning: SwapOptions) -> bool:
        """Whether whoever appears must not be seen as they are."""
        return self._live and (tuning.faces is Faces.MANY or not self._suspects.certain)

    def _outcome(
        self, frame: Frame, faces: Sequence[Face], tuning: SwapOptions, disguise: Disguise
    ) -> Outcome:
        if not self._live:
            chosen = self._selection.choose(faces, tuning.faces, frame.time)
            return self._swapped(frame, chosen, tuning, disguise, whole=False)
        troubles = self._tracker.troubles
        chosen = self._suspects.update(
            faces,
            tuning.faces,
            frame.time,
            width=frame.picture.width,
            troubles=troubles,
            cut=self._tracker.reason is Reason.CUT,
        )
        if tuning.policy(live=True) is OnLost.PASS:
            return self._swapped(frame, chosen, tuning, disguise, whole=False)
        sure = [face for face in chosen if troubles.get(face.track_id) in {None, Reason.FLOW}]
        outcome = self._swapped(frame, sure, tuning, disguise, whole=True)
        entering = self._suspects.strange and self._tracker.stirring
        known = bool(chosen) and len(sure) == len(chosen) and not self._suspects.missing
        return replace(outcome, complete=known and not entering)

    def _swapped(
        self,
        frame: Frame,
        chosen: Sequence[Face],
        tuning: SwapOptions,
        disguise: Disguise,
        *,
        whole: bool,
    ) -> Outcome:
        patches = [self._patch(frame, face, tuning, disguise, whole=whole) for face in chosen]
        swaps = [(face, patch) for face, patch in zip(chosen, patches, strict=True) if patch]
        return Outcome(
            swaps=[*(patch for _, patch in swaps), *self._sharpened(frame, swaps, tuning)],
            lost=[face.box for face, patch in zip(chosen, patches, strict=True) if patch is None],
        )

    def _patch(
        self, frame: Frame, face: Face, tuning: SwapOptions, disguise: Disguise, *, whole: bool
    ) -> Patch | None:
        manner = tuning.manner(whole=whole)
        with self._timings.stage("crop"):
            crop_from_frame, size = disguise.alignment(face, manner)
            crop = Crop(frame.picture.crop(crop_from_frame, size), crop_from_frame)
        with self._timings.stage("swap"):
            patch = disguise.swap(crop, face, manner, time_s=frame.time)
        if patch is None or tuning.mask == NO_MASK:
            return patch
        with self._timings.stage("mask"):
            return self._masks.narrowed(
                patch,
                crop,
                face,
                tuning.mask,
                time_s=frame.time,
                laid_out_by=disguise,
                whole=whole,
            )

    def _sharpened(
        self, frame: Frame, swaps: Sequence[tuple[Face, Patch]], tuning: SwapOptions
    ) -> list[Patch]:
        """What goes over the swaps to make them sharper."""
        enhancer, options = self._enhancer, tuning.enhancer
        if enhancer is None or not options.blend or not swaps:
            return []
        with self._timings.stage("enhance"):
            swapped = frame.picture.paste([patch for _, patch in swaps])
            return [sharpened(swapped, face, patch, enhancer, options) for face, patch in swaps]
