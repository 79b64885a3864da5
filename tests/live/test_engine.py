"""The engine behind the window: wishes come true beside it, or fall back to what is."""

import errno
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import groupby
from pathlib import Path

import pytest
from running import FPS, HEIGHT, WIDTH, recorded_times, wait_until

from livecam.engine import Engine, Phase, Status, Wanted
from livecam.media.modes import Mode
from livecam.settings import Settings, load_settings
from livecam.sources import camera as camera_module
from livecam.sources import devices
from livecam.sources.camera_info import CameraInfo, Reading

pytestmark = pytest.mark.needs_network


def small() -> Settings:
    size = {"live.width": WIDTH, "live.height": HEIGHT, "live.fps": FPS}
    return load_settings(None, overrides=size)


@dataclass
class Webcam:
    """FFmpeg's test picture as a camera with two modes, which remembers what it was asked for."""

    permission_hint: str = ""
    asked: list[tuple[int, int, Fraction]] = field(default_factory=list)

    def candidates(self) -> list[CameraInfo]:
        return [CameraInfo(0, "Webcam", "lavfi")]

    def modes(self, _camera: CameraInfo) -> tuple[Mode, ...]:
        rates = (Fraction(FPS), Fraction(2 * FPS))
        return Mode("nv12", WIDTH, HEIGHT, rates), Mode("nv12", 160, 120, rates)

    def reading(self, _camera: CameraInfo, mode: Mode, *, rate: Fraction) -> Reading:
        self.asked.append((mode.width, mode.height, rate))
        size = f"{mode.width}x{mode.height}"
        return Reading("lavfi", f"testsrc2=size={size}:rate={rate},realtime", {})


@contextmanager
def engine(face: Path, *, camera: str = "synthetic", **more: object) -> Iterator[Engine]:
    made = Engine(Wanted(settings=small(), face=face, camera=camera, **more))
    try:
        yield made
    finally:
        made.close()


def want(one: Engine, **changes: object) -> None:
    one.wanted = replace(one.wanted, **changes)


def settled(one: Engine, condition: Callable[[Status], bool]) -> Status:
    wait_until(lambda: condition(one.status()) and not one.status().doing, 60)
    return one.status()


def shows(one: Engine) -> bool:
    frame = one.newest()
    return frame is not None and frame.index > 3


def test_from_off_to_live_and_back(assets: Path, tmp_path: Path) -> None:
    file = tmp_path / "talk.mkv"
    with engine(assets / "portrait_b.png") as one:
        assert one.status().phase is Phase.OFF
        assert one.newest() is None
        start = time.monotonic()
        want(one, running=True)
        assert time.monotonic() - start < 1, "nobody waits for the models"
        settled(one, lambda status: status.phase is Phase.PREVIEW)
        wait_until(lambda: shows(one))
        frame = one.newest()
        assert frame is not None
        assert frame.original is not None
        assert frame.original is not frame.picture
        want(one, outputs=(str(file),))
        live = settled(one, lambda status: status.phase is Phase.LIVE)
        assert live.stats is not None
        assert [sink.name for sink in live.stats.sinks] == [str(file)]
        want(one, face=assets / "portrait_a.png")
        settled(one, lambda status: status.face == "portrait_a.png")
        time.sleep(1)
        want(one, outputs=())
        settled(one, lambda status: status.phase is Phase.PREVIEW)
        assert len(recorded_times(file)[0]) > FPS / 2
        want(one, running=False)
        assert settled(one, lambda status: status.phase is Phase.OFF).stats is None
        assert one.newest() is None
        want(one, running=True)
        settled(one, lambda status: status.phase is Phase.PREVIEW)
    assert not [t for t in threading.enumerate() if t.name.startswith("livecam")]


def test_what_fails_is_said_and_falls_back_to_what_is(assets: Path, tmp_path: Path) -> None:
    with engine(assets / "portrait_b.png", running=True) as one:
        settled(one, lambda status: status.phase is Phase.PREVIEW)
        want(one, face=tmp_path / "gone.png")
        status = settled(one, lambda status: status.trouble is not None)
        assert "gone.png" in str(status.trouble)
        assert (status.face, one.wanted.face.name) == ("portrait_b.png", "portrait_b.png")
        want(one, outputs=(str(tmp_path / "no" / "such" / "folder.mkv"),))
        status = settled(one, lambda status: "folder" in str(status.trouble))
        assert status.phase is Phase.PREVIEW
        assert one.wanted.outputs == ()
        want(one, camera="gone://nowhere")
        settled(one, lambda status: "gone" in str(status.trouble))
        assert one.wanted.camera == "synthetic"
        want(one, face=assets / "portrait_a.png")
        assert settled(one, lambda status: status.face == "portrait_a.png").trouble is None


