"""The guest's scenes: all that the chosen tests need are played in one boot."""

import json
import subprocess
import sys
from pathlib import Path

import machine
import pytest
from findings import Scene

ROOT = Path(__file__).parent.parent.parent
_BOOT_S, _SCENE_S = 90, 60
"""Most of these are never used up."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    marked = [item for item in items if item.get_closest_marker("needs_guest")]
    reason = machine.why_not() if marked else None
    for item in marked:
        item.add_marker(pytest.mark.timeout(900))  # the first of them plays for all
        if reason:
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def played(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of results, after every scene that a chosen test names."""
    items = [item for item in request.session.items if not item.get_closest_marker("skip")]
    markers = [item.get_closest_marker("needs_guest") for item in items]
    names = list(dict.fromkeys(marker.args[0] for marker in markers if marker))
    if "live_command" in names:  # the guest has no network
        livecam = Path(sys.executable).with_name("livecam")
        subprocess.run(
            [livecam, "models", "pull", "centerface", "facemesh"], check=True, capture_output=True
        )
    results = tmp_path_factory.mktemp("guest")
    results.chmod(0o777)
    outcome = machine.run(
        [sys.executable, "tests/guest/scenes.py", *names],
        folder=ROOT,
        results=results,
        timeout_s=_BOOT_S + _SCENE_S * len(names),
    )
    assert outcome.status == 0, f"{outcome.output}\n{outcome.console[-2000:]}"
    return results


@pytest.fixture
def scene(request: pytest.FixtureRequest, played: Path) -> Scene:
    """The scene that the test's marker names."""
    name = request.node.get_closest_marker("needs_guest").args[0]
    for line in (played / "findings").read_text().splitlines():
        findings = json.loads(line)
        if findings["scene"] == name:
            assert "failed" not in findings, findings["failed"]
            return Scene(findings["found"], played / name)
    raise AssertionError(f"the scene {name} was not played")
