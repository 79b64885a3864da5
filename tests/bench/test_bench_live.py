from dataclasses import replace
from pathlib import Path

import pytest

from livecam.bench import live as bench
from livecam.bench.live import Arrival, LiveBench, Passage, measure
from livecam.pipeline.stats import Drops, Stats
from livecam.settings import load_settings

NOTHING = Stats(
    captured=0,
    processed=0,
    delivered=0,
    repeated=0,
    standby=0,
    drops=Drops(capture=0, process=0),
    fps=0,
    fps_in=0,
    fps_out=0,
    silence_s=0,
    cadence_jitter_p99_ms=0,
    stages={},
    cpu_s={"capture": 1.0, "process": 1.0, "deliver": 1.0},
)


def passage(*arrivals: tuple[int, float, float]) -> Passage:
    later = replace(
        NOTHING,
        captured=9,
        drops=Drops(capture=3, process=1),
        cpu_s={"capture": 1.5, "process": 3.0, "deliver": 1.0},
    )
    return Passage(
        arrivals=[Arrival(*arrival) for arrival in arrivals],
        period_s=0.1,
        before=NOTHING,
        after=later,
        seconds=2.0,
        cpu_s=3.0,
    )


def test_new_frames_count_once_and_late_ones_are_noticed() -> None:
    seen = passage((4, 0.9, 1.0), (5, 1.08, 1.1), (5, 1.08, 1.2), (7, 1.25, 1.3), (6, 1.2, 1.45))
    assert seen.latencies_ms == pytest.approx([20, 50])
    assert seen.intervals_ms == pytest.approx([100, 100, 100, 150])
    assert (seen.repeats, seen.out_of_order) == (1, 1)
    assert seen.drops == (3, 1)
    assert (seen.cores("process"), seen.cores("deliver")) == (1.0, 0.0)


def test_a_passage_without_frames_gives_no_figures_but_no_error() -> None:
    assert bench._percentiles(passage().latencies_ms) == ("nan",) * 4


@pytest.mark.needs_network
def test_every_table_is_filled(assets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "_SETTLING_S", 1.0)
    small = {"live.width": 320, "live.height": 180, "live.fps": 15}
    settings = load_settings(overrides=small)
    runs = LiveBench(assets / "portrait_b.png", settings, seconds=1.5)
    latency, cadence, cpu, stages, slow, slow_cadence = measure(runs, inference_ms=[150])
    for table in (latency, cadence, cpu, stages, slow, slow_cadence):
        assert table.rows
        assert all(len(row) == len(table.columns) for row in table.rows)
        assert "nan" not in str(table.rows)
    assert [row[0] for row in latency.rows] == ["pass-through", "swap", "the swap costs"]
    assert all(float(row[1]) > 0 for row in latency.rows[:2])
    order = cadence.columns.index("out of order")
    assert {row[order] for row in (*cadence.rows, *slow_cadence.rows)} == {"0"}
    assert [row[0] for row in stages.rows] == [
        *("track", "swap", "paste", "process", "deliver"),
    ]
    assert float(slow.rows[0][1]) > 150, "the frame itself took as long"
    dropped = slow_cadence.rows[0][slow_cadence.columns.index("dropped at capture")]
    assert int(dropped.split()[0]) > 5
