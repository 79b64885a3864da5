import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from livecam.consent import ConsentRecord
from livecam.errors import SettingsError, SourceError


@pytest.fixture
def portrait(tmp_path: Path) -> Path:
    path = tmp_path / "me.png"
    path.write_bytes(b"a picture")
    return path


def test_consent_is_of_the_picture_not_of_its_name(tmp_path: Path, portrait: Path) -> None:
    record = ConsentRecord(tmp_path / "data" / "consent.json")
    assert not record.has(portrait)
    record.add(portrait)
    assert record.has(portrait)

    copy = tmp_path / "copy.png"
    copy.write_bytes(portrait.read_bytes())
    assert record.has(copy)
    portrait.write_bytes(b"another picture")
    assert not record.has(portrait)


def test_the_record_holds_the_day_and_nothing_else_is_left(tmp_path: Path, portrait: Path) -> None:
    record = ConsentRecord(tmp_path / "data" / "consent.json")
    record.add(portrait)
    portrait.write_bytes(b"another picture")
    record.add(portrait)
    dates = json.loads(record.file.read_text())
    assert list(dates.values()) == [date.today().isoformat()] * 2
    assert {path.name for path in record.file.parent.iterdir()} == {
        "consent.json",
        ".consent.json.lock",
    }
    assert {path.stat().st_mode & 0o077 for path in record.file.parent.iterdir()} == {0}


def test_a_missing_portrait_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"nobody\.png cannot be read: No such file"):
        ConsentRecord(tmp_path / "consent.json").has(tmp_path / "nobody.png")


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe", b"[]"])
def test_a_damaged_record_is_never_consent(tmp_path: Path, portrait: Path, content: bytes) -> None:
    record = ConsentRecord(tmp_path / "consent.json")
    record.file.write_bytes(content)
    with pytest.raises(SettingsError, match=r"consent\.json cannot be read"):
        record.has(portrait)


def test_a_record_that_cannot_be_written_says_what_to_do(tmp_path: Path, portrait: Path) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    with pytest.raises(SettingsError, match="cannot be recorded") as caught:
        ConsentRecord(tmp_path / "data" / "consent.json").add(portrait)
    assert "--yes-i-have-consent" in caught.value.hint


def test_processes_that_record_at_once_lose_nothing(tmp_path: Path) -> None:
    record = ConsentRecord(tmp_path / "data" / "consent.json")
    portraits = [tmp_path / f"{n}.png" for n in range(40)]
    for portrait in portraits:
        portrait.write_bytes(portrait.name.encode())
    code = (
        "import sys; from pathlib import Path; from livecam.consent import ConsentRecord\n"
        "for path in sys.argv[2:]: ConsentRecord(Path(sys.argv[1])).add(Path(path))"
    )
    children = [
        subprocess.Popen([sys.executable, "-c", code, record.file, *portraits[start::2]])
        for start in (0, 1)
    ]
    assert [child.wait(60) for child in children] == [0, 0]
    assert all(record.has(portrait) for portrait in portraits)
