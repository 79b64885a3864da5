"""The window closes at once where nothing is lost by it, and asks once where something is."""

import signal
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import pytest

pytestmark = pytest.mark.usefixtures("offscreen")

try:
    from PySide6.QtCore import Qt, QTimer
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication, QDialog, QMessageBox
    from whole import click, page, question, until

    from livecam.batch import Batch, Progress
    from livecam.gui.files import Files
    from livecam.gui.gallery import Gallery
    from livecam.gui.memory import Memory
    from livecam.gui.preview import attend
    from livecam.gui.profile_menu import ProfileMenu
    from livecam.gui.question import ask
    from livecam.gui.window import MainWindow
except ImportError as error:
    pytest.skip(f"no windows here: {error}", allow_module_level=True)


@pytest.fixture
def files(window: MainWindow) -> Files:
    (found,) = window.findChildren(Files)
    return found


@pytest.fixture
def batch(files: Files) -> Batch:
    """Waits, so that what is added is not done before its time."""
    files._batch.pause()
    return files._batch


def progress(batch: Batch) -> list[Progress]:
    return [item.progress for item in batch.items()]


def clip(path: Path, assets: Path) -> Path:
    """A short one."""
    with av.open(str(assets / "clip_a.mp4")) as source, av.open(str(path), "w") as made:
        stream = made.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        for number, frame in zip(range(10), source.decode(video=0), strict=False):
            small_one = frame.reformat(320, 180, "yuv420p")
            small_one.pts, small_one.time_base = number, Fraction(1, 25)
            made.mux(stream.encode(small_one))
        made.mux(stream.encode())
    return path


def test_nothing_is_asked_where_nothing_goes_on(window: MainWindow) -> None:
    assert window.close()
    assert not window.isVisible()
    assert not window.findChildren(QDialog)


def test_files_that_are_over_are_not_asked_about(
    window: MainWindow, files: Files, batch: Batch, tmp_path: Path
) -> None:
    files.add([tmp_path / "a.mp4"])
    batch.cancel(1)
    assert window.close()


def test_who_stays_loses_nothing(
    window: MainWindow, files: Files, batch: Batch, tmp_path: Path
) -> None:
    files.add([tmp_path / f"{name}.mp4" for name in "abcd"])
    assert not window.close()
    asked = question(window)
    assert isinstance(asked, QMessageBox)
    assert asked.text() == "Close livecam?"
    assert asked.informativeText() == "Not done yet: a.mp4, b.mp4, c.mp4 …"
    assert not window.close()
    assert question(window) is asked, "it is asked once"
    QTest.keyClick(asked, Qt.Key.Key_Return)
    until(lambda: not asked.isVisible())
    assert window.isVisible()
    assert progress(batch) == [Progress.WAITING] * 4
    assert not window.close(), "and again when it closes again"


@pytest.mark.usefixtures("batch")
def test_they_are_stopped(window: MainWindow, files: Files, tmp_path: Path) -> None:
    files.add([tmp_path / "a.mp4"])
    assert not window.close()
    click(question(window), "Stop and close")
    until(lambda: not window.isVisible())


@pytest.mark.needs_network
def test_they_are_waited_for(
    window: MainWindow, files: Files, batch: Batch, assets: Path, tmp_path: Path
) -> None:
    files.add([clip(tmp_path / "a.mp4", assets)])
    assert not window.close()
    click(question(window), "Close when done")
    assert window.notices.text == "livecam closes when the files are done."
    until(lambda: not window.isVisible())
    assert progress(batch) == [Progress.DONE]
    assert (tmp_path / "a – livecam.mp4").is_file()


def test_one_that_fails_is_seen(
    window: MainWindow, files: Files, batch: Batch, tmp_path: Path
) -> None:
    files.add([tmp_path / "gone.mp4"])
    assert not window.close()
    click(question(window), "Close when done")
    until(lambda: progress(batch) == [Progress.FAILED])
    until(lambda: "livecam stays open" in window.notices.text)
    assert window.isVisible()
    assert window.close()


class Ended(BaseException):
    """As a signal's handler raises it."""


def open_files(window: MainWindow) -> None:
    click(page(window, "Files"), "Add files …")


def open_photos(window: MainWindow) -> None:
    click(page(window, "Faces"), "Choose photos …")


def open_removal(window: MainWindow) -> None:
    (gallery,) = window.findChildren(Gallery)
    until(lambda: gallery.list.entries)
    gallery.list.unwanted.emit(gallery.list.entries[0])


def open_profile(window: MainWindow) -> None:
    menu = ProfileMenu(window.engine, Memory(window), window.notices, window)
    menu._ask()


def open_leaving(window: MainWindow) -> None:
    (files,) = window.findChildren(Files)
    files._batch.pause()
    files.add([Path("a.mp4")])
    window.close()


def open_question(window: MainWindow) -> None:
    ask(window, "?", "", [])


@pytest.mark.parametrize(
    "open_it",
    [open_files, open_photos, open_removal, open_profile, open_leaving, open_question],
)
def test_ctrl_c_is_not_held_up(window: MainWindow, open_it: Callable[[MainWindow], None]) -> None:
    """Where a dialog waits for its answer itself, it is closed for it, and not seen any more."""
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)

    def stop(_number: int, _frame: object) -> None:
        raise Ended

    patience = QTimer(window, singleShot=True)
    patience.timeout.connect(close_all)
    patience.start(20_000)
    before = signal.signal(signal.SIGINT, stop)
    try:
        open_it(window)
        asked = question(window)
        QTimer.singleShot(0, lambda: signal.raise_signal(signal.SIGINT))
        with pytest.raises(Ended):
            attend(60)
        assert asked.isVisible()
    finally:
        signal.signal(signal.SIGINT, before)
        close_all()


def close_all() -> None:
    for one in QApplication.topLevelWidgets():
        if isinstance(one, QDialog):
            one.close()
