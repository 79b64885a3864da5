"""What lies where this user may not look: every door says so, and none breaks down."""

import os
import sys
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import pytest

from livecam.errors import LivecamError
from livecam.faces import FaceStore
from livecam.frame import VideoFormat
from livecam.gui.files import _beside
from livecam.picture import Colour
from livecam.profiles import remembered_file
from livecam.runtime.catalog import Catalog
from livecam.sources import MediaFile, live_source

pytestmark = pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX's")
FORMAT = VideoFormat(64, 36, Fraction(30), Colour())


@pytest.fixture
def locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that this user may not look into, with what people keep in it."""
    folder, user = tmp_path / "locked", os.geteuid()
    for kept in ("models", "faces/ann", "settings/profiles"):
        (folder / kept).mkdir(parents=True)
    for file in ("clip.mp4", "settings/settings.toml", "settings/profiles/night.toml"):
        (folder / file).write_bytes(b"kept")
    monkeypatch.setenv("LIVECAM_SETTINGS", str(folder / "settings"))
    folder.chmod(0)
    if user == 0:
        os.seteuid(65534)  # root may read anything
    try:
        yield folder
    finally:
        os.seteuid(user)
        folder.chmod(0o755)


@pytest.mark.parametrize(
    "door",
    [
        lambda locked: MediaFile(locked / "clip.mp4").probe(),
        lambda locked: live_source(str(locked / "clip.mp4"), video_format=FORMAT),
        lambda locked: FaceStore(locked / "faces").face("ann"),
        lambda locked: FaceStore(locked / "faces").check("bob"),
        lambda _locked: remembered_file(),
        lambda _locked: remembered_file("night"),
        pytest.param(
            lambda locked: Catalog(store=locked / "models").entries(),
            marks=pytest.mark.skipif(sys.version_info >= (3, 14), reason="pathlib keeps it quiet"),
        ),
    ],
)
def test_it_is_said(locked: Path, door: Callable[[Path], object]) -> None:
    with pytest.raises(LivecamError, match=r"/locked/.* cannot be read: Permission denied") as said:
        door(locked)
    assert "read" in said.value.hint or "path" in said.value.hint


def test_a_file_from_there_waits_in_the_window_until_its_turn_says_it(locked: Path) -> None:
    assert _beside(locked / "clip.mp4", []) == locked / "clip – livecam.mp4"
