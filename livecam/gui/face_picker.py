"""The question who is meant, where a photo shows several people."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QLabel, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from livecam.gui.portraits import face_icon
from livecam.picture import Image

_SIDE = 64
_CELL = _SIDE + 10


class WhoIsMeant(QWidget):
    """Asks who is meant on each photo that shows several people; empty until it knows of any.

    Args:
        photos: Their names.
    """

    picked = Signal()
    """Another face is chosen, or none."""

    def __init__(self, photos: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._photos = tuple(photos)
        self.pickers = [FacePicker() for _ in photos]  # all now, so that Tab meets them in order
        """One for each photo; those that ask nothing are hidden."""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        for picker in self.pickers:
            picker.picked.connect(self.picked)
            picker.hide()
            column.addWidget(picker)

    @property
    def asks(self) -> bool:
        """Whether any photo shows several people."""
        return any(picker.asks for picker in self.pickers)

    @property
    def which(self) -> list[int]:
        """Who is meant on each photo; see `FacePicker.which`."""
        return [picker.which for picker in self.pickers]

    @property
    def first(self) -> Image | None:
        """The face that is meant on the first photo; None while nobody is."""
        picker = self.pickers[0]
        return picker.faces[picker.which - 1] if picker.which else None

    @property
    def open(self) -> "FacePicker | None":
        """The first question that is not answered; None where there is none."""
        return next((one for one in self.pickers if one.asks and not one.which), None)

    def ask(self, found: Sequence[Sequence[Image]]) -> None:
        """Asks now that it is known who is on each photo, from the left."""
        for picker, photo, faces in zip(self.pickers, self._photos, found, strict=True):
            picker.fill(faces, title=self._title(photo, len(faces)))

    def _title(self, photo: str, count: int) -> str:
        if len(self._photos) == 1:
            return self.tr("There are {count} people on this photo. Who is meant?").format(
                count=count
            )
        return self.tr("There are {count} people on {photo}. Who is meant?").format(
            count=count, photo=photo
        )


class FacePicker(QWidget):
    """The faces on one photo from the left; of several, none is chosen at first."""

    picked = Signal()
    """Another one is chosen, or none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.faces: tuple[Image, ...] = ()
        """As small pictures; none until they are known."""
        self.list = QListWidget()
        self.list.setViewMode(QListWidget.ViewMode.IconMode)
        self.list.setMovement(QListWidget.Movement.Static)
        self.list.setWrapping(False)
        self.list.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setIconSize(QSize(_SIDE, _SIDE))
        self.list.setGridSize(QSize(_CELL, _CELL))
        self.list.itemSelectionChanged.connect(self._choose)
        self.list.horizontalScrollBar().rangeChanged.connect(self._fit)
        self._question = QLabel(wordWrap=True)
        self._question.setMinimumWidth(1)  # a long word must not widen the page
        self._question.setBuddy(self.list)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._question)
        column.addWidget(self.list)
        self._fit()

    def fill(self, faces: Sequence[Image], *, title: str) -> None:
        """Shows the faces on the photo, and asks who is meant if there are several.

        Args:
            faces: As small pictures.
            title: The question.
        """
        self.faces = tuple(faces)
        self._question.setText(title)
        self.list.setAccessibleName(title)
        for number in range(1, len(faces) + 1):
            said = self.tr("Face {number} of {count}, from the left")
            said = said.format(number=number, count=len(faces))
            item = QListWidgetItem(self.list)
            item.setToolTip(said)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, said)
        self._draw()
        self.setVisible(self.asks)

    @property
    def asks(self) -> bool:
        """Whether there are several faces, as far as is known."""
        return len(self.faces) > 1

    @property
    def which(self) -> int:
        """The face that is meant, counted from the left, from 1; 0 while none is."""
        if not self.asks:
            return len(self.faces)
        chosen = self.list.selectedItems()
        return self.list.row(chosen[0]) + 1 if chosen else 0

    def _choose(self) -> None:
        self._draw()
        self.picked.emit()

    def _fit(self) -> None:
        """As high as the faces, and the bar below them where that is there."""
        bar = self.list.horizontalScrollBar()
        below = bar.sizeHint().height() if bar.maximum() else 0
        self.list.setFixedHeight(_CELL + below + 2 * self.list.frameWidth())

    def _draw(self) -> None:
        for row, face in enumerate(self.faces):
            icon = face_icon(
                face,
                marked=row + 1 == self.which,
                palette=self.palette(),
                ratio=self.devicePixelRatio(),
                side=_SIDE,
            )
            self.list.item(row).setIcon(icon)
