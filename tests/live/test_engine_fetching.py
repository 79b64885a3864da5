"""What the engine fetches can be called off, and what was goes on."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from offered import NAME, offered, was_called_off
from running import FPS, HEIGHT, WIDTH, wait_until
from servers import WebServer

from livecam.engine import Doing, Engine, Phase, Status, Wanted
from livecam.settings import Settings, load_settings

pytestmark = pytest.mark.needs_network


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store"


@pytest.fixture
def web(store: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WebServer]:
    with offered(store, monkeypatch) as server:
        yield server


def small(**overrides: object) -> Settings:
    size = {"live.width": WIDTH, "live.height": HEIGHT, "live.fps": FPS}
    return load_settings(None, overrides=size | overrides)


@pytest.fixture
def engine(web: WebServer, assets: Path) -> Iterator[Engine]:  # noqa: ARG001 - offers
    face = assets / "portrait_b.png"
    made = Engine(Wanted(settings=small(), face=face, camera="synthetic"))
    yield made
    made.close()


def want(engine: Engine, *, running: bool = True, **overrides: object) -> None:
    wanted = replace(engine.wanted, running=running, settings=small(**overrides))
    engine.wanted = wanted


def settled(engine: Engine, phase: Phase) -> Status:
    wait_until(lambda: engine.status().phase is phase and engine.status().doing is None, 60)
    return engine.status()


def fetching(engine: Engine, web: WebServer) -> Status:
    """Until the server is silent."""
    wait_until(lambda: engine.status().doing is Doing.FETCHING and web.half_sent.is_set())
    return engine.status()


def test_another_swapper_is_called_off_and_the_one_before_goes_on(
    engine: Engine, web: WebServer, store: Path
) -> None:
    want(engine)
    settled(engine, Phase.PREVIEW)
    want(engine, **{"models.swapper": NAME})
    assert "/far.onnx" in fetching(engine, web).what
    assert engine.status().phase is Phase.PREVIEW
    engine.call_off()
    status = settled(engine, Phase.PREVIEW)
    assert status.trouble is None
    assert engine.wanted == replace(engine.wanted, running=True, settings=small())
    assert was_called_off(store)
    web.stalled = set()
    want(engine, **{"models.swapper": NAME})
    wait_until(lambda: NAME in engine.status().choices, 60)
    assert "mesh" not in engine.status().choices, "what is no longer used is let go of"


def test_a_first_start_is_called_off_and_nothing_runs(
    engine: Engine, web: WebServer, store: Path
) -> None:
    want(engine, **{"models.swapper": NAME})
    fetching(engine, web)
    engine.call_off()
    assert settled(engine, Phase.OFF).trouble is None
    assert not engine.wanted.running
    assert was_called_off(store)


def test_the_run_before_goes_on_until_all_is_here_for_the_next(
    engine: Engine, web: WebServer
) -> None:
    want(engine)
    settled(engine, Phase.PREVIEW)
    want(engine, **{"models.swapper": NAME, "live.width": 2 * WIDTH, "live.height": 2 * HEIGHT})
    fetching(engine, web)
    frame = engine.newest()
    assert frame is not None
    wait_until(lambda: (newest := engine.newest()) and newest.index > frame.index + 2)
    engine.call_off()

    def is_larger() -> bool:
        newest = engine.newest()
        return newest is not None and newest.picture.width == 2 * WIDTH

    wait_until(is_larger, 60)
    assert engine.wanted.settings.models.swapper == "mesh"
    assert engine.status().trouble is None


def test_what_is_no_longer_wanted_is_not_waited_for(
    engine: Engine, web: WebServer, store: Path
) -> None:
    want(engine, **{"models.swapper": NAME})
    fetching(engine, web)
    want(engine)
    settled(engine, Phase.PREVIEW)
    want(engine, **{"models.swapper": NAME})
    wait_until(lambda: engine.status().doing is Doing.FETCHING)
    want(engine, running=False)
    settled(engine, Phase.OFF)
    assert was_called_off(store)


def test_closing_does_not_wait_for_a_silent_server(
    engine: Engine, web: WebServer, store: Path
) -> None:
    want(engine, **{"models.swapper": NAME})
    fetching(engine, web)
    engine.close()
    assert was_called_off(store)
