"""A sink on its own thread: what it may hold up, and what becomes of its failures."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from generated import FORMAT, Screen, frame, plain

from livecam.errors import LivecamError, PipelineError, SinkError
from livecam.frame import Frame
from livecam.pipeline.ring import AbortedError
from livecam.sinks import threaded as module
from livecam.sinks.threaded import SinkState, Threaded


def wait_until(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.005)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits shorter than a user's."""
    monkeypatch.setattr(module, "_OPENING_S", 0.2)
    monkeypatch.setattr(module, "_CLOSING_S", 0.3)
    monkeypatch.setattr(module, "_FIRST_DELAY_S", 0.05)


def broken() -> SinkError:
    return SinkError("The server went away.", hint="Start it.")


@pytest.mark.parametrize("retry", [False, True])
def test_frames_arrive_in_order_on_a_thread_of_its_own(retry: bool) -> None:  # noqa: FBT001 - a parameter of the test
    threads: list[str] = []

    class Looking(Screen):
        def _send(self, frame: Frame) -> None:
            threads.append(threading.current_thread().name)
            super()._send(frame)

    inner = Looking()
    sink = Threaded(inner, name="screen", retry=retry)
    assert sink.status().state is SinkState.OPENING
    with sink.open(FORMAT) as send:
        assert sink.status().state is SinkState.OPEN
        for index in range(20):
            send(frame(index))
            time.sleep(0.005)
    assert inner.indices == sorted(set(inner.indices))
    assert inner.indices[-1] == 19
    assert set(threads) == {"livecam-screen"}
    status = sink.status()
    assert status.sent + status.dropped == 20
    assert (status.error, status.sent) == (None, len(inner.sent))
    assert 0 < status.latency_p50_ms <= status.latency_p95_ms < 1000
    assert 0 < status.cpu_s < 1
    assert (inner.finished, inner.dropped) == (1, 0)


def test_latency_leaves_repeats_out() -> None:
    sink = Threaded(Screen(), name="screen", retry=False)
    with sink.open(FORMAT) as send:
        old = frame(0)
        for _ in range(5):
            send(old)
            time.sleep(0.05)
    assert sink.status().sent == 5
    assert sink.status().latency_p95_ms < 40


def test_a_busy_sink_gets_the_newest_and_holds_nobody_up() -> None:
    gate = threading.Event()
    inner = Screen(hold={"send": gate})
    sink = Threaded(inner, name="screen", retry=False)
    with sink.open(FORMAT) as send:
        send(frame(0))
        wait_until(lambda: sink.status().dropped == 0)
        time.sleep(0.05)
        for index in range(1, 50):
            send(frame(index))
        gate.set()
    assert inner.indices == [0, 49]
    assert sink.status().dropped == 48


def test_a_sink_with_room_for_a_second_loses_nothing_of_a_shorter_wait() -> None:
    gate, taken = threading.Event(), threading.Event()

    class Busy(Screen):
        def _send(self, frame: Frame) -> None:
            taken.set()
            super()._send(frame)

    inner = Busy(hold={"send": gate})
    sink = Threaded(inner, name="screen", retry=False, room_s=1.0)
    with sink.open(FORMAT) as send:
        send(frame(0))
        assert taken.wait(10)
        for index in range(1, 31):
            send(frame(index))
        assert sink.status().dropped == 0
        send(frame(31))
        assert sink.status().dropped == 1, "and no more than a second"
        gate.set()
    assert inner.indices == [0, *range(2, 32)]


def test_what_the_camera_saw_does_not_wait_with_what_goes_out() -> None:
    inner = Screen()
    with Threaded(inner, name="screen", retry=False).open(FORMAT) as send:
        send(replace(frame(0), original=plain(255)))
    assert [one.original for one in inner.sent] == [None]


@pytest.mark.parametrize("retry", [False, True])
def test_a_first_opening_that_fails_is_raised(retry: bool) -> None:  # noqa: FBT001 - a parameter of the test
    error = broken()
    sink = Threaded(Screen(errors={"open": [error]}), name="screen", retry=retry)
    with pytest.raises(SinkError) as caught, sink.open(FORMAT):
        pass
    assert caught.value is error
    assert sink.status().state is SinkState.FAILED


@pytest.mark.usefixtures("quick")
def test_a_slow_opening_goes_on_beside_the_run() -> None:
    gate = threading.Event()
    inner = Screen(hold={"open": gate})
    sink = Threaded(inner, name="screen", retry=False)
    with sink.open(FORMAT) as send:
        assert sink.status().state is SinkState.OPENING
        send(frame(0))
        send(frame(1))
        gate.set()
        wait_until(lambda: inner.indices == [1])
    assert inner.finished == 1


