import os
import sys
from pathlib import Path

import pytest

from livecam.runtime import tryout
from livecam.runtime.providers import examine, installed_runtimes


def test_the_cpu_works_and_the_others_say_why_not() -> None:
    report = examine()
    assert report.problem == ""
    assert len(report.distributions) == 1
    states = {state.name: state for state in report.providers}
    assert states["cpu"].works
    assert "azure" not in states
    for state in report.providers:
        assert state.works == (state.reason == "")
        assert "\n" not in state.reason
    if not states["cuda"].works:
        assert "livecam[gpu]" in states["cuda"].reason or "cuda" in states["cuda"].reason.lower()


def test_a_missing_onnx_runtime_is_the_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    report = examine()
    assert "livecam[cpu]" in report.problem
    assert report.providers == ()


def test_two_distributions_are_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    about = tmp_path / "onnxruntime_gpu-1.30.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: onnxruntime-gpu\nVersion: 1.30.0\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    assert "onnxruntime-gpu 1.30.0" in installed_runtimes()
    assert "break each other" in examine().problem


CRASH = "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"
LOGGED = (
    "import sys; sys.stderr.write('\\x1b[1;31m2026 [E:onnxruntime:Default, bridge.cc:1 Try] "
    "/ort/bridge.cc:20 Get() [ONNXRuntimeError] : 1 : FAIL : Failed to load libcudnn.so.9"
    "\\x1b[m\\nTraceback\\nmore\\n'); sys.exit(1)"
)


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        pytest.param(
            CRASH,
            "it took its process down (signal 11)",
            marks=pytest.mark.skipif(os.name != "posix", reason="signals are POSIX's"),
        ),
        (LOGGED, "Failed to load libcudnn.so.9"),
        ("import time; time.sleep(60)", "no answer within 1 s"),
        ("import sys; sys.exit(3)", "exit status 3"),
    ],
)
def test_a_provider_that_fails_in_its_own_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, reason: str
) -> None:
    interpreter = tmp_path / "python"
    interpreter.write_text(f"#!{sys.executable}\n{script}\n")
    interpreter.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(interpreter))
    monkeypatch.setattr(tryout, "_PATIENCE_S", 1)
    tryout._found.clear()
    state = next(state for state in examine().providers if state.name == "cpu")
    tryout._found.clear()
    assert (state.works, state.reason) == (False, reason)
