"""The language of the window, chosen."""

from dataclasses import replace
from functools import partial

from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from livecam.engine import Engine
from livecam.gui.languages import LANGUAGES, SYSTEM
from livecam.gui.notices import Notices


class LanguageMenu(QMenu):
    """Each language under the name that its speakers know; the window speaks it when it next opens.

    Args:
        engine: Its settings say which it is.
        notices: Says when it is spoken.
    """

    def __init__(self, engine: Engine, notices: Notices, parent: QWidget) -> None:
        super().__init__(parent)
        self.setTitle(self.tr("&Language"))
        self._engine, self._notices = engine, notices
        group = QActionGroup(self)
        for code, name in {SYSTEM: self.tr("As the system's"), **LANGUAGES}.items():
            action = group.addAction(self.addAction(name))
            action.setCheckable(True)
            action.setData(code)
            action.triggered.connect(partial(self.use, code))
        self._actions = group
        self.aboutToShow.connect(self._mark)

    def use(self, code: str) -> None:
        """Has a language spoken from the next start on."""
        wanted = self._engine.wanted
        if code == wanted.settings.window.language:
            return
        window = replace(wanted.settings.window, language=code)  # type: ignore[arg-type] # of ours
        self._engine.wanted = replace(wanted, settings=replace(wanted.settings, window=window))
        self._notices.say(self.tr("livecam speaks this language from its next start on."))

    def _mark(self) -> None:
        for action in self._actions.actions():
            action.setChecked(action.data() == self._engine.wanted.settings.window.language)
