"""The window that shows what goes out."""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType

from PySide6.QtCore import QEventLoop, QPoint, QSize, Qt, QTimer
from PySide6.QtGui import QAction, QCloseEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QMenu

from livecam.errors import SinkError
from livecam.gui.view import View
from livecam.sinks.preview import Preview

_SHARE_OF_SCREEN = 0.75
"""The most a window takes of it at first, in either direction."""


class PreviewWindow(View):
    """The newest frame of a preview, in a window of its own.

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
        super().__init__(preview.newest)
        self._title = title
        self._on_close = on_close
        mirror = self._action(self.tr("Mirror"), "M")
        mirror.setCheckable(True)
        mirror.toggled.connect(self._change_mirror)
        self._action(self.tr("Full screen"), "F").triggered.connect(self._change_full_screen)
        self._action(self.tr("Close"), "Esc", "Q").triggered.connect(self._leave)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)  # Qt's own waits for it
        self.customContextMenuRequested.connect(self._open_menu)
        self.resize(self._first_size(QSize(width, height)))
        self.setWindowTitle(title())

    def closeEvent(self, _event: QCloseEvent) -> None:  # noqa: D102, N802 - Qt's
        self._on_close()

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:  # noqa: D102, N802 - Qt's
        self._change_full_screen()

    def look(self) -> None:
        """See `View.look`; the title is asked for, too."""
        super().look()
        self.setWindowTitle(self._title())

    def _action(self, text: str, *keys: str) -> QAction:
        """An entry of the menu, with its keys."""
        action = QAction(text, self)
        action.setShortcuts([QKeySequence(key) for key in keys])
        self.addAction(action)
        return action

    def _open_menu(self, place: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions(self.actions())
        menu.popup(self.mapToGlobal(place))

    def _change_mirror(self, mirrored: bool) -> None:  # noqa: FBT001 - a signal's
        self.mirrored = mirrored

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
    """Lets the windows work for so long, on the main thread; less if a signal comes.

    Raises:
        SinkError: What the windows are shown on has ended.
        BaseException: What a signal's handler raises, or a callback of a window, which Qt would
            print and go on.
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
        with _signals_handled_after(loop.quit):
            failed = loop.exec() > 0  # Qt has seen its screen go and called QCoreApplication.exit
    finally:
        sys.excepthook = before
    if raised:
        raise raised[0]
    if failed:
        raise SinkError(
            "The screen that the window was on has gone.",
            hint="Start livecam again where there is one; what was recorded until then is kept.",
        )


@contextmanager
def _signals_handled_after(tell: Callable[[], None]) -> Iterator[None]:
    """Signals wait for the context's end, so that no handler raises in a callback of Qt."""
    handlers = {int(each): signal.getsignal(each) for each in signal.valid_signals()}
    of_python = {each: handler for each, handler in handlers.items() if callable(handler)}
    came: list[tuple[int, FrameType | None]] = []

    def note(number: int, frame: FrameType | None) -> None:
        came.append((number, frame))
        tell()

    for each in of_python:
        signal.signal(each, note)
    try:
        yield
    finally:
        for each, handler in of_python.items():
            signal.signal(each, handler)
        for number, frame in came:
            of_python[number](number, frame)
