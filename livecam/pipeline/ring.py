"""The queue between two stages, which also carries the end of the stream."""

import time
from collections import deque
from collections.abc import Iterator
from enum import Enum
from threading import Condition
from typing import Generic, TypeVar

T = TypeVar("T")


class Overflow(Enum):
    """What a full ring does with one more item."""

    DROP_OLDEST = "drop_oldest"
    """Makes room: what counts is the newest (live)."""
    BLOCK = "block"
    """Waits for room: every item counts (files)."""


class AbortedError(Exception):
    """The run was called off. Unwinds the stage that meets it; never leaves the pipeline."""


class Ring(Generic[T]):
    """Hands items from one thread to another, in order, at most `depth` of them waiting.

    `close` is the end of the stream: the consumer gets what is left, then its loop ends.
    `abort` is a failed run: producer and consumer both meet an `AbortedError` at once.

    Args:
        depth: How many items may wait, at least 1.
        overflow: What `put` does when as many wait already.

    Raises:
        ValueError: `depth` is less than 1.
    """

    def __init__(self, depth: int, overflow: Overflow) -> None:
        if depth < 1:
            raise ValueError(f"a ring holds at least 1 item, not {depth}")
        self._depth = depth
        self._overflow = overflow
        self._items: deque[T] = deque()
        self._changed = Condition()
        self._closed = False
        self._aborted = False
        self._dropped = 0

    @property
    def ended(self) -> bool:
        """True once the ring is closed and empty."""
        return self._closed and not self._items

    @property
    def dropped(self) -> int:
        """How many items were pushed out before anybody took them."""
        return self._dropped

    def put(self, item: T) -> None:
        """Hands `item` over, after waiting for room where nothing may be dropped.

        Raises:
            AbortedError: The run was called off.
            ValueError: The ring is closed.
        """
        with self._changed:
            if self._overflow is Overflow.BLOCK:
                self._changed.wait_for(self._accepts)
            self._raise_if_aborted()
            if self._closed:
                raise ValueError("put() on a closed ring")
            if len(self._items) == self._depth:
                self._items.popleft()
                self._dropped += 1
            self._items.append(item)
            self._changed.notify_all()

    def __iter__(self) -> Iterator[T]:
        """Every item as it comes, until the ring is closed and empty.

        Raises:
            AbortedError: The run was called off.
        """
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._items or self._closed or self._aborted)
                self._raise_if_aborted()
                if not self._items:
                    return
                item = self._items.popleft()
                self._changed.notify_all()
            yield item
            del item  # a consumer that waits must not keep its last frame alive

    def take(self, at: float, *, first: bool = False) -> T | None:
        """The newest item that waits at the time `at`; None if there is none.

        Waits until then, or until the ring has ended. Items that are passed over are dropped.

        Args:
            at: As `time.monotonic()` tells it, s.
            first: Take the first item that comes before then.

        Raises:
            AbortedError: The run was called off.
        """
        with self._changed:
            wait_s = max(0.0, at - time.monotonic())
            self._changed.wait_for(
                lambda: self.ended or self._aborted or (first and self._items), wait_s
            )
            self._raise_if_aborted()
            if not self._items:
                return None
            item = self._items.pop()
            self._dropped += len(self._items)
            self._items.clear()
            self._changed.notify_all()
            return item

    def close(self) -> None:
        """Ends the stream after the items that are waiting."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def abort(self) -> None:
        """Wakes both sides with an `AbortedError` and forgets what is waiting."""
        with self._changed:
            self._aborted = True
            self._items.clear()
            self._changed.notify_all()

    def _accepts(self) -> bool:
        return len(self._items) < self._depth or self._closed or self._aborted

    def _raise_if_aborted(self) -> None:
        if self._aborted:
            raise AbortedError
