"""What `--face` and the Python interface take for a face."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from keeping import keep, load

from livecam.build import FileSwap
from livecam.errors import LivecamError, SettingsError, SourceError
from livecam.faces import NamedFace, Photos, Wearable, open_face, pictures_of
from livecam.media.still import read_still
from livecam.settings import ModelOptions

NAMES = ModelOptions()


@pytest.fixture
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("_here")
@pytest.mark.parametrize(
    ("face", "files"),
    [
        ("ann", []),
        (["ann"], []),
        ("Zoë-2", []),
        ("ann.png", ["ann.png"]),
        ("./ann", ["ann"]),
        ("../x", ["../x"]),
        (Path("ann"), ["ann"]),
        ([Path("ann"), "b.png"], ["ann", "b.png"]),
    ],
)
def test_a_name_is_text_that_could_be_one(face: Wearable, files: list[str]) -> None:
    assert pictures_of(face) == [Path(file) for file in files]


@pytest.mark.usefixtures("_here")
def test_a_picture_of_that_name_wins_and_a_folder_does_not(photos: list[Path]) -> None:
    Path("ann").mkdir()
    assert pictures_of("ann") == []
    Path("bob").write_bytes(photos[0].read_bytes())
    assert pictures_of("bob") == [Path("bob")]
    opened = open_face("bob", NAMES)
    assert isinstance(opened, Photos)
    assert opened.name == "bob"


@pytest.mark.needs_network
def test_a_face_by_its_name(photos: list[Path]) -> None:
    keep("ann", photos[0])
    keep("bob", photos[0])
    opened = open_face("ann", NAMES)
    assert isinstance(opened, NamedFace)
    assert opened.name == "ann"
    with pytest.raises(SourceError, match="There is no face called 'nobody'") as why:
        open_face("nobody", NAMES)
    assert why.value.hint == "Choose one of ann, bob."


def test_where_no_face_is_kept_it_is_said_how(photos: list[Path]) -> None:
    with pytest.raises(SourceError, match="no face called 'ann'") as why:
        open_face("ann", NAMES)
    assert "livecam faces add NAME PHOTO" in why.value.hint
    for face, words in [([], "No picture"), ([photos[0], "ann"], "'ann' is no picture")]:
        with pytest.raises(SettingsError, match=words):
            open_face(face, NAMES)


@pytest.mark.needs_network
def test_several_pictures_are_one_face(photos: list[Path]) -> None:
    opened = open_face(photos, NAMES)
    assert opened.name == "200.PNG and 2 more"
    models, names = load()
    identity = opened.identity(models, names)
    assert identity.name == opened.name
    assert identity.portrait.shape == (600, 600, 3)


@pytest.mark.needs_network
def test_a_kept_face_is_worn_as_its_picture_is(
    photos: list[Path], assets: Path, tmp_path: Path
) -> None:
    keep("ann", photos[1])
    worn = []
    for number, face in enumerate(("ann", photos[1], [str(photos[1])], list(photos))):
        output = tmp_path / f"{number}.png"
        FileSwap(assets / "portrait_b.png", output, face=face).run()
        worn.append(read_still(output).rgb)
    assert not np.array_equal(worn[0], read_still(assets / "portrait_b.png").rgb)
    assert all(np.array_equal(one, worn[0]) for one in worn)


@pytest.mark.needs_network
@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda face: (face.folder / "face.json").unlink(), "damaged: face.json"),
        (lambda face: (face.folder / "1.png").write_bytes(b""), "damaged: 1.png"),
    ],
)
def test_a_damaged_face_writes_nothing(
    spoil: Callable[[NamedFace], None],
    words: str,
    photos: list[Path],
    assets: Path,
    tmp_path: Path,
) -> None:
    spoil(keep("ann", photos[0]))
    output = tmp_path / "out.png"
    with pytest.raises(LivecamError, match=words):
        FileSwap(assets / "portrait_b.png", output, face="ann").run()
    assert not output.exists()
