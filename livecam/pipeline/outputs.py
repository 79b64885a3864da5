"""Several sinks as one."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager

from livecam.errors import LivecamError
from livecam.frame import Frame, VideoFormat
from livecam.pipeline.protocols import Sink

_LOG = logging.getLogger(__name__)


class Together:
    """A sink made of sinks that stand or fall together: the first error ends them all.

    Args:
        sinks: Opened in this order, closed in the reverse one.
    """

    def __init__(self, sinks: Sequence[Sink]) -> None:
        self._sinks = tuple(sinks)

    @contextmanager
    def open(self, video_format: VideoFormat) -> Iterator[Callable[[Frame], None]]:
        """A context that gives the function to send frames with.

        Raises:
            SinkError: A sink cannot be opened or written.
        """
        with ExitStack() as opened:
            sends = [opened.enter_context(sink.open(video_format)) for sink in self._sinks]

            def send(frame: Frame) -> None:
                for one in sends:
                    one(frame)

            yield send


class Apart:
    """A sink made of sinks of which one that fails is left out, as long as another one works.

    All have to open. One that fails later is closed at once, with a warning; the last one to fail
    raises the first error. All are finished at the end, whatever becomes of the others.

    Args:
        sinks: Opened in this order, closed in the reverse one.
    """

    def __init__(self, sinks: Sequence[Sink]) -> None:
        self._sinks = tuple(sinks)

    @contextmanager
    def open(self, video_format: VideoFormat) -> Iterator[Callable[[Frame], None]]:
        """A context that gives the function to send frames with.

        Raises:
            SinkError: A sink cannot be opened or finished, or all of them failed.
        """
        with ExitStack() as opened:
            working: dict[ExitStack, Callable[[Frame], None]] = {}
            errors: list[LivecamError] = []

            def send(frame: Frame) -> None:
                for context, one in tuple(working.items()):
                    try:
                        one(frame)
                    except LivecamError as error:
                        errors.append(error)
                        if len(working) == 1:
                            raise errors[0] from errors[0].__cause__
                        _LOG.warning("%s. The other outputs go on.", error.message.rstrip("."))
                        del working[context]
                        context.__exit__(type(error), error, error.__traceback__)

            for sink in self._sinks:
                context = opened.enter_context(ExitStack())
                working[context] = context.enter_context(sink.open(video_format))
            yield send
            _finish(reversed(working))


def _finish(contexts: Iterator[ExitStack]) -> None:
    """Closes all of them; then raises the first error."""
    first: LivecamError | None = None
    for context in contexts:
        try:
            context.close()
        except LivecamError as error:
            first = first or error
    if first is not None:
        raise first
