"""Live runs with real threads: an output with its own clock, whatever happens before or behind it.

Bounds on time are generous: the machine is shared.
"""

import gc
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
import pytest
from generated import FORMAT, Camera, Screen, Slow, plain

from livecam.errors import PipelineError, SinkError, SourceError
from livecam.frame import Frame, VideoFormat
from livecam.picture import Picture
from livecam.pipeline.pipeline import Pipeline
from livecam.pipeline.protocols import Processor, Sink, Standby
from livecam.sinks.preview import Preview
from livecam.sinks.threaded import SinkState, Threaded

RATE = Fraction(30)
PERIOD_S = 1 / 30


def live(
    source: Camera,
    *sinks: Sink,
    processor: Processor | None = None,
    standby: Standby | None = None,
    rate: Fraction = RATE,
) -> Pipeline:
    return Pipeline(
        source,
        processor or Slow(),
        sinks,
        video_format=FORMAT,
        rate=rate,
        standby=standby,
    )


def wait_until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.01)


def raise_after(condition: Callable[[], bool]) -> None:
    wait_until(condition)
    raise KeyError("body")


def test_a_source_that_keeps_up_is_shown_in_order_with_hardly_a_repeat() -> None:
    screen = Screen()
    with live(Camera(), screen, processor=Slow(0.005)) as run:
        time.sleep(3.5)
        stats = run.stats()
    assert screen.indices == sorted(screen.indices)
    pts = [frame.pts for frame in screen.sent]
    assert all(gap * 30 / 1_000_000 > 0.5 for gap in np.diff(pts))
    assert {frame.time_base for frame in screen.sent} == {Fraction(1, 1_000_000)}
    ticks = np.array(pts) / 1_000_000
    assert np.median(np.abs(np.array(screen.at) - ticks)) < 0.02
    assert np.median(np.diff(screen.at)) == pytest.approx(PERIOD_S, rel=0.1)
    repeats = len(screen.indices) - len(set(screen.indices))
    assert repeats == run.stats().repeated < 0.25 * len(screen.sent)
    assert 0.7 * 30 < stats.fps_out < 1.2 * 30
    assert 0.7 * 30 < stats.fps_in < 1.2 * 30
    assert 5 <= stats.stages["latency"].p50_ms < 200
    assert stats.stages["latency"].count == stats.delivered - stats.repeated
    assert stats.standby == 0
    assert 0 < stats.cadence_jitter_p99_ms < 1000
    assert set(stats.cpu_s) == {"capture", "process", "deliver"}
    assert all(0 < seconds < 2 for seconds in stats.cpu_s.values())


def test_each_repeat_is_the_same_picture() -> None:
    screen = Screen()
    with live(Camera(rate=10), screen):
        time.sleep(1.0)
    by_index = {frame.index: frame.picture for frame in screen.sent}
    assert all(frame.picture is by_index[frame.index] for frame in screen.sent)
    assert len(screen.sent) > 1.5 * len(by_index)
    assert len({frame.pts for frame in screen.sent}) == len(screen.sent)


@pytest.mark.parametrize("inference_s", [0.066, 0.2, 0.5])
def test_overload_drops_frames_and_nothing_else(inference_s: float) -> None:
    screen = Screen()
    started = time.monotonic()
    with live(Camera(), screen, processor=Slow(inference_s)) as run:
        time.sleep(max(2.0, 5 * inference_s))
        stats = run.stats()
        seconds = time.monotonic() - started
    latency = stats.stages["latency"]
    assert latency.p50_ms < 1000 * (inference_s + 2 * PERIOD_S) + 100
    assert screen.indices == sorted(screen.indices)
    assert stats.delivered > 0.6 * 30 * (seconds - inference_s - 0.3)
    assert np.median(np.diff(screen.at)) == pytest.approx(PERIOD_S, rel=0.15)
    assert stats.drops.capture > 0.3 * stats.captured
    assert stats.captured - stats.drops.capture - stats.processed in (0, 1, 2)
    assert stats.repeated > 0


@dataclass
class Card:
    """A standby picture, and what it was asked with."""

    asked: list[tuple[int | None, float]] = field(default_factory=list)
    shown: Picture = field(default_factory=lambda: plain(200))
    from_s: float = 0.0

    def picture(self, last: Frame | None, silence_s: float) -> Picture | None:
        self.asked.append((last.index if last else None, silence_s))
        return self.shown if silence_s >= self.from_s else None


