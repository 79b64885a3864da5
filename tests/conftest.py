"""What every test may rely on: no thread outlives a test, and markers that say why they skip."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

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
    if (SHARED / "people").is_dir():
        return
    skip = pytest.mark.skip(reason="the folder ../shared (clips, weights, scorer) is not here")
    for item in items:
        if item.get_closest_marker("needs_shared"):
            item.add_marker(skip)


@pytest.fixture(scope="session")
def assets() -> Path:
    """The demo portraits and clips."""
    return ASSETS


@pytest.fixture(scope="session")
def shared() -> Path:
    """Clips, weights and the scorer kept outside the project; mark the test `needs_shared`."""
    return SHARED
