"""The application: the window and its engine, from the first look at a profile to the end."""

from contextlib import ExitStack, closing

from livecam.batch import Batch
from livecam.engine import Engine, Wanted
from livecam.gui.start import start
from livecam.settings import Settings
from livecam.sources.synthetic import demo_portrait


def run(settings: Settings, *, profile: str | None = None) -> None:
    """Shows the window until it is closed, and remembers how it was left.

    Args:
        settings: To begin with.
        profile: Where it is remembered; None is the one that is always read.

    Raises:
        SinkError: There is no PySide6, a system library of it is missing, or there is no screen.
    """
    application = start()
    from livecam.gui.garbage import collected_here  # noqa: PLC0415 - PySide6 may be absent
    from livecam.gui.languages import speak  # noqa: PLC0415

    speak(settings.window.language)
    live = settings.live
    face = live.face or demo_portrait()
    with ExitStack() as opened:
        opened.enter_context(collected_here())
        wanted = Wanted(settings=settings, face=face, camera=live.camera, running=True)
        # It loads models while the window is made.
        engine = opened.enter_context(closing(Engine(wanted)))
        from livecam.gui.memory import Memory  # noqa: PLC0415
        from livecam.gui.preview import attend  # noqa: PLC0415
        from livecam.gui.profile_menu import ProfileMenu  # noqa: PLC0415
        from livecam.gui.studio import studio  # noqa: PLC0415

        batch = opened.enter_context(closing(Batch()))
        window = opened.enter_context(studio(engine, batch))
        memory = Memory(window, profile)
        window.menuBar().addMenu(ProfileMenu(engine, memory, window.notices, window))
        window.show()
        while window.isVisible():
            attend(0.1)
        memory.close()
    application.processEvents()
