"""The faces in the window, offscreen: real photos, real models, real events."""

import gc
import threading
import weakref
from dataclasses import replace
from datetime import date
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from livecam.consent import Agreement, Said
from livecam.engine import Engine, Phase, Wanted
from livecam.errands import Errands
from livecam.faces import FaceStore
from livecam.media.still import read_still
from livecam.picture import Picture
from livecam.runtime.calling_off import CalledOffError
from livecam.settings import Settings, load_settings
from livecam.sources.synthetic import demo_portrait

pytestmark = [pytest.mark.usefixtures("offscreen"), pytest.mark.needs_network]

try:
    from galleries import HEIGHT, LEFT, WIDTH, Opened, dialog, drop, press
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QMessageBox

    from livecam.gui.gallery import Gallery
    from livecam.gui.newcomer import Newcomer
    from livecam.gui.preview import attend
    from livecam.gui.shelf import keep
    from livecam.gui.window import MainWindow
except ImportError as error:
    pytest.skip(f"no windows here: {error}", allow_module_level=True)


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and path.name != ".lock"]


def unlike(shot: np.ndarray, picture: Picture) -> float:
    """How much the corner with the label differs; nothing moves there."""
    corners = [image[-30:, -50:].astype(float) for image in (shot, picture.to_rgb())]
    return float(np.abs(corners[0] - corners[1]).mean())


@pytest.fixture
def nobody(tmp_path: Path) -> Path:
    """A picture without a face."""
    path = tmp_path / "wall.png"
    rng = np.random.default_rng(1)
    cv2.imwrite(str(path), cv2.resize(rng.integers(90, 170, (6, 8, 3), np.uint8), (640, 480)))
    return path


def test_an_empty_profile_is_not_empty(opened: Opened) -> None:
    opened.until(lambda: opened.names == ["Rendered, worn"])
    assert not opened.store.folder.exists(), "looking alone writes nothing"
    assert not opened.gallery.shoot.isEnabled(), "no camera is open"
    opened.click(0)
    opened.key(Qt.Key.Key_Delete)
    assert not [w for w in QApplication.topLevelWidgets() if isinstance(w, QMessageBox)]


def test_a_dropped_photo_is_asked_about_kept_and_worn(opened: Opened, ann: Path) -> None:
    assert drop(opened.gallery, [ann])
    (card,) = opened.gallery.newcomers
    assert "agree" in card.text
    assert card.name.text() == "portrait-a"
    attend(0.3)
    assert not opened.store.folder.exists(), "nothing is written before the answer"
    card.name.setText(" Ann  Lee ")
    QTest.mouseClick(card.yes, LEFT)
    assert "Ann-Lee" in card.text
    opened.until(lambda: opened.names == ["Ann-Lee, worn", "Rendered"])
    face = opened.store.face("Ann-Lee")
    assert face.agreed.on == date.today()
    assert face.agreed.said is Said.WINDOW
    assert (face.folder / face.photos[0].file).read_bytes() == ann.read_bytes()
    assert opened.engine.wanted.face == "Ann-Lee", "by its name, whose consent is kept with it"
    assert opened.gallery.newcomers == []
    keys = [opened.gallery.list.item(row) for row in range(2)]
    said = [item.data(Qt.ItemDataRole.AccessibleDescriptionRole) for item in keys]
    assert said == ["Key 1", "Key 2"]


@pytest.mark.parametrize("answer", ["no", "escape"])
def test_without_a_yes_nothing_is_kept(
    opened: Opened, ann: Path, tmp_path: Path, answer: str
) -> None:
    before = files(tmp_path)
    drop(opened.gallery, [ann])
    (card,) = opened.gallery.newcomers
    attend(0.2)
    if answer == "no":
        QTest.mouseClick(card.no, LEFT)
    else:
        opened.key(Qt.Key.Key_Escape, card.name)
    opened.until(lambda: not opened.gallery.newcomers)
    attend(0.3)
    assert opened.names == ["Rendered, worn"]
    assert files(tmp_path) == before


def test_calling_it_off_keeps_nothing(opened: Opened, ann: Path) -> None:
    drop(opened.gallery, [ann])
    (card,) = opened.gallery.newcomers
    QTest.mouseClick(card.yes, LEFT)
    assert card.no.text() == "Cancel"
    QTest.mouseClick(card.no, LEFT)
    opened.until(lambda: not opened.gallery.newcomers)
    assert opened.store.names() == []
    assert opened.engine.wanted.face == demo_portrait()


