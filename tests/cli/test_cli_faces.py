"""`livecam faces` as people run it: a home of their own, real pictures, a terminal or none."""

import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from commands import Child, Command
from PIL import Image, ImageFilter

from livecam.runtime.catalog import Catalog, models_folder

Start = Callable[..., Child]
CONSENT = "--yes-i-have-consent"
TODAY = date.today().isoformat()


@pytest.fixture
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where faces are kept."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("XDG_DATA_HOME", str(home))
    monkeypatch.delenv("LIVECAM_FACES", raising=False)
    return home / "livecam" / "faces"


@pytest.fixture
def us(assets: Path, tmp_path: Path) -> Path:
    """A picture of two people: a on the left, c on the right."""
    path = tmp_path / "us.png"
    with Image.open(assets / "portrait_a.png") as a, Image.open(assets / "portrait_c.png") as c:
        us = Image.new("RGB", (1200, 600), (90, 90, 90))
        us.paste(a.resize((600, 600)), (0, 0))
        us.paste(c.resize((600, 600)), (600, 0))
    us.save(path)
    return path


@pytest.fixture
def spoilt(assets: Path, tmp_path: Path) -> dict[str, Path]:
    """Pictures that nobody can be worn from, by what is wrong with them."""
    with Image.open(assets / "portrait_b.png") as image:
        good = image.convert("RGB")
    tiny = Image.new("RGB", (640, 480), (90, 90, 90))
    tiny.paste(good.resize((100, 100)), (200, 200))
    made = {
        "wall": Image.new("RGB", (320, 240), (90, 120, 90)),
        "tiny": tiny,
        "foggy": good.filter(ImageFilter.GaussianBlur(16)),
        "cut": good.crop((0, 0, 500, 1024)),
    }
    paths = {name: tmp_path / f"{name}.png" for name in made}
    for name, picture in made.items():
        picture.save(paths[name])
    text = tmp_path / "text.png"
    text.write_text("no picture")
    return paths | {"text": text}


def kept(home: Path) -> list[str]:
    return sorted(path.name for path in home.glob("[!.]*")) if home.exists() else []


@pytest.mark.needs_network
def test_a_face_from_its_first_picture_to_its_end(
    livecam: Command, home: Path, assets: Path, tmp_path: Path
) -> None:
    assert "No face is kept" in livecam("faces", "list").err
    added = livecam("faces", "add", "ann", assets / "portrait_a.png", CONSENT)
    assert (added.code, added.err) == (0, "")
    shown = livecam("faces", "show", "ann")
    assert shown.out == added.out
    name, agreed, picture, seen, where = shown.out.splitlines()
    assert name == "ann"
    assert agreed.split(maxsplit=1) == ["agreed", f"on {TODAY}, with {CONSENT}"]
    assert re.search(r"portrait_a\.png, 1024×1024, a face 4\d\d px wide", picture)
    assert seen.split()[:2] == ["seen", "by"]
    assert where.endswith(str(home / "ann"))
    title, row = livecam("faces", "list").out.splitlines()
    assert title.split()[:3] == ["face", "pictures", "agreed"]
    assert row.split()[:3] == ["ann", "1", TODAY]

    output = tmp_path / "out.png"
    worn = livecam("swap", assets / "portrait_b.png", output, "--face", "ann")
    assert (worn.code, worn.err) == (0, ""), "nobody is asked again"
    assert output.exists()

    assert livecam("faces", "remove", "ann").out == "Removed ann.\n"
    assert kept(home) == []
    gone = livecam("swap", assets / "portrait_b.png", tmp_path / "no.png", "--face", "ann")
    assert gone.code == 3
    assert "There is no face called 'ann'" in gone.err
    assert len(gone.err.splitlines()) == 2


@pytest.mark.needs_network
def test_consent_is_asked_at_the_terminal_and_recorded(
    child: Start, livecam: Command, home: Path, assets: Path
) -> None:
    arguments = ("faces", "add", "ann", assets / "portrait_a.png")
    refusing = child(*arguments, terminal=True)
    refusing.wait_for("worn?")
    refusing.answer("n")
    refused = refusing.outcome()
    assert refused.code == 2
    assert "agree to have their face kept as 'ann' and worn?" in refused.out
    assert "is not kept without the person's consent" in refused.out
    assert kept(home) == []

    agreeing = child(*arguments, terminal=True)
    agreeing.wait_for("worn?")
    agreeing.answer("y")
    assert agreeing.outcome().code == 0
    record = json.loads((home / "ann" / "face.json").read_text())
    assert record["agreed"] == {"on": TODAY, "said": "at the terminal"}
    assert f"on {TODAY}, at the terminal" in livecam("faces", "show", "ann").out

    again = child("swap", "no.mp4", "out.mp4", "--face", "ann", terminal=True).outcome()
    assert again.code == 3
    assert "agree" not in again.out


