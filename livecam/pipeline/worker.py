"""Work beside the frames: asked for on one thread, done on another, and nobody waits for it."""

from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

from livecam.pipeline.ring import Overflow, Ring
from livecam.pipeline.stage import Stage

Q = TypeVar("Q")
A = TypeVar("A")


class Worker(Generic[Q, A]):
    """Answers questions on a thread of its own, which the first one starts.

    Args:
        name: Of the thread, after `livecam-`.
        answer: Called on that thread, for one question after the other.
        waiting: How many questions may wait; one more drops the oldest, unanswered. As many
            answers are kept for whoever fetches them, the newest.
    """

    def __init__(self, name: str, answer: Callable[[Q], A], *, waiting: int = 1) -> None:
        self._answer = answer
        self._questions: Ring[Q] = Ring(waiting, Overflow.DROP_OLDEST)
        self._answers: deque[A] = deque(maxlen=waiting)
        self._error: BaseException | None = None
        self._stage = Stage(name, self._work, on_error=self._fail)

    def ask(self, question: Q) -> None:
        """Hands `question` over, and returns at once.

        Raises:
            LivecamError: An earlier one could not be answered.
        """
        self._raise_if_failed()
        if self._stage.ident is None:
            self._stage.start()
        self._questions.put(question)

    def answers(self) -> list[A]:
        """What has been answered since the last call, in order.

        Raises:
            LivecamError: A question could not be answered.
        """
        self._raise_if_failed()
        return [self._answers.popleft() for _ in range(len(self._answers))]

    def close(self) -> None:
        """Ends the thread, after the answer it is busy with. May be called again."""
        self._questions.abort()
        self._stage.wait()
        self._answers.clear()

    def _work(self) -> None:
        for question in self._questions:
            self._answers.append(self._answer(question))

    def _fail(self, stage: str, error: BaseException) -> None:  # noqa: ARG002 – there is but one
        self._error = error

    def _raise_if_failed(self) -> None:
        if self._error is not None:
            raise self._error
