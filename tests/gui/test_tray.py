"""The icon in the tray says what a run is, and starts and ends it."""

import pytest

from livecam.engine import Phase

pytestmark = pytest.mark.usefixtures("offscreen")

try:
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QAction, QColor
    from PySide6.QtWidgets import QSystemTrayIcon
    from whole import until

    from livecam.gui.preview import attend
    from livecam.gui.tray import COLOURS, Tray, icon
    from livecam.gui.window import MainWindow
except ImportError as error:
    pytest.skip(f"no windows here: {error}", allow_module_level=True)


def tray(window: MainWindow) -> Tray:
    (found,) = window.findChildren(Tray)
    return found


def action(window: MainWindow, text: str) -> QAction:
    menu = tray(window).icon.contextMenu()
    (found,) = [one for one in menu.actions() if one.text() == text]
    return found


@pytest.mark.parametrize("phase", Phase)
def test_each_state_has_its_colour(phase: Phase) -> None:
    image = icon(phase).pixmap(64, 64).toImage()
    assert image.pixelColor(32, 10) == QColor(COLOURS[phase])
    assert image.pixelColor(32, 32) == QColor("white")
    assert image.pixelColor(0, 0).alpha() == 0


@pytest.mark.needs_network
def test_the_camera_and_the_end_without_the_window(window: MainWindow) -> None:
    assert "OFF" in tray(window).icon.toolTip()
    action(window, "Start the camera").trigger()
    until(lambda: "PREVIEW ONLY" in tray(window).icon.toolTip())
    assert "portrait" in tray(window).icon.toolTip(), "and who is worn"
    action(window, "Stop the camera").trigger()
    until(lambda: "OFF" in tray(window).icon.toolTip())
    action(window, "Quit").trigger()
    assert not window.isVisible()


def test_a_click_brings_the_window_back_as_it_was(window: MainWindow) -> None:
    window.showMaximized()
    window.setWindowState(window.windowState() | Qt.WindowState.WindowMinimized)
    tray(window).icon.activated.emit(QSystemTrayIcon.ActivationReason.Context)
    assert window.isMinimized(), "that opens the menu only"
    tray(window).icon.activated.emit(QSystemTrayIcon.ActivationReason.Trigger)
    attend(0.05)
    assert window.isMaximized()
    assert not window.isMinimized()
