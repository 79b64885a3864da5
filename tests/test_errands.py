"""Errands: in order, told of, called off, and never a thread left behind."""

import threading
import time
from collections.abc import Iterator

import pytest

from livecam.errands import Errand, Errands
from livecam.errors import ModelError
from livecam.runtime.download import Progress


@pytest.fixture
def errands() -> Iterator[Errands]:
    made = Errands("errands")
    yield made
    made.close()
    assert not [t for t in threading.enumerate() if t.name.startswith("livecam")]


def over(errand: Errand) -> Errand:
    deadline = time.monotonic() + 20
    while not errand.state.over:
        assert time.monotonic() < deadline
        time.sleep(0.005)
    return errand


def test_they_are_done_in_order_beside_the_caller(errands: Errands) -> None:
    free, done = threading.Event(), []

    def work(n: int) -> int:
        free.wait(20)
        done.append((n, threading.current_thread().name))
        return n * n

    sent = [errands.send(lambda _, n=n: work(n)) for n in range(5)]
    assert not any(errand.state.over for errand in sent)
    free.set()
    assert [over(errand).state.result for errand in sent] == [0, 1, 4, 9, 16]
    assert done == [(n, "livecam-errands") for n in range(5)]


def test_they_say_how_far_they_are(errands: Errands) -> None:
    told, free = threading.Event(), threading.Event()

    def work(tell: Progress) -> str:
        tell("weights", 3, 4)
        told.set()
        free.wait(20)
        return "done"

    errand = errands.send(work)
    told.wait(20)
    assert (errand.state.doing, errand.state.share) == ("weights", 0.75)
    free.set()
    assert over(errand).state.result == "done"


def test_one_that_fails_does_not_keep_the_next_from_being_done(errands: Errands) -> None:
    def refuse(_: Progress) -> None:
        raise ModelError("no such model", hint="Choose another.")

    def break_down(_: Progress) -> None:
        raise ZeroDivisionError

    first, second, third = (errands.send(work) for work in (refuse, break_down, lambda _: "fine"))
    assert "no such model" in str(over(first).state.error)
    assert "ZeroDivisionError" in str(over(second).state.error)
    assert over(third).state.result == "fine"
    assert over(errands.send(lambda _: "still")).state.result == "still"


def test_what_is_called_off_ends_where_it_next_tells(errands: Errands) -> None:
    begun = threading.Event()

    def work(tell: Progress) -> str:
        begun.set()
        for n in range(10_000):
            time.sleep(0.01)
            tell("", n, 10_000)
        return "all of it"

    errand, waiting = errands.send(work), errands.send(lambda _: "never")
    begun.wait(20)
    waiting.call_off()
    errand.call_off()
    assert over(errand).state.result is None
    assert over(waiting).state.result is None


def test_closing_calls_off_what_is_not_done() -> None:
    errands = Errands("errands")

    def work(tell: Progress) -> None:
        while True:
            time.sleep(0.01)
            tell("", 1, 2)

    sent = [errands.send(work), errands.send(work)]
    errands.close()
    assert all(errand.state.over for errand in sent)
    assert all(errand.state.error is None for errand in sent)
