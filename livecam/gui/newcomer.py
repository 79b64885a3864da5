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
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from livecam.consent import Agreement, Said
from livecam.engine import Doing, Engine
from livecam.errands import Errand, Errands, State
from livecam.errors import LivecamError
from livecam.faces import FaceStore
from livecam.gui.face_name import FaceName
from livecam.gui.face_picker import WhoIsMeant
from livecam.gui.languages import of_doing
from livecam.gui.portraits import portrait
from livecam.gui.shelf import Found, Photographed, find, free_name, keep, look
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
        self._source, self._errands, self._store = source, errands, store
        self._settings = engine.wanted.settings
        self._looking: Errand[Image] | None = errands.send(partial(look, source))
        self._finding: Errand[Found] | None = errands.send(
            partial(find, source, settings=self._settings)
        )
        self._agreed: Agreement | None = None
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

    @property
    def stops(self) -> list[QWidget]:
        """Where the keyboard can be, from top to bottom."""
        return [*(picker.list for picker in self.who.pickers), self.name, self.yes, self.no]

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102, N802 - Qt's
        if event.key() == Qt.Key.Key_Escape:
            self._leave()
        else:
            super().keyPressEvent(event)

    def refresh(self) -> None:
        """Sees what has become of its errands."""
        if self._looking is not None and self._looking.state.over:
            state, self._looking = self._looking.state, None
            self._show(state.result)
            if state.error is not None:
                self._refuse(state.error)
        if self._finding is not None:
            self._attend_finding(self._finding.state)
        if self._keeping is not None:
            self._attend_keeping(self._keeping.state)

    def _attend_finding(self, state: State[Found]) -> None:
        if not state.over:
            if self._agreed is not None:
                self._say_progress(state.doing, state.share)
            return
        self._finding = None
        if state.error is not None:
            self._refuse(state.error)
        elif state.result is not None:
            self.who.ask(state.result)
            self._show_meant()
            if self.who.open is not None:
                self._ask(asking=True)
                if self._agreed is not None:  # that was said of nobody yet
                    self._agreed = None
                    self._go_on()
            elif self._agreed is not None:
                self._keep(self._agreed)

    def _attend_keeping(self, state: State[str]) -> None:
        if not state.over:
            self._say_progress(state.doing, state.share)
        elif state.error is not None:
            self._refuse(state.error)
        else:
            self.kept, self.over = state.result or "", True

    def _build(self) -> None:
        source = self._source
        self.who = WhoIsMeant([""] if isinstance(source, Picture) else [one.name for one in source])
        self.who.picked.connect(self._pick)
        self._picture = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self._picture.setFixedSize(_SIDE, _SIDE)
        self._picture.setAccessibleName(self.tr("Photo"))
        self._text = QLabel(self._question(), wordWrap=True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setMinimumWidth(1)  # a long word must not widen the page
        self.name = FaceName(self._store)
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
        self.name.returnPressed.connect(self._go_on)
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
        grid.addWidget(self.who, 0, 0, 1, 2)
        grid.addWidget(self._picture, 1, 0, Qt.AlignmentFlag.AlignTop)
        grid.addLayout(column, 1, 1)
        grid.setColumnStretch(1, 1)

    def _pick(self) -> None:
        self._show_meant()
        self._check()

    def _show_meant(self) -> None:
        if self.who.first is not None:
            self._show(self.who.first)

    def _show(self, image: Image | None) -> None:
        self._picture.setPixmap(portrait(image, self.devicePixelRatio(), side=_SIDE))

    def _question(self) -> str:
        if self.who.asks:
            return self.tr(
                "Does the person you choose agree to have their face kept on this computer, and "
                "worn?"
            )
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
        """Whether the face can be called so, and it is known who is meant; says what is wrong."""
        fault = self.name.fault()
        self.fault.setText(fault)
        self.fault.setVisible(bool(fault))
        answered = not fault and self.who.open is None
        self.yes.setEnabled(answered)
        return answered

    def _go_on(self) -> None:
        """To the first thing that is not answered."""
        (self.who.open.list if self.who.open is not None else self.yes).setFocus()

    def _ask(self, *, asking: bool) -> None:
        """Asks, or shows that the answer is being acted upon."""
        for asked in (self.who, self.name, self._name_title, self.yes):
            asked.setVisible(asking)
        self._progress.setVisible(not asking)
        self.no.setText(self.tr("&No") if asking else self.tr("Cancel"))
        if asking:
            self._text.setText(self._question())
            self._check()
        else:
            self.fault.hide()
            self._say_progress("", None)

    def _agree(self) -> None:
        if self._check():
            self._agreed = Agreement.today(Said.WINDOW)
            self._ask(asking=False)
            if self._finding is None:
                self._keep(self._agreed)

    def _keep(self, agreed: Agreement) -> None:
        self._keeping = self._errands.send(
            partial(
                keep,
                self._store,
                self.name.called,
                self._source,
                settings=self._settings,
                agreed=agreed,
                which=self.who.which,
            )
        )

    def _say_progress(self, doing: str, share: float | None) -> None:
        self._progress.setRange(0, 0 if share is None else 100)
        self._progress.setValue(round(100 * (share or 0)))
        self._text.setText(
            f"{of_doing(Doing.FETCHING, doing)} …"
            if doing
            else self.tr("Looking at {name} …").format(name=self.name.called)
        )

    def _refuse(self, error: LivecamError) -> None:
        """Says why the photo cannot be used, until that is dismissed."""
        self._finding = self._keeping = None
        self._ask(asking=False)
        self._progress.hide()
        self._text.setText(error.in_one_line)
        self.setAccessibleName(self._text.text())
        self.no.setText(self.tr("Dismiss"))
        self.no.setEnabled(True)

    def _leave(self) -> None:
        """No, or cancel, or dismiss."""
        if self._keeping is None:
            self.over = True
            for errand in (self._looking, self._finding):
                if errand is not None:
                    errand.call_off()
        else:
            self._keeping.call_off()
            self.no.setEnabled(False)


def _title(source: Photographed) -> str:
    return "me" if isinstance(source, Picture) else Path(source[0]).stem
