"""Work that takes longer than a window can wait: done one after the other, on a thread of its own.

errands = Errands("errands")
errand = errands.send(lambda told: catalog.pull(["yunet"], progress=told))
errand.state            # looked at from time to time: is it over, what came of it?
errands.close()
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import Condition
from typing import Generic, TypeVar

from livecam.errors import LivecamError
from livecam.pipeline.stage import Stage, reported
from livecam.runtime.calling_off import CalledOffError
from livecam.runtime.download import Progress

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class State(Generic[T]):
    """An errand at one moment."""

    over: bool = False
    result: T | None = None
    """What came of it, once it is over."""
    error: LivecamError | None = None
    """Why nothing came of it."""
    doing: str = ""
    """What is being done, in words, as far as it says."""
    share: float | None = None
    """How far it is, 0–1; None where nobody knows."""


class Errand(Generic[T]):
    """One piece of work on its way."""

    def __init__(self, work: Callable[[Progress], T]) -> None:
        self._work = work
        self._called_off = False
        self.state: State[T] = State()
        """Replaced whole; from any thread."""

    def call_off(self) -> None:
        """Ends it where it next tells how far it is, or before it has begun."""
        self._called_off = True

    def run(self) -> None:
        """Does the work; called by `Errands`."""
        try:
            self._tell("", 0, 0)
            result = self._work(self._tell)
            self.state = State(over=True, result=result)
        except CalledOffError:
            self.state = State(over=True)
        except LivecamError as error:
            self.state = State(over=True, error=error)

    def fail(self, error: LivecamError) -> None:
        """Ends it with an error that was not foreseen."""
        self.state = State(over=True, error=error)

    def _tell(self, doing: str, done: int, total: int) -> None:
        if self._called_off:
            raise CalledOffError
        share = done / total if total else None
        self.state = replace(self.state, doing=doing, share=share)


class Errands:
    """Does errands in the order in which they are sent; the thread begins with the first.

    Args:
        name: Of the thread.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._changed = Condition()
        self._waiting: deque[Errand[object]] = deque()
        self._now: Errand[object] | None = None
        self._closing = False
        self._stage: Stage | None = None

    def send(self, work: Callable[[Progress], T]) -> Errand[T]:
        """The errand that does `work`, which is told how to say how far it is."""
        errand = Errand(work)
        with self._changed:
            self._waiting.append(errand)  # type: ignore[arg-type] # its result is nobody's here
            self._changed.notify_all()
            if self._stage is None:
                self._stage = Stage(self._name, self._work, on_error=self._fail)
                self._stage.start()
        return errand

    def close(self) -> None:
        """Calls off what is not done, and waits for the thread."""
        with self._changed:
            self._closing = True
            for errand in (*self._waiting, *([self._now] if self._now else [])):
                errand.call_off()
            self._changed.notify_all()
            stage = self._stage
        if stage is not None:
            stage.wait()

    def _work(self) -> None:
        while (errand := self._next()) is not None:
            errand.run()

    def _next(self) -> Errand[object] | None:
        with self._changed:
            self._now = None
            self._changed.wait_for(lambda: self._waiting or self._closing)
            self._now = self._waiting.popleft() if self._waiting else None
            return self._now

    def _fail(self, stage: str, error: BaseException) -> None:
        """A fault of livecam's own ends one errand; the next one gets a new thread."""
        with self._changed:
            failed, self._now, self._stage = self._now, None, None
        if failed is not None:
            failed.fail(reported(stage, error))
        with self._changed:
            if self._waiting and not self._closing:
                self._stage = Stage(self._name, self._work, on_error=self._fail)
                self._stage.start()
