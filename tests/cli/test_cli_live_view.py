"""What is shown of a live run: on a terminal, in a pipe, to a program; and what each key does."""

import io
import json
import logging
import os
import re
from typing import Any, cast

import pytest
from moments import FAILED, moment
from rich.console import Console

from livecam.cli.console import Remarks, remarks
from livecam.cli.live.controls import Controls
from livecam.cli.live.dashboard import dashboard, ended, line
from livecam.cli.live.record import record, records
from livecam.errors import SourceError
from livecam.live import LiveRun
from livecam.swap import Faces, OnLost, Show, SwapOptions
from livecam.swappers.eyes import Eyes

UNITS = re.compile(r".*_(s|ms|hz|cores)$")
WITHOUT_UNIT = {
    *("source", "face", "model", "providers", "strength", "eyes", "label", "on_lost", "faces"),
    *("captured", "processed", "delivered", "repeats", "standby", "unswapped"),
    *("drops_capture", "drops_process", "fps_in", "fps_out", "sinks"),
}


class Run:
    """What `Controls` needs of a run; counts."""

    def __init__(self) -> None:
        self.tuning = SwapOptions()
        self.worn: list[str] = []
        self.swapper = "mesh"
        self.stopped = 0

    @property
    def face(self) -> str:
        return self.worn[-1]

    def wear(self, face: str) -> None:
        if face == "junk.png":
            raise SourceError("junk.png is no picture.", hint="Use another.")
        self.worn.append(face)

    def use_swapper(self, name: str) -> None:
        self.swapper = name

    def stop(self) -> None:
        self.stopped += 1


@pytest.fixture
def run() -> Run:
    return Run()


def controls(run: Run, *names: str, models: tuple[str, ...] = ("mesh",)) -> Controls:
    return Controls(cast(LiveRun, run), names, models, "mesh")


def drawn(*, width: int = 80, height: int = 24, **changes: Any) -> str:
    console = Console(file=io.StringIO(), force_terminal=True, width=width, height=height)
    keys = controls(Run(), "a.png", "b.png", models=("mesh", "other")).keys
    with dashboard(console, keys) as show:
        show(moment(**changes))
    assert isinstance(console.file, io.StringIO)
    return re.sub(r"\x1b\[[\d;?]*[A-Za-z]", "", console.file.getvalue())


