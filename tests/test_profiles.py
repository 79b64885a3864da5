"""Profiles: settings that are there again, in files that people may write in."""

from dataclasses import replace
from pathlib import Path

import pytest

from livecam.errors import SettingsError
from livecam.profiles import face_renamed, profile_file, profiles, remember, remembered
from livecam.settings import Settings, Showing, load_settings
from livecam.swap.options import Corner, LabelOptions


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LIVECAM_SETTINGS", str(tmp_path / "settings"))
    return tmp_path / "settings"


def changed() -> Settings:
    start = Settings()
    label = LabelOptions(position=Corner.TOP_LEFT)
    return replace(
        start,
        swap=replace(start.swap, strength=1.25, label=label),
        models=replace(start.models, providers=("cuda", "cpu")),
        live=replace(start.live, face="Ann", camera='a "quoted" one', to=("virtual", "a.mkv")),
        window=replace(start.window, showing=Showing.SPLIT, width=900),
    )


def test_nothing_remembered_is_the_defaults() -> None:
    assert remembered() == Settings()
    assert profiles() == []


def test_what_cannot_be_settings_makes_room(folder: Path) -> None:
    folder.mkdir()
    (folder / "settings.toml").write_text("live = 1\n# mine\n[[swap]]\nstrength = 2\n")
    remember(changed())
    assert remembered() == changed()
    assert "# mine" in (folder / "settings.toml").read_text()


def test_what_no_file_can_say_is_said(folder: Path) -> None:
    odd = replace(Settings(), live=replace(Settings().live, face="\udcffnn.png"))
    with pytest.raises(SettingsError, match=r"settings\.toml: .*surrogates not allowed"):
        remember(odd)
    assert not (folder / "settings.toml").exists()


@pytest.mark.parametrize("name", [None, "late night", "Füße-2"])
def test_what_is_remembered_is_there_again(name: str | None) -> None:
    remember(changed(), name)
    assert remembered(name) == changed()
    assert load_settings(profile_file(name)) == changed(), "the command line reads the same file"
    assert profiles() == ([] if name is None else [name])
    remember(Settings(), name)
    assert remembered(name) == Settings()
    assert profile_file(name).read_text("utf-8").strip() == ""


def test_only_what_differs_is_written_and_remarks_stay(folder: Path) -> None:
    folder.mkdir()
    file = profile_file()
    file.write_text("# mine\n[swap] # how\nstrength = 0.5 # weak\n\n[live]\nfps = 60\n", "utf-8")
    remember(replace(remembered(), models=replace(Settings().models, swapper="ghost_1_256")))
    text = file.read_text("utf-8")
    assert "# mine" in text
    assert "strength = 0.5 # weak" in text
    assert "fps = 60" in text
    assert 'swapper = "ghost_1_256"' in text
    assert "detector" not in text


@pytest.mark.parametrize("name", ["", "../up", "a/b", ".hidden", "x" * 65, "a\nb"])
def test_names_that_are_paths_are_refused(name: str) -> None:
    with pytest.raises(SettingsError, match="cannot be called"):
        remember(changed(), name)


def test_a_profile_that_is_not_there_names_those_that_are() -> None:
    remember(changed(), "day")
    with pytest.raises(SettingsError, match="no profile 'night'") as caught:
        remembered("night")
    assert "day" in caught.value.hint


def test_what_cannot_be_written_leaves_the_file(folder: Path) -> None:
    folder.mkdir()
    profile_file().write_text("not toml at all [", "utf-8")
    with pytest.raises(SettingsError, match=r"settings\.toml"):
        remember(changed())
    assert profile_file().read_text("utf-8") == "not toml at all ["


def test_nobody_else_may_read_it() -> None:
    remember(changed())
    assert profile_file().stat().st_mode & 0o077 == 0


def with_face(face: str) -> Settings:
    return replace(changed(), live=replace(changed().live, face=face))


def test_profiles_follow_a_face_that_is_renamed() -> None:
    for name, face in {None: "Zoë", "day": "Zoe\u0308", "night": "ann", "dawn": "Zoë.png"}.items():
        remember(with_face(face), name)
    others = [profile_file(name).read_bytes() for name in ("night", "dawn")]
    text = profile_file().read_text("utf-8")
    profile_file().write_text(f"# mine\n{text}", "utf-8")
    assert face_renamed("Zoë", "Chloë") == [profile_file(), profile_file("day")]
    assert remembered() == remembered("day") == with_face("Chloë")
    assert profile_file().read_text("utf-8").startswith("# mine\n")
    assert [profile_file(name).read_bytes() for name in ("night", "dawn")] == others


def test_where_nothing_is_remembered_nothing_follows(folder: Path) -> None:
    assert face_renamed("ann", "anna") == []
    assert not folder.exists()


@pytest.mark.parametrize("content", ["[live\n", "live = 3\n", "[swap]\nstrength = 0.5\n", ""])
def test_a_profile_without_a_face_stays_as_it_is(content: str) -> None:
    remember(with_face("None"), "a")
    remember(with_face("None"), "c")
    other = profile_file("b")
    other.write_text(content, "utf-8")
    if content == "[live\n":
        with pytest.raises(
            SettingsError, match=r"called 'Nina' now, but .*b\.toml may still"
        ) as why:
            face_renamed("None", "Nina")
        assert 'face = "Nina"' in why.value.hint
    else:
        assert face_renamed("None", "Nina") == [profile_file("a"), profile_file("c")]
    assert [remembered(name).live.face for name in ("a", "c")] == ["Nina", "Nina"]
    assert other.read_text("utf-8") == content
