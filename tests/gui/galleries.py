"""A window with a gallery, and a person at its mouse and keyboard."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton, QTabWidget, QWidget

from livecam.engine import Engine, Phase, Wanted
from livecam.errands import Errands
from livecam.faces import FaceStore
from livecam.gui.gallery import Gallery
from livecam.gui.panel import Panel
from livecam.gui.preview import attend
from livecam.gui.window import MainWindow
from livecam.settings import load_settings
from livecam.sources.synthetic import demo_portrait

WIDTH, HEIGHT, FPS = 320, 180, 15
LEFT = Qt.MouseButton.LeftButton


@dataclass
class Opened:
    """A window with a gallery, and an empty second page."""

    window: MainWindow
    gallery: Gallery
    engine: Engine
    store: FaceStore

    def until(self, condition: Callable[[], object], seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline
            attend(0.05)

    @property
    def names(self) -> list[str]:
        """What a screen reader says of the faces."""
        faces = self.gallery.list
        role = Qt.ItemDataRole.AccessibleTextRole
        return [faces.item(row).data(role) for row in range(faces.count())]

    def key(self, key: Qt.Key, widget: QWidget | None = None) -> None:
        widget = widget or self.gallery.list
        self.window.activateWindow()
        widget.setFocus()
        attend(0.05)
        QTest.keyClick(widget, key)

    def turn_to(self, page: int) -> QWidget:
        (pages,) = self.window.findChildren(QTabWidget)
        pages.setCurrentIndex(page)
        attend(0.1)
        return pages.currentWidget()

    def click(self, row: int, button: Qt.MouseButton = LEFT) -> None:
        faces = self.gallery.list
        place = faces.visualItemRect(faces.item(row)).center()
        QTest.mouseClick(faces.viewport(), button, pos=place)

    def keep(self, *photos: Path, name: str) -> None:
        """Takes in a face as a person would, and waits for it."""
        drop(self.gallery, photos)
        (card,) = self.gallery.newcomers
        card.name.setText(name)
        QTest.mouseClick(card.yes, LEFT)
        self.until(lambda: not self.gallery.newcomers and name in self.store.names())
        self.until(lambda: any(said.startswith(name) for said in self.names))


@contextmanager
def open_gallery() -> Iterator[Opened]:
    """One whose camera is off, once it shows what is kept."""
    sizes = {"live.width": WIDTH, "live.height": HEIGHT, "live.fps": FPS}
    settings = load_settings(None, overrides=sizes)
    engine = Engine(Wanted(settings=settings, face=demo_portrait(), camera="synthetic"))
    errands = Errands("faces")
    gallery = Gallery(engine, errands)
    window = MainWindow(engine, tabs=[("Faces", gallery), ("Other", Panel(engine))])
    window.show()
    window.activateWindow()
    made = Opened(window, gallery, engine, FaceStore())
    try:
        made.until(lambda: made.names)
        yield made
    finally:
        engine.wanted = replace(engine.wanted, outputs=())
        made.until(lambda: engine.status().phase is not Phase.LIVE)
        window.close()
        errands.close()
        window.deleteLater()
        attend(0.01)


def drop(where: QWidget, photos: Sequence[Path | str]) -> bool:
    """Drops files or addresses in the middle of a widget; whether they were accepted as a copy."""
    mime = QMimeData()
    mime.setText("\n".join(map(str, photos)))  # as file managers do
    mime.setUrls([QUrl(p) if isinstance(p, str) else QUrl.fromLocalFile(str(p)) for p in photos])
    both, button = Qt.DropAction.MoveAction | Qt.DropAction.CopyAction, LEFT
    middle, none = where.rect().center(), Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(middle, both, mime, button, none)
    enter.setDropAction(Qt.DropAction.MoveAction)
    QApplication.sendEvent(where, enter)
    dropped = QDropEvent(QPointF(middle), both, mime, button, none)
    dropped.setDropAction(Qt.DropAction.MoveAction)
    QApplication.sendEvent(where, dropped)
    events = (enter, dropped)
    return all(e.isAccepted() and e.dropAction() is Qt.DropAction.CopyAction for e in events)


def dialog(kind: type) -> QWidget:
    return next(w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible())


def press(box: QMessageBox, text: str) -> None:
    (button,) = [b for b in box.findChildren(QPushButton) if b.text().replace("&", "") == text]
    QTest.mouseClick(button, LEFT)
