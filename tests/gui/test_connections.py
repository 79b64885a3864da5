"""Pickers of the camera page: what is chosen on them is wanted, and what is wanted is shown."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import pytest

from livecam.errands import Errands
from livecam.errors import SinkError
from livecam.gui.watching import Devices
from livecam.media.modes import Mode
from livecam.settings import LiveOptions
from livecam.sinks.virtual_camera import VirtualCameraInfo
from livecam.sources.camera_info import CameraInfo

pytestmark = pytest.mark.usefixtures("offscreen")

try:
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QGuiApplication
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QWidget
    from whole import button, click, combo, page, pick, until

    from livecam.gui.connections import Connections
    from livecam.gui.preview import attend
    from livecam.gui.window import MainWindow
except ImportError as error:
    pytest.skip(f"no windows here: {error}", allow_module_level=True)

NTSC = Fraction(30000, 1001)
WEBCAM = CameraInfo(
    0,
    "Webcam",
    "/dev/video0",
    (
        Mode("yuyv422", 640, 480, (Fraction(15), NTSC)),
        Mode("mjpeg", 640, 480, (Fraction(15), NTSC)),
        Mode("mjpeg", 1280, 720, (Fraction(10),)),
    ),
)


@pytest.fixture
def camera(window: MainWindow) -> QWidget:
    shown = page(window, "Camera")
    until(lambda: combo(shown, "Camera").count() > 1, 20)
    return shown


def live(window: MainWindow) -> LiveOptions:
    attend(0.15)
    return window.engine.wanted.settings.live


def choose(box: QComboBox, place: int) -> None:
    pick(box, place)
    box.activated.emit(place)


def test_size_rate_and_mirror(window: MainWindow, camera: QWidget) -> None:
    size, rate = combo(camera, "Size"), combo(camera, "Rate")
    assert size.currentText() == "320 × 180", "though it is on no list"
    choose(size, 1)
    assert (live(window).width, live(window).height) == (1280, 720)
    choose(rate, 4)
    assert live(window).fps == 60
    click(camera, "Mirror for everybody")
    assert live(window).mirror
    assert (size.currentText(), rate.currentText()) == ("1280 × 720", "60 pictures a second")


def test_a_change_from_elsewhere_is_shown(window: MainWindow, camera: QWidget) -> None:
    wanted = window.engine.wanted
    changed = replace(wanted.settings.live, fps=24, mirror=True, to=("rtmp://a/b", "rtmp://c/d"))
    settings = replace(wanted.settings, live=changed)
    window.engine.wanted = replace(wanted, settings=settings, camera="another")
    attend(0.3)
    assert combo(camera, "Camera").currentText() == "another"
    assert combo(camera, "Rate").currentText() == "24 pictures a second"
    (address,) = [one for one in camera.findChildren(QLineEdit) if one.isVisible()]
    assert address.text() == "rtmp://a/b"
    assert not button(camera, "Be a virtual camera for Zoom, Meet, OBS …").isChecked()  # type: ignore[attr-defined] # a check box
    address.setFocus()
    QTest.keyClick(address, Qt.Key.Key_Return)
    assert live(window).to == ("rtmp://a/b", "rtmp://c/d"), "nothing was typed"


def test_where_it_goes(window: MainWindow, camera: QWidget) -> None:
    virtual = button(camera, "Be a virtual camera for Zoom, Meet, OBS …")
    assert isinstance(virtual, QCheckBox)
    assert virtual.isChecked()
    assert not virtual.isEnabled(), "the only way out"
    (address,) = [one for one in camera.findChildren(QLineEdit) if one.isVisible()]
    address.setFocus()
    QTest.keyClicks(address, "rtmp://here/live/key")
    attend(0.3)
    assert address.text() == "rtmp://here/live/key", "nobody types against the window"
    QTest.keyClick(address, Qt.Key.Key_Return)
    assert live(window).to == ("virtual", "rtmp://here/live/key")
    click(camera, virtual.text().replace("&", ""))
    assert live(window).to == ("rtmp://here/live/key",)
    assert not virtual.isChecked()
    assert virtual.isEnabled()
    address.clear()
    QTest.keyClick(address, Qt.Key.Key_Return)
    assert live(window).to == ("virtual",), "it has to go somewhere"
    assert window.engine.wanted.outputs == (), "nothing is live by that"


def test_a_change_of_address_moves_what_is_live(window: MainWindow, camera: QWidget) -> None:
    wanted = window.engine.wanted
    window.engine.wanted = replace(wanted, outputs=("virtual", "talk.mkv"))
    (address,) = [one for one in camera.findChildren(QLineEdit) if one.isVisible()]
    address.setFocus()
    QTest.keyClicks(address, "srt://here:9")
    QTest.keyClick(address, Qt.Key.Key_Return)
    assert window.engine.wanted.outputs == ("virtual", "srt://here:9", "talk.mkv")
    attend(0.15)
    assert not combo(camera, "Size").isEnabled(), "a new run would interrupt the picture"
    window.engine.wanted = replace(window.engine.wanted, outputs=())


class Told:
    """Looks as `Watching` does, and sees what it is told: cameras cannot be plugged in here."""

    found = Devices()

    def devices(self, *, in_use: bool) -> Devices:  # noqa: ARG002 - as `Watching`
        return self.found


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def panel(window: MainWindow, told: Told) -> Iterator[Connections]:
    """A page of its own, which sees what `told` does."""
    made = Connections(window.engine, Errands("t"))
    made._watching = told  # type: ignore[assignment] # the same verb
    made.show()
    yield made
    made.close()


def test_devices_come_and_go_and_what_is_missing_has_a_remedy(
    window: MainWindow, told: Told, panel: Connections
) -> None:
    problem = SinkError("There is no virtual camera.", hint="Install the module.")
    told.found = Devices(
        microphones=("desk",), virtual_cameras=(VirtualCameraInfo("v", None, problem),)
    )
    panel.refresh(window.engine.status())
    click(panel, "Copy what to do")
    assert QGuiApplication.clipboard().text() == "Install the module."
    choose(combo(panel, "Sound"), 1)
    assert window.engine.wanted.settings.live.microphone == "desk"
    told.found = Devices(
        virtual_cameras=(VirtualCameraInfo("one", None, None), VirtualCameraInfo("two", None, None))
    )
    panel.refresh(window.engine.status())
    assert combo(panel, "Sound").currentText() == "desk", "still wanted, though it is gone"
    choose(combo(panel, "Virtual camera"), 2)
    assert window.engine.wanted.settings.live.to == ("virtual:two",)


def test_what_the_camera_offers_is_listed_and_chosen(
    window: MainWindow, told: Told, panel: Connections
) -> None:
    def look() -> QComboBox:
        panel.refresh(window.engine.status())
        return combo(panel, "Its format")

    def listed() -> list[str]:
        return [look().itemText(place) for place in range(look().count())]

    assert listed() == ["Automatic"], "the rendered face has no list"
    assert not look().isEnabled()
    told.found = Devices(cameras=(WEBCAM, CameraInfo(2, "Silent", "/dev/video2")))
    assert listed() == ["Automatic"], "and still is what is looked at"
    look()
    choose(combo(panel, "Camera"), 1)
    assert window.engine.wanted.camera == "Webcam"
    assert listed() == [
        "Automatic: 640 × 480, 15 a second",
        "1280 × 720, 10 a second",
        "640 × 480, 29.97 a second",
        "640 × 480, 15 a second",
    ]
    choose(look(), 2)
    assert window.engine.wanted.settings.live.camera_mode == "640x480@29.97"
    assert look().currentText() == "640 × 480, 29.97 a second"
    told.found = Devices()
    assert listed() == ["Automatic", "640 × 480, 29.97 a second"], "it may come back"
    assert look().currentIndex() == 1
    told.found = Devices(cameras=(WEBCAM, CameraInfo(2, "Silent", "/dev/video2")))
    look()
    combo(panel, "Camera").activated.emit(1)
    assert window.engine.wanted.settings.live.camera_mode, "it is the same camera"
    choose(combo(panel, "Camera"), 2)
    assert window.engine.wanted.camera == "Silent"
    assert window.engine.wanted.settings.live.camera_mode is None, "that was the other one's"
    assert listed() == ["Automatic"]
