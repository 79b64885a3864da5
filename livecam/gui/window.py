"""The main window: the picture, what it is, and everything that can be changed about it."""

import logging
from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QAction, QActionGroup, QCloseEvent, QKeySequence
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QPushButton,
    QScrollArea,
    QSplitter,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from livecam.batch import Batch
from livecam.engine import Engine, Phase, Status
from livecam.gui.language_menu import LanguageMenu
from livecam.gui.leaving import Leaving
from livecam.gui.notices import Notes, Notices
from livecam.gui.panel import Panel, goes_out
from livecam.gui.tray import COLOURS, Tray, words
from livecam.gui.view import View
from livecam.settings import Showing

_REFRESH_MS = 100
_LOG = logging.getLogger("livecam")


class MainWindow(QMainWindow):
    """Shows how things are ten times a second; no frame ever waits for it.

    Args:
        engine: The run.
        tabs: Pages of the side, each with its title.
        foot: Panels below the picture.
        batch: Has files to do, which closing the window calls off.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        tabs: Sequence[tuple[str, Panel]],
        foot: Sequence[Panel] = (),
        batch: Batch | None = None,
    ) -> None:
        super().__init__()
        self.engine = engine
        self.view = View(engine.newest)
        self._notes = Notes()
        _LOG.addHandler(self._notes)
        self.notices = Notices(engine, self._notes)
        self._leaving = Leaving(self, engine, batch, self.notices)
        self.panels: list[Panel] = []
        self._phase: Phase | None = None
        self.setCentralWidget(self._laid_out(tabs, foot))
        left = engine.wanted.settings.window
        room = self.screen().availableSize()
        self.resize(QSize(left.width, left.height).boundedTo(room))
        self.view.showing, self.view.mirrored = left.showing, left.mirror
        self._add_menu()
        self._tray = Tray(engine, self, self._change_live)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.refresh)
        self._timer.start(_REFRESH_MS)
        self.refresh()

    def refresh(self) -> None:
        """Asks the engine how things are, and shows it."""
        status = self.engine.status()
        self._show_phase(status)
        self._tray.refresh(status)
        for panel in self.panels:
            panel.refresh(status)
        self._leaving.refresh()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: D102, N802 - Qt's
        if not self._leaving.may_go():
            event.ignore()
            return
        self.hide()  # to close what is open may take a moment
        self._timer.stop()
        self._tray.icon.hide()
        _LOG.removeHandler(self._notes)
        self.engine.close()

    def _laid_out(self, tabs: Sequence[tuple[str, Panel]], foot: Sequence[Panel]) -> QWidget:
        side = QTabWidget(documentMode=True)
        side.setAccessibleName(self.tr("Settings"))
        side.setUsesScrollButtons(False)  # the side is as wide as all of its titles
        for title, panel in tabs:
            side.addTab(_Page(panel), title)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(self._head())
        column.addWidget(self.view, 1)
        for panel in (self.notices, *foot):
            column.addWidget(panel)
        self.panels = [self.notices, *foot, *(panel for _, panel in tabs)]
        split = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False)
        split.addWidget(left)
        split.addWidget(side)
        split.setStretchFactor(0, 1)
        split.setSizes([820, 0])  # as narrow as all of it can be read
        return split

    def _head(self) -> QHBoxLayout:
        self._badge = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self._badge.setAccessibleName(self.tr("State"))
        self._worn = QLabel()
        self._camera_button = QPushButton()
        self._camera_button.clicked.connect(self._change_running)
        self._live_button = QPushButton()
        self._live_button.clicked.connect(self._change_live)
        row = QHBoxLayout()
        row.setContentsMargins(8, 8, 8, 8)
        row.addWidget(self._badge)
        row.addWidget(self._worn, 1)
        row.addWidget(self._camera_button)
        row.addWidget(self._live_button)
        return row

    def _add_menu(self) -> None:
        menu = self.menuBar().addMenu(self.tr("Vie&w"))
        group = QActionGroup(self)
        for showing, text, key in (
            (Showing.AFTER, self.tr("After"), "Ctrl+1"),
            (Showing.BEFORE, self.tr("Before"), "Ctrl+2"),
            (Showing.SPLIT, self.tr("Before and after"), "Ctrl+3"),
        ):
            action = QAction(text, self, checkable=True)
            action.setChecked(showing is self.view.showing)
            action.setShortcut(QKeySequence(key))
            action.setData(showing.value)
            group.addAction(action)
            menu.addAction(action)
        group.triggered.connect(self._change_showing)
        menu.addSeparator()
        mirror = QAction(self.tr("Mirror the preview"), self, checkable=True)
        mirror.setShortcut(QKeySequence("Ctrl+M"))
        mirror.setChecked(self.view.mirrored)
        mirror.toggled.connect(self._change_mirror)
        menu.addAction(mirror)
        full = QAction(self.tr("Full screen"), self)
        full.setShortcut(QKeySequence("F11"))
        full.triggered.connect(self._change_full_screen)
        menu.addAction(full)
        menu.addSeparator()
        menu.addMenu(LanguageMenu(self.engine, self.notices, menu))

    def _show_phase(self, status: Status) -> None:
        phase, wanted = status.phase, status.wanted
        if phase is not self._phase:
            self._phase = phase
            self._badge.setText(words(phase))
            self._badge.setStyleSheet(
                f"background: {COLOURS[phase]}; color: white; font-weight: bold;"
                " border-radius: 6px; padding: 4px 12px;"
            )
        if phase is Phase.OFF and not wanted.running:
            self.view.clear()  # or a still picture would look like a camera that is open
        self._worn.setText(status.face)
        self._camera_button.setText(
            self.tr("Stop the camera") if wanted.running else self.tr("Start the camera")
        )
        self._live_button.setText(self.tr("End") if goes_out(wanted) else self.tr("Go live"))
        self.setWindowTitle(f"livecam – {words(phase)} – {status.face}")

    def _change_running(self) -> None:
        wanted = self.engine.wanted
        self.engine.wanted = replace(wanted, running=not wanted.running, outputs=())

    def _change_live(self) -> None:
        wanted = self.engine.wanted
        targets = wanted.settings.live.to
        outputs = () if goes_out(wanted) else (*targets, *wanted.outputs)
        self.engine.wanted = replace(wanted, running=True, outputs=outputs)

    def _change_showing(self, action: QAction) -> None:
        self.view.showing = Showing(action.data())

    def _change_mirror(self, mirrored: bool) -> None:  # noqa: FBT001 - a signal's
        self.view.mirrored = mirrored

    def _change_full_screen(self) -> None:
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)


class _Page(QScrollArea):
    """Scrolls up and down, and is never narrower than what is on it, in any language.

    Args:
        panel: What is on it.
    """

    def __init__(self, panel: QWidget) -> None:
        super().__init__(widgetResizable=True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # nobody would see where the keyboard is
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._panel = panel
        self.setWidget(panel)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's
        width = self._panel.minimumSizeHint().width() + self.verticalScrollBar().sizeHint().width()
        return QSize(width, super().minimumSizeHint().height())
