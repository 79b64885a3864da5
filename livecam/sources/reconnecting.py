"""A live source that comes back after an outage."""

import logging
import time
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass, field, replace

from livecam.errors import SourceError
from livecam.frame import Frame, VideoFormat
from livecam.pipeline.protocols import Source

_LOG = logging.getLogger(__name__)
_SHORTEST_S, _LONGEST_S = 0.25, 4.0
"""Between two attempts; doubles each time."""
_STALL_S = 3.0
"""A source that gave frames and now gives none for so long is opened anew."""
_FIRST_S = 10.0
"""The first frame may take longer: a stream's key frames can be far apart."""
_SAY_EVERY_S = 0.5


@dataclass(frozen=True, slots=True)
class Reconnecting:
    """The frames of a live source, which is opened anew whenever it fails or stalls.

    Meanwhile None comes. The user is told once when an outage begins, and once when it is over.
    Frames are counted on. A source that ends without an error has ended.
    """

    source: Source
    patient: bool = field(default=False, kw_only=True)
    """Waits for a source that was never there too; otherwise its first failure is raised."""

    @property
    def live(self) -> bool:
        """As the source is."""
        return self.source.live

    def probe(self) -> VideoFormat:
        """What the source's frames are, now.

        Raises:
            SourceError: As the source does.
        """
        return self.source.probe()

    def frames(self) -> Generator[Frame | None, None, None]:
        """The source's frames, and None while there are none.

        Raises:
            SourceError: The source failed before its first frame, and is not waited for.
        """
        count, told, delay_s = 0, False, _SHORTEST_S
        while True:
            first = count
            try:
                with closing(_unless_it_stalls(self.source)) as frames:
                    for frame in frames:
                        if frame is None:
                            yield None
                            continue
                        if told:
                            _LOG.warning("the source is back")
                        told, delay_s = False, _SHORTEST_S
                        yield replace(frame, index=first + frame.index)
                        count = first + frame.index + 1
                return
            except SourceError as e:
                if count == 0 and not self.patient:
                    raise
                if not told:
                    _LOG.warning("%s; trying again until it is back. %s", e.message, e.hint)
                told = True
            yield from _silence(delay_s)
            delay_s = min(2 * delay_s, _LONGEST_S)


def _unless_it_stalls(source: Source) -> Generator[Frame | None, None, None]:
    patience_s, quiet_since = _FIRST_S, time.monotonic()
    with closing(source.frames()) as frames:
        for frame in frames:
            if frame is not None:
                yield frame
                patience_s, quiet_since = _STALL_S, time.monotonic()
            elif time.monotonic() - quiet_since < patience_s:
                yield None
            else:
                raise SourceError(
                    f"no picture came for {patience_s:g} s",
                    hint="Check the camera or the sender, and its cable or network.",
                )


def _silence(duration_s: float) -> Generator[None, None, None]:
    """None every half second, for so long."""
    until = time.monotonic() + duration_s
    while (left := until - time.monotonic()) > 0:
        time.sleep(min(left, _SAY_EVERY_S))
        yield None
