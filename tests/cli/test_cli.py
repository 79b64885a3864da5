"""What every command shares: help, versions, errors and their exit codes."""

import subprocess
import sys
import tomllib
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import pytest
from commands import Child, Command

from livecam.errors import (
    LivecamError,
    ModelError,
    PipelineError,
    SettingsError,
    SinkError,
    SourceError,
)


def test_version(livecam: Command) -> None:
    assert livecam("--version").out == f"livecam {metadata.version('livecam')}\n"


def test_a_system_of_few_letters_ends_no_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    outcome = Child("settings").outcome()
    assert outcome.code == 0, outcome.err
    assert "≥" in outcome.out
    assert "tracking" in tomllib.loads(outcome.out)
    terminal = Child("settings", terminal=True).outcome()
    assert terminal.code == 0
    assert "?" in terminal.out


def test_help_names_every_command_and_how_to_begin(livecam: Command) -> None:
    outcome = livecam("--help")
    assert outcome.code == 0
    for word in ("live", "swap", "devices", "models", "settings", "doctor", "bench", "ME.png"):
        assert word in outcome.out


def test_help_of_swap_teaches_by_examples(livecam: Command) -> None:
    outcome = livecam("swap", "--help")
    assert "livecam swap in.mp4 out.mp4 --face me.png" in outcome.out
    for option in ("--overwrite", "--start", "--codec", "--faces", "--on-lost", "--set"):
        assert option in outcome.out


def test_help_does_not_load_what_it_does_not_need() -> None:
    code = (
        "import sys, livecam.cli\n"
        "sys.argv = ['livecam', '--help']\n"
        "try: livecam.cli.main()\n"
        "except SystemExit: pass\n"
        "heavy = {'cv2', 'av', 'onnx', 'onnxruntime', 'numpy', 'httpx', 'PIL'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stderr.strip() == "[]"


def test_help_shows_no_value_for_what_takes_none(livecam: Command) -> None:
    for command in (["swap"], ["live"], ["faces", "add"], ["models", "pull"], ["devices"]):
        lines = livecam(*command, "--help").out.splitlines()
        assert not [line for line in lines if "<bool>" in line and "--help" not in line]


def test_importing_livecam_loads_nothing() -> None:
    code = "import sys, livecam; print(len([m for m in sys.modules if 'livecam' in m]))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert int(done.stdout) <= 3  # livecam, livecam.errors and the finder of the editable install


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (SettingsError, 2),
        (SourceError, 3),
        (ModelError, 4),
        (SinkError, 5),
        (PipelineError, 6),
    ],
)
def test_every_error_is_two_lines_and_its_exit_code(
    livecam: Command, monkeypatch: pytest.MonkeyPatch, error: type[LivecamError], code: int
) -> None:
    def fail() -> None:
        raise error("The [b]thing[/b] broke: " + 40 * "why ", hint="Mend the [b]thing[/b].")

    monkeypatch.setattr("livecam.cli.models._catalog", fail)
    outcome = livecam("models", "list")
    assert outcome.code == code == error.exit_code
    assert outcome.out == ""
    assert outcome.err.splitlines() == [
        "Error: The [b]thing[/b] broke: " + 40 * "why ",
        "Mend the [b]thing[/b].",
    ]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["swap", "in.mp4"], "OUTPUT"),
        (["swap", "in.mp4", "out.mp4"], "--face"),
        (["swap", "--nonsense"], "--nonsense"),
        (["fly"], "fly"),
        (["swap", "in.mp4", "out.mp4", "--face", "me.png", "--start", "soon"], "--start"),
    ],
)
def test_a_wrong_command_line_exits_with_2(
    livecam: Command, arguments: list[str], words: str
) -> None:
    outcome = livecam(*arguments)
    assert outcome.code == 2
    assert words in outcome.err
    assert "Traceback" not in outcome.err


def test_python_dash_m_is_the_same(child: Callable[..., Child]) -> None:
    outcome = child("--version").outcome()
    assert (outcome.code, outcome.out) == (0, f"livecam {metadata.version('livecam')}\n")


