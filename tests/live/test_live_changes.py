"""A whole live run that is changed, ended and killed."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil
import pytest
from running import FPS, HEIGHT, WIDTH, Viewer, assert_in_order, recorded_times, wait_until, watched
from servers import free_port

from livecam.errors import LivecamError, SettingsError, SourceError
from livecam.live import LiveRun
from livecam.swap.options import LabelOptions, OnLost, Show

pytestmark = pytest.mark.needs_network


def test_whatever_is_changed_the_picture_never_stops(assets: Path, tmp_path: Path) -> None:
    file = tmp_path / "talk.mkv"
    label = LabelOptions(show=Show.OFF)

    def tuned(run: LiveRun, **changes: object) -> None:
        run.tuning = replace(run.tuning, **changes)

    changes: list[Callable[[LiveRun], None]] = [
        lambda run: run.wear(assets / "portrait_a.png"),
        lambda run: run.use_swapper("mesh"),
        lambda run: tuned(run, label=label),
        lambda run: tuned(run, strength=2.0),
        *(lambda run, policy=policy: tuned(run, on_lost=policy) for policy in OnLost),
        lambda run: run.wear(assets / "portrait_b.png"),
    ]
    with watched(assets / "portrait_b.png", to=[str(file)]) as (run, viewer):
        viewer.wait_until(lambda sight: sight.index > 5)
        for change in changes:
            last = viewer.sights[-1].index
            change(run)
            viewer.wait_until(lambda sight, last=last: sight.index > last + 5)
        assert run.tuning.label == label
    viewer.assert_steady()
    assert_in_order(file)


def test_outputs_and_cameras_come_and_go_and_the_picture_never_stops(
    assets: Path, tmp_path: Path
) -> None:
    file, clip = tmp_path / "talk.mkv", assets / "clip_a.mp4"
    with watched(assets / "portrait_b.png") as (run, viewer):
        viewer.wait_until(lambda sight: sight.index > 5)
        run.add_output(str(file))
        with pytest.raises(SettingsError, match="named twice"):
            run.add_output(str(file))
        start = time.monotonic()
        run.use_camera(str(clip), mirror=True)
        viewer.wait_until(lambda _: time.monotonic() > start + 2)
        run.use_camera("synthetic")
        viewer.wait_until(lambda _: time.monotonic() > start + 4)
        assert [sink.name for sink in run.stats().sinks] == ["viewer", str(file)]
        run.remove_output(str(file))
        assert [sink.name for sink in run.stats().sinks] == ["viewer"]
        with pytest.raises(SourceError, match=r"gone\.mp4|stream|kind"):
            run.use_camera("gone://nowhere")
        last = viewer.sights[-1].index
        viewer.wait_until(lambda sight: sight.index > last + 5)
    viewer.assert_steady()
    times, _ = recorded_times(file)
    assert len(times) > FPS
    assert np.diff(times).max() < 1.5


def test_what_cannot_be_worn_leaves_everything_as_it_is(assets: Path, tmp_path: Path) -> None:
    face = tmp_path / "me.png"
    face.write_bytes((assets / "portrait_b.png").read_bytes())
    with watched(face) as (run, viewer):
        viewer.wait_until(lambda sight: sight.index > 10)
        face.write_bytes(b"not a picture any more")
        before = run.stats().swap
        refused(SourceError, lambda: run.wear(face), "me.png")
        refused(SourceError, lambda: run.wear(tmp_path / "gone.png"), "gone.png")
        refused(SettingsError, lambda: run.use_swapper("centerface"), "centerface")
        last = viewer.sights[-1].index
        viewer.wait_until(lambda sight: sight.index > last + 15)
        after = run.stats().swap
        assert run.face == "me.png"
    assert after.frames - after.unswapped > before.frames - before.unswapped + 5
    viewer.assert_steady()


def refused(kind: type[LivecamError], change: Callable[[], None], name: str) -> None:
    with pytest.raises(kind, match=name) as error:
        change()
    assert error.value.hint


def held() -> tuple[int, int]:
    """What this process has that a run could leave behind: descriptors, children."""
    process = psutil.Process()
    return process.num_fds(), len(process.children(recursive=True))


def assert_nothing_left(before: tuple[int, int]) -> None:
    """There is no more than before; what earlier tests had may have gone since."""
    descriptors, children = held()
    assert descriptors <= before[0]
    assert children <= before[1]


def test_a_run_that_has_stopped_leaves_nothing(assets: Path, tmp_path: Path) -> None:
    before: tuple[int, int] | None = None
    for number in range(3):
        to = [f"udp://127.0.0.1:{free_port()}", str(tmp_path / f"{number}.mkv"), "preview"]
        with watched(assets / "portrait_b.png", to=to) as (run, viewer):
            viewer.wait_until(lambda sight: sight.index > 10)
            assert len(psutil.Process().children()) == 1
            assert run.preview is not None
            run.stop()
            assert run.join(20)
            assert run.preview.newest() is None
        assert_in_order(tmp_path / f"{number}.mkv", fewest=5)
        before = before or held()  # what stays open from the first run on is the models'
    assert before is not None
    assert_nothing_left(before)


def test_a_run_with_a_body_that_fails_leaves_nothing(assets: Path, tmp_path: Path) -> None:
    viewers: list[Viewer] = []

    def fail() -> None:
        file = str(tmp_path / f"{len(viewers)}.mkv")
        with watched(assets / "portrait_b.png", to=[file]) as (_, viewer):
            viewers.append(viewer)
            viewer.wait_until(lambda sight: sight.index > 10)
            raise KeyError("body")

    before: tuple[int, int] | None = None
    for _ in range(3):
        with pytest.raises(KeyError, match="body"):
            fail()
        before = before or held()
    assert before is not None
    assert_nothing_left(before)
    assert_in_order(tmp_path / "2.mkv", fewest=5)


def test_a_killed_command_leaves_recordings_of_all_but_the_last_second(
    assets: Path, tmp_path: Path
) -> None:
    files = tmp_path / "talk.mkv", tmp_path / "talk.mp4"
    command = [sys.executable, "-m", "livecam", "live", "--face", str(assets / "portrait_b.png")]
    command += ["--camera", "synthetic", "--size", f"{WIDTH}x{HEIGHT}", "--fps", str(FPS)]
    for target in (*files, f"udp://127.0.0.1:{free_port()}"):
        command += ["--to", str(target)]
    command += ["--stats", "json", "--on-lost", "pass", "--yes-i-have-consent"]
    environment = os.environ | {"XDG_DATA_HOME": str(tmp_path / "data")}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
    ) as process:
        assert process.stdout is not None
        while (moment := json.loads(process.stdout.readline()))["sinks"][0]["sent"] < 2 * FPS:
            pass
        (sender,) = psutil.Process(process.pid).children()
        killed_at = time.monotonic()
        process.kill()
    for file in files:
        times, stamps = recorded_times(file)
        assert len(times) >= FPS
        late_s = killed_at - stamps[-1].time_us / 1e6
        assert late_s < 1 + max(0.2, 2 * moment["latency_p95_ms"] / 1000)
    wait_until(lambda: not sender.is_running())
