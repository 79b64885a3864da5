"""Runs with real threads, a counted source and counted sinks, and every way a stage can fail."""

import os
import signal
import sys
import threading
import time
import weakref
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from fractions import Fraction

import cv2
import numpy as np
import pytest

from livecam.errors import PipelineError, SinkError, SourceError
from livecam.frame import Frame, VideoFormat
from livecam.picture import Colour, Picture
from livecam.pipeline.pipeline import Pipeline
from livecam.pipeline.stats import Timings

FORMAT = VideoFormat(width=4, height=4, rate=Fraction(30), colour=Colour())
COUNT = 12


def frame(index: int) -> Frame:
    picture = Picture(
        y=np.full((4, 4), index % 256, np.uint8),
        u=np.zeros((2, 2), np.uint8),
        v=np.zeros((2, 2), np.uint8),
    )
    return Frame(
        picture=picture,
        index=index,
        pts=index,
        time_base=Fraction(1, 30),
        captured_at=time.monotonic(),
    )


BLACK = frame(0).picture


@dataclass
class CountingSource:
    live: bool
    count: int = COUNT
    fail_at: int | None = None
    """Index of the frame that is not read; `count` fails after the last."""
    error: BaseException = field(default_factory=lambda: SourceError("cable out", hint="Plug it."))
    period_s: float = 0.0
    opened_on: list[str] = field(default_factory=list)
    closed_on: list[str] = field(default_factory=list)

    def probe(self) -> VideoFormat:
        return FORMAT

    def frames(self) -> Generator[Frame, None, None]:
        self.opened_on.append(threading.current_thread().name)
        try:
            for index in range(self.count):
                if index == self.fail_at:
                    raise self.error
                time.sleep(self.period_s)
                yield frame(index)
            if self.fail_at == self.count:
                raise self.error
        finally:
            self.closed_on.append(threading.current_thread().name)


@dataclass
class CountingProcessor:
    fail_at: int | None = None
    error: BaseException = field(default_factory=lambda: ZeroDivisionError("no face"))
    delay_s: float = 0.0

    def process(self, frame: Frame) -> Frame:
        if self.fail_at is not None and frame.index >= self.fail_at:  # that one may be dropped
            raise self.error
        time.sleep(self.delay_s)
        return replace(frame, pts=frame.pts + 1000)


@dataclass
class CountingSink:
    fail_on: str | None = None
    """open, send (from frame `fail_at` on) or finish."""
    fail_at: int = 0
    error: BaseException = field(default_factory=lambda: SinkError("disk full", hint="Make room."))
    delay_s: float = 0.0
    sent: list[Frame] = field(default_factory=list)
    opened_on: list[str] = field(default_factory=list)
    finished: int = 0
    dropped: int = 0

    @contextmanager
    def open(self, video_format: VideoFormat) -> Iterator[Callable[[Frame], None]]:
        assert video_format is FORMAT
        if self.fail_on == "open":
            raise self.error
        self.opened_on.append(threading.current_thread().name)
        try:
            yield self._send
            if self.fail_on == "finish":
                raise self.error
            self.finished += 1
        except BaseException:
            self.dropped += 1
            raise

    def _send(self, frame: Frame) -> None:
        if self.fail_on == "send" and frame.index >= self.fail_at:
            raise self.error
        time.sleep(self.delay_s)
        self.sent.append(frame)


def pipeline(source: CountingSource, *sinks: CountingSink, **options: object) -> Pipeline:
    processor = options.pop("processor", None) or CountingProcessor()
    return Pipeline(source, processor, sinks, video_format=FORMAT, **options)  # type: ignore[arg-type] # the options of one test


