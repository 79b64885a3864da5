"""Questions before a window, which go on beside everything else: nothing waits for an answer."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

_Answer = tuple[str, QMessageBox.ButtonRole, Callable[[], None]]


def ask(parent: QWidget, text: str, more: str, answers: Sequence[_Answer]) -> QMessageBox:
    """The question, open; to cancel it does nothing, and is what Enter and Escape do.

    Args:
        parent: What it stands before.
        text: What is asked.
        more: What somebody should know to answer it.
        answers: What each button says, of what kind it is, and what it does.
    """
    asked = QMessageBox(parent)
    asked.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    asked.setIcon(QMessageBox.Icon.Question)
    asked.setText(text)
    asked.setInformativeText(more)
    for said, role, does in answers:
        asked.addButton(said, role).clicked.connect(does)
    stay = asked.addButton(QMessageBox.StandardButton.Cancel)
    asked.setDefaultButton(stay)
    asked.setEscapeButton(stay)
    asked.open()
    return asked
