"""Several sinks as one."""

import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from threading import Lock

from livecam.errors import LivecamError, SinkError
from livecam.frame import Frame, VideoFormat
from livecam.pipeline.protocols import Sink

_LOG = logging.getLogger(__name__)

Send = Callable[[Frame], None]


@dataclass(frozen=True, slots=True, eq=False)
class _Open:
    """A sink that takes part."""

    sink: Sink
    context: ExitStack
    send: Send

    @classmethod
    def of(cls, sink: Sink, video_format: VideoFormat) -> "_Open":
        context = ExitStack()
        return cls(sink, context, context.enter_context(sink.open(video_format)))


class Together:
    """A sink made of sinks that stand or fall together: the first error ends them all.

    Args:
        sinks: Opened in this order, closed in the reverse one.
    """

    def __init__(self, sinks: Sequence[Sink]) -> None:
        self._sinks = tuple(sinks)

    @contextmanager
    def open(self, video_format: VideoFormat) -> Iterator[Send]:
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
    raises the first error. All are finished at the end, at the same time and whatever becomes of
    the others. More may join, and any may leave, while frames go on.

    Args:
        sinks: Opened in this order; each may be closed on another thread: `Threaded`, `Preview`.
    """

    def __init__(self, sinks: Sequence[Sink]) -> None:
        self._sinks = tuple(sinks)
        self._lock = Lock()
        self._format: VideoFormat | None = None
        self._working: list[_Open] = []
        self._errors: list[LivecamError] = []

    @contextmanager
    def open(self, video_format: VideoFormat) -> Iterator[Send]:
        """A context that gives the function to send frames with.

        Raises:
            SinkError: A sink cannot be opened or finished, or all of them failed.
        """
        try:
            for sink in self._sinks:
                self._working.append(_Open.of(sink, video_format))
            self._format = video_format
            yield self._send
        except BaseException as error:
            _leave(self._drain(), error)
            raise
        else:
            for closing in _leave(self._drain()):
                closing.result()

    def attach(self, sink: Sink) -> None:
        """Opens `sink` on the calling thread, and lets it take part.

        Args:
            sink: May be opened and closed on different threads, and never waits: `Threaded`.

        Raises:
            SinkError: It cannot be opened, or the run is not going on.
        """
        video_format = self._format
        if video_format is None:
            raise _not_running()
        new = _Open.of(sink, video_format)
        with self._lock:
            if self._format is not None:
                self._working.append(new)
                return
        new.context.close()
        raise _not_running()

    def detach(self, sink: Sink) -> None:
        """Sends no more to `sink` and finishes it on the calling thread; the others go on.

        Raises:
            SinkError: It could not be finished.
        """
        with self._lock:
            leaving = [one for one in self._working if one.sink is sink]
            self._working = [one for one in self._working if one.sink is not sink]
        for one in leaving:
            one.context.close()

    def _send(self, frame: Frame) -> None:
        with self._lock:
            for one in tuple(self._working):
                try:
                    one.send(frame)
                except LivecamError as error:
                    self._errors.append(error)
                    if len(self._working) == 1:
                        raise self._errors[0] from self._errors[0].__cause__
                    _LOG.warning("%s. The other outputs go on.", error.message.rstrip("."))
                    self._working.remove(one)
                    one.context.__exit__(type(error), error, error.__traceback__)

    def _drain(self) -> list[ExitStack]:
        """Lets nobody join any more; the contexts of those that take part, in their order."""
        with self._lock:
            self._format = None
            contexts = [one.context for one in self._working]
            self._working = []
        return contexts


def _not_running() -> SinkError:
    return SinkError("No output can be added: the run is not going on.", hint="Start it first.")


def _leave(
    contexts: Sequence[ExitStack], error: BaseException | None = None
) -> list[Future[bool | None]]:
    """What became of leaving all of them at the same time, for any of them may take long."""
    left = type(error) if error else None, error, error.__traceback__ if error else None
    with ThreadPoolExecutor(len(contexts) or 1, "livecam-closing") as pool:
        return [pool.submit(context.__exit__, *left) for context in contexts]
