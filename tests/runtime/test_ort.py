"""ONNX Runtime as livecam loads it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

_LOADS = "from livecam.runtime.ort import onnxruntime; onnxruntime()"


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere it leaves no files to be seen")
def test_it_gathers_nothing_about_its_use(tmp_path: Path) -> None:
    """Left alone, it makes a device's identity and a data base of events in the user's cache."""
    kept = {name: value for name, value in os.environ.items() if "TELEMETRY" not in name}
    environment = kept | {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    subprocess.run([sys.executable, "-c", _LOADS], env=environment, check=True)
    assert not list(tmp_path.rglob("*"))