def test_several_photos_make_one_face(opened: Opened, ann: Path, tmp_path: Path) -> None:
    image = cv2.cvtColor(read_still(ann).rgb, cv2.COLOR_RGB2BGR)
    photos = [tmp_path / f"{side}.jpg" for side in (300, 600)]
    for photo in photos:
        cv2.imwrite(str(photo), cv2.resize(image, (int(photo.stem), int(photo.stem))))
    drop(opened.gallery, photos)
    assert "these 2 photos" in opened.gallery.newcomers[0].text
    QTest.mouseClick(opened.gallery.newcomers[0].no, LEFT)
    opened.until(lambda: not opened.gallery.newcomers)
    opened.keep(*photos, name="ann")
    assert [photo.name for photo in opened.store.face("ann").photos] == ["300.jpg", "600.jpg"]


def test_why_a_photo_cannot_be_used_stays_until_it_is_dismissed(
    opened: Opened, nobody: Path, tmp_path: Path, ann: Path
) -> None:
    drop(opened.gallery, [nobody])
    (card,) = opened.gallery.newcomers
    opened.until(lambda: "No face was found" in card.text)
    assert "Use a picture with one face" in card.text
    assert "No face was found" in card.accessibleName()
    assert not card.yes.isVisible(), "what shows nobody is not asked about"
    text = tmp_path / "letter.txt"
    text.write_text("no picture")
    drop(opened.gallery, [text])
    other = opened.gallery.newcomers[1]
    opened.until(lambda: "letter.txt" in other.text)
    assert not other.yes.isVisible(), "what is no picture is not asked about"
    QTest.mouseClick(card.no, LEFT)
    QTest.mouseClick(other.no, LEFT)
    opened.until(lambda: not opened.gallery.newcomers)
    assert opened.store.names() == []
    opened.keep(ann, name="ann")


def test_names_are_looked_at_while_they_are_typed(opened: Opened, ann: Path) -> None:
    opened.keep(ann, name="ann")
    drop(opened.gallery, [ann])
    (card,) = opened.gallery.newcomers

    attend(0.1)

    def says(name: str) -> tuple[bool, bool]:
        card.name.setText(name)
        return card.yes.isEnabled(), card.fault.isVisible()

    assert says("ann") == (False, True)
    assert "already" in card.fault.text()
    assert "--" not in card.fault.text(), "no options of a command line"
    assert says("") == (False, True)
    assert says("a/b") == (False, True)
    assert says("ann 2") == (True, False)
    drop(opened.gallery, [ann.parent / "ann.png"])
    assert opened.gallery.newcomers[1].name.text() == "ann-2"


def test_what_is_dropped_on_the_name_or_the_faces_is_dropped_on_the_gallery(
    opened: Opened, ann: Path
) -> None:
    drop(opened.gallery, [ann])
    (card,) = opened.gallery.newcomers
    assert drop(card.name, [ann])
    assert card.name.text() == "portrait-a", "an edit field would write the address into itself"
    assert drop(opened.gallery.list.viewport(), [ann])
    assert len(opened.gallery.newcomers) == 3


def test_an_address_is_no_photo(opened: Opened) -> None:
    assert drop(opened.gallery, ["https://example.org/ann.png"])
    assert "Save the picture first" in opened.gallery.note.text()
    assert opened.gallery.newcomers == []


def test_photos_are_chosen_in_a_dialog(opened: Opened, ann: Path) -> None:
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
    QTest.mouseClick(opened.gallery.choose, LEFT)
    asked = dialog(QFileDialog)
    assert isinstance(asked, QFileDialog)
    asked.filesSelected.emit([str(ann)])
    asked.close()
    assert [card.name.text() for card in opened.gallery.newcomers] == ["portrait-a"]


def test_keys_and_clicks_wear_and_delete_removes(opened: Opened, ann: Path, assets: Path) -> None:
    opened.keep(ann, name="ann")
    opened.keep(assets / "portrait_b.png", name="bob")
    opened.until(lambda: opened.names == ["ann", "bob, worn", "Rendered"])

    def wears(face: object) -> bool:
        opened.until(lambda: sum("worn" in name for name in opened.names) == 1)
        return opened.engine.wanted.face == face

    opened.click(0)
    assert wears("ann")
    opened.click(1, Qt.MouseButton.RightButton)
    assert wears("ann"), "that is for the menu"
    texts = [action.text() for action in opened.gallery.list.actions() if action.isVisible()]
    assert texts == ["Wear bob", "Rename bob …", "Remove bob …"]
    opened.key(Qt.Key.Key_Right)
    opened.key(Qt.Key.Key_Return)
    assert wears(demo_portrait())
    opened.key(Qt.Key.Key_Left)
    opened.key(Qt.Key.Key_Enter)
    assert wears("bob")
    opened.key(Qt.Key.Key_Delete)
    press(dialog(QMessageBox), "Cancel")
    attend(0.2)
    assert opened.store.names() == ["ann", "bob"]
    opened.key(Qt.Key.Key_Delete)
    assert "bob" in dialog(QMessageBox).text()
    press(dialog(QMessageBox), "Remove")
    opened.until(lambda: opened.names == ["ann", "Rendered, worn"])
    assert opened.store.names() == ["ann"]
    assert files(opened.store.folder / "bob") == []
    assert opened.engine.wanted.face == demo_portrait(), "or the next start finds nothing to wear"


