"""The language that the window speaks: English in the code, others in the catalogues beside this.

`python -m livecam.gui.languages.catalogue` brings the catalogues up to date. What livecam's errors
and notes say is English in all of them.
"""

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from livecam.engine import Doing

FOLDER = Path(__file__).parent
SYSTEM = "system"
LANGUAGES = {"en": "English", "de": "Deutsch"}
"""What can be spoken, by the names that their speakers know."""
_CODE = "en"
"""What stands in the code."""


def speak(language: str) -> None:
    """Makes the windows that are built from now on speak a language: one of these, or the system's.

    Qt's own words and the form of numbers follow.
    """
    application = QCoreApplication.instance()
    assert application is not None
    for old in application.findChildren(QTranslator):
        application.removeTranslator(old)
        old.deleteLater()
    spoken = _spoken(language)
    QLocale.setDefault(QLocale.system() if language == SYSTEM else QLocale(spoken))
    if spoken == _CODE:
        return
    qt = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    for name, folder in (("qtbase", qt), ("livecam", str(FOLDER))):
        translator = QTranslator(application)
        if translator.load(f"{name}_{spoken}", folder):
            application.installTranslator(translator)


def of_option(text: str) -> str:
    """The title, the help or a choice of an option in the window's language."""
    return QCoreApplication.translate("options", text)


def of_doing(doing: Doing, what: str) -> str:
    """What takes a moment, in the window's language."""
    return QCoreApplication.translate("doing", doing).format(what=what)


def download_cancelled() -> str:
    """What is said wherever somebody has cancelled a download, in the window's language."""
    return QCoreApplication.translate(
        "languages", "The download was cancelled; everything stays as it was."
    )


def _spoken(language: str) -> str:
    """The first of the wished languages that is one of ours."""
    wishes = QLocale.system().uiLanguages() if language == SYSTEM else [language]
    known = (wish.partition("-")[0] for wish in wishes)
    return next((wish for wish in known if wish in LANGUAGES), _CODE)