def test_where_nobody_can_be_asked_nothing_is_kept_or_fetched(
    livecam: Command, home: Path, assets: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIVECAM_MODELS", str(tmp_path / "models"))
    outcome = livecam("faces", "add", "ann", assets / "portrait_a.png")
    assert outcome.code == 2
    assert "Nobody can be asked here" in outcome.err
    assert CONSENT in outcome.err
    assert len(outcome.err.splitlines()) == 2
    assert not home.exists()
    assert not (tmp_path / "models").exists()


@pytest.mark.needs_network
@pytest.mark.parametrize(
    ("picture", "words"),
    [
        ("wall", "No face was found in the portrait 'wall.png'"),
        ("tiny", r"'tiny.png' is 4\d px wide; it takes at least 48"),
        ("foggy", r"'foggy.png' is blurred: its sharpness is 0.\d\d, at least 0.52 is needed"),
        ("cut", r"\d\d% of the face in the portrait 'cut.png' lies outside the picture"),
        ("text", "text.png cannot be read as an image"),
    ],
)
def test_a_picture_that_will_not_do_says_why(
    livecam: Command, home: Path, spoilt: dict[str, Path], picture: str, words: str
) -> None:
    outcome = livecam("faces", "add", "ann", spoilt[picture], CONSENT)
    assert outcome.code == 3
    assert re.search(words, outcome.err), outcome.err
    assert len(outcome.err.splitlines()) == 2
    assert kept(home) == []


@pytest.mark.needs_network
def test_one_of_several_is_chosen(
    livecam: Command, home: Path, us: Path, assets: Path, tmp_path: Path
) -> None:
    several = livecam("faces", "add", "cleo", us, CONSENT)
    assert several.code == 3
    assert "There are 2 faces in the portrait 'us.png'. From the left: 1 at x " in several.err
    assert "--which N" in several.err
    too_far = livecam("faces", "add", "cleo", us, "--which", 3, CONSENT)
    assert "2 faces in the portrait 'us.png', not 3" in too_far.err
    assert livecam("faces", "add", "cleo", us, "--which", 2, CONSENT).code == 0

    direct = livecam("swap", assets / "portrait_b.png", tmp_path / "no.png", "--face", us, CONSENT)
    assert direct.code == 3
    assert "livecam faces add NAME us.png --which N" in direct.err
    assert kept(home) == ["cleo"]


@pytest.mark.needs_network
def test_a_name_is_taken_once(livecam: Command, home: Path, assets: Path) -> None:
    add = ("faces", "add", "ann", assets / "portrait_a.png", CONSENT)
    assert livecam(*add).code == 0
    taken = livecam(*add)
    assert taken.code == 5
    assert "There is a face 'ann' already" in taken.err
    assert livecam(*add, "--overwrite").code == 0
    assert kept(home) == ["ann"]


@pytest.mark.needs_network
def test_a_face_gets_another_name_and_settings_follow(
    livecam: Command, home: Path, assets: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = tmp_path / "settings"
    monkeypatch.setenv("LIVECAM_SETTINGS", str(settings))
    settings.mkdir()
    profile = settings / "settings.toml"
    profile.write_text('[live]\nface = "ann" # me\n')
    added = livecam("faces", "add", "ann", assets / "portrait_a.png", CONSENT)
    renamed = livecam("faces", "rename", "ann", "Ann-Lee")
    assert (renamed.code, renamed.err) == (0, "")
    assert renamed.out.splitlines() == ["Renamed ann to Ann-Lee.", f"{profile} names it so, too."]
    assert profile.read_text() == '[live]\nface = "Ann-Lee" # me\n'
    shown = livecam("faces", "show", "Ann-Lee").out
    assert shown == added.out.replace("ann\n", "Ann-Lee\n")
    output = tmp_path / "out.png"
    assert livecam("swap", assets / "portrait_b.png", output, "--face", "Ann-Lee").code == 0

    assert livecam("faces", "add", "bob", assets / "portrait_b.png", CONSENT).code == 0
    for old, new, code, words in [
        ("bob", "Ann-Lee", 5, "There is a face 'Ann-Lee' already"),
        ("bob", "a b", 2, "A face cannot be called 'a b'"),
        ("ann", "cat", 3, "There is no face called 'ann'"),
    ]:
        refused = livecam("faces", "rename", old, new)
        assert refused.code == code
        assert words in refused.err
        assert len(refused.err.splitlines()) == 2
    assert kept(home) == ["Ann-Lee", "bob"]


def test_names_that_are_none(livecam: Command, home: Path, assets: Path) -> None:
    for name in ("../ann", "a b", "con", ""):
        outcome = livecam("faces", "add", name, assets / "portrait_a.png", CONSENT)
        assert outcome.code == 2
        assert f"A face cannot be called '{name}'" in outcome.err
    for verb in ("show", "remove"):
        outcome = livecam("faces", verb, "../livecam")
        assert outcome.code == 3
        assert "no face called '../livecam'" in outcome.err
    assert not home.exists()


@pytest.mark.needs_network
def test_a_damaged_face_does_not_hide_the_others(
    livecam: Command, home: Path, assets: Path
) -> None:
    for name in ("ann", "bob"):
        assert livecam("faces", "add", name, assets / "portrait_a.png", CONSENT).code == 0
    (home / "ann" / "face.json").write_text("{")
    listed = livecam("faces", "list")
    assert listed.code == 0
    assert [row.split()[0] for row in listed.out.splitlines()] == ["face", "ann", "bob"]
    assert "damaged" in listed.out
    shown = livecam("faces", "show", "ann")
    assert shown.code == 3
    assert "livecam faces add ann PHOTO --overwrite" in shown.err
    assert livecam("faces", "remove", "ann", "bob").code == 0
    assert kept(home) == []


@pytest.mark.needs_network
def test_a_full_disk_leaves_nothing(child: Start, home: Path, assets: Path) -> None:
    picture = assets / "portrait_a.png"
    limit = picture.stat().st_size // 2
    outcome = child("faces", "add", "ann", picture, CONSENT, largest_file=limit).outcome()
    assert outcome.code == 5
    assert f"The faces in {home} cannot be changed: File too large." in outcome.err
    assert len(outcome.err.splitlines()) == 2
    assert [path.name for path in home.iterdir()] == [".lock"]


@pytest.fixture
def _embedder(shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Real weights of the default embedder, beside the other default models."""
    for name in ("centerface", "facemesh"):
        Catalog().path(name)
        (tmp_path / name).symlink_to(models_folder() / name)
    monkeypatch.setenv("LIVECAM_MODELS", str(tmp_path))
    Catalog().add(shared / "weights" / "foamliu_MobileFaceNet.onnx")


@pytest.mark.needs_network
@pytest.mark.needs_shared
@pytest.mark.usefixtures("_embedder")
def test_pictures_of_two_people_are_refused_where_an_embedder_is_here(
    livecam: Command, home: Path, assets: Path
) -> None:
    a, b = assets / "portrait_a.png", assets / "portrait_b.png"
    outcome = livecam("faces", "add", "ann", a, b, CONSENT)
    assert outcome.code == 3
    assert "'portrait_a.png' and 'portrait_b.png' show different people" in outcome.err
    assert kept(home) == []
    alone = livecam("faces", "add", "ann", a, CONSENT)
    assert "mobilefacenet" in alone.out


@pytest.mark.needs_network
def test_several_pictures_of_one_person_are_one_face(
    livecam: Command, assets: Path, tmp_path: Path
) -> None:
    smaller = tmp_path / "smaller.png"
    with Image.open(assets / "portrait_a.png") as image:
        image.resize((400, 400)).save(smaller)
    target, output = assets / "portrait_b.png", tmp_path / "out.png"
    faces = ("--face", smaller, "--face", assets / "portrait_a.png")
    outcome = livecam("swap", target, output, *faces)
    assert outcome.code == 0
    assert outcome.err.count("Taking it that the person on") == 2
    one = tmp_path / "one.png"
    assert livecam("swap", target, one, "--face", assets / "portrait_a.png", CONSENT).code == 0
    assert one.read_bytes() == output.read_bytes()
    mixed = livecam("swap", target, tmp_path / "no.png", *faces, "--face", "ann", CONSENT)
    assert mixed.code == 2
    assert "'ann' is no picture" in mixed.err


def test_help_teaches_by_examples(livecam: Command) -> None:
    assert "livecam faces add ann" in livecam("faces", "add", "--help").out
    commands = livecam("faces", "--help").out
    assert all(verb in commands for verb in ("add", "list", "show", "rename", "remove"))


@pytest.mark.needs_network
def test_a_kept_face_is_worn_live_and_changed_by_its_key(
    livecam: Command, child: Start, home: Path, assets: Path, tmp_path: Path
) -> None:
    assert livecam("faces", "add", "ann", assets / "portrait_a.png", CONSENT).code == 0
    running = child(
        *("live", "--camera", "synthetic", "--size", "320x180", "--fps", 15),
        *("--face", assets / "portrait_b.png", "--face", "ann", CONSENT),
        *("--to", tmp_path / "out.mkv"),
        terminal=True,
    )
    running.wait_for("portrait_b.png")
    running.press("2")
    running.wait_for("Wearing ann.")
    running.press("q")
    assert running.outcome().code == 0
    assert kept(home) == ["ann"]