def test_settings_show_names_defaults_and_limits(livecam: Command) -> None:
    out = livecam("settings").out
    assert "[tracking]" in out
    assert "detect_every_s = 0.5" in out
    assert "≥ 0, ≤ 100" in out


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder for models."""
    monkeypatch.setenv("LIVECAM_MODELS", str(tmp_path / "models"))
    return tmp_path / "models"


def test_models_list(livecam: Command, store: Path) -> None:
    outcome = livecam("models", "list")
    assert outcome.code == 0
    rows = {line.split()[0]: line for line in outcome.out.splitlines()}
    assert "MIT" in rows["centerface"]
    assert rows["centerface"].split()[-1] == "no"
    assert rows["mesh"].rstrip().endswith("built in")
    assert not store.exists()


def test_models_verify_names_the_damaged(livecam: Command, store: Path) -> None:
    assert "centerface: absent" in livecam("models", "verify").out
    (store / "centerface").mkdir(parents=True)
    (store / "centerface" / "centerface.onnx").write_bytes(b"not this")
    outcome = livecam("models", "verify", "centerface")
    assert outcome.code == 4
    assert "centerface: damaged" in outcome.out
    assert outcome.err == "Error: Damaged: centerface.\nRun `livecam models pull centerface`.\n"


def test_models_path_of_what_comes_along(livecam: Command, store: Path) -> None:
    outcome = livecam("models", "path", "mesh")
    assert Path(outcome.out.strip()).is_file()
    assert not store.exists()


@pytest.mark.parametrize("command", ["path", "pull", "verify"])
def test_an_unknown_model_is_answered_with_where_to_look(livecam: Command, command: str) -> None:
    outcome = livecam("models", command, "nobody")
    assert outcome.code == 4
    assert "'nobody'" in outcome.err
    assert "`livecam models list`" in outcome.err


@pytest.mark.needs_network
def test_models_pull_says_what_it_fetches(livecam: Command, store: Path) -> None:
    outcome = livecam("models", "pull", "centerface")
    assert outcome.code == 0
    assert Path(outcome.out.strip()).is_relative_to(store)
    assert "Fetching " in outcome.err
    assert " of 6.9 MB" in outcome.err
    again = livecam("models", "pull", "centerface")
    assert (again.out, again.err) == (outcome.out, "")


def test_bench_live_says_what_a_size_is(livecam: Command) -> None:
    outcome = livecam("bench", "live", "--size", "720p")
    assert outcome.code == 2
    assert outcome.err.startswith("Error: --size cannot be '720p'.")


def test_doctor_looks_at_everything(livecam: Command) -> None:
    outcome = livecam("doctor")
    assert outcome.code == 0
    for line in (
        "✓ cpu: works",
        "✓ libx264: opens",
        "· cuda: ",
        "✓ folder: ",
        f"✓ av: {metadata.version('av')}",
        "Virtual cameras",
    ):
        assert line in outcome.out


def test_doctor_says_what_to_mend(
    livecam: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("where the folder should be")
    monkeypatch.setenv("LIVECAM_MODELS", str(tmp_path / "file" / "models"))
    outcome = livecam("doctor")
    assert outcome.code == 1
    assert "cannot be written (Not a directory); set LIVECAM_MODELS to another" in outcome.out


def test_doctor_notices_two_runtimes(livecam: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    both = ("onnxruntime 1.31.1", "onnxruntime-gpu 1.31.0")
    monkeypatch.setattr("livecam.runtime.providers.installed_runtimes", lambda: both)
    outcome = livecam("doctor")
    assert outcome.code == 1
    assert "✗ ONNX Runtime: onnxruntime 1.31.1, onnxruntime-gpu 1.31.0" in outcome.out


def test_a_missing_runtime_is_said_before_anything_is_fetched(
    livecam: Command, assets: Path, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    clip, face = assets / "clip_a_360p.mp4", assets / "portrait_c.png"
    outcome = livecam("swap", clip, tmp_path / "out.mp4", "--face", face, "--yes-i-have-consent")
    assert outcome.code == 4
    message, hint = outcome.err.splitlines()
    assert message.startswith("Error: ONNX Runtime does not load")
    assert "pip install 'livecam[cpu]'" in hint
    assert not store.exists()

    outcome = livecam("doctor")
    assert outcome.code == 1
    assert "✗ ONNX Runtime: ONNX Runtime does not load" in outcome.out


def test_verbose_says_where_an_error_came_from(child: Callable[..., Child], tmp_path: Path) -> None:
    arguments = ("swap", tmp_path / "none.mp4", tmp_path / "out.mp4", "--face", tmp_path / "me.png")
    quiet = child(*arguments, "--yes-i-have-consent").outcome()
    loud = child("--verbose", *arguments, "--yes-i-have-consent").outcome()
    assert "Traceback" not in quiet.err
    assert "Traceback" in loud.err
    assert loud.err.endswith(quiet.err)
    assert all(
        line.startswith("DEBUG livecam.") for line in loud.err.splitlines() if "DEBUG" in line
    )
