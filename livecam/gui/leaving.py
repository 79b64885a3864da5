"""The end of the window: who would lose something by it is asked first."""

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication, QSessionManager
from PySide6.QtWidgets import QMessageBox, QWidget

from livecam.batch import Batch, Item, Progress
from livecam.engine import Engine, Phase
from livecam.gui.notices import Notices
from livecam.gui.question import ask

_NAMES = 3
"""So many files are named at most."""


class Leaving(QObject):
    """Knows whether the window may close, and closes it once what it waits for is done.

    Args:
        window: What closes.
        engine: Others may see its picture.
        batch: Has files to do.
        notices: Says what it waits for.
    """

    def __init__(
        self, window: QWidget, engine: Engine, batch: Batch | None, notices: Notices
    ) -> None:
        super().__init__(window)
        self._window, self._engine, self._batch, self._notices = window, engine, batch, notices
        self._agreed = False
        self._question: QMessageBox | None = None
        self._awaited: set[int] = set()
        application = QGuiApplication.instance()
        assert isinstance(application, QGuiApplication)
        application.commitDataRequest.connect(self._end_session)

    def may_go(self) -> bool:
        """Whether the window may close now; where something would be lost, asks."""
        files = self._unfinished()
        live = self._engine.status().phase is Phase.LIVE
        if self._agreed or not (live or files):
            return True
        if self._question is not None:
            self._question.raise_()
            return False
        self._awaited = set()
        self._question = self._ask(files, live=live)
        self._question.finished.connect(self._forget_question)
        return False

    def refresh(self) -> None:
        """Closes the window, once all files are done that it waits for."""
        if not self._awaited or self._unfinished():
            return
        awaited, self._awaited = self._awaited, set()
        if any(one.number in awaited and one.progress is Progress.FAILED for one in self._items()):
            self._notices.say(self.tr("livecam stays open: not every file could be done."))
        else:
            self._window.close()

    def _ask(self, files: list[Item], *, live: bool) -> QMessageBox:
        roles = QMessageBox.ButtonRole
        seen = self.tr("Others see your picture. Closing the window ends it.")
        if not files:
            end = (self.tr("&End it"), roles.DestructiveRole, self._go)
            return ask(self._window, self.tr("End the live picture?"), seen, [end])
        names = [one.swap.source.name for one in files]
        listed = ", ".join(names[:_NAMES]) + (" …" if len(names) > _NAMES else "")
        undone = self.tr("Not done yet: {names}").format(names=listed)
        answers = [
            (self.tr("Close when &done"), roles.AcceptRole, self._wait),
            (self.tr("&Stop and close"), roles.DestructiveRole, self._go),
        ]
        more = f"{seen}\n\n{undone}" if live else undone
        return ask(self._window, self.tr("Close livecam?"), more, answers)

    def _go(self) -> None:
        self._agreed = True
        self._window.close()

    def _wait(self) -> None:
        self._awaited = {one.number for one in self._unfinished()}
        if self._batch is not None and self._batch.paused:
            self._batch.resume()
        self._notices.say(self.tr("livecam closes when the files are done."))

    def _forget_question(self) -> None:
        self._question = None

    def _end_session(self, _manager: QSessionManager) -> None:
        """The desktop is about to end every program, and waits for none that asks."""
        self._agreed = True

    def _items(self) -> list[Item]:
        return self._batch.items() if self._batch is not None else []

    def _unfinished(self) -> list[Item]:
        return [one for one in self._items() if not one.over]
