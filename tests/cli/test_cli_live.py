"""`livecam live` as people run it: a synthetic camera, real models, real files, real signals."""

import json
import re
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pytest
from commands import Child, Command, Outcome
from moments import moment

from livecam.cli.live import watch
from livecam.live import Live
from livecam.media.modes import Mode
from livecam.sources.camera_info import CameraInfo

Start = Callable[..., Child]
CONSENT = "--yes-i-have-consent"
SMALL = ("--camera", "synthetic", "--size", "320x180", "--fps", "15", CONSENT)


def frame_count(path: Path) -> int:
    with av.open(path) as container:
        return sum(1 for _ in container.decode(video=0))


def written(outcome: Outcome) -> list[dict[str, Any]]:
    return [json.loads(line) for line in outcome.out.splitlines()]


def test_help_teaches_by_examples(livecam: Command) -> None:
    out = livecam("live", "--help").out
    for words in (
        "livecam live --face me.png --camera synthetic --to out.mkv",
        *("Zoom", "rtmp://", "--microphone", "--camera", "--on-lost", "--stats", "--set"),
    ):
        assert words in out


REFUSED = [
    (["--duration", "-1"], 2, "--duration cannot be -1."),
    (["--duration", "nan"], 2, "--duration cannot be nan."),
    (["--face", "me.png", "--face", "nobody.png"], 3, "nobody.png"),
    (["--face", "me.png", "--face", "junk.png"], 3, "junk.png"),
    (["--size", "big"], 2, "--size cannot be 'big'"),
    (["--size", "321x180"], 2, "'live.width' cannot be 321"),
    (["--fps", "0"], 2, "'live.fps' cannot be 0"),
    (["--on-lost", "show"], 2, "'swap.on_lost' cannot be 'show'"),
    (["--label", "big"], 2, "'swap.label.show' cannot be 'big'"),
    (["--set", "live.speed=3"], 2, "no setting 'live.speed'"),
    (["--set", "models.swapper=nobody"], 4, "no model 'nobody'"),
    (["--camera", "nobody's camera"], 3, "nobody's camera"),
    (["--camera", "gopher://there"], 3, "gopher://"),
    (["--to", "kept.mkv"], 5, "kept.mkv exists already"),
    (["--to", "out.mkv", "--to", "./out.mkv", "--overwrite"], 2, "out.mkv is named twice"),
    (["--camera", "kept.mkv", "--to", "./kept.mkv", "--overwrite"], 5, "kept.mkv is the input"),
    (["--to", "nowhere/out.mkv"], 5, "nowhere"),
    (["--to", "gopher://there"], 5, "gopher"),
    (["--face", "junk.png"], 3, "junk.png"),
]


@pytest.fixture
def workplace(assets: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with a portrait, things that are none, and no models."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LIVECAM_MODELS", str(tmp_path / "models"))
    (tmp_path / "me.png").write_bytes((assets / "portrait_c.png").read_bytes())
    (tmp_path / "junk.png").write_bytes(b"not a picture")
    (tmp_path / "kept.mkv").write_bytes(b"kept")
    return tmp_path


@pytest.mark.parametrize(("arguments", "code", "words"), REFUSED)
def test_what_cannot_be_is_refused_before_any_work(
    livecam: Command, workplace: Path, arguments: list[str], code: int, words: str
) -> None:
    before = {path.name: path.read_bytes() for path in workplace.iterdir()}
    defaults = {"--camera": "synthetic", "--to": "out.mkv", "--face": "me.png"}
    for name, value in defaults.items():
        if name not in arguments:
            arguments = [*arguments, name, value]
    outcome = livecam("live", *arguments, CONSENT)
    assert outcome.code == code
    assert words in outcome.err
    assert len(outcome.err.splitlines()) == 2
    assert outcome.out == ""
    assert {path.name: path.read_bytes() for path in workplace.iterdir()} == before


