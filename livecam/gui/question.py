"""Questions before a window, which go on beside everything else: nothing waits for an answer."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

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


def ask_for_files(
    parent: QWidget,
    title: str,
    take: Callable[[Sequence[str]], None],
    *,
    filters: Sequence[str] = (),
) -> None:
    """Lets somebody choose files that are there; they stay as they are, and no folder is made.

    Args:
        parent: What the dialog stands before.
        title: What is to be chosen.
        take: Given the paths, once there are any.
        filters: What is shown, as Qt writes it; everything, where there are none.
    """
    asked = QFileDialog(parent, title)
    asked.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    asked.setOption(QFileDialog.Option.ReadOnly)
    asked.setFileMode(QFileDialog.FileMode.ExistingFiles)
    if filters:
        asked.setNameFilters(filters)
    asked.filesSelected.connect(take)
    asked.open()