def test_a_silent_source_is_covered_until_it_is_back() -> None:
    screen, card = Screen(), Card(from_s=0.7)
    run = live(Camera(silent=(1.0, 2.5)), screen, standby=card)
    with run:
        wait_until(lambda: len(screen.sent) > 0 and run.stats().silence_s > 1.0)
        wait_until(lambda: run.stats().silence_s < 0.3)
        time.sleep(0.5)
    shows_card = [frame.picture is card.shown for frame in screen.sent]
    first = shows_card.index(True)
    last = len(shows_card) - shows_card[::-1].index(True)
    assert all(shows_card[first:last]), "a frame slipped through in between"
    assert 0.3 / PERIOD_S < last - first < 1.5 / PERIOD_S
    assert last < len(shows_card)
    assert screen.sent[last].index > screen.sent[first - 1].index
    silences = [silence for index, silence in card.asked if index is not None]
    assert silences == sorted(silences)
    assert silences[0] >= 0.5
    assert run.stats().standby == sum(shows_card)
    assert np.median(np.diff(screen.at)) == pytest.approx(PERIOD_S, rel=0.15)


def test_before_the_first_frame_there_is_standby_or_nothing() -> None:
    with_card, without = Screen(), Screen()
    card = Card()
    for screen, standby in ((with_card, card), (without, None)):
        with live(Camera(silent=(0.0, 0.6)), screen, standby=standby):
            time.sleep(1.2)
    shown = [frame.picture is card.shown for frame in with_card.sent]
    before = shown.index(False)
    assert before > 0.25 / PERIOD_S
    assert not any(shown[before:])
    assert [frame.index for frame in with_card.sent[:before]] == [-1] * before
    assert card.asked[0][0] is None
    assert without.indices[0] == 0


def test_a_blocked_sink_leaves_the_others_their_cadence() -> None:
    gate = threading.Event()
    stuck, screen = Screen(hold={"send": gate}), Screen()
    blocked = Threaded(stuck, name="stuck", retry=False)
    try:
        with live(Camera(), blocked, Threaded(screen, name="screen", retry=False)):
            time.sleep(2.0)
            assert stuck.sent == []
            assert blocked.status().dropped > 20
            gate.set()
    finally:
        gate.set()
    assert len(screen.sent) > 0.6 * 2.0 * 30
    assert np.median(np.diff(screen.at)) == pytest.approx(PERIOD_S, rel=0.15)
    assert (stuck.finished, screen.finished) == (1, 1)
    assert stuck.indices == sorted(set(stuck.indices))


@pytest.mark.parametrize("threaded", [False, True])
def test_a_sink_that_fails_is_left_out(
    threaded: bool,  # noqa: FBT001 - a parameter of the test
    caplog: pytest.LogCaptureFixture,
) -> None:
    error = SinkError("The disk is full.", hint="Make room.")
    bad, good = Screen(errors={"send": [error]}), Screen()
    sinks: list[Sink] = [bad, good]
    if threaded:
        sinks = [Threaded(bad, name="bad", retry=False), Threaded(good, name="good", retry=False)]
    with live(Camera(), *sinks) as run:
        wait_until(lambda: bad.dropped == 1 and len(good.sent) > 10)
        assert run.join(0) is False
    assert (bad.sent, bad.finished, good.finished, good.dropped) == ([], 0, 1, 0)
    assert caplog.messages == ["The disk is full. The other outputs go on."]


def test_sinks_join_and_leave_while_frames_go_on() -> None:
    first, later = Screen(), Screen()
    with live(Camera(), first) as run:
        wait_until(lambda: len(first.sent) > 5)
        joining = Threaded(later, name="later", retry=False)
        run.attach(joining)
        wait_until(lambda: len(later.sent) > 5)
        run.detach(joining)
        had = len(later.sent)
        assert (later.opened, later.finished) == (1, 1)
        here = len(first.sent)
        wait_until(lambda: len(first.sent) > here + 5)
        assert len(later.sent) == had
        run.detach(joining)  # once more is nothing
    gaps = np.diff(first.at)
    assert np.median(gaps) == pytest.approx(PERIOD_S, rel=0.2)
    assert first.finished == 1


def test_a_sink_that_joined_ends_with_the_run() -> None:
    first, later = Screen(), Screen()
    with live(Camera(), first) as run:
        wait_until(lambda: len(first.sent) > 2)
        run.attach(Threaded(later, name="later", retry=False))
        wait_until(lambda: len(later.sent) > 2)
    assert (later.finished, later.dropped) == (1, 0)


def test_a_sink_that_cannot_join_changes_nothing() -> None:
    first = Screen()
    broken = Screen(errors={"open": [SinkError("no such device", hint="Plug it in.")]})
    with live(Camera(), first) as run:
        wait_until(lambda: len(first.sent) > 2)
        with pytest.raises(SinkError, match="no such device"):
            run.attach(Threaded(broken, name="broken", retry=False))
        here = len(first.sent)
        wait_until(lambda: len(first.sent) > here + 2)


def test_nothing_joins_a_run_that_is_not_going_on() -> None:
    run = live(Camera(count=3), Screen())
    with pytest.raises(SinkError, match="not going on"):
        run.attach(Screen())
    run.run()
    with pytest.raises(SinkError, match="not going on"):
        run.attach(Screen())