def test_number_keys_work_on_every_page_but_not_where_one_writes(opened: Opened, ann: Path) -> None:
    opened.keep(ann, name="ann")
    page = opened.turn_to(1)
    opened.key(Qt.Key.Key_2, opened.window)
    assert opened.engine.wanted.face == demo_portrait()
    opened.key(Qt.Key.Key_9, opened.window)
    assert opened.engine.wanted.face == demo_portrait()
    opened.key(Qt.Key.Key_1, opened.window)
    assert opened.engine.wanted.face == "ann"
    edit = QLineEdit(page)
    edit.show()
    edit.setFocus()
    opened.key(Qt.Key.Key_2, edit)
    assert edit.text() == "2"
    assert opened.engine.wanted.face == "ann"


def test_a_damaged_face_says_so_and_can_be_removed(opened: Opened, ann: Path) -> None:
    opened.keep(ann, name="ann")
    opened.click(1)
    (opened.store.folder / "ann" / "face.json").write_text("{")
    opened.turn_to(1)
    opened.turn_to(0)
    opened.until(lambda: "damaged" in opened.gallery.list.item(0).toolTip())
    opened.click(0)
    assert "damaged" in opened.gallery.note.text()
    assert opened.engine.wanted.face == demo_portrait()
    opened.key(Qt.Key.Key_Delete)
    press(dialog(QMessageBox), "Remove")
    opened.until(lambda: opened.names == ["Rendered, worn"])


def test_faces_that_came_from_elsewhere_are_seen(opened: Opened, ann: Path) -> None:
    opened.keep(ann, name="ann")
    (opened.store.folder / "ann").rename(opened.store.folder / "anna")
    opened.turn_to(1)
    opened.turn_to(0)
    opened.until(lambda: opened.names[0].startswith("anna"))


def test_a_shot_of_the_camera_and_a_change_while_live(opened: Opened, tmp_path: Path) -> None:
    film = tmp_path / "talk.mkv"
    engine = opened.engine
    engine.wanted = replace(engine.wanted, running=True, outputs=(str(film),))
    opened.until(lambda: engine.status().phase is Phase.LIVE and engine.newest())
    opened.until(opened.gallery.shoot.isEnabled)
    QTest.mouseClick(opened.gallery.shoot, LEFT)
    (card,) = opened.gallery.newcomers
    assert isinstance(card, Newcomer)
    assert card.name.text() == "me"
    assert files(tmp_path) == [film]
    QTest.mouseClick(card.yes, LEFT)
    opened.until(lambda: not opened.gallery.newcomers)
    opened.until(lambda: opened.names == ["me", "Rendered, worn"])
    (photo,) = opened.store.face("me").photos
    assert photo.size == (WIDTH, HEIGHT)
    shot = read_still(opened.store.folder / "me" / photo.file).rgb
    frame = engine.newest()
    assert frame is not None
    assert frame.original is not None
    assert unlike(shot, frame.original) < 0.5
    assert unlike(shot, frame.picture) > 2, "nobody keeps a face with another one on it"
    assert engine.wanted.face == demo_portrait(), "who is live chooses the moment"
    for key, name in [(Qt.Key.Key_1, "me"), (Qt.Key.Key_2, demo_portrait().name)] * 2:
        opened.key(key, opened.window)
        opened.until(lambda name=name: engine.status().face == name)
    status = engine.status()
    assert status.trouble is None
    engine.wanted = replace(engine.wanted, outputs=())
    opened.until(lambda: engine.status().phase is Phase.PREVIEW)
    with av.open(film) as made:
        times = [frame.time for frame in made.decode(video=0)]
    assert max(np.diff(times)) < 1.5, "the picture went on"


@pytest.mark.usefixtures("faces")
def test_it_can_be_called_off_until_it_is_written(ann: Path) -> None:
    def told(what: str, _done: int, _total: int) -> None:
        if not what:
            raise CalledOffError

    agreed, store = Agreement.today(Said.WINDOW), FaceStore()
    with pytest.raises(CalledOffError):
        keep(store, "ann", (ann,), told, settings=Settings(), agreed=agreed)
    assert store.names() == []


@pytest.mark.usefixtures("faces")
def test_nothing_is_left_of_it(ann: Path) -> None:
    engine = Engine(Wanted(settings=load_settings(None), face=demo_portrait()))
    errands = Errands("faces")
    gallery = Gallery(engine, errands)
    window = MainWindow(engine, tabs=[("Faces", gallery)])
    window.show()
    drop(gallery, [ann])
    attend(0.3)
    gone = weakref.ref(gallery)
    window.close()
    errands.close()
    del gallery, window
    gc.collect()
    attend(0.05)
    assert gone() is None
    assert not [t for t in threading.enumerate() if t.name.startswith("livecam")]
