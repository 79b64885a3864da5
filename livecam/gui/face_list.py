"""Faces as a list of thumbnails, of which one is worn."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from livecam.gui.portraits import SIDE, face_icon
from livecam.gui.shelf import Entry

KEYS = 9
"""So many of the first faces have a key of their own."""


class FaceList(QListWidget):
    """Wears by a click or Enter, renames by F2, removes by Delete; its menu has all of them."""

    chosen = Signal(object)
    """The `Entry` that is to be worn."""
    misnamed = Signal(object)
    """The `Entry` that is to be called otherwise."""
    unwanted = Signal(object)
    """The `Entry` that is to be removed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.entries: tuple[Entry, ...] = ()
        """What is shown, in order of the keys."""
        self._worn, self._drawn_for = "", (0.0, 0)
        self.setViewMode(QListWidget.ViewMode.IconMode)
        self.setMovement(QListWidget.Movement.Static)
        self.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.setIconSize(QSize(SIDE, SIDE))
        self.setGridSize(QSize(SIDE + 10, SIDE + 12 + self.fontMetrics().height()))
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setMinimumHeight(SIDE + 40)
        self.setAccessibleName(self.tr("Faces"))
        self.itemClicked.connect(self._choose)
        self.itemActivated.connect(self._choose)
        self._wear = QAction(self)
        self._wear.triggered.connect(self._choose_current)
        self._rename = QAction(self, shortcut=QKeySequence(Qt.Key.Key_F2))
        self._rename.triggered.connect(self._rename_current)
        self._remove = QAction(self, shortcut=QKeySequence(Qt.Key.Key_Delete))
        self._remove.triggered.connect(self._unwant_current)
        for action in (self._rename, self._remove):
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self.addActions([self._wear, self._rename, self._remove])
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.currentItemChanged.connect(self._name_actions)
        self._name_actions()

    def fill(self, entries: Sequence[Entry], *, current: str = "") -> None:
        """Shows these faces.

        Args:
            entries: In order of the keys.
            current: Name of the one that the keyboard is at; empty leaves it where it was.
        """
        if tuple(entries) == self.entries and not current:
            return
        was = self.current()
        current = current or (was.name if was else "")
        self.entries = tuple(entries)
        self.clear()
        for entry in self.entries:
            item = QListWidgetItem(self)
            if entry.name == current:
                self.setCurrentItem(item)
        self._draw(self.entries)

    def mark(self, worn: str) -> None:
        """Marks the face that a run calls `worn`."""
        drawn_for, before = (self.devicePixelRatio(), self.palette().cacheKey()), self._worn
        self._worn = worn
        if drawn_for != self._drawn_for:
            self._drawn_for = drawn_for
            self._draw(self.entries)
        elif worn != before:
            self._draw([entry for entry in self.entries if entry.name in {before, worn}])

    def current(self) -> Entry | None:
        """The one that the keyboard is at."""
        row = self.currentRow()
        return self.entries[row] if 0 <= row < len(self.entries) else None

    def _draw(self, entries: Sequence[Entry]) -> None:
        """Gives thumbnails their picture, their key and their mark."""
        for entry in entries:
            place, worn = self.entries.index(entry), entry.name == self._worn
            item = self.item(place)
            key = str(place + 1) if place < KEYS else ""
            icon = face_icon(
                entry.image,
                key=key,
                marked=worn,
                palette=self.palette(),
                ratio=self.devicePixelRatio(),
            )
            title = self._title(entry)
            name = self.tr("{face}, worn").format(face=title) if worn else title
            font = item.font()
            font.setBold(worn)
            item.setIcon(icon)
            item.setText(title)
            item.setFont(font)
            item.setToolTip(entry.fault.message if entry.fault else title)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, name)
            if key:
                said = self.tr("Key {key}").format(key=key)
                item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, said)
        self._name_actions()

    def _title(self, entry: Entry) -> str:
        return entry.name if entry.removable else self.tr("Rendered")

    def _name_actions(self) -> None:
        """Says in the menu whom it is about."""
        entry = self.current()
        title = self._title(entry) if entry else ""
        self._wear.setText(self.tr("Wear {face}").format(face=title))
        self._wear.setVisible(entry is not None)
        self._rename.setText(self.tr("Rename {face} …").format(face=title))
        self._rename.setVisible(entry is not None and entry.removable)
        self._remove.setText(self.tr("Remove {face} …").format(face=title))
        self._remove.setVisible(entry is not None and entry.removable)

    def _choose(self, item: QListWidgetItem) -> None:
        self.chosen.emit(self.entries[self.row(item)])

    def _choose_current(self) -> None:
        self.chosen.emit(self.current())

    def _rename_current(self) -> None:
        self.misnamed.emit(self.current())

    def _unwant_current(self) -> None:
        self.unwanted.emit(self.current())