def test_everything_is_on_a_small_terminal() -> None:
    shown = drawn()
    rows = shown.rstrip().splitlines()
    rows = rows[: len(rows) // 2]  # it is drawn once more at the end
    assert len(rows) <= 24
    for words in (
        "portrait_c.png · mesh · cuda, cpu",
        "0:01:23",
        "from      camera “Webcam” (/dev/video0), mjpeg 1280×720, 30 fps",
        "30.0 fps · dropped 5 at capture, 2 after the swap",
        "30.0 fps · jitter p99 1.2 ms · 300 sent, 7 repeated, 3 standby",
        "p50 6.5 · p95 7.5 · p99 8.5 ms",
        "2.0 looks/s · 11 unswapped",
        "strength 0.75 · eyes target · label on · on lost hold,blur · faces one",
    ):
        assert words in shown, words
    assert re.search(r"virtual +open +299 +1 +22\.5 +31\.5 +3%", shown)
    assert re.search(r"rtmp://\[there\]/live +retrying +120 +80", shown)
    assert "The stream is refused" in shown
    assert [row.split()[0] for row in rows if row.startswith("  ")][-4:] == [
        *("track", "swap", "paste"),
    ]
    assert re.search(r"process +4\.5 +5\.5 +46%", shown)
    for key in ("1–2 portrait", "m model", "+ − strength", "o on lost", "a all faces", "q quit"):
        assert key in shown


def test_what_is_said_meanwhile_stands_above(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = io.StringIO()
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    remarks.cache_clear()
    try:
        with dashboard(remarks(), []) as show:
            show(moment())
            Remarks().emit(logging.makeLogRecord({"msg": "The camera is back."}))
            show(moment())
    finally:
        remarks.cache_clear()
    before, after = terminal.getvalue().split("The camera is back.")
    assert before.endswith("\x1b[1A\x1b[2K"), "the drawing made way"
    assert "portrait_c.png" in after


def test_a_silent_camera_is_seen() -> None:
    assert "nothing for" not in drawn()
    assert "after the swap · nothing for 12 s" in drawn(silence_s=12.3)


def test_a_line_has_the_gist() -> None:
    assert line(moment(silence_s=3.3)) == (
        "0:01:23 in 30.0 fps, out 30.0 fps; latency p50 6 ms, p95 8 ms; "
        "dropped 5 at capture, 2 after the swap; repeated 7; "
        f"no picture for 3 s; rtmp://[there]/live retrying: {FAILED.message}"
    )
    assert (
        ended(moment()) == "Ended after 0:01:23: 300 pictures out, 7 of them repeated; 7 dropped."
    )


def test_a_record_is_flat_and_its_fields_have_units() -> None:
    fields = json.loads(json.dumps(record(moment()), allow_nan=False))
    assert {name for name in fields if not UNITS.match(name)} == WITHOUT_UNIT
    assert not any(isinstance(value, dict) for value in fields.values())
    assert fields["latency_p50_ms"] == 6.5
    assert fields["stage_track_p95_ms"] == 2.5
    assert fields["cpu_process_cores"] == 0.457
    assert fields["providers"] == ["cuda", "cpu"]
    camera, stream = fields["sinks"]
    assert camera == {
        "name": "virtual",
        "state": "open",
        "error": None,
        "sent": 299,
        "dropped": 1,
        "latency_p50_ms": 22.5,
        "latency_p95_ms": 31.5,
        "cpu_cores": 0.03,
    }
    assert (stream["state"], stream["error"]) == ("retrying", FAILED.message)


def test_records_go_on_without_a_reader(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    reading, writing = os.pipe()
    with os.fdopen(writing, "w") as pipe:
        monkeypatch.setattr("sys.stdout", pipe)
        with records() as write:
            write(moment())
            assert json.loads(os.read(reading, 1 << 16))["time_s"] == 83.4
            os.close(reading)
            write(moment())
            write(moment())
        assert [message.message for message in caplog.records] == [
            "Nobody reads the statistics any more; the run goes on without them."
        ]


def test_numbers_change_the_portrait_and_junk_changes_nothing(run: Run) -> None:
    keys = controls(run, "a.png", "junk.png", "c.png")
    assert keys.press("3") == "Wearing c.png."
    assert keys.press("2") == "junk.png is no picture. Nothing is changed."
    assert keys.press("4") is None
    assert keys.press("1") == "Wearing a.png."
    assert run.worn == ["c.png", "a.png"]


def test_strength_stays_within_its_bounds(run: Run) -> None:
    keys = controls(run, "a.png")
    assert keys.press("-") == "Strength 0.70."
    for _ in range(50):
        keys.press("+")
    assert run.tuning.strength == 2.0
    for _ in range(50):
        keys.press("_")
    assert run.tuning.strength == 0.0


def test_on_lost_goes_round_and_never_by_itself_to_pass(run: Run) -> None:
    keys = controls(run, "a.png")
    gone_through = []
    for _ in range(5):
        keys.press("o")
        gone_through.append(run.tuning.on_lost)
    assert gone_through == ["blur", "freeze", "slate", "hold,blur", "blur"]
    run.tuning = SwapOptions(on_lost=OnLost.PASS)
    assert keys.press("o") == "Without a swap: hold,blur."


def test_eyes_label_and_faces_go_there_and_back(run: Run) -> None:
    keys = controls(run, "a.png")
    for key in "ela":
        keys.press(key)
    changed = run.tuning
    assert (changed.eyes, changed.label.show, changed.faces) == (
        *(Eyes.PORTRAIT, Show.OFF, Faces.MANY),
    )
    for key in "ELA":
        keys.press(key)
    back = run.tuning
    assert (back.eyes, back.label.show, back.faces) == (Eyes.TARGET, Show.ON, Faces.ONE)


def test_models_are_changed_where_there_are_several(run: Run) -> None:
    assert controls(run, "a.png").press("m") is None
    keys = controls(run, "a.png", models=("mesh", "other"))
    assert keys.press("m") == "Swapping with other."
    assert (run.swapper, keys.model) == ("other", "other")
    keys.press("m")
    assert (run.swapper, keys.model) == ("mesh", "mesh")


def test_q_ends_the_run_and_other_keys_do_nothing(run: Run) -> None:
    keys = controls(run, "a.png")
    assert keys.press("q") == "Ending."
    assert run.stopped == 1
    before = run.tuning
    assert [keys.press(key) for key in "xyz \r\té0"] == [None] * 8
    assert run.tuning is before
