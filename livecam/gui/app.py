"""The application: the window and its engine, from the first look at a profile to the end."""

from pathlib import Path

from livecam.engine import Engine, Wanted
from livecam.gui.start import start
from livecam.settings import Settings


def run(settings: Settings, *, face: Path, camera: str | None) -> None:
    """Shows the window until it is closed.

    Args:
        settings: To begin with.
        face: The portrait to wear at first.
        camera: As in `Live.camera`.

    Raises:
        SinkError: There is no PySide6, a system library of it is missing, or there is no screen.
    """
    application = start()
    from livecam.gui.preview import attend  # noqa: PLC0415 - PySide6 may be absent
    from livecam.gui.window import MainWindow  # noqa: PLC0415

    engine = Engine(Wanted(settings=settings, face=face, camera=camera, running=True))
    try:
        window = MainWindow(engine, tabs=(), go_live=lambda: ("virtual",))
        window.show()
        while window.isVisible():
            attend(0.1)
    finally:
        engine.close()
        application.processEvents()
