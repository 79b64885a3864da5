"""The readouts: numbers while something runs, and a warning with its reason."""

from dataclasses import replace
from pathlib import Path

import pytest

from livecam.engine import Engine, Phase, Status, Wanted
from livecam.live import LiveStats
from livecam.pipeline.stats import Drops, StageTiming, Stats
from livecam.runtime.choice import Choice, Refusal, Why
from livecam.settings import Settings
from livecam.swap import SwapReport

pytestmark = pytest.mark.usefixtures("offscreen")

try:
    from livecam.gui.readouts import Readouts
except ImportError as error:
    pytest.skip(f"no windows here: {error}", allow_module_level=True)


def status(*, process_ms: float, refused: tuple[Refusal, ...]) -> Status:
    taken = StageTiming(p50_ms=process_ms, p95_ms=process_ms, p99_ms=process_ms, count=9)
    pipeline = Stats(
        captured=10,
        processed=9,
        delivered=9,
        repeated=0,
        standby=0,
        drops=Drops(capture=1, process=0),
        fps=30.0,
        fps_in=29.5,
        fps_out=30.0,
        silence_s=0.0,
        cadence_jitter_p99_ms=1.0,
        stages={"process": taken, "latency": taken},
        cpu_s={},
    )
    choice = Choice("mesh", "cpu", None, refused, nodes=9, nodes_elsewhere=0)
    return Status(
        phase=Phase.PREVIEW,
        doing=None,
        what="",
        share=None,
        trouble=None,
        wanted=Wanted(settings=Settings(), face=Path("me.png")),
        face="me.png",
        providers=("cpu",),
        choices={"mesh": choice},
        stats=LiveStats(pipeline, (), SwapReport()),
    )


@pytest.fixture
def readouts() -> Readouts:
    engine = Engine(Wanted(settings=Settings(), face=Path("me.png")))
    made = Readouts(engine)
    made.show()
    yield made
    engine.close()
    made.close()


def warning(readouts: Readouts) -> str:
    labels = [label for label in readouts.findChildren(type(readouts._slow)) if label.wordWrap()]
    (slow,) = labels
    return slow.text() if slow.isVisible() else ""


def test_numbers_are_there_while_something_runs(readouts: Readouts) -> None:
    now = status(process_ms=20, refused=())
    readouts.refresh(now)
    assert readouts.texts["latency"] == "20 / 20 ms"
    assert readouts.texts["in"] == "29.5 fps"
    assert readouts.texts["drops"] == "1"
    assert warning(readouts) == ""
    readouts.refresh(replace(now, stats=None, phase=Phase.OFF))
    assert set(readouts.texts.values()) == {"–"}


def test_a_processor_that_is_too_slow_is_said_with_the_reason(readouts: Readouts) -> None:
    refused = (Refusal("cuda", Why.MACHINE, "no driver is installed."),)
    readouts.refresh(status(process_ms=500, refused=refused))
    assert "500 ms" in warning(readouts)
    assert "not on cuda: no driver is installed." in warning(readouts)
    readouts.refresh(status(process_ms=500, refused=()))
    assert "livecam doctor" in warning(readouts)
    readouts.refresh(status(process_ms=20, refused=refused))
    assert warning(readouts) == ""
