"""The face swap as a processor of frames."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Self

from livecam.enhancers import Enhancer
from livecam.face import Crop, Face, Identity
from livecam.frame import Frame
from livecam.picture import Patch
from livecam.pipeline.stats import Timings
from livecam.swap.choice import Choice, chooser
from livecam.swap.masks import NO_MASK, Masks
from livecam.swap.options import SwapOptions
from livecam.swap.recognition import Recognition
from livecam.swap.screen import Outcome, Screen
from livecam.swap.sharpening import sharpened
from livecam.swappers import Disguise, Swapper
from livecam.tracking import FollowedFrame, Tracker


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
    recognitions: int = 0
    """How often a face was looked at to tell whose it is."""
    seen: Mapping[int, int] = field(default_factory=dict)
    """Frames in which each of the cast was told to be there, by their number."""


class FaceSwap:
    """Follows the faces, swaps those that are chosen, and keeps to a policy where it cannot.

    In files the same frames and the same options give the same pictures. Live, it fails closed: a
    face goes out as it is only if it is known not to be the wearer's. Close it at the end, or use
    it as a context; live, it has a thread of its own.

    Args:
        tracker: Follows the faces.
        swapper: Makes the new ones.
        worn: Who is worn; several where each of the people in `recognition` wears another one.
        tuning: Replaced whole at any time, from any thread; each frame reads it once.
        masks: What `tuning.mask` can choose from; by default what needs no models.
        enhancer: Sharpens the swapped faces; None leaves them as they are.
        recognition: Tells the people whose faces change; None where nobody has to be told.
        live: Whether the person in the picture is to be protected. The tracker should be live,
            too.
        timings: Where the durations of `track`, `swap` and `paste` go.

    Raises:
        SourceError: `worn` lacks what `swapper` needs of it.
    """

    def __init__(
        self,
        tracker: Tracker,
        swapper: Swapper,
        worn: Identity | Sequence[Identity],
        tuning: SwapOptions,
        *,
        masks: Masks | None = None,
        enhancer: Enhancer | None = None,
        recognition: Recognition | None = None,
        live: bool = False,
        timings: Timings | None = None,
    ) -> None:
        self.tuning = tuning
        self.report = SwapReport()
        self._tracker = tracker
        self._swapper = swapper
        self._disguises = _disguises(swapper, [worn] if isinstance(worn, Identity) else worn)
        self._masks = masks or Masks()
        self._enhancer = enhancer
        self._live = live
        self._recognition = recognition
        self._chooser = chooser(recognition, live=live)
        self._screen = Screen(live=live)
        self._timings = timings or Timings()

    def wear(self, *worn: Identity, swapper: Swapper | None = None) -> None:
        """Changes the face that is worn, from the next frame on; may be called on any thread.

        The new face is made ready here, while frames go on with the old one; if that fails, the
        old one stays.

        Args:
            worn: Who is worn from now on: one by everybody, or as many as are worn now.
            swapper: Makes the faces from now on; None keeps the one there is.

        Raises:
            SourceError: `worn` lacks what the swapper needs of it.
        """
        swapper = swapper or self._swapper
        self._disguises = _disguises(swapper, worn)
        self._swapper = swapper

    def process(self, frame: Frame) -> Frame:
        """`frame` with the faces swapped, at its own time.

        Raises:
            ModelError: A model failed to run.
            SourceError: The landmarker gives less of a face than the swapper needs.
        """
        tuning, disguises = self.tuning, self._disguises
        followed = frame if isinstance(frame, FollowedFrame) else self.follow(frame)
        alive = {face.track_id for face in followed.faces}
        for disguise in disguises:
            disguise.forget(alive)
        self._masks.forget(alive)
        choice = self._chooser.choose(followed, tuning, stirring=self._tracker.stirring)
        outcome = self._outcome(frame, choice, tuning, disguises)
        self.report = replace(
            self.report,
            frames=self.report.frames + 1,
            unswapped=self.report.unswapped + (not outcome.swaps),
            policy=self.report.policy + (not outcome.confident),
            looks=self.report.looks + (followed.reason is not None),
            recognitions=self._recognition.looks if self._recognition else 0,
            seen=_counted(self.report.seen, {person for _, person in choice.change}),
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
            watch = self._chooser.watch(self.tuning)
            faces = tuple(self._tracker.track(frame, watch=watch))
        reason, troubles = self._tracker.reason, self._tracker.troubles
        return FollowedFrame.of(frame, faces, reason=reason, troubles=troubles)

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

    def _outcome(
        self, frame: Frame, choice: Choice, tuning: SwapOptions, disguises: Sequence[Disguise]
    ) -> Outcome:
        """What comes of those who are chosen."""
        swaps: list[tuple[Face, Patch]] = []
        lost = [face.box for face in choice.hide]
        for face, person in choice.change:
            disguise = disguises[person % len(disguises)]
            patch = self._patch(frame, face, tuning, disguise, whole=choice.whole)
            if patch is None:
                lost.append(face.box)
            else:
                swaps.append((face, patch))
        patches = [*(patch for _, patch in swaps), *self._sharpened(frame, swaps, tuning)]
        return Outcome(patches, lost, complete=choice.complete)

    def _patch(
        self, frame: Frame, face: Face, tuning: SwapOptions, disguise: Disguise, *, whole: bool
    ) -> Patch | None:
        manner = tuning.manner(whole=whole)
        with self._timings.stage("swap"):
            crop = Crop(frame.picture, *disguise.alignment(face, manner))
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


def _disguises(swapper: Swapper, worn: Sequence[Identity]) -> tuple[Disguise, ...]:
    return tuple(swapper.wear(identity) for identity in worn)


def _counted(counts: Mapping[int, int], seen: set[int]) -> Mapping[int, int]:
    return {person: counts.get(person, 0) + (person in seen) for person in counts.keys() | seen}