@pytest.mark.usefixtures("quick")
def test_a_slow_opening_that_fails_without_retry_is_raised_by_the_next_frame() -> None:
    gate, error = threading.Event(), broken()
    sink = Threaded(
        Screen(hold={"open": gate}, errors={"open": [error]}), name="screen", retry=False
    )
    threading.Timer(0.4, gate.set).start()
    with pytest.raises(SinkError) as caught, sink.open(FORMAT) as send:
        send_until_it_raises(send)
    assert caught.value is error


def send_until_it_raises(send: Callable[[Frame], None]) -> None:
    for index in range(1000):
        send(frame(index))
        time.sleep(0.005)


def test_without_retry_the_next_frame_raises_and_the_output_is_dropped() -> None:
    error = broken()
    inner = Screen(errors={"send": [error]})
    sink = Threaded(inner, name="screen", retry=False)
    with pytest.raises(SinkError) as caught, sink.open(FORMAT) as send:
        send_until_it_raises(send)
    assert caught.value is error
    assert sink.status().error is error
    assert (inner.finished, inner.dropped) == (0, 1)


@pytest.mark.usefixtures("quick")
def test_with_retry_it_comes_back_and_says_each_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    inner = Screen()
    sink = Threaded(inner, name="rtmp://there", retry=True)
    with sink.open(FORMAT) as send:
        send(frame(0))
        wait_until(lambda: len(inner.sent) == 1)
        inner.errors = {"send": [broken()], "open": [broken(), broken()]}
        send(frame(1))
        wait_until(lambda: sink.status().state is SinkState.RETRYING)
        assert isinstance(sink.status().error, SinkError)
        for index in range(2, 6):
            send(frame(index))
        wait_until(lambda: inner.opened == 2)
        wait_until(lambda: len(inner.sent) == 2)
        assert (sink.status().state, sink.status().error) == (SinkState.OPEN, None)
    assert inner.indices == [0, 5]
    assert (inner.finished, inner.dropped) == (1, 1)
    assert [(record.levelname, record.message) for record in caplog.records] == [
        ("WARNING", "rtmp://there failed and is tried again: The server went away."),
        ("INFO", "rtmp://there is back."),
    ]


def test_leaving_does_not_wait_for_the_next_attempt() -> None:
    inner = Screen()
    sink = Threaded(inner, name="screen", retry=True)
    with sink.open(FORMAT) as send:
        inner.errors = {"send": [broken()], "open": [broken() for _ in range(9)]}
        send(frame(0))
        wait_until(lambda: sink.status().state is SinkState.RETRYING)
        left_at = time.monotonic()
        send(frame(1))
    assert time.monotonic() - left_at < 4


def test_a_fault_in_the_sink_itself_is_not_retried() -> None:
    class Faulty(Screen):
        def _send(self, frame: Frame) -> None:
            raise ZeroDivisionError(f"in {frame}")

    sink = Threaded(Faulty(), name="screen", retry=True)
    with (
        pytest.raises(PipelineError, match="The stage screen failed: ZeroDivisionError"),
        sink.open(FORMAT) as send,
    ):
        send_until_it_raises(send)


@pytest.mark.parametrize(("retry", "raised"), [(False, True), (True, False)])
def test_an_output_that_cannot_be_finished(
    retry: bool,  # noqa: FBT001 - a parameter of the test
    raised: bool,  # noqa: FBT001 - a parameter of the test
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A file that is cut off is an error; the farewell to a server that has gone is not."""
    sink = Threaded(Screen(errors={"finish": [broken()]}), name="screen", retry=retry)
    error: LivecamError | None = None
    try:
        with sink.open(FORMAT) as send:
            send(frame(0))
    except SinkError as finishing:
        error = finishing
    assert (error is not None) is raised
    assert bool(caplog.messages) is not raised


def test_what_was_called_off_is_dropped() -> None:
    inner = Screen()
    with pytest.raises(AbortedError), Threaded(inner, name="screen", retry=True).open(FORMAT):
        raise AbortedError
    assert (inner.opened, inner.finished, inner.dropped) == (1, 0, 1)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("where", ["open", "send", "finish"])
def test_a_sink_that_hangs_is_left_behind(where: str, caplog: pytest.LogCaptureFixture) -> None:
    gate = threading.Event()
    inner = Screen(hold={where: gate})
    started = time.monotonic()
    with Threaded(inner, name="screen", retry=True).open(FORMAT) as send:
        send(frame(0))
        time.sleep(0.05)
    assert time.monotonic() - started < 5
    assert caplog.messages == ["screen does not close; it is left behind."]
    left = [thread for thread in threading.enumerate() if thread.name == "livecam-screen"]
    assert all(thread.daemon for thread in left)
    gate.set()


def test_it_can_be_opened_again_for_another_run() -> None:
    inner = Screen(errors={"open": [broken()]})
    sink = Threaded(inner, name="screen", retry=False)
    with pytest.raises(SinkError), sink.open(FORMAT):
        pass
    for index in range(2):
        with sink.open(FORMAT) as send:
            assert sink.status().state is SinkState.OPEN
            send(frame(index))
    assert inner.indices == [0, 1]
