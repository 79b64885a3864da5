"""What went wrong or is worth knowing, in one sentence with a next step, at the window's edge."""

import logging
from collections import deque

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QToolButton,
    QWidget,
)

from livecam.engine import Doing, Engine, Status
from livecam.errors import LivecamError
from livecam.gui.languages import download_cancelled, of_doing
from livecam.gui.panel import Panel


class Notes(logging.Handler):
    """Keeps what livecam logs as warnings, from any thread, until the window shows it."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._notes: deque[str] = deque(maxlen=8)

    def emit(self, record: logging.LogRecord) -> None:
        """Keeps a record; called by `logging`."""
        self._notes.append(record.getMessage())

    def take(self) -> str | None:
        """The newest note, once; those before it are forgotten."""
        newest = self._notes.pop() if self._notes else None
        self._notes.clear()
        return newest


class Notices(Panel):
    """A bar that is there only while it has something to say."""

    def __init__(self, engine: Engine, notes: Notes, parent: QWidget | None = None) -> None:
        super().__init__(engine, parent)
        self._notes = notes
        self._trouble: LivecamError | None = None
        self._said = ""
        self._text = QLabel(wordWrap=True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setAccessibleName(self.tr("Notice"))
        self._progress = QProgressBar(textVisible=False)
        self._progress.setMaximumWidth(160)
        self._progress.setAccessibleName(self.tr("Progress"))
        self._call_off = QPushButton(self.tr("Cancel"))
        self._call_off.setAccessibleName(self.tr("Cancel the download"))
        self._call_off.clicked.connect(self._call_fetching_off)
        self._dismiss = QToolButton(autoRaise=True)
        self._dismiss.setText("✕")
        self._dismiss.setAccessibleName(self.tr("Dismiss"))
        self._dismiss.setToolTip(self.tr("Dismiss"))
        self._dismiss.clicked.connect(self.clear)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 8, 4)
        row.addWidget(self._progress)
        row.addWidget(self._text, 1)
        row.addWidget(self._call_off)
        row.addWidget(self._dismiss)
        self.clear()

    @property
    def text(self) -> str:
        """What it says."""
        return self._text.text()

    def say(self, text: str) -> None:
        """Shows `text` until something else is to be said or it is dismissed."""
        self._said = text
        self._show_said()

    def say_error(self, error: LivecamError) -> None:
        """Shows what went wrong, and the one thing to do about it."""
        self.say(error.in_one_line)

    def clear(self) -> None:
        """Says nothing any more."""
        self._said = ""
        self._show_said()

    def refresh(self, status: Status) -> None:
        """See `Panel.refresh`."""
        if status.trouble is not self._trouble:
            self._trouble = status.trouble
            if status.trouble is not None:
                self.say_error(status.trouble)
        note = self._notes.take()
        if note:
            self.say(note[0].upper() + note[1:])
        self._show_progress(status)

    def _show_progress(self, status: Status) -> None:
        if status.doing is None:
            self._show_said()
            return
        self._progress.setRange(0, 0 if status.share is None else 100)
        self._progress.setValue(round(100 * (status.share or 0)))
        self._progress.show()
        self._text.setText(f"{of_doing(status.doing, status.what)} …")
        self._call_off.setVisible(status.doing is Doing.FETCHING)
        self._dismiss.hide()
        self.show()

    def _call_fetching_off(self) -> None:
        self.engine.call_off()
        self.say(download_cancelled())

    def _show_said(self) -> None:
        self._text.setText(self._said)
        self._progress.hide()
        self._call_off.hide()
        self._dismiss.show()
        self.setVisible(bool(self._said))
