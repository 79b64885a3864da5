"""Faces on disk: whole or not there, the user's alone, and gone when removed."""

import json
import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from keeping import add_embedder, keep, load
from PIL import Image

from livecam.consent import Agreement, Said
from livecam.errors import SettingsError, SinkError, SourceError
from livecam.faces import FaceStore, faces_folder

pytestmark = pytest.mark.needs_network


def left_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name != ".lock")


def test_a_face_is_kept_with_copies_of_its_pictures(photos: list[Path], folder: Path) -> None:
    face = keep("ann", *photos)
    assert face.name == "ann"
    assert face.folder == folder / "ann"
    assert face.agreed == Agreement(on=date.today(), said=Said.PROGRAM)
    assert [photo.name for photo in face.photos] == ["200.PNG", "600.PNG", "300.PNG"]
    assert [photo.size for photo in face.photos] == [(200, 200), (600, 600), (300, 300)]
    for photo, original in zip(face.photos, photos, strict=True):
        assert (face.folder / photo.file).read_bytes() == original.read_bytes()
        assert photo.width == pytest.approx(0.43 * photo.size[0], rel=0.05)
    assert FaceStore().names() == ["ann"]
    assert FaceStore().face("ann") == face


@pytest.mark.usefixtures("models")
def test_it_is_said_that_nobody_checked_whether_pictures_show_one_person(
    photos: list[Path], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    keep("ann", photos[0])
    assert not caplog.messages
    keep("bob", *photos)
    assert "whether these 3 pictures show one person was not checked" in caplog.text
    caplog.clear()
    add_embedder(tmp_path / "embedder")
    keep("cem", *photos, embedder="madeup")
    assert not caplog.messages


@pytest.mark.skipif(sys.platform != "linux", reason="names are Unicode there")
def test_a_picture_may_have_any_name(photos: list[Path]) -> None:
    odd = photos[0].with_name(os.fsdecode(b"\xffnn.png"))
    shutil.copy(photos[0], odd)
    assert keep("ann", odd).photos[0].name == "\ufffdnn.png"
    assert FaceStore().face("ann").photos[0].name == "\ufffdnn.png"


def test_nobody_else_can_read_it(photos: list[Path], folder: Path) -> None:
    before = os.umask(0)
    try:
        keep("ann", photos[0])
    finally:
        os.umask(before)
    everything = [folder, *folder.rglob("*")]
    assert len(everything) >= 5
    assert {path.stat().st_mode & 0o077 for path in everything} == {0}


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text[: len(text) // 2],
        lambda _: "[]",
        lambda text: text.replace('"1.png"', '"../../secret.png"'),
        lambda text: text.replace('"version": 1', '"version": 2'),
        lambda text: text.replace(f'"{date.today().isoformat()}"', '"yesterday"'),
        lambda text: text.replace('"agreed"', '"denied"'),
    ],
)
def test_a_damaged_record_is_one_clear_error_and_can_be_removed(spoil, photos: list[Path]) -> None:  # type: ignore[no-untyped-def] # a lambda of the table above
    record = keep("ann", photos[0]).folder / "face.json"
    text = record.read_text()
    assert spoil(text) != text
    record.write_text(spoil(text))
    with pytest.raises(SourceError, match=r"The face 'ann'.* is damaged: face\.json is not valid"):
        FaceStore().face("ann")
    FaceStore().remove("ann")
    assert FaceStore().names() == []


def test_a_face_without_a_record_can_be_replaced(photos: list[Path]) -> None:
    (keep("ann", photos[0]).folder / "face.json").unlink()
    with pytest.raises(SourceError, match=r"face\.json cannot be read: No such file"):
        FaceStore().face("ann")
    assert keep("ann", photos[1], overwrite=True).photos[0].name == "600.PNG"


def test_removing_deletes_everything(photos: list[Path], folder: Path) -> None:
    keep("ann", *photos)
    keep("bob", photos[0])
    FaceStore().remove("ann")
    assert left_in(folder) == ["bob"]
    assert FaceStore().names() == ["bob"]
    with pytest.raises(SourceError, match="no face called 'ann'") as why:
        FaceStore().remove("ann")
    assert why.value.hint == "Choose one of bob."


@pytest.mark.parametrize("name", ["ann", "replaced"])
def test_a_name_is_taken_once(name: str, photos: list[Path], folder: Path) -> None:
    keep(name, photos[0])
    with pytest.raises(SinkError, match=f"There is a face '{name}' already") as why:
        keep(name, photos[1])
    assert "--overwrite" in why.value.hint
    assert FaceStore().face(name).photos[0].name == "200.PNG"
    keep(name, photos[1], photos[2], overwrite=True)
    assert [photo.name for photo in FaceStore().face(name).photos] == ["600.PNG", "300.PNG"]
    assert left_in(folder) == [name]


