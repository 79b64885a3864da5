"""The icon in the tray: what a run is at a glance, and its start and end, without the window."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QCoreApplication, QObject, QRectF, Qt
from PySide6.QtGui import QAction, QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QMenu, QSystemTrayIcon, QWidget

from livecam.engine import Engine, Phase, Status
from livecam.gui.panel import goes_out

COLOURS = {Phase.OFF: "#6b7280", Phase.PREVIEW: "#2563eb", Phase.LIVE: "#dc2626"}
"""Of each state, everywhere in the window; white is legible on them."""
_SIDE = 64


def words(phase: Phase) -> str:
    """What a state is called, everywhere in the window."""
    names = {
        Phase.OFF: QCoreApplication.translate("phase", "OFF"),
        Phase.PREVIEW: QCoreApplication.translate("phase", "PREVIEW ONLY"),
        Phase.LIVE: QCoreApplication.translate("phase", "LIVE"),
    }
    return names[phase]


def icon(phase: Phase) -> QIcon:
    """A lens in the colour of the state, with a dot in it while somebody may see."""
    pixmap = QPixmap(_SIDE, _SIDE)
    pixmap.fill(Qt.GlobalColor.transparent)
    with QPainter(pixmap) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(COLOURS[phase]))
        painter.drawEllipse(QRectF(4, 4, _SIDE - 8, _SIDE - 8))
        painter.setBrush(Qt.GlobalColor.white)
        inner = 20 if phase is Phase.LIVE else 12
        painter.drawEllipse(QRectF(_SIDE / 2 - inner / 2, _SIDE / 2 - inner / 2, inner, inner))
    return QIcon(pixmap)


class Tray(QObject):
    """Is there where the desktop has a tray, and nothing elsewhere.

    Args:
        engine: Takes the wishes.
        window: Is shown again.
        go_live: Does what the window's button does.
    """

    def __init__(self, engine: Engine, window: QWidget, go_live: Callable[[], None]) -> None:
        super().__init__(window)
        self._engine = engine
        self._window = window
        self._phase: Phase | None = None
        self._menu = QMenu()
        self._running = self._action("", self._change_running)
        self._live = self._action("", go_live)
        self._menu.addSeparator()
        self._action(self.tr("Show the window"), self._show)
        self._action(self.tr("Quit"), window.close)
        self.icon = QSystemTrayIcon(self)
        self.icon.setContextMenu(self._menu)
        self.icon.activated.connect(self._activate)

    def refresh(self, status: Status) -> None:
        """Shows how things are."""
        wanted = status.wanted
        running = self.tr("Stop the camera") if wanted.running else self.tr("Start the camera")
        self._running.setText(running)
        self._live.setText(self.tr("End") if goes_out(wanted) else self.tr("Go live"))
        self.icon.setToolTip(f"livecam – {words(status.phase)} – {status.face}")
        if status.phase is not self._phase:
            self._phase = status.phase
            self.icon.setIcon(icon(status.phase))
            self._window.setWindowIcon(icon(status.phase))
            if QSystemTrayIcon.isSystemTrayAvailable():
                self.icon.show()

    def _action(self, text: str, does: Callable[[], object]) -> QAction:
        action = QAction(text, self._menu)
        action.triggered.connect(does)
        self._menu.addAction(action)
        return action

    def _change_running(self) -> None:
        wanted = self._engine.wanted
        self._engine.wanted = replace(wanted, running=not wanted.running, outputs=())

    def _activate(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason is not QSystemTrayIcon.ActivationReason.Context:  # that opens the menu
            self._show()

    def _show(self) -> None:
        self._window.setWindowState(self._window.windowState() & ~Qt.WindowState.WindowMinimized)
        self._window.show()
        self._window.raise_()
        self._window.activateWindow()