def test_an_output_that_cannot_be_finished_is_said(
    assets: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    file = tmp_path / "talk.mkv"
    with engine(assets / "portrait_b.png", running=True, outputs=(str(file),)) as one:
        settled(one, lambda status: status.phase is Phase.LIVE)
        wait_until(lambda: one.status().stats.sinks[0].sent > 0)
        with monkeypatch.context() as full:
            full.setattr(os, "fsync", refuse)
            want(one, running=False, outputs=())
            status = settled(one, lambda status: status.trouble is not None)
        assert status.phase is Phase.OFF
        assert "talk.mkv cannot be written: No space left" in str(status.trouble)
        want(one, running=True)
        assert settled(one, lambda status: status.phase is Phase.PREVIEW).trouble is None


def test_a_start_that_fails_leaves_it_off(tmp_path: Path) -> None:
    with engine(tmp_path / "gone.png", running=True) as one:
        status = settled(one, lambda status: status.trouble is not None)
        assert status.phase is Phase.OFF
        assert not one.wanted.running


def test_of_hasty_wishes_the_last_comes_true(assets: Path) -> None:
    with engine(assets / "portrait_b.png", running=True) as one:
        settled(one, lambda status: status.phase is Phase.PREVIEW)
        for who in "abcbac":
            want(one, face=assets / f"portrait_{who}.png")
        status = settled(one, lambda status: status.face == "portrait_c.png")
        assert status.trouble is None


def test_tuning_takes_effect_at_once_and_another_size_makes_a_new_run(assets: Path) -> None:
    with engine(assets / "portrait_b.png", running=True) as one:
        settled(one, lambda status: status.phase is Phase.PREVIEW)
        settings, choices = one.wanted.settings, dict(one.status().choices)
        tuned = replace(settings, swap=replace(settings.swap, strength=1.5))
        want(one, settings=tuned)
        settled(one, lambda status: status.wanted.settings.swap.strength == 1.5)
        larger = replace(tuned, live=replace(tuned.live, width=2 * WIDTH, height=2 * HEIGHT))
        want(one, settings=larger)

        def is_larger() -> bool:
            frame = one.newest()
            return frame is not None and frame.picture.width == 2 * WIDTH

        wait_until(is_larger, 60)
        assert all(one.status().choices[name] is choice for name, choice in choices.items())
        asked = replace(larger, models=replace(larger.models, providers=("cpu",)))
        want(one, settings=asked)

        def is_opened_anew() -> bool:
            choice = one.status().choices.get("mesh")
            return choice is not None and choice is not choices["mesh"]

        wait_until(is_opened_anew, 60)
        settled(one, lambda status: status.phase is Phase.PREVIEW)


def test_a_camera_is_asked_for_another_mode_within_the_same_run(
    assets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    webcam = Webcam()
    for module in (devices, camera_module):
        monkeypatch.setattr(module, "camera_system", lambda: webcam)
    with engine(assets / "portrait_b.png", running=True, camera="Webcam") as one:
        settled(one, lambda status: status.phase is Phase.PREVIEW)
        wait_until(lambda: shows(one))
        run, settings = one._run, one.wanted.settings
        automatic, other = (WIDTH, HEIGHT, FPS), (160, 120, 2 * FPS)
        for mode, asked in (("160x120@30", other), (None, automatic)):
            want(one, settings=replace(settings, live=replace(settings.live, camera_mode=mode)))
            wait_until(lambda asked=asked: webcam.asked[-1] == asked)
        assert one._run is run
        frame = one.newest()
        assert frame is not None
        assert (frame.picture.width, frame.picture.height) == (WIDTH, HEIGHT)
    in_turn = [asked for asked, _ in groupby(webcam.asked)]  # a busy machine may open it twice
    assert in_turn == [automatic, other, automatic]


def test_closing_while_it_gets_ready_ends_everything(assets: Path) -> None:
    with engine(assets / "portrait_b.png", running=True):
        pass
    assert not [t for t in threading.enumerate() if t.name.startswith("livecam")]
