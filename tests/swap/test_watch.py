"""What a masker saw, carried along: with the head, with the thing in front, and not too long."""

import gc
import threading
import weakref
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from stand_ins import PAPER, occluded

from livecam.errors import LivecamError, ModelError
from livecam.maskers import Region
from livecam.picture import Image, Mask
from livecam.swap.seen import SIDE, Seen, Share
from livecam.swap.watch import Beside, InLine, View

SIZE = 192


@dataclass
class ByColour:
    """A masker that knows green paper; waits if asked, and fails if asked."""

    size: int = 256
    may: threading.Event = field(default_factory=threading.Event)
    looked: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    looks: int = 0
    broken: bool = False

    def __post_init__(self) -> None:
        self.may.set()

    def mask(self, image: Image, regions: Collection[Region] = ()) -> Mask:
        assert set(regions) <= set(Region)
        assert self.may.wait(30)
        self.looks += 1
        self.looked.release()
        if self.broken:
            raise ModelError("The graph failed.", hint="Try another.")
        return np.asarray(255 * occluded(image), np.uint8)


SKIN = np.asarray(
    cv2.GaussianBlur(
        np.random.default_rng(3).integers(90, 220, (SIZE, SIZE, 3), np.uint8), (0, 0), 5
    )
    * np.float32([1, 0.8, 0.7]),
    np.uint8,
)
GRAIN = cv2.resize(
    np.random.default_rng(4).uniform(0.75, 1, (10, 10)).astype(np.float32),
    (64, 64),
    interpolation=cv2.INTER_NEAREST,
)
DRAWN = np.full((SIZE, SIZE), 255, np.uint8)


def covered(x: float, y: float, *, light: float = 1.0) -> tuple[Image, NDArray[np.bool_]]:
    """A face with a paper of 64 px whose corner is at x, y; and where that is."""
    image = SKIN.copy()
    place = np.s_[round(y) : round(y) + 64, round(x) : round(x) + 64]
    image[place] = GRAIN[..., None] * np.float32(PAPER)
    there = np.zeros((SIZE, SIZE), bool)
    there[place] = True
    return np.asarray(image * np.float32(light), np.uint8), there


def view(image: Image, time_s: float, *, track_id: int = 0, laid_out_by: object = None) -> View:
    return View(track_id, image, DRAWN, time_s, laid_out_by)


def shown(share: Share, where: NDArray[np.bool_]) -> float:
    """How much of the face is shown there, 0–1."""
    small = cv2.resize(share, (SIZE, SIZE), interpolation=cv2.INTER_AREA)
    inner = cv2.erode(where.astype(np.uint8), np.ones((13, 13), np.uint8)) > 0
    return float(small[inner].mean())


def seen(image: Image) -> Seen:
    large = cv2.resize(image, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR)
    return Seen(image, np.asarray(occluded(np.asarray(large, np.uint8)), np.float32), DRAWN)


class TestCarried:
    def test_a_head_that_moves_takes_along_what_is_on_it(self) -> None:
        """In the upright crop nothing moves."""
        image, paper = covered(60, 80)
        memory = seen(image)
        for _ in range(10):
            share = memory.carried_to(image)
            assert shown(share, paper) < 0.02
            assert shown(share, ~paper) > 0.98

    def test_what_moves_in_front_is_followed(self) -> None:
        memory = seen(covered(40, 80)[0])
        for step in range(1, 12):
            image, paper = covered(40 + 5 * step, 80 - 3 * step)
            share = memory.carried_to(image)
            assert shown(share, paper) < 0.1
            assert shown(share, ~paper) > 0.9

    def test_light_that_changes_takes_nothing_away(self) -> None:
        memory = seen(covered(60, 80)[0])
        for light in (0.95, 0.85, 0.7):
            image, paper = covered(60, 80, light=light)
            assert shown(memory.carried_to(image), paper) < 0.15

    def test_behind_what_has_gone_the_own_face_is_not_seen(self) -> None:
        image, paper = covered(60, 80)
        memory = seen(image)
        assert shown(memory.carried_to(SKIN), paper) > 0.9
        assert memory.carried_to(SKIN).mean() > 0.95

    def test_what_jumps_is_covered_until_the_next_look(self) -> None:
        memory = seen(covered(4, 4)[0])
        image, paper = covered(120, 120)
        share = memory.carried_to(image)
        assert share.mean() > 0.95, "the swap is drawn over it, and over where it was"
        assert shown(seen(image).carried_to(image), paper) < 0.02

    def test_with_nothing_in_front_all_is_shown(self) -> None:
        memory = seen(SKIN)
        assert memory.carried_to(SKIN).min() > 0.98


