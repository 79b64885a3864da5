"""A source that fails while a whole live run goes on."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from running import HEIGHT, WIDTH, watched
from station import Station, recorded

from livecam.live import LiveRun
from livecam.sources import stream

pytestmark = pytest.mark.needs_network

BLURRED = 0.25
"""The share of detail that a blurred picture may have left."""


@pytest.fixture(scope="module")
def recording(assets: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("station") / "wide.ts"
    return recorded(assets / "clip_a_360p.mp4", path, size=(WIDTH, HEIGHT))


@pytest.fixture
def station(recording: bytes, monkeypatch: pytest.MonkeyPatch) -> Iterator[Station]:
    """What is sent; silence is noticed soon."""
    monkeypatch.setattr(stream, "_SILENCE_S", 1.6)
    with Station(recording) as made:
        yield made


@pytest.mark.parametrize("fault", ["goes away", "falls silent"])
def test_a_source_that_fails_is_covered_until_it_is_back(
    fault: str, station: Station, assets: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    with watched(assets / "portrait_b.png", camera=station.url) as (run, viewer):
        clear = viewer.wait_until(lambda _: _swapped(run) > 10)
        station.go_away() if fault == "goes away" else station.on_air.clear()
        viewer.wait_until(lambda _: "trying again" in caplog.text)
        standing_by = run.stats().pipeline.standby
        viewer.wait_until(lambda _: run.stats().pipeline.standby > standing_by)
        last = viewer.wait_until(lambda sight: sight.detail < BLURRED * clear.detail)
        before = _swapped(run)
        station.on_air.set()
        station.come_back()
        viewer.wait_until(lambda sight: sight.index > last.index)
        viewer.wait_until(lambda _: _swapped(run) > before + 10)
        assert viewer.wait_until(lambda sight: sight.detail > 0.5 * clear.detail).age_s < 5
    viewer.assert_steady()
    said = [record.message for record in caplog.records if record.levelno >= logging.WARNING]
    assert len(said) == 2, said
    assert station.url in said[0]
    assert said[1] == "the source is back"


def test_a_size_that_changes_on_the_way_changes_nothing_behind(
    station: Station, assets: Path, tmp_path: Path
) -> None:
    narrow = recorded(assets / "clip_a_360p.mp4", tmp_path / "narrow.ts", size=(160, 120))
    with watched(assets / "portrait_b.png", camera=station.url) as (run, viewer):
        viewer.wait_until(lambda _: _swapped(run) > 10)
        assert viewer.sights[-1].left > 30
        before, station.data = _swapped(run), narrow
        viewer.wait_until(lambda sight: sight.left < 17)
        viewer.wait_until(lambda _: _swapped(run) > before + 20)
        assert viewer.wait_until(lambda sight: sight.left < 17).index > 20
    viewer.assert_steady()


def _swapped(run: LiveRun) -> int:
    report = run.stats().swap
    return report.frames - report.unswapped