def test_a_file_arrives_whole_and_in_order() -> None:
    source, first, second = CountingSource(live=False), CountingSink(delay_s=0.001), CountingSink()
    run = pipeline(source, first, second)
    run.run()
    for sink in (first, second):
        assert [f.index for f in sink.sent] == list(range(COUNT))
        assert [f.pts for f in sink.sent] == [1000 + n for n in range(COUNT)]
        assert (sink.finished, sink.dropped) == (1, 0)
        assert sink.opened_on == ["livecam-deliver"]
    assert source.opened_on == source.closed_on == ["livecam-capture"]
    stats = run.stats()
    assert (stats.captured, stats.processed, stats.delivered) == (COUNT, COUNT, COUNT)
    assert stats.dropped == 0
    assert stats.fps > 0
    assert list(stats.stages) == ["capture", "process", "deliver", "latency"]
    assert all(timing.count == COUNT for timing in stats.stages.values())


def test_what_is_done_ahead_is_done_to_every_frame_in_order_beside_the_processor() -> None:
    threads: list[str] = []
    both = threading.Barrier(2, timeout=10)

    def ahead(frame: Frame) -> Frame:
        threads.append(threading.current_thread().name)
        if frame.index == 1:
            both.wait()  # passes only while the frame before is being processed
        return replace(frame, pts=frame.pts + 500)

    class Waits(CountingProcessor):
        def process(self, frame: Frame) -> Frame:
            if frame.index == 0:
                both.wait()
            return super().process(frame)

    sink = CountingSink()
    pipeline(CountingSource(live=False), sink, processor=Waits(), ahead=ahead).run()
    assert [f.pts for f in sink.sent] == [1500 + n for n in range(COUNT)]
    assert set(threads) == {"livecam-ahead"}


@pytest.mark.skipif(sys.platform != "linux", reason="threads have no priority of their own here")
@pytest.mark.parametrize("live", [False, True])
def test_a_file_is_encoded_behind_the_other_stages(*, live: bool) -> None:
    niceness: dict[str, set[int]] = {"source": set(), "sink": set()}

    def note(stage: str) -> None:
        niceness[stage].add(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))

    class Source(CountingSource):
        def frames(self) -> Generator[Frame, None, None]:
            note("source")
            yield from super().frames()

    class Sink(CountingSink):
        def _send(self, frame: Frame) -> None:
            encoder = threading.Thread(target=note, args=["sink"])
            encoder.start()
            encoder.join()
            super()._send(frame)

    pipeline(Source(count=1, live=live), Sink()).run()
    (source,), (sink,) = niceness.values()
    assert source == os.getpriority(os.PRIO_PROCESS, 0)
    assert (sink > source) == (not live)


def test_live_frames_give_way_to_newer_ones() -> None:
    source, sink = CountingSource(live=True, count=60, period_s=0.001), CountingSink(delay_s=0.01)
    run = pipeline(source, sink)
    run.run()
    indices = [f.index for f in sink.sent]
    assert indices == sorted(set(indices))
    assert indices[-1] == 59
    assert len(indices) < 60
    assert len(indices) + run.stats().dropped == 60


def test_a_stream_of_no_frames_still_finishes_the_output() -> None:
    source, sink = CountingSource(live=False, count=0), CountingSink()
    pipeline(source, sink).run()
    assert (sink.sent, sink.finished) == ([], 1)


