"""Who of a frame changes, and into whom: in a file whoever is meant, live nobody who is not hidden.

Both ask the recognition only where somebody has to be told by the face.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from livecam.face import Face
from livecam.swap.options import Faces, Lock, OnLost, SwapOptions
from livecam.swap.recognition import Opinion, Recognition
from livecam.swap.selection import Selection
from livecam.swap.suspects import Suspects
from livecam.tracking import SEEN, FollowedFrame, Reason, Watch


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """What is to become of the faces of one frame; of the others nothing."""

    change: Sequence[tuple[Face, int]] = ()
    """Those who change, each with the number of whom of the cast it is."""
    hide: Sequence[Face] = ()
    """Those who must not be seen as they are, nobody knows as whom else."""
    complete: bool = True
    """False when there is, or may be, somebody else who must not be seen, nobody knows where."""
    whole: bool = False
    """Whether a swap through which the target shows is none."""


class Chooser(Protocol):
    """Chooses in one frame after the other."""

    def watch(self, options: SwapOptions) -> Watch:
        """Who in the next frame matters besides those who are followed."""

    def choose(self, frame: FollowedFrame, options: SwapOptions, *, stirring: bool) -> Choice:
        """What is to become of the faces of `frame`.

        Args:
            frame: The next one.
            options: Of this frame.
            stirring: Whether something moves besides the faces.

        Raises:
            ModelError: The embedder failed to run.
        """


class FileChooser:
    """Chooses in files: the same frames, the same choices."""

    def __init__(self, recognition: Recognition | None) -> None:
        self._recognition = recognition
        self._selection = Selection()

    def watch(self, options: SwapOptions) -> Watch:
        """See `Chooser.watch`."""
        return _who_matters(options)

    def choose(self, frame: FollowedFrame, options: SwapOptions, *, stirring: bool) -> Choice:  # noqa: ARG002 – as Chooser
        """See `Chooser.choose`."""
        faces = frame.faces
        if options.faces is not Faces.REFERENCE:
            chosen = self._selection.choose(
                faces, options.faces, options.order, frame.picture, frame.time
            )
            return Choice([(face, 0) for face in chosen])
        opinions = _opinions(self._recognition, frame, options)
        seen = [face for face in faces if frame.troubles.get(face.track_id) in SEEN]
        return Choice(_told(seen, opinions))


class LiveChooser:
    """Chooses live, and fails closed: in doubt, a face is hidden."""

    def __init__(self, recognition: Recognition | None) -> None:
        self._recognition = recognition
        self._suspects = Suspects(recognition.people if recognition else 1)
        self._faces: Faces | None = None

    def watch(self, options: SwapOptions) -> Watch:
        """See `Chooser.watch`."""
        if options.faces is Faces.MANY or not self._suspects.certain:
            return Watch.ALERT
        return _who_matters(options)

    def choose(self, frame: FollowedFrame, options: SwapOptions, *, stirring: bool) -> Choice:
        """See `Chooser.choose`."""
        opinions = self._opinions(frame, options)
        suspects = self._suspects.update(
            frame.faces,
            options.faces,
            options.order,
            frame.picture,
            frame.time,
            troubles=frame.troubles,
            cut=frame.reason is Reason.CUT,
            opinions=opinions,
        )
        self._learn(suspects)
        change = _told(suspects, opinions) if opinions else [(face, 0) for face in suspects]
        if options.policy(live=True) is OnLost.PASS:
            return Choice(change)
        sure = [face for face in suspects if frame.troubles.get(face.track_id) in SEEN]
        change = [(face, person) for face, person in change if face in sure]
        told = [face for face, _ in change]
        entering = self._suspects.strange and stirring
        known = bool(suspects) and len(sure) == len(suspects) and not self._suspects.missing
        return Choice(
            change,
            [face for face in sure if face not in told],
            complete=known and not entering,
            whole=True,
        )

    def _opinions(self, frame: FollowedFrame, options: SwapOptions) -> Mapping[int, Opinion]:
        """Who the faces are, where that is asked; nothing where all of them are hidden."""
        recognition = self._recognition
        if recognition is None:
            return {}
        if options.faces is not self._faces:
            self._faces = options.faces
            recognition.forget()
        one = options.faces is Faces.ONE and options.lock is not Lock.OFF
        if one if recognition.learns else options.faces is Faces.REFERENCE:
            return _opinions(recognition, frame, options)
        return {}

    def _learn(self, suspects: Sequence[Face]) -> None:
        """Remembers how the wearer looks, as long as it is no doubt the wearer."""
        recognition = self._recognition
        if recognition and recognition.learns and self._suspects.unbroken and len(suspects) == 1:
            recognition.learn(suspects[0].track_id)


def chooser(recognition: Recognition | None, *, live: bool) -> Chooser:
    """What chooses live, or in files.

    Args:
        recognition: Tells people by their faces; None where nobody has to be told.
        live: Whether in doubt a face is hidden.
    """
    return LiveChooser(recognition) if live else FileChooser(recognition)


def _who_matters(options: SwapOptions) -> Watch:
    """Who is to be found, where it is certain who is followed."""
    return Watch.FOLLOWED if options.faces is Faces.ONE else Watch.EVERYBODY


def _opinions(
    recognition: Recognition | None, frame: FollowedFrame, options: SwapOptions
) -> Mapping[int, Opinion]:
    if recognition is None:
        return {}
    return recognition.watch(
        frame.picture,
        frame.faces,
        frame.time,
        troubles=frame.troubles,
        cut=frame.reason is Reason.CUT,
        max_distance=options.max_distance,
    )


def _told(faces: Sequence[Face], opinions: Mapping[int, Opinion]) -> list[tuple[Face, int]]:
    """Those of `faces` who are taken for somebody, and for whom."""
    told = [(face, opinions[face.track_id].person) for face in faces if face.track_id in opinions]
    return [(face, person) for face, person in told if person is not None]
