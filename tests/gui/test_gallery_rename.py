"""Another name for a kept face, and all that has to follow it."""

import gc
import weakref
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from livecam.batch import Batch
from livecam.build import FileSwap
from livecam.engine import Engine, Phase, Wanted
from livecam.profiles import profile_file, remember, remembered
from livecam.settings import Settings
from livecam.sources.synthetic import demo_portrait

pytestmark = [pytest.mark.usefixtures("offscreen"), pytest.mark.needs_network]

try:
    from galleries import Opened, dialog
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication, QDialog

    from livecam.gui.gallery import Gallery
    from livecam.gui.preview import attend
    from livecam.gui.studio import studio
    from livecam.gui.upkeep import RenameDialog
except ImportError as error:
    pytest.skip(f"no windows here: {error}", allow_module_level=True)


def asked(opened: Opened, row: int = 0) -> RenameDialog:
    """The question for another name of the face in that place, by F2."""
    opened.gallery.list.setCurrentRow(row)
    opened.key(Qt.Key.Key_F2)
    shown = dialog(RenameDialog)
    assert isinstance(shown, RenameDialog)
    return shown


def answer(asked: RenameDialog, name: str) -> None:
    asked.name.setText(name)
    QTest.keyClick(asked.name, Qt.Key.Key_Return)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def with_face(face: str) -> Settings:
    start = Settings()
    return replace(start, live=replace(start.live, face=face))


def test_everything_follows_another_name(opened: Opened, ann: Path) -> None:
    opened.keep(ann, name="ann")
    opened.until(lambda: opened.names == ["ann, worn", "Rendered"])
    remember(with_face("ann"), "night")
    before = contents(opened.store.folder / "ann")
    question = asked(opened)
    assert question.windowTitle() == "Rename “ann”"
    assert question.name.accessibleName() == "Name of the face"
    assert question.name.selectedText() == "ann"
    answer(question, "Ann  Lee")
    opened.until(lambda: opened.names == ["Ann-Lee, worn", "Rendered"])
    assert opened.store.names() == ["Ann-Lee"]
    assert contents(opened.store.folder / "Ann-Lee") == before
    assert opened.engine.wanted.face == "Ann-Lee"
    assert remembered("night").live.face == "Ann-Lee"
    current = opened.gallery.list.current()
    assert current is not None
    assert current.name == "Ann-Lee"
    assert opened.gallery.note.text() == ""


def test_names_that_will_not_do_are_refused_where_they_are_written(
    opened: Opened, ann: Path, assets: Path
) -> None:
    opened.keep(ann, name="ann")
    opened.keep(assets / "portrait_b.png", name="bob")
    question = asked(opened)

    def says(name: str) -> tuple[bool, str]:
        question.name.setText(name)
        return question.yes.isEnabled(), question.fault.text() if question.fault.isVisible() else ""

    assert says("ann") == (False, ""), "that is no fault yet"
    assert says("bob") == (False, "There is a face 'bob' already. Choose another name.")
    can, why = says("a/b")
    assert not can
    assert why.startswith("A face cannot be called 'a/b'. Use letters")
    assert not says("")[0]
    QTest.keyClick(question.name, Qt.Key.Key_Return)
    assert question.isVisible()
    assert says("anna") == (True, "")
    QTest.keyClick(question.name, Qt.Key.Key_Escape)
    attend(0.3)
    assert opened.store.names() == ["ann", "bob"]


def test_the_rendered_face_keeps_its_name(opened: Opened) -> None:
    opened.until(lambda: opened.names)
    opened.gallery.list.setCurrentRow(0)
    opened.key(Qt.Key.Key_F2)
    texts = [action.text() for action in opened.gallery.list.actions() if action.isVisible()]
    assert texts == ["Wear Rendered"]
    open_ = [w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible()]
    assert open_ == []


def test_what_was_quicker_elsewhere_is_said(opened: Opened, ann: Path) -> None:
    opened.keep(ann, name="ann")
    question = asked(opened)
    opened.store.rename("ann", "anna")
    answer(question, "Ann-Lee")
    opened.until(lambda: "There is no face called 'ann'" in opened.gallery.note.text())
    opened.until(lambda: any(name.startswith("anna") for name in opened.names))
    assert opened.store.names() == ["anna"]


def test_a_profile_that_cannot_follow_is_named(opened: Opened, ann: Path) -> None:
    opened.keep(ann, name="ann")
    remember(with_face("ann"))
    profile_file().write_text("[live\n", "utf-8")
    answer(asked(opened), "anna")
    opened.until(lambda: opened.names[0].startswith("anna"))
    assert "settings.toml may still say 'ann'" in opened.gallery.note.text()
    assert opened.engine.wanted.face == "anna", "the face itself is called so all the same"


def test_a_run_goes_on_under_the_new_name(opened: Opened, ann: Path, tmp_path: Path) -> None:
    opened.keep(ann, name="ann")
    engine = opened.engine
    film = str(tmp_path / "talk.mkv")
    engine.wanted = replace(engine.wanted, face="ann", running=True, outputs=(film,))
    opened.until(lambda: engine.status().phase is Phase.LIVE and engine.status().face == "ann")
    answer(asked(opened), "anna")
    opened.until(lambda: engine.status().face == "anna")
    opened.until(lambda: opened.names == ["anna, worn", "Rendered"])
    assert engine.status().phase is Phase.LIVE
    assert engine.status().trouble is None


@pytest.mark.usefixtures("faces")
def test_files_that_wait_follow(tmp_path: Path) -> None:
    batch = Batch()
    with (
        closing(Engine(Wanted(settings=Settings(), face="ann"))) as engine,
        studio(engine, batch) as window,
    ):
        batch.pause()
        for number, face in enumerate(["ann", demo_portrait()]):
            batch.add(FileSwap(tmp_path / "in.mp4", tmp_path / f"{number}.mp4", face=face))
        (gallery,) = window.findChildren(Gallery)
        gallery.upkeep.renamed.emit("ann", "anna")
        assert [item.swap.face for item in batch.items()] == ["anna", demo_portrait()]
        gone = weakref.ref(gallery)
        batch.close()  # or the window asks about them
        window.close()
    window.deleteLater()
    del window, gallery
    attend(0.05)
    gc.collect()
    assert gone() is None
