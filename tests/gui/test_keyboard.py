"""The whole window by the keyboard alone, in each language, and on a small screen."""

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest

from livecam.batch import Batch
from livecam.engine import Engine, Wanted
from livecam.profiles import remembered
from livecam.settings import Settings
from livecam.sources.synthetic import demo_portrait

pytestmark = pytest.mark.usefixtures("offscreen")

try:
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QAccessible, QColor, QImage, QKeySequence, QPalette
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import (
        QAbstractButton,
        QAbstractSpinBox,
        QApplication,
        QComboBox,
        QLabel,
        QLineEdit,
        QMenu,
        QTabWidget,
        QWidget,
    )

    from livecam.gui.languages import speak
    from livecam.gui.memory import Memory
    from livecam.gui.preview import attend
    from livecam.gui.profile_menu import ProfileMenu
    from livecam.gui.studio import studio
    from livecam.gui.window import MainWindow
except ImportError as error:
    pytest.skip(f"no windows here: {error}", allow_module_level=True)

SMALL = 1024, 600
"""A netbook's screen, px."""


@pytest.fixture(params=["en", "de"])
def window(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[MainWindow]:
    """The whole window, with no camera open."""
    for home in ("LIVECAM_FACES", "LIVECAM_MODELS", "LIVECAM_SETTINGS"):
        monkeypatch.setenv(home, str(tmp_path / home))
    speak(request.param)
    wanted = Wanted(settings=Settings(), face=demo_portrait(), camera="synthetic")
    with (
        closing(Batch()) as batch,
        closing(Engine(wanted)) as engine,
        studio(engine, batch) as window,
    ):
        window.menuBar().addMenu(ProfileMenu(engine, Memory(window), window.notices, window))
        assert window.size().boundedTo(window.screen().availableSize()) == window.size()
        window.resize(*SMALL)
        window.show()
        window.activateWindow()
        attend(0.5)
        yield window
        window.close()
    window.deleteLater()
    attend(0.05)
    speak("en")


def pages(window: MainWindow) -> Iterator[str]:
    """Turns to each page, and gives its title."""
    (tabs,) = window.findChildren(QTabWidget)
    for place in range(tabs.count()):
        tabs.setCurrentIndex(place)
        attend(0.3)
        yield tabs.tabText(place)


def stops(window: MainWindow) -> list[QWidget]:
    """Where Tab takes one from the beginning, in order, once around."""
    found: list[QWidget] = []
    window.setFocus()
    while True:
        QTest.keyClick(window.focusWidget() or window, Qt.Key.Key_Tab)
        at = window.focusWidget()
        assert at is not None
        if at in found:
            return found
        found.append(at)


def controls(window: MainWindow) -> set[QWidget]:
    """What can be clicked or typed into now."""
    kinds = (QAbstractButton, QAbstractSpinBox, QComboBox, QLineEdit, QWidget)
    tab = Qt.FocusPolicy.TabFocus
    return {
        widget
        for widget in window.findChildren(QWidget)
        if widget.isVisible()
        and widget.isEnabled()
        and (widget.focusPolicy() & tab or isinstance(widget, kinds[:-1]))
        and widget.focusProxy() is None
        and not isinstance(widget.parentWidget(), QAbstractSpinBox | QComboBox)
    }


def name_of(widget: QWidget) -> str:
    """What a screen reader says."""
    interface = QAccessible.queryAccessibleInterface(widget)
    return str(interface.text(QAccessible.Text.Name)).strip()


def called(widget: QWidget) -> str:
    return f"{type(widget).__name__} “{name_of(widget)}”"


def test_tab_reaches_everything_and_each_has_a_name(window: MainWindow) -> None:
    for page in pages(window):
        reached, there = stops(window), controls(window)
        assert [called(one) for one in there - set(reached)] == [], page
        assert [called(one) for one in there if not name_of(one)] == [], page


def test_tab_goes_down_each_page(window: MainWindow) -> None:
    """Never back up by more than a line, but from the end of the side to the beginning."""
    (tabs,) = window.findChildren(QTabWidget)
    for page in pages(window):
        shown = tabs.currentWidget()
        places = [
            (one.mapTo(shown.widget(), one.rect().center()).y(), called(one))
            for one in stops(window)
            if shown.widget().isAncestorOf(one)
        ]
        for (before, _), (after, name) in pairwise(places):
            assert after > before - 30, (page, name)


def test_what_has_the_keyboard_shows_it(window: MainWindow) -> None:
    for page in pages(window):
        for one in stops(window):
            QTest.keyClick(window.focusWidget() or window, Qt.Key.Key_Tab)
            focused = window.focusWidget()
            assert focused is not None
            with_focus = picture(focused)
            focused.clearFocus()
            assert picture(focused) != with_focus, (page, called(one))
            focused.setFocus(Qt.FocusReason.TabFocusReason)


def picture(widget: QWidget) -> QImage:
    attend(0)
    return widget.grab().toImage()


def test_no_two_things_on_a_page_answer_to_one_key(window: MainWindow) -> None:
    menus = [action.text() for action in window.menuBar().actions()]
    assert all(mnemonic(text) for text in menus)
    for page in pages(window):
        texts = [
            widget.text()
            for widget in window.findChildren(QWidget)
            if widget.isVisible()
            and (
                isinstance(widget, QAbstractButton)
                or (isinstance(widget, QLabel) and widget.buddy())
            )
        ]
        keys = Counter(key for text in (*menus, *texts) if (key := mnemonic(text)))
        assert [key for key, count in keys.items() if count > 1] == [], (page, texts)


def mnemonic(text: str) -> str:
    return QKeySequence.mnemonic(text).toString()


def test_a_small_screen_has_room_for_it(window: MainWindow) -> None:
    assert (window.width(), window.height()) == SMALL
    assert window.view.width() > 400
    (tabs,) = window.findChildren(QTabWidget)
    assert tabs.tabBar().width() >= tabs.tabBar().sizeHint().width()
    for page in pages(window):
        shown = tabs.currentWidget()
        assert shown.viewport().width() >= shown.widget().minimumSizeHint().width(), page
        for button in shown.findChildren(QAbstractButton):
            if button.isVisible():
                assert button.width() >= button.minimumSizeHint().width(), called(button)


def test_the_look_changes_with_the_system_s(window: MainWindow) -> None:
    """Text is legible on what it stands on after the change, too."""
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    before = application.palette()
    try:
        for ground, text in (("#202020", "#f0f0f0"), ("#fafafa", "#101010")):
            palette = QPalette(QColor(ground))
            for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text):
                palette.setColor(role, QColor(text))
            application.setPalette(palette)
            attend(0.1)
            for label in window.findChildren(QLabel):
                if not label.styleSheet():
                    assert label.palette().window().color() == QColor(ground), label.text()
                    assert label.palette().windowText().color() == QColor(text), label.text()
    finally:
        application.setPalette(before)


def test_a_language_is_chosen_for_the_next_start(window: MainWindow) -> None:
    view = window.menuBar().actions()[0].menu()
    assert isinstance(view, QMenu)
    languages = next(one for action in view.actions() if (one := action.menu()))
    assert isinstance(languages, QMenu)
    languages.aboutToShow.emit()
    names = {action.text(): action for action in languages.actions()}
    assert [name for name, action in names.items() if action.isChecked()] == list(names)[:1]
    names["Deutsch"].trigger()
    assert window.engine.wanted.settings.window.language == "de"
    assert window.notices.isVisible()
    (memory,) = window.findChildren(Memory)
    memory.save()
    assert remembered().window.language == "de"
