import contextlib
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livecam.cli.settings import show
from livecam.errors import SettingsError
from livecam.settings import Settings, load_settings, options


def test_the_defaults_need_nothing() -> None:
    assert load_settings() == Settings()


def test_file_then_assignments_then_overrides(tmp_path: Path) -> None:
    file = tmp_path / "livecam.toml"
    file.write_text("[output]\nquality = 10\ncodec = 'ffv1'\n[detector]\nmin_score = 0.25\n")
    from_file = load_settings(file)
    assert (from_file.output.quality, from_file.output.codec) == (10, "ffv1")
    assert from_file.detector.min_score == 0.25
    assigned = load_settings(file, assignments=["output.quality=20"])
    assert (assigned.output.quality, assigned.output.codec) == (20, "ffv1")
    overridden = load_settings(
        file,
        assignments=["output.quality=20"],
        overrides={"output.quality": 30, "output.codec": None},
    )
    assert (overridden.output.quality, overridden.output.codec) == (30, "ffv1")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("libx264", "libx264"),
        ('"libx264"', "libx264"),
        (" libx264 ", "libx264"),
        ("h264_nvenc", "h264_nvenc"),
        ("a = 3", "a = 3"),
        ("x\ny = 2", "x\ny = 2"),
        ('"x"\ny = 2', '"x"\ny = 2'),
    ],
)
def test_texts_need_no_quotes(text: str, value: str) -> None:
    assert load_settings(assignments=[f"output.codec={text}"]).output.codec == value


def test_other_values_are_toml() -> None:
    settings = load_settings(assignments=["output.quality = 5", 'models.providers=["cuda", "cpu"]'])
    assert settings.output.quality == 5
    assert settings.models.providers == ("cuda", "cpu")


@pytest.mark.parametrize(
    ("assignment", "message", "hint"),
    [
        ("output.qualty=5", "There is no setting 'output.qualty'.", "Did you mean output.quality?"),
        ("outptu.quality=5", "There is no setting 'outptu'.", "Did you mean output?"),
        (
            "quality=5",
            "There is no setting 'quality'.",
            "Did you mean output.quality or stream.quality?",
        ),
        ("zzzzzzz=5", "There is no setting 'zzzzzzz'.", "Run `livecam settings`"),
        (
            "output.quality=high",
            "cannot be 'high': it should be a whole number.",
            "Run `livecam settings`",
        ),
        (
            "output.quality=101",
            "101: it should be less than or equal to 100.",
            "Run `livecam settings`",
        ),
        (
            "output=5",
            "'output' cannot be 5: it should be a table of settings.",
            "Run `livecam settings`",
        ),
        ("live.to=[]", "cannot be []: it should be a list that is not empty.", "Run `livecam"),
        (
            "live.camera_mode=big",
            "cannot be 'big': it should be written like its example.",
            "Run `livecam settings`",
        ),
        ("output.quality", "'output.quality' sets nothing.", "Write it as full.name=value"),
        ("=5", "'=5' sets nothing.", "Write it as full.name=value"),
        ("output..quality=5", "There is no setting 'output.'", "Did you mean output"),
    ],
)
def test_what_is_wrong_is_named_in_full(assignment: str, message: str, hint: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(assignments=[assignment])
    assert message in caught.value.message
    assert caught.value.hint.startswith(hint)


def test_every_fault_is_named_at_once() -> None:
    with pytest.raises(SettingsError, match=r"'output\.quality'.*'output\.zip'"):
        load_settings(assignments=["output.quality=-1", "output.zip=1"])


def test_a_value_is_not_a_table() -> None:
    with pytest.raises(SettingsError, match=r"'output\.codec\.name' cannot be set"):
        load_settings(assignments=["output.codec=ffv1", "output.codec.name=2"])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"[output\n", "is not TOML: "),
        (b"\xff\xfe\x00", "is not TOML: "),
        (b"quality = 5\n", "There is no setting 'quality'"),
    ],
)
def test_a_bad_file_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    file = tmp_path / "livecam.toml"
    file.write_bytes(content)
    with pytest.raises(SettingsError) as caught:
        load_settings(file)
    assert message in caught.value.message
    assert str(file) in caught.value.message


def test_a_good_file_is_not_blamed_for_another_fault(tmp_path: Path) -> None:
    file = tmp_path / "livecam.toml"
    file.write_text("[output]\nquality = 5\n")
    with pytest.raises(SettingsError, match=r"^'output.quality' cannot be 500"):
        load_settings(file, assignments=["output.quality=500"])


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"none\.toml cannot be read: No such file"):
        load_settings(tmp_path / "none.toml")


def test_every_option_can_be_assigned_its_default_by_its_name() -> None:
    table = {option.name: option.default for option in options() if option.default is not None}
    assert "output.quality" in table
    assert load_settings(overrides=table) == Settings()


@pytest.mark.parametrize("branch", [branch.name for branch in fields(Settings)])
def test_every_branch_refuses_unknown_keys(branch: str) -> None:
    with pytest.raises(SettingsError, match=f"There is no setting '{branch}.anything'"):
        load_settings(assignments=[f"{branch}.anything=1"])


def test_every_option_explains_itself() -> None:
    unexplained = [option.name for option in options() if not option.help.endswith(".")]
    assert unexplained == []


def test_limits_are_told() -> None:
    limits = {option.name: option.limits for option in options()}
    assert limits["output.quality"] == "≥ 0, ≤ 100"
    assert limits["output.codec"] == ""


@given(st.dictionaries(st.text(min_size=1), st.integers() | st.text(), max_size=3))
def test_any_name_and_value_is_taken_or_refused(table: dict[str, object]) -> None:
    with contextlib.suppress(SettingsError):
        load_settings(overrides=table)


def test_the_shown_settings_are_a_settings_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    show()
    text = capsys.readouterr().out
    tomllib.loads(text)
    file = tmp_path / "all.toml"
    file.write_text(text)
    assert load_settings(file) == Settings()