def test_statistics_come_in_json_only(livecam: Command) -> None:
    outcome = livecam("live", "--face", "me.png", "--stats", "xml")
    assert outcome.code == 2
    assert "--stats" in outcome.err


def test_every_portrait_takes_consent(livecam: Command, assets: Path, tmp_path: Path) -> None:
    faces = assets / "portrait_b.png", assets / "portrait_c.png"
    arguments = ("--face", faces[0], "--face", faces[1], "--to", tmp_path / "no" / "out.mkv")
    said = livecam("live", *arguments, "--camera", "synthetic").err
    for face in faces:
        assert f"Taking it that the person on {face} agreed" in said


@pytest.mark.needs_network
def test_a_recording_with_statistics(livecam: Command, assets: Path, tmp_path: Path) -> None:
    output, face = tmp_path / "out.mkv", assets / "portrait_b.png"
    outcome = livecam(
        *("live", *SMALL, "--face", face, "--to", output),
        *("--duration", 4, "--stats", "json", "--label", "off", "--strength", 1.5),
    )
    assert outcome.code == 0
    moments = written(outcome)
    assert 2 <= len(moments) <= 5
    last = moments[-1]
    assert last["face"] == "portrait_b.png"
    assert (last["label"], last["strength"], last["on_lost"]) == ("off", 1.5, "hold,blur")
    assert last["captured"] > 0
    assert 0 < last["latency_p50_ms"] <= last["latency_p95_ms"]
    assert 0 < last["fps_out"] < 20
    assert last["stage_track_p50_ms"] > 0
    assert last["cpu_process_cores"] > 0
    (file,) = last["sinks"]
    assert (file["name"], file["state"], file["error"]) == (str(output), "open", None)
    assert frame_count(output) >= file["sent"] > 0
    said = outcome.err.splitlines()
    assert said[0] == "From: synthetic"
    assert said[1] == f"To: {output}, 320×180, 15 fps"
    assert said[2].startswith("On: ")
    assert said[-1].startswith("Ended after 0:00:0")


@pytest.mark.needs_network
def test_in_a_pipe_there_is_a_line_now_and_then(
    livecam: Command, assets: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "_SAY_EVERY_S", 0.5)
    to = tmp_path / "out.mkv"
    arguments = ("--face", assets / "portrait_b.png", "--to", to, "--duration", 2)
    outcome = livecam("live", *SMALL, *arguments)
    assert (outcome.code, outcome.out) == (0, "")
    lines = [line for line in outcome.err.splitlines() if " in " in line and "latency" in line]
    assert len(lines) >= 2


@pytest.mark.needs_network
def test_no_time_at_all_is_over_at_once(livecam: Command, assets: Path, tmp_path: Path) -> None:
    arguments = ("--face", assets / "portrait_b.png", "--to", tmp_path / "out.mkv")
    outcome = livecam("live", *SMALL, *arguments, "--duration", 0)
    assert outcome.code == 0
    assert outcome.err.splitlines()[-1].startswith("Ended after ")


