"""What the README shows works as it stands there."""

import re
import runpy
import shutil
from pathlib import Path

import av
import pytest

from livecam.cli.app import app
from livecam.settings import load_settings

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
PYTHON = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


@pytest.mark.needs_network
@pytest.mark.parametrize("block", range(len(PYTHON)))
def test_python(
    block: int,
    assets: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(assets / "clip_a_360p.mp4", "in.mp4")
    shutil.copy(assets / "portrait_c.png", "me.png")
    shutil.copy(assets / "portrait_a.png", "you.png")
    Path("example.py").write_text(PYTHON[block], encoding="utf-8")
    runpy.run_path("example.py")
    (output,) = set(re.findall(r'"(out\.mp4|call\.mkv)"', PYTHON[block]))
    with av.open(output) as made:
        assert sum(1 for _ in made.decode(video=0)) >= 45


def test_commands_exist() -> None:
    shown = set(re.findall(r"^livecam (\w+)", README, re.MULTILINE))
    known = {command.name for command in app.registered_commands}
    known |= {group.name for group in app.registered_groups}
    assert shown == known


def test_settings_exist() -> None:
    assignments = re.findall(r"--set ([\w.]+=[^\s`]+)", README)
    assert assignments
    load_settings(assignments=assignments)
