"""The window that shows what goes out."""

import sys
from collections.abc import Callable
from types import TracebackType

from PySide6.QtCore import QEventLoop, QPointF, QSize, Qt, QTimer
from PySide6.QtGui import (
    QAction,
    QCloseEvent,
    QHideEvent,
    QImage,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QWidget

from livecam.picture import Picture, Screen
from livecam.sinks.preview import Preview

_SHARE_OF_SCREEN = 0.75
"""The most a window takes of it at first, in either direction."""


class PreviewWindow(QWidget):
    """The newest frame of a preview, looked for at the screen's rate; hidden, not at all.

    A frame is converted as it is painted, at the window's own size, so none waits and a slow
    window shows fewer of them. The mirror and the full screen are this window's alone.

    Args:
        preview: Where frames are found.
        width: Of the frames, px.
        height: Of the frames, px.
        title: What stands above the window, asked for again and again.
        on_close: Called when the window closes, whoever closed it.
    """

    def __init__(
        self,
        preview: Preview,
        *,
        width: int,
        height: int,
        title: Callable[[], str],
        on_close: Callable[[], None],
    ) -> None:
        super().__init__()
        self._preview = preview
        self._title = title
        self._on_close = on_close
        self._picture: Picture | None = None
        self._screen = Screen(1, 1)
        self._looking = QTimer(self, timerType=Qt.TimerType.PreciseTimer)
        self._looking.timeout.connect(self._look)
        self._mirror = self._action("Mirror", "M")
        self._mirror.setCheckable(True)
        self._mirror.toggled.connect(self._repaint)
        self._action("Full screen", "F").triggered.connect(self._change_full_screen)
        self._action("Close", "Esc", "Q").triggered.connect(self._leave)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # each paint covers all of it
        self.setAccessibleName("Preview of the outgoing picture")
        self.setMinimumSize(160, 90)
        self.resize(self._first_size(QSize(width, height)))
        self.setWindowTitle(title())

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: D102, N802 - Qt's
        with QPainter(self) as painter:
            if self._picture is None:
                painter.fillRect(self.rect(), Qt.GlobalColor.black)
            else:
                self._paint(painter, self._picture)

    def showEvent(self, _event: QShowEvent) -> None:  # noqa: D102, N802 - Qt's
        self._looking.start(round(1000 / max(self.screen().refreshRate(), 1)))

    def hideEvent(self, _event: QHideEvent) -> None:  # noqa: D102, N802 - Qt's
        self._looking.stop()

    def closeEvent(self, _event: QCloseEvent) -> None:  # noqa: D102, N802 - Qt's
        self._on_close()

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:  # noqa: D102, N802 - Qt's
        self._change_full_screen()

    def _look(self) -> None:
        newest = self._preview.newest()
        if newest is not None and newest.picture is not self._picture:
            self._picture = newest.picture
            self.update()
        self.setWindowTitle(self._title())

    def _paint(self, painter: QPainter, picture: Picture) -> None:
        """The picture as large as it fits, one of its pixels for each of the screen's."""
        ratio = self.devicePixelRatio()
        room = QSize(round(self.width() * ratio), round(self.height() * ratio))
        size = QSize(picture.width, picture.height)
        size = size.scaled(room, Qt.AspectRatioMode.KeepAspectRatio).expandedTo(QSize(1, 1))
        if size != room:
            painter.fillRect(self.rect(), Qt.GlobalColor.black)
        if size != QSize(self._screen.width, self._screen.height):
            self._screen = Screen(size.width(), size.height())
        rgb = self._screen.show(picture, mirrored=self._mirror.isChecked())
        image = QImage(
            rgb.data, size.width(), size.height(), rgb.strides[0], QImage.Format.Format_RGB888
        )
        image.setDevicePixelRatio(ratio)
        left, top = (room.width() - size.width()) // 2, (room.height() - size.height()) // 2
        painter.drawImage(QPointF(left / ratio, top / ratio), image)

    def _action(self, text: str, *keys: str) -> QAction:
        """An entry of the menu, with its keys."""
        action = QAction(text, self)
        action.setShortcuts([QKeySequence(key) for key in keys])
        self.addAction(action)
        return action

    def _repaint(self) -> None:
        self.update()

    def _change_full_screen(self) -> None:
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def _leave(self) -> None:
        if self.isFullScreen():
            self._change_full_screen()
        else:
            self.close()

    def _first_size(self, frame: QSize) -> QSize:
        """A pixel for a pixel where there is room for it."""
        size = frame / self.devicePixelRatio()
        most = self.screen().availableSize() * _SHARE_OF_SCREEN
        fits = size.boundedTo(most) == size
        return size if fits else size.scaled(most, Qt.AspectRatioMode.KeepAspectRatio)


def attend(seconds: float) -> None:
    """Lets the windows work for so long, on the main thread.

    Raises:
        BaseException: What was raised in one of their callbacks, at once. Qt would print it and
            go on, even if it is the signal handler's way of ending the program.
    """
    loop, due, raised = QEventLoop(), QTimer(), list[BaseException]()

    def note(_kind: type[BaseException], error: BaseException, _: TracebackType | None) -> None:
        raised.append(error)
        loop.quit()

    due.setSingleShot(True)
    due.timeout.connect(loop.quit)
    due.start(round(1000 * seconds))
    before, sys.excepthook = sys.excepthook, note
    try:
        loop.exec()
    finally:
        sys.excepthook = before
    if raised:
        raise raised[0]
