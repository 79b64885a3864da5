"""A wait for something slow that can be called off at any moment."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event

from livecam.pipeline.stage import Stage

_EVERY_S = 0.3


class CalledOffError(Exception):
    """Nobody wants any more what is being fetched; raised by a `Progress`, it ends the fetching."""


@contextmanager
def called_off_by(tell: Callable[[], None], *, cut: Callable[[], None]) -> Iterator[None]:
    """A context that ends with what `tell` raises, however silent that is what it waits for.

    Args:
        tell: Called again and again on a thread of its own, for as long as the context.
        cut: Makes the wait fail; called at most once, after `tell` has raised.
    """
    over, raised = Event(), list[BaseException]()

    def watch() -> None:
        while not over.wait(_EVERY_S):
            tell()

    def note(_stage: str, error: BaseException) -> None:
        raised.append(error)
        cut()

    beside = Stage("fetching", watch, on_error=note)
    beside.start()
    try:
        yield
    except Exception:
        if not raised:
            raise
    finally:
        over.set()
        beside.wait()
    if raised:
        raise raised[0]
