"""The preview's window, drawn into memory."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from painted import BLUE, GREEN, GREY, RED, Mailbox, quarters

from livecam.picture import Screen

pytestmark = pytest.mark.usefixtures("offscreen")

try:
    from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer
    from PySide6.QtGui import QContextMenuEvent, QImage
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication, QMenu

    from livecam.gui.preview import PreviewWindow, attend
except ImportError as error:
    pytest.skip(f"no windows here: {error}", allow_module_level=True)

BLACK = (0, 0, 0)
Corners = tuple[tuple[int, ...], ...]


@contextmanager
def shown(mailbox: Mailbox, **options: object) -> Iterator[PreviewWindow]:
    defaults = {"width": 320, "height": 180, "title": lambda: "a title", "on_close": lambda: None}
    window = PreviewWindow(mailbox, **(defaults | options))
    window.show()
    window.activateWindow()
    attend(0.1)
    try:
        yield window
    finally:
        window.close()


def pixels(window: PreviewWindow) -> np.ndarray:
    """What the window shows: uint8 (h, w, 3)."""
    image = window.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


def places(image: np.ndarray, left: int = 0, top: int = 0) -> list[list[int]]:
    """The colours in the middle of the quarters of what is inside a margin."""
    height, width = image.shape[0] - 2 * top, image.shape[1] - 2 * left
    return [
        image[top + height * down // 4, left + width * across // 4].tolist()
        for down in (1, 3)
        for across in (1, 3)
    ]


def is_near(colours: object, expected: object) -> bool:
    return bool(np.abs(np.subtract(colours, expected)).max() <= 3)


def test_a_frame_is_shown_pixel_for_pixel() -> None:
    picture = quarters()
    with shown(Mailbox(picture)) as window:
        assert (window.width(), window.height()) == (320, 180)
        assert window.windowTitle() == "a title"
        image = pixels(window)
    assert is_near(places(image), (RED, GREEN, BLUE, GREY))
    assert np.array_equal(image, Screen(320, 180).show(picture))


@pytest.mark.parametrize(
    ("size", "left", "top"), [((320, 380), 0, 100), ((480, 180), 80, 0), ((960, 540), 0, 0)]
)
def test_it_keeps_its_shape_in_any_window(size: tuple[int, int], left: int, top: int) -> None:
    with shown(Mailbox(quarters())) as window:
        window.resize(*size)
        attend(0.1)
        image = pixels(window)
    assert image.shape == (size[1], size[0], 3)
    assert is_near(places(image, left, top), (RED, GREEN, BLUE, GREY))
    bars = [image[:top], image[size[1] - top :], image[:, :left], image[:, size[0] - left :]]
    assert all((bar == 0).all() for bar in bars)
    assert image[top, left].any()
    assert image[-top - 1, -left - 1].any()


def test_before_the_first_frame_it_is_black_and_at_the_end_the_last_stays() -> None:
    mailbox = Mailbox(None)
    with shown(mailbox) as window:
        assert not pixels(window).any()
        mailbox.picture = quarters()
        attend(0.1)
        before = pixels(window)
        assert is_near(places(before), (RED, GREEN, BLUE, GREY))
        mailbox.picture = None
        attend(0.1)
        assert np.array_equal(pixels(window), before)


def test_the_mirror_is_the_windows_own() -> None:
    with shown(Mailbox(quarters())) as window:
        QTest.keyClick(window, Qt.Key.Key_M)
        attend(0.1)
        assert is_near(places(pixels(window)), (GREEN, RED, GREY, BLUE))
        QTest.keyClick(window, Qt.Key.Key_M)
        attend(0.1)
        assert is_near(places(pixels(window)), (RED, GREEN, BLUE, GREY))


def test_the_menu_says_what_the_keys_do() -> None:
    with shown(Mailbox(None)) as window:
        menu = {action.text(): action.shortcut().toString() for action in window.actions()}
    assert menu == {"Mirror": "M", "Full screen": "F", "Close": "Esc"}


def test_full_screen_and_back() -> None:
    closed: list[bool] = []
    with shown(Mailbox(quarters()), on_close=lambda: closed.append(True)) as window:
        QTest.keyClick(window, Qt.Key.Key_F)
        attend(0.1)
        assert window.isFullScreen()
        QTest.keyClick(window, Qt.Key.Key_F)
        assert not window.isFullScreen()
        QTest.mouseDClick(window, Qt.MouseButton.LeftButton, pos=QPoint(20, 20))
        assert window.isFullScreen()
        QTest.keyClick(window, Qt.Key.Key_Escape)
        assert not window.isFullScreen()
        assert closed == []
        QTest.keyClick(window, Qt.Key.Key_Escape)
        assert closed == [True]
        assert not window.isVisible()


@pytest.mark.parametrize("key", [Qt.Key.Key_Escape, Qt.Key.Key_Q, None])
def test_closing_tells_once_and_nothing_goes_on(key: Qt.Key | None) -> None:
    closed: list[bool] = []
    mailbox, threads = Mailbox(quarters()), threading.active_count()
    there = len(QApplication.topLevelWidgets())
    with shown(mailbox, on_close=lambda: closed.append(True)) as window:
        if key is None:
            window.close()
        else:
            QTest.keyClick(window, key)
        looks = mailbox.looks
        assert looks > 0
        attend(0.2)  # the application's loop still works without a window
        assert (closed, mailbox.looks) == ([True], looks)
    assert threading.active_count() == threads
    del window
    assert len(QApplication.topLevelWidgets()) == there


def test_hidden_it_does_not_look_for_frames() -> None:
    mailbox = Mailbox(quarters())
    with shown(mailbox) as window:
        window.hide()
        looks = mailbox.looks
        attend(0.2)
        assert mailbox.looks == looks
        window.show()
        attend(0.2)
        assert mailbox.looks > looks


class Paints(QObject):
    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's
        self.count += event.type() == QEvent.Type.Paint
        return False


def test_a_repeated_picture_is_not_painted_again() -> None:
    mailbox, paints = Mailbox(quarters()), Paints()
    with shown(mailbox) as window:
        window.installEventFilter(paints)
        looks = mailbox.looks
        attend(0.3)
        assert mailbox.looks > looks
        assert paints.count == 0
        mailbox.picture = quarters()
        attend(0.2)
        assert paints.count == 1


def test_the_title_follows() -> None:
    titles = iter(f"title {n}" for n in range(1000))
    with shown(Mailbox(None), title=lambda: next(titles)) as window:
        first = window.windowTitle()
        attend(0.2)
        assert window.windowTitle() != first


def test_a_large_picture_starts_within_the_screen() -> None:
    with shown(Mailbox(None), width=4000, height=3000) as window:
        room = window.screen().availableSize()
        assert window.width() <= room.width()
        assert window.height() <= room.height()
        assert abs(window.width() / window.height() - 4 / 3) < 0.02


class Ended(BaseException):
    """As a signal handler raises it."""


@pytest.mark.parametrize("where", ["title", "closing"])
def test_what_a_callback_raises_comes_out_at_once(where: str) -> None:
    def fail() -> str:
        if armed:
            armed.clear()
            raise Ended
        return ""

    armed: list[bool] = []
    hook = sys.excepthook
    with shown(Mailbox(None), **{"title" if where == "title" else "on_close": fail}) as window:
        armed.append(True)
        if where == "closing":
            QApplication.postEvent(window, QEvent(QEvent.Type.Close))
        start = time.monotonic()
        with pytest.raises(Ended):
            attend(60)
        assert time.monotonic() - start < 30
        attend(0.1)
    assert sys.excepthook is hook


def test_a_signal_s_handler_raises_only_after_a_callback_of_qt() -> None:
    def stop(_number: int, _frame: object) -> None:
        raise Ended

    def interrupted() -> str:
        if armed:
            armed.clear()
            signal.raise_signal(signal.SIGINT)
            passed.append(True)
        return ""

    armed, passed = list[bool](), list[bool]()
    before = signal.signal(signal.SIGINT, stop)
    try:
        with shown(Mailbox(None), title=interrupted):
            armed.append(True)
            start = time.monotonic()
            with pytest.raises(Ended):
                attend(60)
            assert time.monotonic() - start < 30
            assert signal.getsignal(signal.SIGINT) is stop
    finally:
        signal.signal(signal.SIGINT, before)
    assert passed


def test_an_open_menu_does_not_hold_up_a_signal() -> None:
    def stop(_number: int, _frame: object) -> None:
        raise Ended

    before = signal.signal(signal.SIGINT, stop)
    try:
        with shown(Mailbox(None)) as window:
            closing = QTimer(window, singleShot=True)  # or a menu that waits would do so for ever
            closing.timeout.connect(lambda: QApplication.activePopupWidget().close())
            closing.start(20_000)
            middle = window.rect().center()
            event = QContextMenuEvent(
                QContextMenuEvent.Reason.Mouse, middle, window.mapToGlobal(middle)
            )
            QApplication.sendEvent(window, event)
            menu = QApplication.activePopupWidget()
            assert isinstance(menu, QMenu)
            assert menu.actions() == window.actions()
            QTimer.singleShot(0, lambda: signal.raise_signal(signal.SIGINT))
            with pytest.raises(Ended):
                attend(60)
            menu.close()
    finally:
        signal.signal(signal.SIGINT, before)


SOAK = """
from painted import Mailbox, quarters
from livecam.gui.start import start
start()
from livecam.gui.preview import PreviewWindow, attend
mailbox = Mailbox(quarters())
window = PreviewWindow(mailbox, width=160, height=90, title=lambda: "", on_close=lambda: None)
window.show()
mirror = window.actions()[0]
for _ in range(3000):
    mirror.toggle()
    window.repaint()
    window.update()
attend(0.5)
window.close()
"""


def test_thousands_of_signals_and_paints(python: Callable[..., "object"]) -> None:
    """PySide6 6.12 loses a reference at each of them on Python < 3.12, until all ends."""
    soak = python("-c", SOAK, PYTHONPATH=os.path.dirname(__file__))  # noqa: PTH120
    _, said = soak.communicate(timeout=100)
    assert (soak.returncode, said) == (0, "")
