"""Photos of somebody who is to come into the gallery: the question, the work, what came of it."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from livecam.consent import Agreement, Said
from livecam.engine import Engine
from livecam.errands import Errand, Errands
from livecam.errors import LivecamError, SinkError
from livecam.faces import FaceStore
from livecam.gui.portraits import portrait
from livecam.gui.shelf import Photographed, free_name, keep, look
from livecam.picture import Image, Picture

_SIDE = 72


class Newcomer(QFrame):
    """One card in the gallery; nothing of the photos is written before the answer is yes.

    Args:
        source: The photos of one person.
        engine: Its settings say which models look at them.
        errands: Does what takes long.
        store: Keeps the face.
    """

    def __init__(
        self,
        source: Photographed,
        *,
        engine: Engine,
        errands: Errands,
        store: FaceStore,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.over = False
        """Whether it has nothing left to say."""
        self.kept = ""
        """The name under which the face is kept now."""
        self._source, self._engine, self._errands, self._store = source, engine, errands, store
        self._looking: Errand[Image] | None = errands.send(partial(look, source))
        self._keeping: Errand[str] | None = None
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self._build()
        self.name.setText(free_name(store, _title(source)))
        self.name.selectAll()
        self.name.setFocus()

    @property
    def text(self) -> str:
        """What it says."""
        return self._text.text()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102, N802 - Qt's
        if event.key() == Qt.Key.Key_Escape:
            self._leave()
        else:
            super().keyPressEvent(event)

    def refresh(self) -> None:
        """Sees what has become of its errands."""
        if self._looking is not None and self._looking.state.over:
            state, self._looking = self._looking.state, None
            self._picture.setPixmap(portrait(state.result, self.devicePixelRatio(), side=_SIDE))
            if state.error is not None and self._keeping is None:
                self._refuse(state.error)
        if self._keeping is None:
            return
        keeping = self._keeping.state
        if not keeping.over:
            self._say_progress(keeping.doing, keeping.share)
        elif keeping.error is not None:
            self._refuse(keeping.error)
        else:
            self.kept, self.over = keeping.result or "", True

    def _build(self) -> None:
        self._picture = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self._picture.setFixedSize(_SIDE, _SIDE)
        self._picture.setAccessibleName(self.tr("Photo"))
        self._text = QLabel(self._question(), wordWrap=True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setMinimumWidth(1)  # a long word must not widen the page
        self.name = QLineEdit()
        self.name.setAcceptDrops(False)  # what is dropped here is meant for the gallery
        self.name.setAccessibleName(self.tr("Name of the face"))
        self._name_title = QLabel(self.tr("Name"))
        self._name_title.setBuddy(self.name)
        self.fault = QLabel(wordWrap=True)
        self.fault.hide()
        self._progress = QProgressBar(textVisible=False)
        self._progress.setAccessibleName(self.tr("Progress"))
        self._progress.hide()
        self.yes = QPushButton(self.tr("&Yes, keep the face"), autoDefault=True)
        self.no = QPushButton(self.tr("&No"), autoDefault=True)
        self.name.textChanged.connect(self._check)
        self.name.returnPressed.connect(self.yes.setFocus)
        self.yes.clicked.connect(self._agree)
        self.no.clicked.connect(self._leave)
        self._lay_out()

    def _lay_out(self) -> None:
        named = QHBoxLayout()
        named.addWidget(self._name_title)
        named.addWidget(self.name, 1)
        buttons = QHBoxLayout()
        buttons.addWidget(self.yes)
        buttons.addWidget(self.no)
        buttons.addStretch(1)
        column = QVBoxLayout()
        column.addWidget(self._text)
        column.addLayout(named)
        column.addWidget(self.fault)
        column.addWidget(self._progress)
        column.addLayout(buttons)
        grid = QGridLayout(self)
        grid.addWidget(self._picture, 0, 0, Qt.AlignmentFlag.AlignTop)
        grid.addLayout(column, 0, 1)
        grid.setColumnStretch(1, 1)

    def _question(self) -> str:
        if isinstance(self._source, Picture) or len(self._source) == 1:
            return self.tr(
                "Does the person on this photo agree to have their face kept on this computer, "
                "and worn?"
            )
        return self.tr(
            "Does the person on these {count} photos agree to have their face kept on this "
            "computer, and worn?"
        ).format(count=len(self._source))

    def _check(self) -> bool:
        """Whether the face can be called so; says why not."""
        fault = ""
        try:
            self._store.check(self._called())
        except SinkError as error:
            fault = f"{error.message} " + self.tr("Choose another name.")
        except LivecamError as error:
            fault = f"{error.message} {error.hint}"
        self.fault.setText(fault)
        self.fault.setVisible(bool(fault))
        self.yes.setEnabled(not fault)
        return not fault

    def _called(self) -> str:
        return "-".join(self.name.text().split())

    def _agree(self) -> None:
        if not self._check():
            return
        agreed, settings = Agreement.today(Said.WINDOW), self._engine.wanted.settings
        self._keeping = self._errands.send(
            partial(
                keep,
                self._store,
                self._called(),
                self._source,
                settings=settings,
                agreed=agreed,
            )
        )
        for asked in (self.name, self._name_title, self.fault, self.yes):
            asked.hide()
        self._progress.setRange(0, 0)
        self._progress.show()
        self.no.setText(self.tr("Cancel"))
        self._say_progress("", None)

    def _say_progress(self, doing: str, share: float | None) -> None:
        self._progress.setRange(0, 0 if share is None else 100)
        self._progress.setValue(round(100 * (share or 0)))
        self._text.setText(
            self.tr("Fetching {what} …").format(what=doing)
            if doing
            else self.tr("Looking at {name} …").format(name=self._called())
        )

    def _refuse(self, error: LivecamError) -> None:
        """Says why the photo cannot be used, until that is dismissed."""
        self._keeping = None
        for asked in (self.name, self._name_title, self.fault, self.yes, self._progress):
            asked.hide()
        self._text.setText(f"{error.message.rstrip('.')}. {error.hint}")
        self.setAccessibleName(self._text.text())
        self.no.setText(self.tr("Dismiss"))
        self.no.setEnabled(True)

    def _leave(self) -> None:
        """No, or cancel, or dismiss."""
        if self._keeping is None:
            self.over = True
        else:
            self._keeping.call_off()
            self.no.setEnabled(False)


def _title(source: Photographed) -> str:
    return "me" if isinstance(source, Picture) else Path(source[0]).stem