@pytest.mark.needs_network
@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_a_signal_finishes_the_recording(
    child: Start, assets: Path, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    output, face = tmp_path / "out.mkv", assets / "portrait_b.png"
    running = child("live", *SMALL, "--face", face, "--to", output)
    running.wait_until(lambda: output.exists() and output.stat().st_size > 10_000)
    running.process.send_signal(number)
    outcome = running.outcome()
    assert outcome.code == code
    assert "Ended after " in outcome.err.splitlines()[-1]
    assert frame_count(output) > 0


@pytest.mark.needs_network
def test_a_second_ctrl_c_stops_at_once(child: Start, assets: Path, tmp_path: Path) -> None:
    output, face = tmp_path / "out.mkv", assets / "portrait_b.png"
    running = child("live", *SMALL, "--face", face, "--to", output)
    running.wait_until(lambda: output.exists() and output.stat().st_size > 10_000)
    running.process.send_signal(signal.SIGINT)
    time.sleep(0.02)
    running.process.send_signal(signal.SIGINT)
    outcome = running.outcome()
    assert outcome.code == 130
    assert outcome.err.splitlines()[-1] == "Stopped at once; files may lack their end."


@pytest.mark.needs_network
def test_keys_change_the_run_and_the_picture_goes_on(
    child: Start, assets: Path, tmp_path: Path
) -> None:
    junk, output = tmp_path / "junk.png", tmp_path / "out.mkv"
    junk.write_bytes((assets / "portrait_b.png").read_bytes())
    faces = ("--face", assets / "portrait_b.png", "--face", assets / "portrait_c.png")
    running = child("live", *SMALL, *faces, "--face", junk, "--to", output, terminal=True)
    running.wait_for("latency")
    for keys, words in (
        ("+", "Strength 0.80."),
        ("2", "Wearing portrait_c.png."),
        ("e", "The eyes are the portrait's."),
        ("l", "The label is off."),
        ("o", "Without a swap: blur."),
    ):
        running.press(keys)
        running.wait_for(words)
    junk.write_bytes(b"not a picture any more")
    running.press("3")
    running.wait_for("Nothing is changed.")
    running.press("q")
    outcome = running.outcome()
    assert outcome.code == 0
    shown = re.sub(r"\x1b\[[\d;?]*[A-Za-z]", "", outcome.out)
    *_, last = re.findall(r"livecam (\S+) · mesh", shown)
    assert last == "portrait_c.png"
    assert "strength 0.80 · eyes portrait · label off · on lost blur" in shown
    assert "junk.png" in shown
    assert "Traceback" not in shown
    assert frame_count(output) > 0


@pytest.mark.needs_network
def test_a_closed_window_finishes_the_recording(child: Start, assets: Path, tmp_path: Path) -> None:
    output, face = tmp_path / "out.mkv", assets / "portrait_b.png"
    running = child("live", *SMALL, "--face", face, "--to", output, terminal=True)
    running.wait_for("looks/s")
    running.wait_until(lambda: output.stat().st_size > 10_000)
    running.hang_up()
    assert running.process.wait(60) == 128 + signal.SIGHUP
    assert frame_count(output) > 0


@pytest.mark.needs_network
def test_statistics_without_a_reader_do_not_end_the_run(
    child: Start, assets: Path, tmp_path: Path
) -> None:
    output = tmp_path / "out.mkv"
    face = assets / "portrait_b.png"
    running = child(
        *("live", *SMALL, "--face", face, "--to", output, "--stats", "json", "--duration", 5)
    )
    with running.process as process:
        assert process.stdout is not None
        assert process.stderr is not None
        json.loads(process.stdout.readline())
        process.stdout.close()
        said = process.stderr.read().decode().splitlines()
    assert process.returncode == 0
    assert "Nobody reads the statistics any more; the run goes on without them." in said
    assert frame_count(output) > 30


def test_the_camera_is_told_with_its_mode(monkeypatch: pytest.MonkeyPatch) -> None:
    modes = Mode("yuyv422", 1280, 720, (Fraction(10),)), Mode("mjpeg", 1280, 720, (Fraction(60),))
    webcam = CameraInfo(index=0, name="Webcam", device="/dev/video0", modes=modes)
    monkeypatch.setattr(watch, "find_camera", lambda _: webcam)
    live = Live(face=Path("me.png"))
    assert watch._source(live) == "camera “Webcam” (/dev/video0), mjpeg 1280×720, 60 fps"
    secret = replace(live, camera="rtsp://me:secret@there:554/1?token=2")
    assert watch._source(secret) == "rtsp://there:554/1"
    unknown = replace(webcam, modes=())
    monkeypatch.setattr(watch, "find_camera", lambda _: unknown)
    assert watch._source(live) == "camera “Webcam” (/dev/video0)"


def test_the_delay_of_the_picture_is_told_once_it_is_known(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert not watch._told_delay(moment(seconds=1))
    assert watch._told_delay(moment(seconds=6))
    assert capsys.readouterr().err.startswith("The picture comes 6 ms after the sound: delay")