@pytest.mark.parametrize("live", [False, True], ids=["file", "live"])
@pytest.mark.parametrize("later", [False, True], ids=["first", "later"])
@pytest.mark.parametrize(
    ("stage", "where"),
    [
        ("capture", "frames"),
        ("ahead", "ahead"),
        ("process", "process"),
        ("deliver", "open"),
        ("deliver", "send"),
        ("deliver", "finish"),
    ],
)
@pytest.mark.parametrize("foreign", [False, True], ids=["livecam", "foreign"])
def test_every_failure_is_raised_and_leaves_nothing_open(
    stage: str, where: str, *, live: bool, later: bool, foreign: bool
) -> None:
    at = COUNT // 2 if later else 0
    thrown = OSError(28, "no space") if foreign else SinkError("disk full", hint="Make room.")
    period_s = 0.002 if live else 0.0
    source = CountingSource(live=live, period_s=period_s)
    ahead, processor = CountingProcessor(), CountingProcessor()
    good, bad = CountingSink(), CountingSink(fail_at=at, error=thrown)
    if where == "frames":
        source.fail_at, source.error = at, thrown
    elif where == "ahead":
        ahead.fail_at, ahead.error = at, thrown
    elif where == "process":
        processor.fail_at, processor.error = at, thrown
    else:
        bad.fail_on = where
    sinks = (good, bad) if later else (bad, good)
    run = pipeline(source, *sinks, processor=processor, ahead=ahead.process)

    with pytest.raises(PipelineError if foreign else SinkError) as caught:
        run.run()

    assert f"stage: {stage}" in caught.value.__notes__
    if foreign:
        assert caught.value.__cause__ is thrown
        assert str(caught.value).startswith(f"The stage {stage} failed: OSError: [Errno 28]")
    else:
        assert caught.value is thrown
    assert len(source.opened_on) == len(source.closed_on) <= 1
    for sink in (good, bad):
        assert sink.finished + sink.dropped == len(sink.opened_on) <= 1
    assert bad.finished == 0 or where in ("frames", "ahead", "process")
    if where != "finish":
        assert good.finished == bad.finished == 0
    with pytest.raises(type(caught.value)):
        run.join()


def test_an_error_after_the_last_frame_drops_the_output() -> None:
    source, sink = CountingSource(live=False, fail_at=COUNT), CountingSink()
    with pytest.raises(SourceError, match="cable out"):
        pipeline(source, sink).run()
    assert (sink.finished, sink.dropped) == (0, 1)


def test_a_thread_that_exits_does_not_leave_the_others_waiting() -> None:
    source = CountingSource(live=False, fail_at=3, error=SystemExit(1))
    sink = CountingSink()
    with pytest.raises(PipelineError, match="The stage capture failed: SystemExit"):
        pipeline(source, sink).run()
    assert sink.dropped == 1


def test_the_first_error_wins() -> None:
    late = CountingSink(fail_on="send", error=SinkError("late", hint="-"), delay_s=0.05)
    early = CountingSource(live=False, fail_at=1, error=SourceError("early", hint="-"))
    late.fail_at = 1
    with pytest.raises(SourceError, match="early"):
        pipeline(early, late).run()


def test_an_error_while_dropping_the_output_does_not_hide_the_first() -> None:
    class Clumsy(CountingSink):
        @contextmanager
        def open(self, video_format: VideoFormat) -> Iterator[Callable[[Frame], None]]:
            try:
                with super().open(video_format) as send:
                    yield send
            finally:
                raise SinkError("cannot remove", hint="-")

    with pytest.raises(SourceError, match="cable out"):
        pipeline(CountingSource(live=False, fail_at=2), Clumsy()).run()


@pytest.mark.parametrize("live", [False, True], ids=["file", "live"])
def test_stop_drains(*, live: bool) -> None:
    source = CountingSource(live=live, count=10_000, period_s=0.001)
    sink = CountingSink(delay_s=0.003)
    run = pipeline(source, sink)
    run.start()
    assert run.join(0.05) is False
    run.stop()
    assert run.join() is True
    stats = run.stats()
    assert 0 < stats.captured < 10_000
    assert stats.delivered == len(sink.sent) == stats.captured - stats.dropped
    assert sink.sent[-1].index == stats.captured - 1
    assert (sink.finished, len(source.closed_on)) == (1, 1)


@pytest.mark.parametrize("live", [False, True], ids=["file", "live"])
def test_abort_drops_the_output_and_is_no_error(*, live: bool) -> None:
    source = CountingSource(live=live, count=10_000, period_s=0.001)
    sink = CountingSink()
    run = pipeline(source, sink)
    run.start()
    time.sleep(0.02)
    run.abort()
    assert run.join(2) is True
    assert (sink.finished, sink.dropped, len(source.closed_on)) == (0, 1, 1)


