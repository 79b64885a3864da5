"""Reading that may block, on a thread of its own."""

import logging
import time
from collections.abc import Callable, Generator
from contextlib import closing

from livecam.frame import Frame
from livecam.pipeline.ring import Overflow, Ring
from livecam.pipeline.stage import Stage

_LOG = logging.getLogger(__name__)
_QUIET_S = 0.5
_CLOSING_S = 10.0


def unblocked(
    read: Callable[[], Generator[Frame | None, None, None]], *, name: str
) -> Generator[Frame | None, None, None]:
    """The newest frame of `read` as soon as there is one, None for every half second without.

    What is read is opened, used and closed on that thread. Leaving waits for it to end.

    Args:
        read: Opens, yields frames, closes; each step must end by itself within seconds.
        name: For the thread.

    Raises:
        Exception: As `read` does.
    """
    ring: Ring[Frame] = Ring(1, Overflow.DROP_OLDEST)
    failures: list[BaseException] = []

    def work() -> None:
        with closing(read()) as frames:
            for frame in frames:
                if frame is not None:
                    ring.put(frame)
        ring.close()

    def fail(_: str, error: BaseException) -> None:
        failures.append(error)
        ring.close()

    stage = Stage(name, work, on_error=fail)
    stage.daemon = True
    stage.start()
    try:
        while True:
            frame = ring.take(time.monotonic() + _QUIET_S, first=True)
            if frame is None and ring.ended:
                break
            yield frame
    finally:
        ring.abort()
        if not stage.wait(_CLOSING_S):
            _LOG.warning("%s does not close; it is left behind", name)
    if failures:
        raise failures[0]
