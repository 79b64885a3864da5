"""Where somebody writes what a face is to be called."""

from PySide6.QtWidgets import QLineEdit, QWidget

from livecam.errors import LivecamError, SinkError
from livecam.faces import FaceStore


class FaceName(QLineEdit):
    """A line for the name of a face, which knows what is wrong with it.

    Args:
        store: Keeps the face.
        renamed: What the face is called until then, if it is kept already.
    """

    def __init__(
        self, store: FaceStore, *, renamed: str | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._store, self._renamed = store, renamed
        self.setAcceptDrops(False)  # what is dropped here is meant for the gallery
        self.setAccessibleName(self.tr("Name of the face"))

    @property
    def called(self) -> str:
        """The name that is written; blanks within it are dashes."""
        return "-".join(self.text().split())

    def fault(self) -> str:
        """Why the face cannot be called so, and what to do; empty where it can."""
        try:
            self._store.check(self.called, renamed=self._renamed)
        except SinkError as error:
            return f"{error.message} " + self.tr("Choose another name.")
        except LivecamError as error:
            return error.in_one_line
        return ""
