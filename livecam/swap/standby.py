"""What goes out while the camera is silent, by the same policy as a frame without a swap."""

from collections.abc import Callable
from dataclasses import dataclass

from livecam.frame import Frame, VideoFormat
from livecam.picture import Picture
from livecam.swap.label import label
from livecam.swap.options import LabelOptions, OnLost, SwapOptions
from livecam.swap.privacy import blurred, slate

_MOMENT_S = 1.0
"""How long a silent camera's last picture stands before it is blurred, s."""


@dataclass(frozen=True, slots=True, eq=False)
class _Drawn:
    """A picture, and what it was made of."""

    picture: Picture
    policy: OnLost
    label: LabelOptions
    last: Picture | None


class PolicyStandby:
    """The `Standby` of a live swap; its pictures are drawn once for each silence.

    Args:
        tuning: The options of the swap as they are now.
        video_format: Of the frames that go out.
    """

    def __init__(self, tuning: Callable[[], SwapOptions], video_format: VideoFormat) -> None:
        self._tuning = tuning
        self._format = video_format
        self._drawn: _Drawn | None = None

    def picture(self, last: Frame | None, silence_s: float) -> Picture | None:
        """See `Standby.picture`; `last` is what the swap made of a frame."""
        tuning = self._tuning()
        policy = tuning.policy(live=True)
        if last is None or policy is OnLost.SLATE:
            return self._draw(policy, tuning.label, None)
        moment = policy is OnLost.HOLD_BLUR and silence_s < _MOMENT_S
        if moment or policy in {OnLost.FREEZE, OnLost.PASS}:
            return None
        return self._draw(policy, tuning.label, last.picture)

    def _draw(self, policy: OnLost, options: LabelOptions, last: Picture | None) -> Picture:
        """A slate, or `last` blurred."""
        drawn = self._drawn
        if drawn and (drawn.policy, drawn.label) == (policy, options) and drawn.last is last:
            return drawn.picture
        width, height = self._format.width, self._format.height
        below = blurred(last) if last else slate(width, height, self._format.colour)
        note = label(options, below.width, below.height, live=True)
        picture = below.paste([note] if note else [])
        self._drawn = _Drawn(picture, policy, options, last)
        return picture
