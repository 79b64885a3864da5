"""The list of models, and the button that gets and uses one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from livecam.presets import Preset
from livecam.settings import ModelOptions

pytestmark = pytest.mark.usefixtures("offscreen")

try:
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QLabel, QMessageBox, QTreeWidget
    from whole import button, combo, page, pick, question, until, whole

    from livecam.gui.preview import attend
    from livecam.gui.quality import Quality
    from livecam.gui.window import MainWindow
except ImportError as error:
    pytest.skip(f"no windows here: {error}", allow_module_level=True)


@pytest.fixture
def window(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    monkeypatch.setenv("LIVECAM_MODELS", str(tmp_path / "models"))
    with whole(tmp_path, monkeypatch) as made:
        yield made


@pytest.fixture
def quality(window: MainWindow) -> Quality:
    page(window, "Quality")
    (found,) = window.findChildren(Quality)
    until(lambda: listed(found))
    return found


def listed(quality: Quality) -> dict[str, int]:
    """Row of each model."""
    (tree,) = quality.findChildren(QTreeWidget)
    items = [tree.topLevelItem(row) for row in range(tree.topLevelItemCount())]
    return {item.text(0): row for row, item in enumerate(items) if item is not None}


def choose(quality: Quality, name: str) -> QTreeWidget:
    (tree,) = quality.findChildren(QTreeWidget)
    tree.setCurrentItem(tree.topLevelItem(listed(quality)[name]))
    attend(0.15)
    return tree


def about(quality: Quality) -> str:
    return " ".join(one.text() for one in quality.findChildren(QLabel) if one.wordWrap())


def test_licence_and_size_are_seen_and_what_is_used(window: MainWindow, quality: Quality) -> None:
    used = window.engine.wanted.settings.models.swapper
    tree = choose(quality, used)
    item = tree.currentItem()
    assert item is not None
    assert item.font(0).bold()
    assert not button(quality, "In use").isEnabled()
    assert "Licence: " in about(quality)
    QTest.keyClick(tree, Qt.Key.Key_Return)
    attend(0.2)
    assert window.engine.wanted.settings.models.swapper == used


def test_a_licence_that_is_declined_changes_nothing(window: MainWindow, quality: Quality) -> None:
    before = window.engine.wanted.settings
    barred = [one for one in quality._entries if not one.allowed and one.manifest.weights.sources]
    barred = [one for one in barred if one.manifest.task == "swapper"]
    choose(quality, barred[0].manifest.name)
    (get,) = [one for one in (quality._get,) if one.isEnabled()]
    QTest.mouseClick(get, Qt.MouseButton.LeftButton)
    asked = question(quality)
    assert isinstance(asked, QMessageBox)
    assert barred[0].manifest.name in asked.informativeText()
    QTest.keyClick(asked, Qt.Key.Key_Return)  # what is the default declines
    until(lambda: not asked.isVisible())
    assert quality._fetching is None
    assert window.engine.wanted.settings == before


def test_one_without_a_source_cannot_be_fetched(quality: Quality) -> None:
    bare = [
        one.manifest.name
        for one in quality._entries
        if one.manifest.task == "swapper" and not one.installed and not one.manifest.weights.sources
    ]
    for name in bare[:1]:
        tree = choose(quality, name)
        assert "livecam models add" in about(quality)
        QTest.keyClick(tree, Qt.Key.Key_Return)
        attend(0.1)
        assert quality._fetching is None


def test_presets(window: MainWindow, quality: Quality) -> None:
    box = combo(quality, "Quality")
    assert box.currentText() == "Balanced"
    for place, preset in enumerate(Preset):
        pick(box, place)
        box.activated.emit(place)
        attend(0.2)
        assert box.currentData() == preset, "shown as it was chosen"
    assert window.engine.wanted.settings.models == ModelOptions(), "none better is here"
    assert window.engine.wanted.settings.detector.longest_side == 640