def test_when_all_sinks_have_failed_the_run_ends_with_the_first_error() -> None:
    first = SinkError("first", hint="-")
    one, two = Screen(errors={"send": [first]}), Screen()
    run = live(
        Camera(),
        Threaded(one, name="one", retry=False),
        Threaded(two, name="two", retry=False),
    )
    run.start()
    wait_until(lambda: one.dropped == 1 and len(two.sent) > 5)
    two.errors["send"] = [SinkError("second", hint="-")]
    with pytest.raises(SinkError) as caught:
        run.join(20)
    assert caught.value is first
    assert (one.finished, two.finished, one.dropped, two.dropped) == (0, 0, 1, 1)


def test_one_output_that_cannot_be_finished_does_not_spoil_the_others() -> None:
    outer, inner = Screen(), Screen(errors={"finish": [SinkError("cut off", hint="-")]})
    with pytest.raises(SinkError, match="cut off"), live(Camera(count=5), outer, inner) as run:
        run.join()
    assert (outer.finished, outer.dropped, inner.dropped) == (1, 0, 1)


@pytest.mark.parametrize("called_off", [False, True])
def test_outputs_are_closed_at_the_same_time(called_off: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """One that hangs must not make the others wait: each of these waits for the other one."""
    both = threading.Barrier(2)

    class Meeting(Screen):
        @contextmanager
        def open(self, video_format: VideoFormat) -> Iterator[Callable[[Frame], None]]:
            with super().open(video_format) as send:
                try:
                    yield send
                finally:
                    both.wait(30)

    run = live(Camera(fail_at=5 if called_off else None, count=10), Meeting(), Meeting())
    if called_off:
        with pytest.raises(SourceError, match="cable out"):
            run.run()
    else:
        run.run()
    assert not both.broken


def test_an_output_that_does_not_open_ends_the_run() -> None:
    bad, good = Screen(errors={"open": [SinkError("busy", hint="-")]}), Screen()
    with pytest.raises(SinkError, match="busy"):
        live(Camera(), good, Threaded(bad, name="bad", retry=True)).run()
    assert (good.dropped, good.finished) == (1, 0)


@pytest.mark.parametrize("how", ["stop", "abort", "exception", "source", "processor"])
def test_every_end_closes_everything(how: str) -> None:
    camera, bare, screen = Camera(), Screen(), Screen()
    processor = Slow(fail_at=10 if how == "processor" else None)
    if how == "source":
        camera.fail_at = 10
    run = live(camera, bare, Threaded(screen, name="screen", retry=True), processor=processor)
    if how == "exception":
        with pytest.raises(KeyError, match="body"), run:
            raise_after(lambda: len(screen.sent) > 2)
    else:
        run.start()
        wait_until(lambda: len(screen.sent) > 2)
    if how == "source":
        with pytest.raises(SourceError, match="cable out"):
            run.join(5)
    elif how == "processor":
        with pytest.raises(PipelineError, match="no face"):
            run.join(5)
    elif how in ("stop", "abort"):
        getattr(run, how)()
        assert run.join(5)
    clean = how == "stop"
    for sink in (bare, screen):
        assert (sink.opened, sink.finished, sink.dropped) == (1, clean, not clean)
    assert camera.closed == 1
    assert run.stats().captured == camera.given


@pytest.mark.parametrize("how", ["stop", "abort"])
@pytest.mark.parametrize("standby", [None, Card()])
def test_a_silent_run_ends_at_once(standby: Card | None, how: str) -> None:
    run = live(Camera(silent=(0.0, 1e9)), Screen(), standby=standby)
    run.start()
    time.sleep(0.2)
    getattr(run, how)()
    try:
        assert run.join(2)
    finally:
        run.stop()


def test_what_has_ended_does_not_wait_for_the_garbage_collector() -> None:
    gc.collect()
    gc.disable()
    try:
        run = live(Camera(count=3), Threaded(Screen(), name="screen", retry=True))
        run.run()
        left = weakref.ref(run)
        del run
        assert left() is None  # models are large, and the next run loads its own
    finally:
        gc.enable()


def test_the_last_frame_is_delivered_at_the_end_of_the_source() -> None:
    screen = Screen()
    live(Camera(rate=20, count=6), screen).run()
    assert screen.indices[-1] == 5


def test_a_preview_shows_what_is_delivered() -> None:
    screen, preview = Screen(), Preview()
    with live(Camera(), screen, preview):
        wait_until(lambda: preview.newest() is not None)
        frame = preview.newest()
        assert frame in screen.sent
    assert preview.newest() is None


def test_status_of_a_run_says_it_is_open() -> None:
    threaded = Threaded(Screen(), name="screen", retry=False)
    with live(Camera(), threaded):
        wait_until(lambda: threaded.status().sent > 5)
        assert threaded.status().state is SinkState.OPEN
        assert threaded.status().latency_p50_ms > 0


def test_a_clock_is_for_live_sources() -> None:
    with pytest.raises(ValueError, match="not live"):
        live(Camera(live=False), Screen())
