"""A live run that goes through every learned swapper while its picture goes on."""

from pathlib import Path

import learned_home
import pytest
from doubles import SWAPPERS
from running import watched

from livecam.errors import SettingsError, SourceError
from livecam.live import Live, LiveRun
from livecam.settings import load_settings

pytestmark = pytest.mark.needs_network


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return learned_home.build(tmp_path_factory.mktemp("home"))


def confident(run: LiveRun) -> int:
    """Frames until now in which everybody was swapped."""
    report = run.stats().swap
    return report.frames - report.policy


def test_every_swapper_is_taken_up_while_the_picture_goes_on(
    home: Path, assets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    learned_home.move_in(home, monkeypatch)
    with watched(assets / "portrait_b.png") as (run, viewer):
        viewer.wait_until(lambda _: confident(run) > 0)
        for name in [*SWAPPERS, learned_home.FACE, "mesh", "inswapper_128"]:
            run.use_swapper(name)
            before = confident(run)
            viewer.wait_until(lambda _, before=before: confident(run) > before + 2)
        run.wear(assets / "portrait_c.png")
        before = confident(run)
        viewer.wait_until(lambda _: confident(run) > before + 2)
        with pytest.raises(SourceError):
            run.wear(home / "gone.png")
        assert run.face == "portrait_c.png"
    viewer.assert_steady()


def test_who_wears_a_file_needs_a_portrait_for_another_swapper(
    home: Path, assets: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    learned_home.move_in(home, monkeypatch)
    settings = load_settings(
        overrides={"models.swapper": learned_home.FACE, "live.width": 320, "live.height": 180}
    )
    run = Live(camera="synthetic", to=[str(tmp_path / "out.mkv")], settings=settings).prepare()
    with run:
        for name in ("mesh", "inswapper_128", "uniface_256"):
            with pytest.raises(SourceError, match=learned_home.FACE):
                run.use_swapper(name)
        run.wear(assets / "portrait_b.png")
        run.use_swapper("uniface_256")
        run.use_swapper("mesh")
        assert run.face == "portrait_b.png"


def test_a_swapper_that_needs_a_portrait_says_so_at_once(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    learned_home.move_in(home, monkeypatch)
    with pytest.raises(SettingsError, match="'mesh' takes it from a picture"):
        Live(camera="synthetic", to=["preview"]).prepare()
