"""Who wears what, from the command line."""

import os
from pathlib import Path

import pytest
from commands import Command

from livecam.runtime.catalog import Catalog, models_folder

CONSENT = "--yes-i-have-consent"


@pytest.fixture
def workplace(assets: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with portraits, a clip, a cast and things that are none."""
    monkeypatch.chdir(tmp_path)
    for who in "abc":
        os.link(assets / f"portrait_{who}.png", tmp_path / f"{who}.png")
    os.link(assets / "clip_a_360p.mp4", tmp_path / "in.mp4")
    (tmp_path / "junk.png").write_bytes(b"not a picture")
    (tmp_path / "nobody.toml").write_text("")
    people = '[[people]]\nreference = "{}.png"\nface = "{}.png"\n'
    (tmp_path / "cast.toml").write_text(people.format("a", "c") + people.format("b", "a"))
    (tmp_path / "junk.toml").write_text(people.format("junk", "c"))
    (tmp_path / "twins.toml").write_text(people.format("a", "c") + people.format("a", "b"))
    return tmp_path


REFUSED = [
    (["--face", "c.png", "--order", "sideways"], 2, "'swap.order' cannot be 'sideways'"),
    (["--face", "c.png", "--faces", "reference"], 2, "nobody says whose face"),
    (["--face", "c.png", "--reference", "a.png", "--faces", "many"], 2, "'many'"),
    (["--face", "c.png", "--reference", "a.png", "--max-distance", "2"], 2, "swap.max_distance"),
    (["--face", "c.png", "--reference", "junk.png"], 3, "junk.png"),
    (["--face", "c.png", "--cast", "cast.toml"], 2, "besides"),
    (["--cast", "nobody.toml"], 2, "names nobody"),
    (["--cast", "none.toml"], 2, "cannot be read"),
    (["--cast", "junk.toml"], 3, "junk.png"),
]


COMMANDS = [["swap", "in.mp4", "out.mp4"], ["live", "--camera", "synthetic", "--to", "out.mkv"]]


@pytest.mark.parametrize("refused", REFUSED)
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_what_contradicts_itself_is_refused(
    command: list[str], refused: tuple[list[str], int, str], livecam: Command, workplace: Path
) -> None:
    arguments, code, words = refused
    outcome = livecam(*command, *arguments, CONSENT)
    assert outcome.code == code
    assert words in outcome.err
    assert not list(workplace.glob("out.*"))


def test_both_commands_name_the_options(livecam: Command) -> None:
    for command in ("swap", "live"):
        shown = livecam(command, "--help").out
        for option in ("--reference", "--max-distance", "--order", "--cast"):
            assert option in shown
    assert "--lock" in livecam("live", "--help").out


@pytest.mark.needs_shared
@pytest.mark.needs_network
def test_a_reference_and_a_cast(
    livecam: Command, workplace: Path, shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = models_folder()
    store = workplace / "models"
    store.mkdir()
    for name in ("centerface", "facemesh"):
        Catalog().path(name)
        (store / name).symlink_to(kept / name)
    weights = Catalog(store=store).store.weights(Catalog().manifest("mobilefacenet"))
    weights.parent.mkdir()
    weights.write_bytes((shared / "weights" / "foamliu_MobileFaceNet.onnx").read_bytes())
    monkeypatch.setenv("LIVECAM_MODELS", str(store))
    short = ("in.mp4", "out.mp4", "--end", 0.5, "--overwrite", CONSENT)
    for person, seen in (("a", 15), ("b", 0)):
        outcome = livecam("swap", *short, "--face", "c.png", "--reference", f"{person}.png")
        assert (outcome.code, outcome.err) == (0, "")
        assert f"{person}.png was seen in {seen} of 15" in outcome.out
        assert ("without a swap: 15 of 15" in outcome.out) == (seen == 0)
    outcome = livecam("swap", *short, "--cast", "cast.toml")
    assert outcome.code == 0
    assert "a.png was seen in 15 of 15" in outcome.out
    assert "b.png was seen in 0 of 15" in outcome.out
    twins = livecam("swap", *short, "--cast", "twins.toml")
    assert twins.code == 2
    assert "too alike to tell apart: the distance of their faces is 0.00" in twins.err
