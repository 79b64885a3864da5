"""Whatever the window fetches says so, and can be cancelled there."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from offered import NAME, offered, was_called_off
from servers import WebServer

from livecam.engine import Phase

pytestmark = [pytest.mark.usefixtures("offscreen"), pytest.mark.needs_network]

try:
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QLabel, QTreeWidget, QWidget
    from whole import button, click, page, question, small, until, whole

    from livecam.batch import Progress
    from livecam.gui.files import Files
    from livecam.gui.preview import attend
    from livecam.gui.quality import Quality
    from livecam.gui.window import MainWindow
except ImportError as error:
    pytest.skip(f"no windows here: {error}", allow_module_level=True)

CANCELLED = "The download was cancelled; everything stays as it was."


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store"


@pytest.fixture
def web(store: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WebServer]:
    with offered(store, monkeypatch) as server:
        yield server


@pytest.fixture
def window(
    web: WebServer,  # noqa: ARG001 - the window looks for models when it opens
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[MainWindow]:
    with whole(tmp_path, monkeypatch) as made:
        yield made


def wish(window: MainWindow, swapper: str, *, running: bool) -> None:
    settings = small(**{"models.swapper": swapper})
    window.engine.wanted = replace(window.engine.wanted, settings=settings, running=running)


def row(tree: QTreeWidget, name: str) -> int:
    items = [tree.topLevelItem(n) for n in range(tree.topLevelItemCount())]
    return next((n for n, item in enumerate(items) if item and item.text(0) == name), -1)


def said(within: QWidget) -> str:
    return " ".join(one.text() for one in within.findChildren(QLabel) if one.wordWrap())


def test_what_a_run_needs(window: MainWindow, web: WebServer, store: Path) -> None:
    wish(window, "mesh", running=True)
    until(lambda: window.engine.status().phase is Phase.PREVIEW)
    wish(window, NAME, running=True)
    until(lambda: web.half_sent.is_set() and "/far.onnx" in window.notices.text)
    click(window.notices, "Cancel")
    until(lambda: window.engine.status().doing is None)
    until(lambda: window.notices.text == CANCELLED)
    assert window.engine.status().phase is Phase.PREVIEW
    assert window.engine.wanted.settings.models.swapper == "mesh"
    assert was_called_off(store)


def test_what_a_first_run_needs(window: MainWindow, web: WebServer, store: Path) -> None:
    wish(window, NAME, running=True)
    until(web.half_sent.is_set)
    click(window.notices, "Cancel")
    until(lambda: window.engine.status().doing is None)
    button(window, "Start the camera")
    assert window.engine.status().phase is Phase.OFF
    assert was_called_off(store)


def test_what_is_chosen_from_the_list(window: MainWindow, web: WebServer, store: Path) -> None:
    page(window, "Quality")
    (quality,) = window.findChildren(Quality)
    (tree,) = quality.findChildren(QTreeWidget)
    until(lambda: row(tree, NAME) >= 0)
    tree.setCurrentItem(tree.topLevelItem(row(tree, NAME)))
    until(lambda: quality._get.text().startswith("&Get and use it"))
    click(quality, quality._get.text().replace("&", ""))
    until(web.half_sent.is_set)
    click(quality, "Cancel the download")
    until(lambda: CANCELLED in said(quality))
    assert window.engine.wanted.settings.models.swapper == "mesh"
    assert was_called_off(store)
    web.stalled = set()
    until(lambda: quality._get.text().startswith("&Get and use it"))
    click(quality, quality._get.text().replace("&", ""))
    until(lambda: window.engine.wanted.settings.models.swapper == NAME)


@pytest.fixture
def picture(assets: Path, tmp_path: Path) -> Path:
    made = tmp_path / "somebody.png"
    made.write_bytes((assets / "portrait_a.png").read_bytes())
    return made


def test_who_stays_after_all_is_not_closed_later(
    window: MainWindow, web: WebServer, picture: Path
) -> None:
    wish(window, NAME, running=False)
    (files,) = window.findChildren(Files)
    files.add([picture])
    until(web.half_sent.is_set)
    assert not window.close()
    click(question(window), "Close when done")
    assert not window.close()
    asked = question(window)
    QTest.keyClick(asked, Qt.Key.Key_Escape)
    until(lambda: not asked.isVisible())
    files._batch.cancel(1)
    attend(0.5)
    assert window.isVisible()
    assert window.close()


def test_what_a_look_at_a_file_needs(
    window: MainWindow, web: WebServer, store: Path, picture: Path
) -> None:
    wish(window, NAME, running=False)
    page(window, "Files")
    (files,) = window.findChildren(Files)
    files._batch.pause()
    files.add([picture])
    until(lambda: web.half_sent.is_set() and "/far.onnx" in said(files))
    click(files, "Cancel the download")
    until(lambda: CANCELLED in said(files))
    assert was_called_off(store)
    assert [item.progress for item in files._batch.items()] == [Progress.WAITING]
    web.stalled = set()
    files._seek(0)
    until(lambda: files.view.isVisible() and files._glance is not None)
    assert "/far.onnx" not in said(files)


def test_what_a_file_needs(
    window: MainWindow, web: WebServer, store: Path, picture: Path, tmp_path: Path
) -> None:
    wish(window, NAME, running=False)
    page(window, "Files")
    (files,) = window.findChildren(Files)
    (tree,) = files.findChildren(QTreeWidget)
    files.add([picture])
    until(lambda: tree.topLevelItemCount() == 1 and web.half_sent.is_set())
    item = tree.topLevelItem(0)
    assert item is not None
    until(lambda: item.text(1).startswith("fetching a model"))
    click(files, "Cancel")
    until(lambda: item.text(1) == "cancelled")
    click(files, "Remove")
    until(lambda: tree.topLevelItemCount() == 0)
    assert was_called_off(store)
    assert [path.name for path in tmp_path.glob("*.png")] == ["somebody.png"]
