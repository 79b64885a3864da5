"""A video file as a source of frames."""

import logging
import math
import time
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import av

from livecam.errors import SettingsError, SourceError
from livecam.frame import Frame, VideoFormat
from livecam.media.decoding import Damage, decoded
from livecam.media.messages import ffmpeg_errors, listening
from livecam.media.planes import Door, turned
from livecam.media.timeline import Timeline, exact
from livecam.media.video import UNREADABLE, Video, examine
from livecam.picture import Picture, Siting

_LOG = logging.getLogger(__name__)
_MISSING_S = 0.5  # less than this may be how a header counts


@dataclass(frozen=True, slots=True)
class MediaFile:
    """The frames of a video file, each decoded picture once, upright, at its own time.

    Raises:
        SettingsError: `start_s` or `end_s` is negative or no number, or they are not in order.
    """

    path: Path
    start_s: float | None = field(default=None, kw_only=True)
    """The first frame is the first at or after this, s from the file's start."""
    end_s: float | None = field(default=None, kw_only=True)
    """The last frame is the last before this, s from the file's start."""

    def __post_init__(self) -> None:
        start, end = self.start_s or 0, self.end_s
        if not (0 <= start < math.inf and (end is None or start < end < math.inf)):
            raise SettingsError(
                f"start {start:g} s, end {'of the file' if end is None else f'{end:g} s'}: "
                "nothing lies between",
                hint="Give a start of 0 or more and an end after it, in seconds.",
            )

    @property
    def live(self) -> bool:
        """False: a file waits."""
        return False

    def probe(self) -> VideoFormat:
        """What the frames will be: upright, of the size of the first.

        Raises:
            SourceError: The file cannot be opened or has no picture that can be decoded.
        """
        video = examine(self.path)
        stored = VideoFormat(video.first.width, video.first.height, video.rate, video.colour)
        if video.quarter_turns == 0:
            return stored
        width, height = stored.width, stored.height
        if video.quarter_turns % 2:
            width, height = height, width
        return VideoFormat(width, height, stored.rate, replace(stored.colour, siting=Siting.CENTRE))

    def frames(self) -> Generator[Frame, None, None]:
        """Opens, yields every frame in order, closes.

        Raises:
            SourceError: The file cannot be opened, has no picture that can be decoded, or none
                between `start_s` and `end_s`.
        """
        video = examine(self.path)
        start = None if self.start_s is None else video.origin + exact(self.start_s)
        end = None if self.end_s is None else video.origin + exact(self.end_s)
        damage = Damage()
        door = Door(video.first, video.colour)
        door.describe(video.first)
        if video.alpha_apart:
            _LOG.warning("transparency (beside %s) is not kept", video.first.format.name)
        timeline = Timeline(video.time_base, max(1, round(1 / video.rate / video.time_base)))
        index, missing_s = -1, 0.0
        with (
            listening() as complaints,
            closing(decoded(self.path, video, damage, start=start)) as raws,
        ):
            for raw in raws:
                pts = timeline.place(raw.pts, raw.duration)
                if start is not None and pts * video.time_base < start:
                    continue
                if end is not None and pts * video.time_base >= end:
                    break
                index += 1
                yield Frame(
                    picture=self._picture(door, raw, video),
                    index=index,
                    pts=pts,
                    time_base=video.time_base,
                    captured_at=time.monotonic(),
                )
            else:
                missing_s = _missing_s(video, timeline)
            said = complaints()
        if index < 0:
            trimmed = start is not None or end is not None
            raise SourceError(
                f"{self.path} has no frame {'in that span' if trimmed else 'that can be decoded'}",
                hint="Choose a start and an end within the file." if trimmed else UNREADABLE,
            )
        self._report(damage, timeline, said, missing_s)

    def _picture(self, door: Door, raw: av.VideoFrame, video: Video) -> Picture:
        with ffmpeg_errors(
            SourceError,
            f"{self.path} holds {raw.format.name} pictures that cannot be converted",
            hint="Convert the video to yuv420p first.",
        ):
            picture = door.picture(raw)
        return turned(picture, video.quarter_turns, siting=Siting.CENTRE)

    def _report(
        self, damage: Damage, timeline: Timeline, complaints: Sequence[str], missing_s: float
    ) -> None:
        found = [
            f"{damage.packets} packets passed over" if damage.packets else "",
            f"{damage.concealed} pictures mended" if damage.concealed else "",
            f"the last {missing_s:.1f} s are missing" if missing_s > _MISSING_S else "",
            f"FFmpeg says “{complaints[0]}”" if complaints else "",
        ]
        if any(found):
            _LOG.warning("%s is damaged: %s", self.path, ", ".join(filter(None, found)))
        if timeline.repaired:
            _LOG.warning(
                "%s: %d frames had no time or one out of order and follow the frame before them",
                self.path,
                timeline.repaired,
            )


def _missing_s(video: Video, timeline: Timeline) -> float:
    """How long before the end that the file announces its pictures end, s."""
    if video.end is None or timeline.repaired:
        return 0.0
    return float(video.end - timeline.end * video.time_base)
