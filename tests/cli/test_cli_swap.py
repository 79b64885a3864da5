"""`livecam swap` as people run it: real files, real models, real signals."""

import json
import signal
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import av
import pytest
from commands import Child, Command
from PIL import Image

from livecam.cli import progress

Start = Callable[..., Child]
Files = Callable[[], list[str]]
CONSENT = "--yes-i-have-consent"


def frame_count(path: Path) -> int:
    with av.open(path) as container:
        return sum(1 for _ in container.decode(video=0))


@pytest.mark.needs_network
def test_a_video(livecam: Command, assets: Path, tmp_path: Path, files: Files) -> None:
    output = tmp_path / "out.mp4"
    outcome = livecam(
        *("swap", assets / "clip_a_360p.mp4", output, "--face", assets / "portrait_c.png"),
        *(CONSENT, "--before-after", tmp_path / "both.png", "--end", 1),
    )
    assert (outcome.code, outcome.err) == (0, "")
    first, counts, looks = outcome.out.splitlines()
    assert first == str(output)
    assert counts.startswith("  30 frames in ")
    assert looks.startswith("  the detector looked at ")
    assert frame_count(output) == 30
    with Image.open(tmp_path / "both.png") as both:
        assert both.size == (1280, 360)
    assert files() == ["both.png", "out.mp4"]


