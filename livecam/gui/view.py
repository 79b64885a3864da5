"""The newest frame, painted: after the swap, before it, or both with a divider between."""

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRect, QSize, Qt, QTimer
from PySide6.QtGui import (
    QColor,
    QHideEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QShowEvent,
)
from PySide6.QtWidgets import QWidget

from livecam.frame import Frame
from livecam.picture import Image, Screen
from livecam.settings import Showing

_GRIP = 12
"""How near to the divider it is taken hold of, px of the widget."""
_STEP = 0.02
"""What an arrow key moves the divider by, as a share of the picture."""


class View(QWidget):
    """Looks for the newest frame at the screen's rate; hidden, not at all.

    A frame is converted as it is painted, at the widget's own size, so none waits, and a slow
    window shows fewer of them. Mirror and divider are this view's alone.

    Args:
        newest: Gives the newest frame; the last one stays while it gives None.
    """

    def __init__(self, newest: Callable[[], Frame | None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._newest = newest
        self._frame: Frame | None = None
        self._after, self._before = Screen(1, 1), Screen(1, 1)
        self._place = QRect()
        self._mirrored = False
        self._showing = Showing.AFTER
        self._divider = 0.5
        self._held = False
        self._looking = QTimer(self, timerType=Qt.TimerType.PreciseTimer)
        self._looking.timeout.connect(self.look)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # each paint covers all of it
        self.setAccessibleName(self.tr("Preview of the outgoing picture"))
        self.setMouseTracking(True)
        self.setMinimumSize(160, 90)

    @property
    def showing(self) -> Showing:
        """What of a frame is seen."""
        return self._showing

    @showing.setter
    def showing(self, showing: Showing) -> None:
        self._showing = showing
        focus = Qt.FocusPolicy.StrongFocus if showing is Showing.SPLIT else Qt.FocusPolicy.NoFocus
        self.setFocusPolicy(focus)  # for the arrow keys
        self.update()

    @property
    def mirrored(self) -> bool:
        """Whether left and right change places, here and nowhere else."""
        return self._mirrored

    @mirrored.setter
    def mirrored(self, mirrored: bool) -> None:
        self._mirrored = mirrored
        self.update()

    @property
    def divider(self) -> float:
        """Where the divider of a split view stands, 0–1 across the picture."""
        return self._divider

    @divider.setter
    def divider(self, divider: float) -> None:
        self._divider = min(max(divider, 0.0), 1.0)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: D102, N802 - Qt's
        with QPainter(self) as painter:
            if self._frame is None:
                painter.fillRect(self.rect(), Qt.GlobalColor.black)
            else:
                self._paint(painter, self._frame)
            if self.hasFocus():
                painter.setPen(QPen(self.palette().highlight(), 4))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(self.rect())

    def showEvent(self, _event: QShowEvent) -> None:  # noqa: D102, N802 - Qt's
        self._looking.start(round(1000 / max(self.screen().refreshRate(), 1)))

    def hideEvent(self, _event: QHideEvent) -> None:  # noqa: D102, N802 - Qt's
        self._looking.stop()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: D102, N802 - Qt's
        self._held = self._near_divider(event.position())

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:  # noqa: D102, N802 - Qt's
        self._held = False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: D102, N802 - Qt's
        if self._held:
            self.divider = (event.position().x() - self._place.left()) / max(self._place.width(), 1)
        near = self._held or self._near_divider(event.position())
        self.setCursor(Qt.CursorShape.SplitHCursor if near else Qt.CursorShape.ArrowCursor)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102, N802 - Qt's
        steps = {Qt.Key.Key_Left: -_STEP, Qt.Key.Key_Right: _STEP}
        if self._showing is Showing.SPLIT and event.key() in steps:
            self.divider += steps[Qt.Key(event.key())]
        else:
            super().keyPressEvent(event)

    def look(self) -> None:
        """Takes the newest frame, if there is one that has not been painted."""
        newest = self._newest()
        known = self._frame
        if newest is not None and (known is None or newest.picture is not known.picture):
            self._frame = newest
            self.update()

    def clear(self) -> None:
        """Shows nothing, until there is a frame again."""
        if self._frame is not None:
            self._frame = None
            self.update()

    def _near_divider(self, place: QPointF) -> bool:
        across = self._place.left() + self._divider * self._place.width()
        return self._showing is Showing.SPLIT and abs(place.x() - across) <= _GRIP

    def _paint(self, painter: QPainter, frame: Frame) -> None:
        """The picture as large as it fits, one of its pixels for each of the screen's."""
        ratio = self.devicePixelRatio()
        room = QSize(round(self.width() * ratio), round(self.height() * ratio))
        size = QSize(frame.picture.width, frame.picture.height)
        size = size.scaled(room, Qt.AspectRatioMode.KeepAspectRatio).expandedTo(QSize(1, 1))
        if size != room:
            painter.fillRect(self.rect(), Qt.GlobalColor.black)
        rgb = self._pixels(frame, size)
        image = QImage(
            rgb.data, size.width(), size.height(), rgb.strides[0], QImage.Format.Format_RGB888
        )
        image.setDevicePixelRatio(ratio)
        left, top = (room.width() - size.width()) // 2, (room.height() - size.height()) // 2
        painter.drawImage(QPointF(left / ratio, top / ratio), image)
        self._place = QRect(
            round(left / ratio),
            round(top / ratio),
            round(size.width() / ratio),
            round(size.height() / ratio),
        )
        if self._showing is Showing.SPLIT:
            self._paint_divider(painter)

    def _pixels(self, frame: Frame, size: QSize) -> Image:
        """What of the frame is seen, uint8 (h, w, 3) RGB."""
        if size != QSize(self._after.width, self._after.height):
            self._after = Screen(size.width(), size.height())
            self._before = Screen(size.width(), size.height())
        before = frame.original or frame.picture
        if self._showing is Showing.BEFORE:
            return self._before.show(before, mirrored=self._mirrored)
        rgb = self._after.show(frame.picture, mirrored=self._mirrored)
        if self._showing is Showing.SPLIT:
            across = round(self._divider * size.width())
            rgb[:, :across] = self._before.show(before, mirrored=self._mirrored)[:, :across]
        return rgb

    def _paint_divider(self, painter: QPainter) -> None:
        across = round(self._place.left() + self._divider * self._place.width())
        painter.fillRect(across - 1, self._place.top(), 2, self._place.height(), QColor("white"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor("white"))
        painter.drawEllipse(QPointF(across, self._place.center().y()), _GRIP / 2, _GRIP / 2)
