"""What becomes of kept faces: another name, or their end; both are asked about first."""

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QMessageBox,
    QVBoxLayout,
    QWidget,
)

from livecam.engine import Engine
from livecam.errands import Errand, Errands
from livecam.faces import FaceStore
from livecam.gui.face_name import FaceName
from livecam.gui.question import ask
from livecam.gui.shelf import Entry, Renamed, remove, rename
from livecam.sources.synthetic import demo_portrait

_WIDTH = 320
"""Of the question for another name, px: room for a sentence about it."""


class Upkeep(QObject):
    """Renames and removes kept faces as somebody wishes, and what is wanted follows.

    Args:
        engine: May wear them.
        errands: Does what takes long.
        store: Keeps them.
        asking: Over which it asks.
    """

    changed = Signal(str)
    """The faces are not what they were; the name of one that is to be shown, or nothing."""
    failed = Signal(object)
    """A `LivecamError`."""
    renamed = Signal(str, str)
    """What a face was called, and what it is called now."""

    def __init__(self, engine: Engine, errands: Errands, store: FaceStore, asking: QWidget) -> None:
        super().__init__(asking)
        self._engine, self._errands, self._store, self._asking = engine, errands, store, asking
        self._removing: list[Errand[None]] = []
        self._renaming: list[Errand[Renamed]] = []
        self._unwanted = ""

    def refresh(self) -> None:
        """Sees what has become of its errands."""
        for removal in [one for one in self._removing if one.state.over]:
            self._removing.remove(removal)
            if removal.state.error is not None:
                self.failed.emit(removal.state.error)
            self.changed.emit("")
        for renaming in [one for one in self._renaming if one.state.over]:
            self._renaming.remove(renaming)
            if renaming.state.result is not None:
                self._follow(renaming.state.result)
            if renaming.state.error is not None:
                self.failed.emit(renaming.state.error)
                self.changed.emit("")

    def ask_to_rename(self, entry: Entry) -> None:
        """Asks what a face is to be called, and calls it so."""
        asked = RenameDialog(self._store, entry.name, self._asking)
        asked.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        asked.answered.connect(self._rename)
        asked.open()

    def ask_to_remove(self, entry: Entry) -> None:
        """Asks whether a face is to go, and removes it."""
        self._unwanted = entry.name
        ask(
            self._asking,
            self.tr("Remove the face “{name}”?").format(name=entry.name),
            self.tr("The photos of it that livecam keeps are deleted."),
            [(self.tr("&Remove"), QMessageBox.ButtonRole.DestructiveRole, self._remove)],
        )

    def _rename(self, old: str, new: str) -> None:
        self._renaming.append(self._errands.send(partial(rename, self._store, old, new)))

    def _follow(self, renamed: Renamed) -> None:
        wanted = self._engine.wanted
        if wanted.face == renamed.old:
            self._engine.wanted = replace(wanted, face=renamed.new)
        self.renamed.emit(renamed.old, renamed.new)
        if renamed.fault is not None:
            self.failed.emit(renamed.fault)
        self.changed.emit(renamed.new)

    def _remove(self) -> None:
        wanted = self._engine.wanted
        if wanted.face == self._unwanted:  # or the next run finds nothing to wear
            self._engine.wanted = replace(wanted, face=demo_portrait())
        self._removing.append(self._errands.send(partial(remove, self._store, self._unwanted)))


class RenameDialog(QDialog):
    """Asks for another name of a kept face.

    Args:
        store: Keeps it.
        old: What it is called.
    """

    answered = Signal(str, str)
    """What the face is called, and what it is to be called."""

    def __init__(self, store: FaceStore, old: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._old = old
        self.setMinimumWidth(_WIDTH)
        self.setWindowTitle(self.tr("Rename “{name}”").format(name=old))
        self.name = FaceName(store, renamed=old)
        self.name.setText(old)
        self.name.selectAll()
        self.fault = QLabel(wordWrap=True)
        buttons = QDialogButtonBox()
        self.yes = buttons.addButton(self.tr("&Rename"), QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.accepted.connect(self._answer)
        self.name.textChanged.connect(self._check)
        named = QFormLayout()
        named.addRow(self.tr("&Name"), self.name)
        column = QVBoxLayout(self)
        column.addLayout(named)
        column.addWidget(self.fault)
        column.addWidget(buttons)
        self._check()

    def _check(self) -> None:
        """Whether the face can be called so; says why not."""
        fault = "" if self.name.called == self._old else self.name.fault()
        self.fault.setText(fault)
        self.fault.setVisible(bool(fault))
        self.resize(self.width(), max(self.height(), self.heightForWidth(self.width())))
        self.yes.setEnabled(not fault and self.name.called != self._old)

    def _answer(self) -> None:
        self.answered.emit(self._old, self.name.called)