@pytest.mark.needs_network
def test_an_image(livecam: Command, assets: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.png"
    portraits = assets / "portrait_b.png", assets / "portrait_c.png"
    outcome = livecam("swap", portraits[0], output, "--face", portraits[1], CONSENT)
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out == f"{output}\n"
    with Image.open(portraits[0]) as before, Image.open(output) as after:
        assert before.size == after.size
        assert before.tobytes() != after.tobytes()


@pytest.mark.needs_network
def test_frames_without_a_face_are_counted(livecam: Command, assets: Path, tmp_path: Path) -> None:
    source = tmp_path / "grey.png"
    Image.new("RGB", (320, 240), (90, 120, 90)).save(source)
    face = assets / "portrait_c.png"
    outcome = livecam("swap", source, tmp_path / "out.png", "--face", face, CONSENT)
    assert outcome.code == 0
    assert "  without a swap: 1 of 1 (100.0%), shown as they were" in outcome.out


@pytest.mark.needs_network
def test_progress_is_a_bar_on_a_terminal_and_lines_elsewhere(
    livecam: Command,
    child: Start,
    assets: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source, face = assets / "clip_a_360p.mp4", assets / "portrait_c.png"
    shown = child("swap", source, tmp_path / "a.mp4", "--face", face, CONSENT, terminal=True)
    outcome = shown.outcome()
    assert outcome.code == 0
    assert "/90" in outcome.out
    assert " fps" in outcome.out
    monkeypatch.setattr(progress, "PLAIN_EVERY_S", 0)
    lines = livecam("swap", source, tmp_path / "b.mp4", "--face", face, CONSENT).err.splitlines()
    assert lines
    assert all(line.startswith("Frame ") and " of 90, " in line for line in lines)


REFUSED = [
    (["missing.mp4", "out.mp4"], 3, "missing.mp4 does not exist"),
    (["text.mp4", "out.mp4"], 3, "text.mp4 cannot be opened: Invalid data found"),
    (["empty.mp4", "out.mp4"], 3, "empty.mp4 is empty"),
    (["clip.mp4", "kept.mp4"], 5, "kept.mp4 exists already"),
    (["clip.mp4", "clip.mp4", "--overwrite"], 5, "clip.mp4 is the input itself"),
    (["clip.mp4", "nowhere/out.mp4"], 5, "nowhere does not exist"),
    (["clip.mp4", "out.xyz"], 5, "out.xyz does not end in a kind of video file"),
    (["clip.mp4", "out.mp4", "--codec", "zip"], 5, "zip"),
    (["clip.mp4", "out.mp4", "--before-after", "both.txt"], 5, "both.txt"),
    (["me.png", "out.png", "--overwrite", "--before-after", "./me.png"], 5, "me.png is the input"),
    (["clip.mp4", "out.mp4", "--overwrite", "--before-after", "me.png"], 5, "a face that this run"),
    (["you.png", "me.png", "--overwrite"], 5, "me.png is the picture of a face that this run"),
    (["me.png", "out.png", "--before-after", "out.png"], 5, "out.png is the output"),
    (["clip.mp4", "out.mp4", "--start", "5", "--end", "4"], 2, "start 5 s, end 4 s"),
    (["clip.mp4", "out.mp4", "--set", "swap.speed=3"], 2, "no setting 'swap.speed'"),
    (["clip.mp4", "out.mp4", "--faces", "all"], 2, "'swap.faces' cannot be 'all'"),
    (["clip.mp4", "out.mp4", "--quality", "101"], 2, "'output.quality' cannot be 101"),
    (["clip.mp4", "out.mp4", "--settings", "none.toml"], 2, "none.toml cannot be read"),
    (["clip.mp4", "out.mp4", "--set", "models.detector=mesh"], 2, "which is a swapper"),
    (["clip.mp4", "out.mp4", "--set", "models.detector=me"], 4, "no model 'me'"),
]


@pytest.fixture
def workplace(assets: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with a clip, things that are none, and no models."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LIVECAM_MODELS", str(tmp_path / "models"))
    (tmp_path / "clip.mp4").write_bytes((assets / "clip_a_360p.mp4").read_bytes())
    (tmp_path / "me.png").write_bytes((assets / "portrait_c.png").read_bytes())
    (tmp_path / "you.png").write_bytes((assets / "portrait_b.png").read_bytes())
    (tmp_path / "kept.mp4").write_bytes(b"kept")
    (tmp_path / "text.mp4").write_bytes(b"not a video\n" * 50)
    (tmp_path / "empty.mp4").write_bytes(b"")
    return tmp_path


@pytest.mark.parametrize(("arguments", "code", "words"), REFUSED)
def test_what_cannot_be_is_refused_before_any_work(
    livecam: Command, workplace: Path, arguments: list[str], code: int, words: str
) -> None:
    before = {path.name: path.read_bytes() for path in workplace.iterdir()}
    outcome = livecam("swap", *arguments, "--face", "me.png", CONSENT)
    assert outcome.code == code
    assert words in outcome.err
    assert len(outcome.err.splitlines()) == 2
    assert outcome.out == ""
    assert {path.name: path.read_bytes() for path in workplace.iterdir()} == before


@pytest.mark.parametrize(("name", "code"), [("missing.png", 3), ("text.png", 3)])
def test_a_portrait_that_is_none(
    livecam: Command, assets: Path, tmp_path: Path, name: str, code: int
) -> None:
    (tmp_path / "text.png").write_bytes(b"not a picture")
    output = tmp_path / "out.mp4"
    outcome = livecam(
        "swap", assets / "clip_a_360p.mp4", output, "--face", tmp_path / name, CONSENT
    )
    assert outcome.code == code
    assert name in outcome.err
    assert not output.exists()


@pytest.mark.needs_network
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_nothing_behind(
    child: Start, assets: Path, tmp_path: Path, files: Files, number: signal.Signals
) -> None:
    output, face = tmp_path / "out.mp4", assets / "portrait_c.png"
    working = child("swap", assets / "clip_a.mp4", output, "--face", face, CONSENT)
    working.wait_until(lambda: bool(files()))
    working.process.send_signal(number)
    outcome = working.outcome()
    assert outcome.code == 128 + number
    assert outcome.err == "Stopped; no unfinished output is left behind.\n"
    assert outcome.out == ""
    assert files() == []


@pytest.mark.needs_network
def test_impatience_leaves_nothing_behind_either(
    child: Start, assets: Path, tmp_path: Path, files: Files
) -> None:
    output, face = tmp_path / "out.mp4", assets / "portrait_c.png"
    working = child("swap", assets / "clip_a.mp4", output, "--face", face, CONSENT)
    working.wait_until(lambda: bool(files()))
    while working.process.poll() is None:
        working.process.send_signal(signal.SIGINT)
        time.sleep(0.01)
    outcome = working.outcome()
    assert outcome.code == 130
    assert outcome.err == "Stopped; no unfinished output is left behind.\n"
    assert files() == []


@pytest.mark.needs_network
def test_a_signal_keeps_what_was_there(
    child: Start, assets: Path, tmp_path: Path, files: Files
) -> None:
    output, face = tmp_path / "out.mp4", assets / "portrait_c.png"
    output.write_bytes(b"older")
    clip = assets / "clip_a.mp4"
    working = child("swap", clip, output, "--face", face, CONSENT, "--overwrite", terminal=True)
    working.wait_until(lambda: len(files()) > 1)
    working.process.send_signal(signal.SIGINT)
    outcome = working.outcome()
    assert outcome.code == 130
    assert "Stopped; no unfinished output is left behind." in outcome.out
    assert output.read_bytes() == b"older"
    assert files() == ["out.mp4"]


@pytest.mark.needs_network
def test_a_kill_leaves_no_file_that_looks_finished(
    child: Start, livecam: Command, assets: Path, tmp_path: Path, files: Files
) -> None:
    output, face = tmp_path / "out.mp4", assets / "portrait_c.png"
    working = child("swap", assets / "clip_a.mp4", output, "--face", face, CONSENT)
    working.wait_until(lambda: bool(files()))
    working.process.kill()
    assert working.outcome().code == -signal.SIGKILL
    (left,) = files()
    assert left.startswith(".")
    assert ".part" in left
    again = livecam(
        "swap", assets / "clip_a_360p.mp4", output, "--face", face, CONSENT, "--end", 0.2
    )
    assert again.code == 0
    assert frame_count(output) == 6
    assert files() == ["out.mp4"], "the next run clears up"


@pytest.mark.needs_network
def test_a_full_disk_is_one_error_and_leaves_nothing(
    livecam: Command, child: Start, assets: Path, tmp_path: Path, files: Files
) -> None:
    output = tmp_path / "out.mp4"
    arguments = ("swap", assets / "clip_a_360p.mp4", output, "--face", assets / "portrait_c.png")
    arguments += (CONSENT, "--end", "0.5")
    assert livecam(*arguments).code == 0
    size = output.stat().st_size
    output.unlink()
    for limit in (size // 2, size - 1):  # while it works, and at the very last write
        outcome = child(*arguments, largest_file=limit).outcome()
        assert outcome.code == 5
        assert "out.mp4 cannot be written: File too large" in outcome.err
        assert len(outcome.err.splitlines()) == 2
        assert files() == []


def test_consent_is_asked_once_on_a_terminal(
    child: Start, assets: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    record = tmp_path / "livecam" / "consent.json"
    arguments = ("swap", tmp_path / "missing.mp4", tmp_path / "out.mp4")
    arguments += ("--face", assets / "portrait_c.png")

    refused = child(*arguments, terminal=True)
    refused.wait_for("face?")
    refused.answer("n")
    outcome = refused.outcome()
    assert outcome.code == 2
    assert "agree to lend their face?" in outcome.out
    assert "is not used without the person's consent" in outcome.out
    assert not record.exists()

    agreed = child(*arguments, terminal=True)
    agreed.wait_for("face?")
    agreed.answer("y")
    assert agreed.outcome().code == 3
    assert list(json.loads(record.read_text()).values()) == [date.today().isoformat()]

    again = child(*arguments, terminal=True).outcome()
    assert again.code == 3
    assert "agree" not in again.out


def test_where_nobody_can_be_asked_it_is_said(
    livecam: Command, assets: Path, tmp_path: Path
) -> None:
    face = assets / "portrait_c.png"
    arguments = ("swap", tmp_path / "missing.mp4", tmp_path / "out.mp4", "--face", face)
    said = livecam(*arguments)
    assert said.err.startswith(f"Taking it that the person on {face} agreed; {CONSENT} says so.")
    silent = livecam(*arguments, CONSENT)
    assert "agreed" not in silent.err
    assert said.code == silent.code == 3


def test_a_signal_while_asking_ends_it(child: Start, assets: Path, tmp_path: Path) -> None:
    face = assets / "portrait_c.png"
    asking = child("swap", tmp_path / "a.mp4", tmp_path / "b.mp4", "--face", face, terminal=True)
    asking.wait_for("face?")
    asking.process.send_signal(signal.SIGINT)
    outcome = asking.outcome()
    assert outcome.code == 130
    assert "Stopped" in outcome.out