def test_pictures_that_do_not_prove_good_change_nothing(
    photos: list[Path], tmp_path: Path, folder: Path
) -> None:
    wall = tmp_path / "wall.png"
    Image.new("RGB", (300, 300), (90, 120, 90)).save(wall)
    text = tmp_path / "text.jpg"
    text.write_text("no picture")
    gone = tmp_path / "gone.jpg"
    twin = Path(shutil.copy(photos[0], tmp_path / "twin.png"))
    keep("ann", photos[0])
    before = (folder / "ann" / "face.json").read_bytes()
    for picture, words in {wall: "No face", text: "cannot be read", gone: "gone.jpg"}.items():
        with pytest.raises(SourceError, match=words):
            keep("ann", photos[1], picture, overwrite=True)
    with pytest.raises(SettingsError, match=r"'200\.PNG' and 'twin\.png' are the same picture"):
        keep("ann", photos[0], twin, overwrite=True)
    assert (folder / "ann" / "face.json").read_bytes() == before
    assert left_in(folder) == ["ann"]


def test_who_does_not_agree_is_not_kept(photos: list[Path], folder: Path) -> None:
    def refuse() -> Agreement:
        raise SettingsError("They said no.", hint="Ask somebody else.")

    models, names = load()
    with pytest.raises(SettingsError, match="They said no"):
        FaceStore().add("ann", photos, models, names, agree=refuse)
    assert not folder.exists()


@pytest.mark.parametrize(
    "name",
    [
        *("", ".", "..", "../x", "/x", "a/b", "a\\b", "a b", ".ann", "-ann", "ann-", "a--b"),
        *("ann.png", "ann\n", "ann\0", "a_b", "con", "NUL", "lpt1", "a" * 41, "🙂"),
    ],
)
def test_what_is_no_name_is_refused(name: str, folder: Path) -> None:
    with pytest.raises(SettingsError, match="A face cannot be called") as why:
        FaceStore().check(name)
    assert "letters, digits" in why.value.hint
    for asked in (FaceStore().face, FaceStore().remove):
        with pytest.raises(SourceError, match="no face called"):
            asked(name)
    assert not folder.exists()


@pytest.mark.parametrize("name", ["Zoë", "Zoe\u0308", "ann-2", "7", "李雷", "a" * 40])
def test_names_that_people_have_will_do(name: str, photos: list[Path]) -> None:
    keep(name, photos[0])
    assert FaceStore().face(name).photos
    with pytest.raises(SinkError, match="already"):
        FaceStore().check(name)
    FaceStore().remove(name)


def test_what_a_killed_process_left_is_swept_up(photos: list[Path], folder: Path) -> None:
    (folder / ".work-dead" / "ann").mkdir(parents=True)
    shutil.copy(photos[0], folder / ".work-dead" / "ann" / "1.png")
    assert FaceStore().names() == []
    keep("bob", photos[0])
    assert left_in(folder) == ["bob"]


ADD = """
import sys
from pathlib import Path
sys.path[:0] = sys.argv[1:3]
from keeping import keep
from livecam.errors import LivecamError
for name in sys.argv[4:]:
    try:
        keep(name, Path(sys.argv[3]))
        print("kept", name)
    except LivecamError as error:
        print(error.message)
"""


def test_processes_that_add_at_once_lose_nothing(photos: list[Path], folder: Path) -> None:
    here = Path(__file__).parent
    command = [sys.executable, "-c", ADD, here, here.parent, photos[0]]
    children = [
        subprocess.Popen([*command, "ann", "bob", own, "cat"], stdout=subprocess.PIPE, text=True)
        for own in ("dan", "eve")
    ]
    said = [line for child in children for line in child.communicate(timeout=100)[0].splitlines()]
    assert sorted(said) == sorted(
        [f"kept {name}" for name in ("ann", "bob", "cat", "dan", "eve")]
        + [f"There is a face '{name}' already." for name in ("ann", "bob", "cat")]
    )
    assert left_in(folder) == ["ann", "bob", "cat", "dan", "eve"]
    for name in FaceStore().names():
        assert json.loads((FaceStore().face(name).folder / "face.json").read_text())


def test_a_folder_that_cannot_be_written_is_named(
    photos: list[Path], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.parent.mkdir(parents=True)
    monkeypatch.setenv("LIVECAM_FACES", str(photos[0] / "faces"))
    with pytest.raises(
        (SinkError, SourceError), match=r"200\.PNG/faces cannot be .*Not a dir"
    ) as why:
        keep("ann", photos[0])
    assert "LIVECAM_FACES" in why.value.hint


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_is_named(photos: list[Path], folder: Path) -> None:
    folder.mkdir(parents=True)
    folder.chmod(0o500)
    with pytest.raises(SinkError, match="cannot be changed: Permission denied"):
        keep("ann", photos[0])


def test_the_folder_is_the_users_choice(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LIVECAM_FACES", "~/my faces")
    assert faces_folder() == Path.home() / "my faces"
    monkeypatch.delenv("LIVECAM_FACES")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert faces_folder().name == "faces"
    assert "livecam" in faces_folder().parts
