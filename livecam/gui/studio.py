"""The window with all its parts, put together."""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager

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


@contextmanager
def studio(engine: Engine, batch: Batch) -> Iterator[MainWindow]:
    """The main window, not yet shown; what takes longer than it can wait ends with the context.

    Args:
        engine: The run.
        batch: Does files.
    """
    translate = QCoreApplication.translate
    with ExitStack() as opened:

        def errands(name: str) -> Errands:
            return opened.enter_context(closing(Errands(name)))

        gallery = Gallery(engine, errands("faces"))
        gallery.upkeep.renamed.connect(batch.face_renamed)
        tabs = [
            (translate("studio", "Faces"), gallery),
            (translate("studio", "Camera"), Connections(engine, errands("devices"))),
            (translate("studio", "Look"), Controls(engine)),
            (translate("studio", "Quality"), Quality(engine, errands("models"))),
            (translate("studio", "Files"), Files(engine, errands("files"), batch)),
        ]
        foot = [Readouts(engine), Timeline(engine)]
        yield MainWindow(engine, tabs=tabs, foot=foot, batch=batch)
