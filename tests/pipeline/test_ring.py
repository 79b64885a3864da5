import threading
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livecam.pipeline.ring import AbortedError, Overflow, Ring


def consumer(ring: Ring[int], got: list[int], ended: list[str]) -> threading.Thread:
    def consume() -> None:
        try:
            got.extend(ring)
            ended.append("closed")
        except AbortedError:
            ended.append("aborted")

    thread = threading.Thread(target=consume, name="livecam-test-consumer")
    thread.start()
    return thread


@given(st.lists(st.integers()), st.integers(1, 5))
def test_a_blocking_ring_hands_over_everything_in_order(items: list[int], depth: int) -> None:
    ring: Ring[int] = Ring(depth, Overflow.BLOCK)
    got: list[int] = []
    ended: list[str] = []
    thread = consumer(ring, got, ended)
    for item in items:
        ring.put(item)
    ring.close()
    thread.join()
    assert got == items
    assert ended == ["closed"]
    assert ring.dropped == 0


@given(st.lists(st.integers()), st.integers(1, 5))
def test_a_dropping_ring_keeps_the_newest(items: list[int], depth: int) -> None:
    ring: Ring[int] = Ring(depth, Overflow.DROP_OLDEST)
    for item in items:
        ring.put(item)
    ring.close()
    assert list(ring) == items[-depth:]
    assert ring.dropped == max(0, len(items) - depth)


@given(st.integers(0, 200), st.integers(1, 4))
@settings(max_examples=30)
def test_a_dropping_ring_loses_no_count_and_no_order(count: int, depth: int) -> None:
    ring: Ring[int] = Ring(depth, Overflow.DROP_OLDEST)
    got: list[int] = []
    thread = consumer(ring, got, [])
    for item in range(count):
        ring.put(item)
    ring.close()
    thread.join()
    assert got == sorted(set(got))
    assert len(got) + ring.dropped == count
    assert count == 0 or got[-1] == count - 1


@pytest.mark.parametrize("overflow", list(Overflow))
def test_abort_wakes_a_waiting_consumer(overflow: Overflow) -> None:
    ring: Ring[int] = Ring(1, overflow)
    ended: list[str] = []
    thread = consumer(ring, [], ended)
    ring.abort()
    thread.join(2)
    assert ended == ["aborted"]


@pytest.mark.parametrize(("end", "error"), [("abort", AbortedError), ("close", ValueError)])
def test_the_end_wakes_a_waiting_producer(end: str, error: type[Exception]) -> None:
    ring: Ring[int] = Ring(1, Overflow.BLOCK)
    ring.put(1)
    threading.Timer(0.02, getattr(ring, end)).start()
    with pytest.raises(error):
        ring.put(2)


def test_abort_forgets_what_waits() -> None:
    ring: Ring[int] = Ring(3, Overflow.BLOCK)
    ring.put(1)
    ring.abort()
    with pytest.raises(AbortedError):
        list(ring)
    with pytest.raises(AbortedError):
        ring.put(2)


def test_a_full_blocking_ring_holds_no_more_than_its_depth() -> None:
    ring: Ring[int] = Ring(2, Overflow.BLOCK)
    put: list[int] = []

    def produce() -> None:
        for item in range(5):
            ring.put(item)
            put.append(item)
        ring.close()

    thread = threading.Thread(target=produce, name="livecam-test-producer")
    thread.start()
    time.sleep(0.05)
    assert put == [0, 1]
    assert list(ring) == [0, 1, 2, 3, 4]
    thread.join()


def test_a_ring_needs_room_for_one() -> None:
    with pytest.raises(ValueError, match="at least 1 item, not 0"):
        Ring(0, Overflow.BLOCK)


@pytest.mark.parametrize("overflow", list(Overflow))
@pytest.mark.parametrize("end", ["close", "abort"])
def test_no_race_leaves_a_thread_waiting(overflow: Overflow, end: str) -> None:
    """Ends a chain of two rings at arbitrary moments, many times."""
    for round_ in range(60):
        first: Ring[int] = Ring(1, overflow)
        second: Ring[int] = Ring(1, overflow)
        got: list[int] = []

        def produce(first: Ring[int] = first) -> None:
            try:
                for item in range(10_000):
                    first.put(item)
            except (AbortedError, ValueError):
                pass

        def relay(first: Ring[int] = first, second: Ring[int] = second) -> None:
            try:
                for item in first:
                    second.put(item)
                second.close()
            except AbortedError:
                pass

        threads = [
            threading.Thread(target=produce, name="livecam-test-produce"),
            threading.Thread(target=relay, name="livecam-test-relay"),
        ]
        for thread in threads:
            thread.start()
        threads.append(consumer(second, got, []))
        time.sleep(round_ * 0.00005)
        getattr(first, end)()
        if end == "abort":
            second.abort()
        for thread in threads:
            thread.join(5)
        assert not any(thread.is_alive() for thread in threads)
        assert got == sorted(set(got))
        if overflow is Overflow.BLOCK:
            assert got == list(range(len(got)))


def test_take_waits_for_its_time_and_gives_the_newest() -> None:
    ring: Ring[int] = Ring(3, Overflow.DROP_OLDEST)
    at = time.monotonic() + 0.1
    threading.Timer(0.02, ring.put, [1]).start()
    threading.Timer(0.04, ring.put, [2]).start()
    assert ring.take(at) == 2
    assert time.monotonic() >= at
    assert ring.dropped == 1
    assert ring.take(time.monotonic()) is None


def test_take_the_first_does_not_wait_longer_than_it_must() -> None:
    ring: Ring[int] = Ring(1, Overflow.DROP_OLDEST)
    threading.Timer(0.02, ring.put, [1]).start()
    start = time.monotonic()
    assert ring.take(start + 20, first=True) == 1
    assert time.monotonic() - start < 10
    assert ring.take(time.monotonic() + 0.01, first=True) is None


def test_take_wakes_at_the_end_and_at_an_abort() -> None:
    ring: Ring[int] = Ring(1, Overflow.DROP_OLDEST)
    start = time.monotonic()
    threading.Timer(0.02, ring.close).start()
    assert ring.take(start + 20) is None
    assert ring.ended
    aborted: Ring[int] = Ring(1, Overflow.DROP_OLDEST)
    threading.Timer(0.02, aborted.abort).start()
    with pytest.raises(AbortedError):
        aborted.take(start + 20)
    assert time.monotonic() - start < 10


def test_what_waits_at_the_end_is_taken_at_its_time() -> None:
    ring: Ring[int] = Ring(1, Overflow.DROP_OLDEST)
    ring.put(1)
    ring.close()
    assert not ring.ended
    at = time.monotonic() + 0.05
    assert ring.take(at) == 1
    assert time.monotonic() >= at
    assert ring.ended
