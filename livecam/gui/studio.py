"""The window with all its parts, put together."""

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication

from livecam.batch import Batch
from livecam.engine import Engine
from livecam.errands import Errands
from livecam.gui.connections import Connections
from livecam.gui.controls import Controls
from livecam.gui.files import Files
from livecam.gui.gallery import Gallery
from livecam.gui.quality import Quality
from livecam.gui.readouts import Readouts
from livecam.gui.timeline import Timeline
from livecam.gui.window import MainWindow


def studio(engine: Engine, batch: Batch, errands: Callable[[str], Errands]) -> MainWindow:
    """The main window, not yet shown.

    Args:
        engine: The run.
        batch: Does files.
        errands: Makes somebody, by a name, who does what takes longer than a window can wait.
    """
    translate = QCoreApplication.translate
    gallery = Gallery(engine, errands("faces"))
    gallery.upkeep.renamed.connect(batch.face_renamed)
    tabs = [
        (translate("studio", "Faces"), gallery),
        (translate("studio", "Camera"), Connections(engine, errands("devices"))),
        (translate("studio", "Look"), Controls(engine)),
        (translate("studio", "Quality"), Quality(engine, errands("models"))),
        (translate("studio", "Files"), Files(engine, errands("files"), batch)),
    ]
    return MainWindow(engine, tabs=tabs, foot=[Readouts(engine), Timeline(engine)], batch=batch)
