"""The queue of files: dropped in, looked at, halted, called off, opened."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from livecam.picture import Image

pytestmark = pytest.mark.usefixtures("offscreen")

try:
    from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
    from PySide6.QtGui import QDesktopServices, QDragEnterEvent, QDropEvent, QImage
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import (
        QApplication,
        QFileDialog,
        QSlider,
        QToolButton,
        QTreeWidget,
        QWidget,
    )
    from whole import button, click, page, question, small, until, whole

    from livecam.gui.files import Files
    from livecam.gui.preview import attend
    from livecam.gui.window import MainWindow
except ImportError as error:
    pytest.skip(f"no windows here: {error}", allow_module_level=True)


@pytest.fixture
def window(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    with whole(tmp_path, monkeypatch, small()) as made:
        yield made


@pytest.fixture
def files(window: MainWindow) -> Files:
    page(window, "Files")
    (found,) = window.findChildren(Files)
    return found


def clip(path: Path, assets: Path, frames: int) -> Path:
    """The beginning of a rendered clip, small."""
    with av.open(str(assets / "clip_a.mp4")) as source, av.open(str(path), "w") as made:
        stream = made.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        for number, frame in enumerate(source.decode(video=0)):
            if number == frames:
                break
            small_one = frame.reformat(320, 180, "yuv420p")
            small_one.pts, small_one.time_base = number, Fraction(1, 25)
            made.mux(stream.encode(small_one))
        made.mux(stream.encode())
    return path


def drop(widget: QWidget, *paths: Path) -> None:
    """As a file manager does."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    what = (
        mime,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    enter = QDragEnterEvent(widget.rect().center(), Qt.DropAction.CopyAction, *what)
    QApplication.sendEvent(widget, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(
        widget, QDropEvent(QPointF(widget.rect().center()), Qt.DropAction.CopyAction, *what)
    )


def said(files: Files) -> list[str]:
    """How far each is."""
    (rows,) = files.findChildren(QTreeWidget)
    items = [rows.topLevelItem(n) for n in range(rows.topLevelItemCount())]
    return [item.text(1) for item in items if item is not None]


def pixels(files: Files) -> Image:
    image = files.view.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


@pytest.mark.needs_network
def test_two_files_dropped_halted_called_off_and_opened(
    files: Files, assets: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(
        QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()) or True
    )
    one, two = (clip(tmp_path / f"{name}.mp4", assets, 40) for name in ("one", "two"))
    drop(files, one, two)
    until(lambda: len(said(files)) == 2)
    click(files, "Pause")
    button(files, "Go on")
    until(lambda: said(files)[0] == "paused" or said(files)[0] == "waiting")
    halted = said(files)
    attend(0.5)
    assert said(files) == halted
    assert not button(files, "Open").isEnabled()
    (rows,) = files.findChildren(QTreeWidget)
    QTest.keyClick(rows, Qt.Key.Key_Down)
    click(files, "Cancel")
    until(lambda: said(files)[1] == "cancelled")
    click(files, "Go on")
    until(lambda: said(files) == ["done", "cancelled"])
    click(files, "Remove")
    until(lambda: said(files) == ["done"])
    click(files, "Open")
    output = tmp_path / "one – livecam.mp4"
    assert opened == [str(output)]
    with av.open(str(output)) as made:
        assert len(list(made.decode(video=0))) == 40
    assert {path.name for path in tmp_path.glob("*.mp4")} == {"one.mp4", "two.mp4", output.name}


@pytest.mark.needs_network
def test_the_swap_at_the_playhead_before_anything_is_written(
    files: Files, assets: Path, tmp_path: Path
) -> None:
    files._batch.pause()  # as its button does, before there is anything to halt
    drop(files, clip(tmp_path / "one.mp4", assets, 50))
    until(lambda: pixels(files).std() > 20)
    (playhead,) = files.findChildren(QSlider)
    until(playhead.isEnabled)
    assert playhead.maximum() == 19, "tenths of two seconds"
    halves = split(files)
    assert halves[0] < 6 < halves[1], "before on the left is the file, after on the right is not"
    playhead.setFocus()
    QTest.keyClick(playhead, Qt.Key.Key_End)
    files.view.divider = 1  # all of it as it was
    first, last = (moment(tmp_path / "one.mp4", time_s) for time_s in (0, 1.9))
    attend(0.5)
    until(lambda: files._look is None, 20)
    attend(0.5)
    seen = pixels(files)
    assert near(seen, last) < near(seen, first)
    assert said(files) == ["waiting"]
    assert not (tmp_path / "one – livecam.mp4").exists()
    click(files, "Cancel")
    click(files, "Remove")
    until(lambda: pixels(files)[20:-20, 20:-20].max() == 0, 10)  # but for the focus
    assert not playhead.isEnabled()


def split(files: Files) -> tuple[float, float]:
    """How far the halves are from those of the file's first frame."""
    seen, there = pixels(files), fitted(files)
    middle = seen.shape[1] // 2
    face = slice(seen.shape[0] // 4, seen.shape[0] * 3 // 4)
    off = np.abs(seen.astype(int) - there)[face]
    return float(off[:, : middle - 12].mean()), float(off[:, middle + 12 :].max() / 10)


def fitted(files: Files) -> Image:
    item = files._batch.items()[0]
    return placed(moment(item.swap.source, 0), pixels(files).shape)


def near(seen: Image, there: Image) -> float:
    return float(np.abs(seen.astype(int) - placed(there, seen.shape)).mean())


def placed(image: Image, shape: tuple[int, ...]) -> Image:
    """As large as it fits, in the middle of black."""
    height, width = shape[:2]
    share = min(width / image.shape[1], height / image.shape[0])
    size = round(image.shape[1] * share), round(image.shape[0] * share)
    room = np.zeros(shape, np.uint8)
    left, top = (width - size[0]) // 2, (height - size[1]) // 2
    room[top : top + size[1], left : left + size[0]] = cv2.resize(
        image, size, interpolation=cv2.INTER_AREA
    )
    return room


def moment(path: Path, time_s: float) -> Image:
    with av.open(str(path)) as source:
        frames = list(source.decode(video=0))
        return frames[round(time_s * 25)].to_ndarray(format="rgb24")


def test_what_is_no_picture_is_said(files: Files, tmp_path: Path) -> None:
    wrong = tmp_path / "notes.txt"
    wrong.write_text("no picture")
    drop(files, wrong)
    until(lambda: said(files) == ["failed"])
    attend(0.2)
    assert wrong.name in files._said.text()
    drop(files)
    assert said(files) == ["failed"]


def test_files_are_chosen_from_a_dialog_too(files: Files, tmp_path: Path) -> None:
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
    files._batch.pause()
    click(files, "Add files …")
    asked = question(files)
    assert isinstance(asked, QFileDialog)
    assert not asked.findChild(QToolButton, "newFolderButton").isEnabled(), "nothing is changed"
    asked.filesSelected.emit([str(tmp_path / "a.mp4"), str(tmp_path / "a.mp4")])
    asked.close()
    until(lambda: said(files) == ["waiting", "waiting"])
    outputs = [item.output.name for item in files._batch.items()]
    assert outputs == ["a – livecam.mp4", "a – livecam 2.mp4"], "none writes over another"
