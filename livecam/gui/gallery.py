"""The faces that can be worn: put on by a click or a key, taken in from photos and the camera."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import (
    QAction,
    QActionGroup,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPen,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from livecam.engine import Engine, Phase, Status
from livecam.errands import Errand, Errands
from livecam.errors import LivecamError
from livecam.faces import FaceStore
from livecam.gui.face_list import KEYS, FaceList
from livecam.gui.newcomer import Newcomer
from livecam.gui.panel import Panel
from livecam.gui.question import ask_for_files
from livecam.gui.shelf import Entry, Photographed, read_entries
from livecam.gui.upkeep import Upkeep
from livecam.picture import Picture

_IMAGES = "*.png *.jpg *.jpeg *.webp *.avif *.tif *.tiff *.bmp *.gif *.jp2"


class Gallery(Panel):
    """All faces as thumbnails; photos that are dropped anywhere on it become one more.

    Args:
        engine: Wears them, and has what the camera sees.
        errands: Does what takes long.
    """

    def __init__(
        self,
        engine: Engine,
        errands: Errands,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(engine, parent)
        self.newcomers: list[Newcomer] = []
        """Photos that were not taken in yet, or cannot be."""
        self._errands, self._store = errands, FaceStore()
        self._reading: Errand[tuple[Entry, ...]] | None = None
        self._newest = ""
        self.upkeep = Upkeep(engine, errands, self._store, self)
        """What renames and removes them."""
        self._keys = self._key_actions()
        self._build()
        self.setAcceptDrops(True)
        self._hovered = False
        self._read()

    def take(self, source: Photographed) -> Newcomer:
        """Begins to take in a face: photos of one person, or what a camera has seen."""
        card = Newcomer(
            source, engine=self.engine, errands=self._errands, store=self._store, parent=self
        )
        self._cards.addWidget(card)
        above: QWidget = self.newcomers[-1].no if self.newcomers else self.shoot
        for widget in card.stops:  # or Tab would come to them after the faces
            self.setTabOrder(above, widget)
            above = widget
        self.newcomers.append(card)
        return card

    def wear(self, entry: Entry) -> None:
        """Wears a face from now on; where it is damaged, says that instead."""
        if entry.fault is not None:
            self._say_error(entry.fault)
        else:
            self.engine.wanted = replace(self.engine.wanted, face=entry.face)

    def refresh(self, status: Status) -> None:
        """See `Panel.refresh`."""
        if not self._keys.actions()[0].associatedObjects():
            self.window().addActions(self._keys.actions())  # or they work on this page only
        self.shoot.setEnabled(self._seen() is not None)
        self._attend_newcomers(status)
        self.upkeep.refresh()
        if self._reading is not None and self._reading.state.over:
            state, self._reading = self._reading.state, None
            if state.error is not None:
                self._say_error(state.error)
            if state.result is not None:
                self.list.fill(state.result, current=self._newest)
                self._newest = ""
        self.list.mark(status.face)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: D102, N802 - Qt's
        if not event.spontaneous() and self._reading is None:
            self._read()  # they may have changed from elsewhere

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: D102, N802 - Qt's
        if event.mimeData().hasUrls():
            _accept_copy(event)
            self._hover(hovered=True)

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:  # noqa: D102, N802 - Qt's
        self._hover(hovered=False)

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: D102, N802 - Qt's
        self._hover(hovered=False)
        urls = event.mimeData().urls()
        files = [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]
        _accept_copy(event)
        if files:
            self._say("")
            self.take(tuple(files))
        else:
            self._say(
                self.tr("That is no file on this computer. Save the picture first, and drop that.")
            )

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: D102, N802 - Qt's
        if self._hovered:
            with QPainter(self) as painter:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.setPen(QPen(self.palette().highlight(), 3, Qt.PenStyle.DashLine))
                painter.drawRoundedRect(self.rect().adjusted(2, 2, -2, -2), 8, 8)

    def _build(self) -> None:
        self.choose = QPushButton(self.tr("&Choose photos …"), autoDefault=True)
        self.choose.clicked.connect(self._choose)
        self.shoot = QPushButton(self.tr("&Take a photo"), autoDefault=True)
        self.shoot.setToolTip(self.tr("Keeps the face that the camera sees now"))
        self.shoot.clicked.connect(self._shoot)
        buttons = QHBoxLayout()
        buttons.addWidget(self.choose)
        buttons.addWidget(self.shoot)
        self._cards = QVBoxLayout()
        self.list = FaceList()
        self.list.chosen.connect(self.wear)
        self.list.misnamed.connect(self.upkeep.ask_to_rename)
        self.list.unwanted.connect(self.upkeep.ask_to_remove)
        self.upkeep.failed.connect(self._say_error)
        self.upkeep.changed.connect(self._read_again)
        self.note = QLabel(wordWrap=True)
        self.note.setMinimumWidth(1)  # a long word must not widen the page
        self.note.hide()
        self.note.setAccessibleName(self.tr("Notice about the faces"))
        hint = QLabel(
            self.tr(
                "Drop photos of one person here. A click wears a face, and so do the keys 1 to 9. "
                "F2 renames one, Delete removes it."
            ),
            wordWrap=True,
        )
        column = QVBoxLayout(self)
        column.addLayout(buttons)
        column.addLayout(self._cards)
        column.addWidget(self.note)
        column.addWidget(self.list, 1)
        column.addWidget(hint)

    def _key_actions(self) -> QActionGroup:
        group = QActionGroup(self)
        for number in range(1, KEYS + 1):
            action = QAction(self, autoRepeat=False, shortcut=QKeySequence(str(number)))
            action.setData(number - 1)
            group.addAction(action)
        group.triggered.connect(self._wear_by_key)
        return group

    def _read(self) -> None:
        self._reading = self._errands.send(partial(read_entries, self._store, self.list.entries))

    def _attend_newcomers(self, status: Status) -> None:
        for card in list(self.newcomers):
            card.refresh()
            if card.over:
                self.newcomers.remove(card)
                self._cards.removeWidget(card)
                card.hide()
                card.deleteLater()
            if card.kept:
                self._read_again(card.kept)
                if status.phase is not Phase.LIVE:  # who is live chooses the moment
                    self.engine.wanted = replace(self.engine.wanted, face=card.kept)

    def _read_again(self, newest: str) -> None:
        self._newest = newest
        self._read()

    def _wear_by_key(self, action: QAction) -> None:
        if action.data() < len(self.list.entries):
            self.wear(self.list.entries[action.data()])

    def _choose(self) -> None:
        pictures = self.tr("Pictures ({kinds})").format(kinds=_IMAGES)
        title = self.tr("Photos of one person")
        ask_for_files(self, title, self._take_files, filters=[pictures, "* (*)"])

    def _take_files(self, files: Sequence[str]) -> None:
        self.take(tuple(map(Path, files)))

    def _seen(self) -> Picture | None:
        """What the camera sees now; None where it does not."""
        frame = self.engine.newest()
        return frame.original if frame is not None else None

    def _shoot(self) -> None:
        seen = self._seen()
        if seen is not None:
            self.take(seen)

    def _say_error(self, error: LivecamError) -> None:
        self._say(error.in_one_line)

    def _say(self, text: str) -> None:
        self.note.setText(text)
        self.note.setVisible(bool(text))

    def _hover(self, *, hovered: bool) -> None:
        self._hovered = hovered
        self.update()


def _accept_copy(event: QDropEvent) -> None:
    """Takes it as a copy: a file manager deletes what is moved."""
    event.setDropAction(Qt.DropAction.CopyAction)
    event.accept()