def test_in_line_every_view_is_looked_at_and_the_same_again_gives_the_same() -> None:
    masker = ByColour()
    watch = InLine(masker)
    for n in range(3):
        image, paper = covered(20 + 40 * n, 60)
        share = watch.share(view(image, n / 30), (), effort=0.1)
        assert shown(share, paper) < 0.02
        np.testing.assert_array_equal(share, watch.share(view(image, 0.0), (), effort=1.0))
    assert masker.looks == 6
    watch.forget(set())
    watch.close()


Start = Callable[[ByColour], Beside]


@pytest.fixture
def beside() -> Iterator[Start]:
    """Starts watches, and ends them however the test ends."""
    with ExitStack() as opened:
        yield lambda masker: opened.enter_context(closing(Beside(masker)))


class TestBeside:
    def test_nobody_waits_for_a_look_and_then_it_is_known(self, beside: Start) -> None:
        masker = ByColour()
        masker.may.clear()
        watch = beside(masker)
        image, paper = covered(60, 80)
        for n in range(5):
            assert watch.share(view(image, n / 30), (), effort=0.5) is None
        masker.may.set()
        share = settled(watch, view(image, 1.0))
        assert shown(share, paper) < 0.02
        watch.close()
        watch.close()  # once more does no harm

    def test_looks_take_no_more_than_their_share_of_the_time(self, beside: Start) -> None:
        masker, image = ByColour(), covered(60, 80)[0]
        watch = beside(masker)
        settled(watch, view(image, 0.0))
        for n in range(100):
            watch.share(view(image, 1e-6 * n), (), effort=0.1)
        assert masker.looks == 1, "it took longer than that"
        settled(watch, view(image, 1000.0))
        assert masker.looked.acquire(timeout=30)
        assert masker.looked.acquire(timeout=30)
        watch.close()
        assert masker.looks == 2

    def test_what_was_seen_of_another_crop_or_for_other_regions_means_nothing(
        self, beside: Start
    ) -> None:
        masker, image = ByColour(), covered(60, 80)[0]
        watch, one, other = beside(masker), object(), object()
        settled(watch, view(image, 0.0, laid_out_by=one))
        assert watch.share(view(image, 0.0, laid_out_by=other), (), effort=1.0) is None
        settled(watch, view(image, 0.0, laid_out_by=other))
        again = view(image, 0.0, laid_out_by=other)
        assert watch.share(again, (Region.NOSE,), effort=1.0) is None
        watch.close()

    def test_each_face_has_its_own_and_those_that_are_gone_are_forgotten(
        self, beside: Start
    ) -> None:
        masker = ByColour()
        watch = beside(masker)
        left, right = covered(10, 60), covered(110, 60)
        for n, (image, _) in enumerate((left, right)):
            settled(watch, view(image, 0.0, track_id=n))
        for n, (image, paper) in enumerate((left, right)):
            share = watch.share(view(image, 0.0, track_id=n), (), effort=0.1)
            assert share is not None
            assert shown(share, paper) < 0.02
        watch.forget({1})
        assert watch.share(view(left[0], 0.0, track_id=0), (), effort=0.1) is None
        assert watch.share(view(right[0], 0.0, track_id=1), (), effort=0.1) is not None
        watch.close()

    def test_a_masker_that_fails_ends_the_run_with_its_own_error(self, beside: Start) -> None:
        masker = ByColour(broken=True)
        watch = beside(masker)
        with pytest.raises(ModelError, match="The graph failed"):
            settled(watch, view(SKIN, 0.0))
        watch.close()

    def test_the_masker_goes_with_whoever_had_it_look(self) -> None:
        masker = ByColour()
        gone, watch = weakref.ref(masker), Beside(masker)
        settled(watch, view(SKIN, 0.0))
        watch.close()
        gc.disable()
        try:
            del masker, watch
            assert gone() is None, "half a gigabyte waits for garbage to be collected"
        finally:
            gc.enable()

    def test_one_that_was_never_asked_has_no_thread(self) -> None:
        before = threading.active_count()
        Beside(ByColour()).close()
        assert threading.active_count() == before


def settled(watch: Beside, shown_view: View) -> Share:
    """What is known of the view once the masker has looked."""
    pause = threading.Event()
    for _ in range(3000):
        share = watch.share(shown_view, (), effort=1.0)
        if share is not None:
            return share
        pause.wait(0.01)
    raise LivecamError("The masker never answered.", hint="Look at its thread.")
