"""From an empty profile to a live picture and back, by the buttons that people press."""

import time
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from livecam.engine import Phase
from livecam.frame import Frame
from livecam.picture import Colour, Matrix, Picture
from livecam.sources.synthetic import demo_portrait

pytestmark = pytest.mark.usefixtures("offscreen")

try:
    from PySide6.QtCore import QPoint, Qt, QTimer
    from PySide6.QtGui import QImage
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QLabel
    from whole import (
        button,
        click,
        combo,
        page,
        pick,
        question,
        small,
        threads,
        until,
        whole,
    )

    from livecam.gui.preview import attend
    from livecam.gui.view import View
    from livecam.gui.window import MainWindow
    from livecam.settings import Showing
except ImportError as error:
    pytest.skip(f"no windows here: {error}", allow_module_level=True)

LONGEST_S = 1.5
"""No pause of the output is longer: that is a busy machine, and shorter than the window's."""


@pytest.fixture
def window(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    with whole(tmp_path, monkeypatch, small(**{"live.to": [str(tmp_path / "out.mkv")]})) as made:
        yield made


def phase(window: MainWindow) -> Phase:
    return window.engine.status().phase


def badge(window: MainWindow) -> str:
    (found,) = [one for one in window.findChildren(QLabel) if one.accessibleName() == "State"]
    return found.text()


def settled(window: MainWindow, wanted: Phase) -> None:
    """Until it is so, and the window shows it."""
    until(lambda: phase(window) is wanted and window.engine.status().doing is None)
    names = {Phase.OFF: "OFF", Phase.PREVIEW: "PREVIEW ONLY", Phase.LIVE: "LIVE"}
    until(lambda: badge(window) == names[wanted])


def pixels(view: View) -> np.ndarray:
    """What is seen of it: uint8 (h, w, 3)."""
    image = view.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


@pytest.mark.needs_network
def test_from_an_empty_profile_to_live_and_back(
    window: MainWindow, assets: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_VIDEOS_DIR", str(tmp_path / "videos"))
    assert badge(window) == "OFF"
    click(window, "Start the camera")
    settled(window, Phase.PREVIEW)
    until(lambda: pixels(window.view).std() > 20)
    click(window, "Go live")
    settled(window, Phase.LIVE)
    assert button(window, "End").isEnabled()

    window.engine.wanted = replace(window.engine.wanted, face=assets / "portrait_a.png")
    until(lambda: "portrait_a" in window.windowTitle())
    camera = combo(page(window, "Camera"), "Camera")
    until(lambda: camera.count() > 1)
    window.engine.wanted = replace(window.engine.wanted, camera=str(assets / "clip_a.mp4"))
    until(lambda: camera.currentText().endswith("clip_a.mp4"))
    assert phase(window) is Phase.LIVE
    pick(camera, camera.findText("Rendered test face"))
    QTest.keyClick(camera, Qt.Key.Key_Return)
    until(lambda: window.engine.wanted.camera == "synthetic")
    assert phase(window) is Phase.LIVE

    click(page(window, "Camera"), "Record")
    until(lambda: len(window.engine.status().stats.sinks) == 2)  # type: ignore[union-attr] # runs
    recording = next(one for one in window.engine.wanted.outputs if "out.mkv" not in one)
    attend(0.5)
    click(window, "Stop recording")
    until(lambda: window.engine.status().doing is None and window.engine.wanted.outputs[1:] == ())
    until(lambda: Path(recording).stat().st_size > 2000)
    assert phase(window) is Phase.LIVE

    click(window, "End")
    settled(window, Phase.PREVIEW)
    assert (tmp_path / "out.mkv").stat().st_size > 2000
    click(window, "Stop the camera")
    settled(window, Phase.OFF)
    until(lambda: pixels(window.view).max() == 0)


@pytest.mark.needs_network
def test_going_live_while_a_recording_goes_on(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_VIDEOS_DIR", str(tmp_path / "videos"))
    camera = page(window, "Camera")
    click(camera, "Record")
    until(lambda: len(sinks(window)) == 1)
    click(window, "Go live")
    until(lambda: len(sinks(window)) == 2)
    click(window, "End")
    until(lambda: not sinks(window))
    settled(window, Phase.PREVIEW)


def sinks(window: MainWindow) -> list[str]:
    stats = window.engine.status().stats
    return [one.name for one in stats.sinks if one.name != "preview"] if stats else []


@pytest.mark.needs_network
def test_what_cannot_be_opened_is_said_in_a_sentence(window: MainWindow, tmp_path: Path) -> None:
    click(window, "Start the camera")
    settled(window, Phase.PREVIEW)
    missing = str(tmp_path / "gone.mp4")
    window.engine.wanted = replace(window.engine.wanted, camera=missing)
    until(lambda: window.notices.text and window.engine.status().doing is None)
    attend(0.3)
    assert window.notices.isVisible()
    assert "gone.mp4" in window.notices.text
    assert window.notices.text[0].isupper()
    click(window.notices, "✕")
    assert not window.notices.isVisible()
    output = tmp_path / "no folder" / "out.mkv"
    window.engine.wanted = replace(window.engine.wanted, outputs=(str(output),))
    until(lambda: "no folder" in window.notices.text and window.engine.status().doing is None)
    attend(0.5)
    assert window.notices.isVisible(), "the end of what failed does not wipe it away"
    assert window.notices.text.endswith("."), "and what to do about it"
    assert phase(window) is Phase.PREVIEW, "what was goes on"


@pytest.mark.needs_network
def test_closing_asks_once_while_live(window: MainWindow) -> None:
    click(window, "Go live")
    settled(window, Phase.LIVE)
    assert not window.close()
    assert not window.close(), "and not a second time"
    asked = question(window)
    QTest.keyClick(asked, Qt.Key.Key_Escape)
    until(lambda: not asked.isVisible())
    assert window.isVisible()
    assert phase(window) is Phase.LIVE
    assert not window.close()
    click(question(window), "End it")
    until(lambda: not window.isVisible())
    assert "livecam-engine" not in threads()
    assert phase(window) is Phase.OFF
    assert not [timer for timer in window.findChildren(QTimer) if timer.isActive()]


@pytest.mark.needs_network
def test_a_window_that_hangs_costs_the_picture_nothing(window: MainWindow, tmp_path: Path) -> None:
    click(window, "Go live")
    settled(window, Phase.LIVE)
    attend(1)
    QTimer.singleShot(0, lambda: time.sleep(2))
    attend(0.05)
    window.hide()
    attend(0.5)
    window.show()
    window.engine.wanted = replace(window.engine.wanted, outputs=())
    settled(window, Phase.PREVIEW)
    with av.open(str(tmp_path / "out.mkv")) as made:
        times = [float(one.time) for one in made.decode(video=0)]
    assert times[-1] > 3
    assert np.diff(times).max() < LONGEST_S


GREEN, PURPLE = (40, 180, 60), (150, 40, 150)


def plain(colour: tuple[int, int, int], width: int, height: int) -> Picture:
    image = np.empty((height, width, 3), np.uint8)
    image[:] = colour
    return Picture.from_rgb(image, Colour(Matrix.BT601))


def frame(width: int = 320, height: int = 180) -> Frame:
    before, after = plain(GREEN, width, height), plain(PURPLE, width, height)
    return Frame(after, 0, 0, Fraction(1, 1000), 0.0, original=before)


def shares(view: View) -> tuple[float, float]:
    """How much of the row above the grip is before and after."""
    row = pixels(view)[20].astype(int)
    near = [np.abs(row - colour).max(1) < 4 for colour in (GREEN, PURPLE)]
    assert not near[0][view.width() // 2 :].any() or not near[1][: view.width() // 2].any()
    return float(near[0].mean()), float(near[1].mean())


def test_the_divider_follows_the_mouse_and_the_arrow_keys() -> None:
    view = View(frame)
    view.resize(400, 225)
    view.showing = Showing.SPLIT
    view.show()
    view.activateWindow()
    until(lambda: pixels(view).max() > 0)
    assert shares(view) == pytest.approx((0.5, 0.5), abs=0.02)
    left = Qt.MouseButton.LeftButton
    QTest.mousePress(view, left, pos=QPoint(200, 100))
    QTest.mouseMove(view, QPoint(100, 100))
    QTest.mouseRelease(view, left, pos=QPoint(100, 100))
    assert view.divider == pytest.approx(0.25, abs=0.01)
    assert shares(view) == pytest.approx((0.25, 0.75), abs=0.02)
    QTest.mouseMove(view, QPoint(300, 100))
    assert shares(view) == pytest.approx((0.25, 0.75), abs=0.02), "let go of"
    view.setFocus()
    for _ in range(10):
        QTest.keyClick(view, Qt.Key.Key_Right)
    assert shares(view) == pytest.approx((0.45, 0.55), abs=0.02)
    view.mirrored = True
    assert shares(view) == pytest.approx((0.45, 0.55), abs=0.02), "before stays on the left"
    for showing, expected in ((Showing.BEFORE, (1, 0)), (Showing.AFTER, (0, 1))):
        view.showing = showing
        assert shares(view) == pytest.approx(expected, abs=0.02)
    view.close()


@pytest.mark.parametrize("showing", Showing)
def test_a_large_picture_is_painted_in_no_time(showing: Showing) -> None:
    """Generously: it is 1 to 2 ms, but the machine may be busy."""
    view = View(lambda: frame(1920, 1080))
    view.resize(960, 540)
    view.showing = showing
    view.show()
    until(lambda: pixels(view).max() > 0)
    took = []
    for _ in range(20):
        start = time.perf_counter()
        view.repaint()
        took.append(time.perf_counter() - start)
    view.close()
    assert np.median(took) < 0.05


def test_what_is_worn_at_first_is_the_rendered_person(window: MainWindow) -> None:
    assert demo_portrait().name in window.windowTitle()
