"""Who is meant, where a photo that is dropped shows several people."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from livecam.media.still import read_still
from livecam.sources.synthetic import demo_portrait

pytestmark = [pytest.mark.usefixtures("offscreen"), pytest.mark.needs_network]

try:
    from galleries import LEFT, Opened, drop
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QListWidget

    from livecam.gui.newcomer import Newcomer
    from livecam.gui.preview import attend
except ImportError as error:
    pytest.skip(f"no windows here: {error}", allow_module_level=True)

SIDE = 400


@pytest.fixture
def group(assets: Path, tmp_path: Path) -> Path:
    """A photo of a, b and c, from the left."""
    path = tmp_path / "group.png"
    images = [read_still(assets / f"portrait_{who}.png").rgb for who in "abc"]
    shown = np.hstack([cv2.resize(image, (SIDE, SIDE)) for image in images])
    cv2.imwrite(str(path), cv2.cvtColor(shown, cv2.COLOR_RGB2BGR))
    return path


def asked(opened: Opened, *photos: Path) -> Newcomer:
    """The card of these photos, once it asks who is meant."""
    drop(opened.gallery, photos)
    card = opened.gallery.newcomers[-1]
    opened.until(lambda: card.who.asks)
    return card


def shown(card: Newcomer) -> list[QListWidget]:
    return [picker.list for picker in card.who.pickers if picker.isVisible()]


def said(faces: QListWidget) -> list[str]:
    """What a screen reader says of the faces."""
    role = Qt.ItemDataRole.AccessibleTextRole
    return [faces.item(row).data(role) for row in range(faces.count())]


def kept_at(opened: Opened, name: str, photo: int = 0) -> float:
    """Where on its photo the face is that was kept, in widths of one portrait from the left."""
    places = opened.store.face(name).photos[photo].landmarks
    return float(np.mean([x for x, _ in places])) / SIDE


def test_one_is_chosen_by_a_click_and_only_that_one_is_kept(opened: Opened, group: Path) -> None:
    card = asked(opened, group)
    (faces,) = shown(card)
    assert faces.accessibleName() == "There are 3 people on this photo. Who is meant?"
    assert said(faces) == [f"Face {n} of 3, from the left" for n in (1, 2, 3)]
    assert "the person you choose agree" in card.text
    assert not card.yes.isEnabled(), "nobody is chosen by itself"
    card.name.setText("cleo")
    assert not card.yes.isEnabled()
    place = faces.visualItemRect(faces.item(2)).center()
    QTest.mouseClick(faces.viewport(), LEFT, pos=place)
    assert card.yes.isEnabled()
    QTest.mouseClick(card.yes, LEFT)
    assert shown(card) == [], "no other can be chosen any more"
    opened.until(lambda: opened.names == ["cleo, worn", "Rendered"])
    assert 2 < kept_at(opened, "cleo") < 3
    assert len(opened.store.face("cleo").photos) == 1


def test_one_is_chosen_by_keys(opened: Opened, group: Path) -> None:
    card = asked(opened, group)
    (faces,) = shown(card)
    opened.key(Qt.Key.Key_Return, card.name)
    assert opened.window.focusWidget() is faces, "the first thing that is not answered"
    opened.key(Qt.Key.Key_Right, faces)
    opened.key(Qt.Key.Key_Right, faces)
    first = card.who.pickers[0].which
    opened.key(Qt.Key.Key_Left, faces)
    assert card.who.pickers[0].which == first - 1
    while card.who.pickers[0].which != 2:
        opened.key(Qt.Key.Key_Right, faces)
    walked = []
    for _ in range(3):
        QTest.keyClick(opened.window.focusWidget(), Qt.Key.Key_Tab)
        walked.append(opened.window.focusWidget())
    assert walked == [card.name, card.yes, card.no]
    card.name.setText("bob")
    opened.key(Qt.Key.Key_Return, card.name)
    opened.key(Qt.Key.Key_Return, card.yes)
    opened.until(lambda: opened.names == ["bob, worn", "Rendered"])
    assert 1 < kept_at(opened, "bob") < 2


def test_a_yes_before_anybody_was_found_is_asked_for_again(opened: Opened, group: Path) -> None:
    drop(opened.gallery, [group])
    (card,) = opened.gallery.newcomers
    QTest.mouseClick(card.yes, LEFT)
    assert card.no.text() == "Cancel"
    opened.until(lambda: card.who.asks)
    assert card.yes.isVisible()
    assert not card.yes.isEnabled()
    assert card.no.text().replace("&", "") == "No"
    attend(0.5)
    assert opened.store.names() == []


@pytest.mark.parametrize("by", ["no", "escape"])
def test_to_choose_nobody_keeps_nobody(opened: Opened, group: Path, by: str) -> None:
    card = asked(opened, group)
    (faces,) = shown(card)
    faces.setCurrentRow(1)
    if by == "no":
        QTest.mouseClick(card.no, LEFT)
    else:
        opened.key(Qt.Key.Key_Escape, faces)
    opened.until(lambda: not opened.gallery.newcomers)
    attend(0.3)
    assert opened.store.names() == []
    assert opened.engine.wanted.face == demo_portrait()


def test_of_several_photos_only_those_with_several_people_are_asked_about(
    opened: Opened, group: Path, ann: Path
) -> None:
    card = asked(opened, ann, group)
    (faces,) = shown(card)
    assert faces.accessibleName() == "There are 3 people on group.png. Who is meant?"
    faces.setCurrentRow(0)
    card.name.setText("ann")
    QTest.mouseClick(card.yes, LEFT)
    opened.until(lambda: opened.names == ["ann, worn", "Rendered"])
    assert [photo.name for photo in opened.store.face("ann").photos] == [ann.name, group.name]
    assert 0 < kept_at(opened, "ann", photo=1) < 1


def test_one_person_is_not_asked_about(opened: Opened, ann: Path) -> None:
    drop(opened.gallery, [ann])
    (card,) = opened.gallery.newcomers
    opened.until(lambda: card.who.first is not None)
    assert shown(card) == []
    assert card.yes.isEnabled()
    assert "the person on this photo" in card.text
