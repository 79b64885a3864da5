"""A wait for something slow that can be called off at any moment."""

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from threading import Event

from filelock import FileLock, Timeout

from livecam.pipeline.stage import Stage

_log = logging.getLogger(__name__)

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


def held(lock: FileLock, tell: Callable[[], None]) -> AbstractContextManager[object]:
    """`lock`, held for as long as the context, once no other process holds it.

    Args:
        lock: Of the folder that models are fetched into.
        tell: Called again and again until then; what it raises ends the wait.
    """
    with suppress(Timeout):
        return lock.acquire(timeout=0)
    _log.info("Waiting for another livecam that is fetching models (%s)", lock.lock_file)
    while True:
        tell()
        with suppress(Timeout):
            return lock.acquire(timeout=_EVERY_S)
