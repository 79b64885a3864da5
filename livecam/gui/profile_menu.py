"""Profiles by name: kept, chosen, kept again."""

from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QInputDialog, QMenu, QWidget

from livecam.engine import Engine
from livecam.errors import SettingsError
from livecam.gui.memory import Memory
from livecam.gui.notices import Notices
from livecam.profiles import profiles, remember, remembered


class ProfileMenu(QMenu):
    """Says which profiles there are whenever it opens.

    Args:
        engine: Takes the wishes.
        memory: Knows what would be kept, and where from then on.
        notices: Says what went wrong.
    """

    def __init__(self, engine: Engine, memory: Memory, notices: Notices, parent: QWidget) -> None:
        super().__init__(parent)
        self.setTitle(self.tr("Pro&files"))
        self._engine, self._memory, self._notices = engine, memory, notices
        self.aboutToShow.connect(self._fill)

    def use(self, name: str | None) -> None:
        """Takes all settings from a profile, and keeps changes in it from now on."""
        try:
            settings = remembered(name)
        except SettingsError as error:
            self._notices.say_error(error)
            return
        self._memory.save()
        wanted, live = self._engine.wanted, settings.live
        face = live.face if live.face is not None else wanted.face
        self._engine.wanted = replace(wanted, settings=settings, face=face, camera=live.camera)
        self._memory.profile = name

    def keep(self, name: str) -> None:
        """Keeps everything as it is under a name, and changes from now on, too."""
        try:
            remember(self._memory.settings(), name)
        except SettingsError as error:
            self._notices.say_error(error)
            return
        self._memory.profile = name

    def _fill(self) -> None:
        self.clear()
        for name in (None, *profiles()):
            action = self.addAction(name or self.tr("Standard"))
            action.setCheckable(True)
            action.setChecked(name == self._memory.profile)
            action.triggered.connect(partial(self.use, name))
        self.addSeparator()
        self.addAction(self.tr("Keep as …")).triggered.connect(self._ask)

    def _ask(self) -> None:
        asked = QInputDialog(self.parentWidget())
        asked.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        asked.setWindowTitle(self.tr("Keep as"))
        asked.setLabelText(self.tr("Name of the profile"))
        asked.textValueSelected.connect(self._keep_as)
        asked.open()

    def _keep_as(self, name: str) -> None:
        if name.strip():
            self.keep(name.strip())
