"""Work beside the frames."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import pytest

from livecam.errors import ModelError
from livecam.pipeline.worker import Worker

Start = Callable[..., Worker[int, object]]


@pytest.fixture
def started() -> Iterator[Start]:
    """Makes workers, and ends them however the test ends."""
    with ExitStack() as opened:
        yield lambda *args, **more: opened.enter_context(closing(Worker(*args, **more)))


def test_whoever_asks_does_not_wait_and_gets_the_answers_in_order(started: Start) -> None:
    may, done = threading.Event(), threading.Semaphore(0)

    def answer(question: int) -> tuple[int, str]:
        may.wait(30)
        done.release()
        return question, threading.current_thread().name

    worker = started("doubler", answer, waiting=2)
    assert worker.answers() == []
    worker.ask(1)
    worker.ask(2)
    assert worker.answers() == []
    may.set()
    for _ in range(2):
        assert done.acquire(timeout=30)
    worker.ask(3)  # answered after both, so that they have been kept by then
    assert done.acquire(timeout=30)
    found = worker.answers()
    assert [question for question, _ in found] in ([1, 2], [1, 2, 3], [2, 3])
    assert {name for _, name in found} == {"livecam-doubler"}
    worker.close()
    worker.close()


def test_the_oldest_question_gives_way(started: Start) -> None:
    busy, may, seen = threading.Event(), threading.Event(), []

    def answer(question: int) -> int:
        busy.set()
        may.wait(30)
        seen.append(question)
        if question == 4:
            last.set()
        return question

    last = threading.Event()
    worker = started("doubler", answer)
    worker.ask(1)
    assert busy.wait(30)
    for question in (2, 3, 4):
        worker.ask(question)
    may.set()
    assert last.wait(30)
    worker.close()
    assert seen == [1, 4]


def test_what_goes_wrong_reaches_whoever_asks_or_fetches(started: Start) -> None:
    failed = threading.Event()

    def answer(_question: int) -> int:
        failed.set()
        raise ModelError("no memory", hint="Close something.")

    worker = started("doubler", answer)
    worker.ask(1)
    assert failed.wait(30)
    worker.close()
    with pytest.raises(ModelError, match="no memory"):
        worker.answers()
    with pytest.raises(ModelError, match="no memory"):
        worker.ask(2)


def test_one_that_was_never_asked_has_no_thread(started: Start) -> None:
    before = threading.active_count()
    worker = started("doubler", abs)
    assert worker.answers() == []
    worker.close()
    assert threading.active_count() == before
