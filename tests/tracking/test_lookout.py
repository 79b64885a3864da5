"""Who runs the detector: nobody waits for the one beside, and nothing of it is lost or left."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
import pytest
from paper import HEIGHT, WIDTH, texture

from livecam.errors import ModelError
from livecam.face import Box, Detection
from livecam.picture import Picture
from livecam.tracking.lookout import Beside, InLine, Lookout, Sight

BOX = Box(200, 100, 320, 240)
FIVE = np.float32([[230, 140], [290, 140], [260, 170], [235, 200], [285, 200]])
FOUND = Detection(BOX, 0.9, FIVE)
FOREVER_S = 20.0
"""Longer than anything here takes, unless it hangs."""


def picture(seed: int = 0, *, right: int = 0, down: int = 0) -> Picture:
    """A textured picture, what it shows moved by so many px."""
    luma = texture(seed, WIDTH + 200, HEIGHT + 200)
    grey = np.full((HEIGHT // 2, WIDTH // 2), 128, np.uint8)
    seen = luma[100 - down : 100 - down + HEIGHT, 100 - right : 100 - right + WIDTH]
    return Picture(np.ascontiguousarray(seen), grey, grey)


@dataclass
class Slow:
    """A detector that looks for as long as the test wants."""

    go_on: threading.Event = field(default_factory=threading.Event)
    busy: threading.Event = field(default_factory=threading.Event)
    seen: list[Picture] = field(default_factory=list)
    smallest: list[float | None] = field(default_factory=list)
    threads: set[str] = field(default_factory=set)
    error: Exception | None = None

    def detect(self, shown: Picture, *, smallest: float | None) -> list[Detection]:
        self.busy.set()
        assert self.go_on.wait(FOREVER_S)
        self.seen.append(shown)
        self.smallest.append(smallest)
        self.threads.add(threading.current_thread().name)
        if self.error:
            raise self.error
        return [FOUND]


@contextmanager
def beside(detector: Slow) -> Iterator[Beside]:
    lookout = Beside(detector)
    try:
        yield lookout
    finally:
        detector.go_on.set()
        lookout.close()


def awaited(lookout: Lookout) -> Sight:
    deadline = time.monotonic() + FOREVER_S
    while (sight := lookout.sight()) is None:
        assert time.monotonic() < deadline
        time.sleep(0.001)
    return sight


def test_in_line_the_answer_is_there_at_once_and_only_once() -> None:
    detector, shown = Slow(), picture()
    detector.go_on.set()
    lookout = InLine(detector)
    assert lookout.sight() is None
    lookout.look(shown, 1.5)
    sight = lookout.sight()
    assert sight is not None
    assert sight.picture is shown
    assert sight.time_s == 1.5
    assert sight.carried_to(shown) == [FOUND]
    assert lookout.sight() is None
    assert detector.threads == {threading.current_thread().name}
    lookout.close()


def test_beside_nobody_waits_and_the_newest_request_wins() -> None:
    detector, shown = Slow(), [picture(n) for n in range(4)]
    with beside(detector) as lookout:
        lookout.look(shown[0], 0.0, smallest=40.0)
        assert detector.busy.wait(FOREVER_S)
        for n in (1, 2, 3):
            lookout.look(shown[n], float(n))
            assert lookout.sight() is None
        detector.go_on.set()
        times = [awaited(lookout).time_s]
        while times[-1] != 3.0:
            times.append(awaited(lookout).time_s)
        assert detector.seen == [shown[0], shown[3]]
        assert detector.smallest == [40.0, None]
        assert lookout.sight() is None
    assert detector.threads == {"livecam-lookout"}


def test_the_thread_starts_with_the_first_look_and_ends_with_close() -> None:
    detector = Slow()

    def running() -> bool:
        return "livecam-lookout" in {thread.name for thread in threading.enumerate()}

    lookout = Beside(detector)
    assert not running()
    lookout.close()
    lookout = Beside(detector)
    lookout.look(picture(), 0.0)
    assert running()
    detector.go_on.set()
    lookout.close()
    assert not running()
    lookout.close()


def test_closing_waits_for_the_look_that_goes_on_and_forgets_what_waits() -> None:
    detector = Slow()
    with beside(detector) as lookout:
        lookout.look(picture(0), 0.0)
        assert detector.busy.wait(FOREVER_S)
        lookout.look(picture(1), 1.0)
    assert len(detector.seen) == 1


def test_an_error_of_the_detector_reaches_whoever_asks() -> None:
    broken = ModelError("The graph is broken.", hint="Mend it.")
    detector = Slow(error=broken)
    detector.go_on.set()
    with beside(detector) as lookout:
        lookout.look(picture(), 0.0)
        with pytest.raises(ModelError) as caught:
            awaited(lookout)
        assert caught.value is broken
        with pytest.raises(ModelError):
            lookout.look(picture(), 1.0)


@pytest.mark.parametrize(("right", "down"), [(0, 0), (12, -7), (-30, 20)])
def test_what_was_seen_is_carried_along_with_the_skin(right: int, down: int) -> None:
    (carried,) = Sight(picture(), 0.0, [FOUND]).carried_to(picture(right=right, down=down))
    shift = np.float32([right, down])
    np.testing.assert_allclose(carried.landmarks, FIVE + shift, atol=0.5)
    assert carried.landmarks.dtype == np.float32
    assert carried.box.centre == pytest.approx((260 + right, 170 + down), abs=0.5)
    assert carried.box.width == pytest.approx(BOX.width, abs=0.01)
    assert carried.score == FOUND.score


def test_where_nothing_can_be_followed_it_stays_where_it_was() -> None:
    blank = Picture(*(np.full_like(plane, 90) for plane in (picture().y, picture().u, picture().v)))
    (carried,) = Sight(picture(), 0.0, [FOUND]).carried_to(blank)
    assert carried is FOUND


@pytest.mark.parametrize("box", [Box(-80, -60, 30, 40), Box(620, 350, 700, 420), Box(5, 5, 6, 6)])
def test_faces_at_the_edge_and_tiny_ones_are_carried_or_stay(box: Box) -> None:
    found = Detection(box, 0.9, FIVE)
    (carried,) = Sight(picture(), 0.0, [found]).carried_to(picture(right=5))
    assert carried.box.left - box.left == pytest.approx(5, abs=0.5) or carried is found
