"""Another name for a kept face: all of it stays, and it is always there under one of both names."""

import os
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from keeping import add_embedder, keep, load

from livecam.consent import Agreement, Said
from livecam.errors import SettingsError, SinkError, SourceError
from livecam.faces import FaceStore

pytestmark = pytest.mark.needs_network


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def left_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name != ".lock")


@pytest.mark.usefixtures("models")
def test_everything_of_a_face_stays(photos: list[Path], folder: Path, tmp_path: Path) -> None:
    add_embedder(tmp_path / "added")
    face = keep("ann", *photos, embedder="madeup")
    before, (models, names) = contents(face.folder), load("madeup")
    identity = face.identity(models, names)
    assert FaceStore().rename("ann", "Ann-Lee") == "Ann-Lee"
    assert left_in(folder) == ["Ann-Lee"]
    renamed = FaceStore().face("Ann-Lee")
    assert contents(renamed.folder) == before
    assert renamed.agreed == Agreement(on=date.today(), said=Said.PROGRAM)
    assert renamed.photos == face.photos
    assert renamed.embedders == ["madeup"]
    worn = renamed.identity(models, names)
    assert worn.name == "Ann-Lee"
    assert worn.embeddings["madeup"].tobytes() == identity.embeddings["madeup"].tobytes()
    assert contents(renamed.folder) == before, "nothing is looked at again"


@pytest.mark.parametrize("taken", ["bob", "ann"])
def test_a_name_that_is_taken_is_refused(taken: str, photos: list[Path], folder: Path) -> None:
    faces = [keep(name, photo).folder for name, photo in zip(["ann", "bob"], photos, strict=False)]
    before = [contents(face) for face in faces]
    with pytest.raises(SinkError, match=f"There is a face '{taken}' already") as why:
        FaceStore().rename("ann", taken)
    assert why.value.hint == "Choose another name, or remove that face first."
    assert [contents(face) for face in faces] == before
    assert left_in(folder) == ["ann", "bob"]


def test_what_is_no_name_is_refused(photos: list[Path], folder: Path) -> None:
    keep("ann", photos[0])
    for name in ("", "../x", "a b", "con", "a" * 41):
        with pytest.raises(SettingsError, match="A face cannot be called"):
            FaceStore().rename("ann", name)
    assert left_in(folder) == ["ann"]


def test_a_face_that_is_not_there_is_refused(folder: Path) -> None:
    for name in ("ann", "../ann", ""):
        with pytest.raises(SourceError, match=f"no face called '{name}'"):
            FaceStore().rename(name, "bob")
    assert not folder.exists()


def test_letters_and_accents_are_one_name(photos: list[Path]) -> None:
    keep("Zoë", photos[0])
    assert FaceStore().rename("Zoe\u0308", "Chloe\u0308") == "Chloë"
    assert FaceStore().names() == ["Chloë"]


def test_small_and_capital_letters_can_be_changed(photos: list[Path]) -> None:
    """Where the folder takes both for one, too."""
    keep("ann", photos[0])
    FaceStore().rename("ann", "Ann")
    assert FaceStore().names() == ["Ann"]
    assert FaceStore().face("Ann").photos


def test_a_damaged_face_can_be_renamed(photos: list[Path]) -> None:
    (keep("ann", photos[0]).folder / "face.json").write_text("{")
    FaceStore().rename("ann", "anna")
    with pytest.raises(SourceError, match=r"The face 'anna'.* is damaged"):
        FaceStore().face("anna")


RENAME = """
import sys
from livecam.errors import LivecamError
from livecam.faces import FaceStore
for pair in sys.argv[1:]:
    try:
        print("renamed to", FaceStore().rename(*pair.split(":")), flush=True)
    except LivecamError as error:
        print(error.message, flush=True)
"""


def renaming(*pairs: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", RENAME, *pairs]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_of_processes_that_rename_one_face_one_does(photos: list[Path], folder: Path) -> None:
    keep("ann", photos[0])
    before = contents(folder / "ann")
    children = [renaming(f"ann:{name}") for name in ("bob", "cat", "dan")]
    said = sorted(child.communicate(timeout=100)[0] for child in children)
    (name,) = left_in(folder)
    assert said == ["There is no face called 'ann'.\n"] * 2 + [f"renamed to {name}\n"]
    assert contents(folder / name) == before


def test_of_processes_that_take_one_name_one_does(photos: list[Path], folder: Path) -> None:
    for name, photo in zip(["ann", "bob", "cat"], photos, strict=True):
        keep(name, photo)
    children = [renaming(f"{name}:dan") for name in ("ann", "bob", "cat")]
    said = sorted(child.communicate(timeout=100)[0] for child in children)
    assert said == ["There is a face 'dan' already.\n"] * 2 + ["renamed to dan\n"]
    assert len(left_in(folder)) == 3
    kept = {FaceStore().face(name).photos[0].name for name in left_in(folder)}
    assert kept == {photo.name for photo in photos}


@pytest.mark.skipif(os.name == "nt", reason="there is no such signal")
def test_who_is_killed_meanwhile_leaves_the_face_whole(photos: list[Path], folder: Path) -> None:
    keep("ann", photos[0])
    before = contents(folder / "ann")
    for _ in range(3):
        (name,) = FaceStore().names()
        other = {"ann": "bob", "bob": "ann"}[name]
        child = renaming(*[f"{name}:{other}", f"{other}:{name}"] * 5000)
        assert child.stdout is not None
        for _ in range(50):
            assert child.stdout.readline().startswith("renamed to")
        child.send_signal(signal.SIGKILL)
        child.communicate(timeout=100)
        (name,) = FaceStore().names()
        assert contents(folder / name) == before
    FaceStore().rename(name, "cat")
    assert left_in(folder) == ["cat"], "the lock went with it, and what it left is swept up"
