"""What goes out: the swaps, or what the policy says where one is missing."""

from collections.abc import Sequence
from dataclasses import dataclass

from livecam.face import Box
from livecam.picture import Patch, Picture
from livecam.swap.label import label
from livecam.swap.options import OnLost, SwapOptions
from livecam.swap.privacy import blur_face, blur_person, blurred, slate


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What came of the faces of one frame that must change."""

    swaps: Sequence[Patch]
    lost: Sequence[Box] = ()
    """Where those are that could not be swapped."""
    complete: bool = True
    """False when there is, or may be, somebody else, nobody knows where."""

    @property
    def confident(self) -> bool:
        """Whether everybody is swapped."""
        return bool(self.swaps) and not self.lost and self.complete


class Screen:
    """Remembers the last picture on which everybody was swapped.

    Args:
        live: Decides what `auto` means in the options.
    """

    def __init__(self, *, live: bool) -> None:
        self._live = live
        self._last: Picture | None = None
        self._last_s = 0.0

    def show(
        self, picture: Picture, outcome: Outcome, options: SwapOptions, time_s: float
    ) -> Picture:
        """The picture to show instead of `picture`, which is of the time `time_s`."""
        note = label(options.label, picture.width, picture.height, live=self._live)
        notes = [note] if note else []
        policy = options.policy(live=self._live)
        if outcome.confident:
            self._last, self._last_s = picture.paste([*outcome.swaps, *notes]), time_s
            return self._last
        if policy is OnLost.PASS:
            return picture.paste([*outcome.swaps, *notes])
        if policy is OnLost.SLATE:
            return slate(picture.width, picture.height, picture.colour).paste(notes)
        last = self._last
        if last is not None and last.luma.shape == picture.luma.shape:
            held = policy is OnLost.HOLD_BLUR and 0 <= time_s - self._last_s <= options.hold_s
            if held or policy is OnLost.FREEZE:
                return last
        if not outcome.lost or not outcome.complete:
            return blurred(picture).paste(notes)
        blur = blur_person if self._live or policy is OnLost.HOLD_BLUR else blur_face
        hidden = [blur(picture, box) for box in outcome.lost]
        return picture.paste([*outcome.swaps, *hidden, *notes])