def test_the_context_stops_when_left_and_aborts_when_left_by_an_error() -> None:
    finished = CountingSink()
    with pipeline(CountingSource(live=True, count=10_000, period_s=0.001), finished):
        time.sleep(0.02)
    assert (finished.finished, finished.dropped) == (1, 0)

    dropped = CountingSink()
    source = CountingSource(live=True, count=10_000, period_s=0.001)
    with pytest.raises(KeyError), pipeline(source, dropped):
        raise KeyError("body")
    assert (dropped.finished, dropped.dropped) == (0, 1)


def test_the_context_raises_the_error_of_a_stage() -> None:
    source = CountingSource(live=False, fail_at=1)
    with pytest.raises(SourceError), pipeline(source, CountingSink()) as run:
        run.join()


def test_a_keyboard_interrupt_ends_the_run_after_all_is_closed() -> None:
    source = CountingSource(live=False, count=100_000, period_s=0.001)
    sink = CountingSink()
    main = threading.main_thread().ident
    assert main is not None
    threading.Timer(0.05, signal.pthread_kill, (main, signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        pipeline(source, sink).run()
    assert (sink.finished, sink.dropped, len(source.closed_on)) == (0, 1, 1)
    assert not [
        t for t in threading.enumerate() if t.name in ("livecam-capture", "livecam-process")
    ]


@pytest.mark.parametrize("fail_at", [None, 3])
def test_the_settings_of_the_process_are_restored(fail_at: int | None) -> None:
    before = sys.getswitchinterval(), cv2.getNumThreads()
    during: list[tuple[float, int]] = []

    class Looking(CountingProcessor):
        def process(self, frame: Frame) -> Frame:
            during.append((sys.getswitchinterval(), cv2.getNumThreads()))
            return super().process(frame)

    run = pipeline(CountingSource(live=False), CountingSink(), processor=Looking(fail_at=fail_at))
    with nullcontext() if fail_at is None else pytest.raises(PipelineError):
        run.run()
    intervals, opencv_threads = zip(*during, strict=True)
    assert intervals == pytest.approx([0.0005] * len(during))
    assert set(opencv_threads) == {1}
    assert (sys.getswitchinterval(), cv2.getNumThreads()) == before


def test_a_processor_shares_its_timings() -> None:
    timings = Timings()

    class Timed(CountingProcessor):
        def process(self, frame: Frame) -> Frame:
            with timings.stage("swap"):
                return super().process(frame)

    run = pipeline(CountingSource(live=False), CountingSink(), processor=Timed(), timings=timings)
    run.run()
    assert run.stats().stages["swap"].count == COUNT


def test_no_frame_is_kept_beyond_its_use() -> None:
    alive: list[weakref.ref[np.ndarray]] = []
    most = 0

    class Watching(CountingSource):
        def frames(self) -> Generator[Frame, None, None]:
            for index in range(200):
                item = frame(index)
                alive.append(weakref.ref(item.picture.y))
                yield item

    class Discarding(CountingSink):
        def _send(self, frame: Frame) -> None:
            nonlocal most
            most = max(most, sum(plane() is not None for plane in alive))
            super()._send(replace(frame, picture=BLACK))

    pipeline(Watching(live=False), Discarding(), depth=2).run()
    assert 0 < most <= 2 * 2 + 4  # the rings' and one or two in each hand


def test_runs_started_and_ended_at_arbitrary_moments_leave_nothing_waiting() -> None:
    """A short race stress: every way to end a run, at many moments."""
    for round_ in range(60):
        live = bool(round_ % 2)
        end = ("stop", "abort", "join")[round_ % 3]
        sink = CountingSink()
        source = CountingSource(live=live, count=300 if end == "join" else 100_000)
        run = pipeline(source, sink, depth=1 + round_ % 3)
        run.start()
        time.sleep(round_ % 7 * 0.0003)
        getattr(run, end)()
        assert run.join(10) is True
        assert sink.finished + sink.dropped == len(sink.opened_on)
