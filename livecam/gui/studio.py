"""The window with all its parts, put together."""

from PySide6.QtCore import QCoreApplication

from livecam.engine import Engine
from livecam.errands import Errands
from livecam.gui.connections import Connections
from livecam.gui.controls import Controls
from livecam.gui.gallery import Gallery
from livecam.gui.quality import Quality
from livecam.gui.readouts import Readouts
from livecam.gui.timeline import Timeline
from livecam.gui.window import MainWindow


def studio(engine: Engine, errands: Errands) -> MainWindow:
    """The main window, not yet shown.

    Args:
        engine: The run.
        errands: Do what takes longer than a window can wait.
    """
    tr = QCoreApplication.translate
    tabs = [
        (tr("studio", "Faces"), Gallery(engine, errands)),
        (tr("studio", "Camera"), Connections(engine, errands)),
        (tr("studio", "Look"), Controls(engine)),
        (tr("studio", "Quality"), Quality(engine, errands)),
    ]
    return MainWindow(engine, tabs=tabs, foot=[Readouts(engine), Timeline(engine)])
