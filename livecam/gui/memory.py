"""What the window remembers: settings, face, camera, outputs and its own shape, in a profile."""

from dataclasses import replace

from PySide6.QtCore import QObject, QTimer

from livecam.errors import SettingsError
from livecam.gui.window import MainWindow
from livecam.profiles import remember
from livecam.settings import Settings

_EVERY_MS = 2000


class Memory(QObject):
    """Writes what has changed, soon after it did, and once more when it is told.

    Args:
        window: What is remembered.
        profile: Where; None is the one that is always read.
    """

    def __init__(self, window: MainWindow, profile: str | None = None) -> None:
        super().__init__(window)
        self.profile = profile
        self._window = window
        self._kept = self.settings()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.save)
        self._timer.start(_EVERY_MS)

    def settings(self) -> Settings:
        """All settings as they are wanted now."""
        window, wanted = self._window, self._window.engine.wanted
        size = window.normalGeometry().size()  # not that of the full screen
        size = size if size.isValid() and not size.isEmpty() else window.size()
        live = replace(wanted.settings.live, face=str(wanted.face), camera=wanted.camera)
        left = replace(
            wanted.settings.window,
            width=max(size.width(), 320),
            height=max(size.height(), 240),
            showing=window.view.showing,
            mirror=window.view.mirrored,
        )
        return replace(wanted.settings, live=live, window=left)

    def close(self) -> None:
        """Remembers once more, and then no more."""
        self._timer.stop()
        self.save()

    def save(self) -> None:
        """Remembers what has changed since the last time."""
        now = self.settings()
        if now == self._kept:
            return
        self._kept = now
        try:
            remember(now, self.profile)
        except SettingsError as error:
            self._window.notices.say_error(error)
