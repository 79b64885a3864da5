"""Where the picture comes from, and where it goes."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import platformdirs
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QGroupBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from livecam.engine import Engine, Status, Wanted
from livecam.errands import Errands
from livecam.gui.camera_modes import CameraModes
from livecam.gui.panel import Panel
from livecam.gui.watching import Devices, Watching
from livecam.sinks.virtual_camera import VirtualCameraInfo
from livecam.sources.devices import listed_camera

_SIZES = ((640, 360), (1280, 720), (1920, 1080))
_RATES = (15, 24, 25, 30, 60)
_VIRTUAL = "virtual"


class Connections(Panel):
    """Pickers by name, which follow what is plugged in.

    Args:
        engine: Takes the wishes.
        errands: Look for devices.
    """

    def __init__(self, engine: Engine, errands: Errands, parent: QWidget | None = None) -> None:
        super().__init__(engine, parent)
        self._watching = Watching(errands)
        self._devices: Devices | None = None
        self._recording: str | None = None
        column = QVBoxLayout(self)
        column.addWidget(self._camera_group())
        column.addWidget(self._virtual_group())
        column.addWidget(self._stream_group())
        column.addStretch(1)

    def refresh(self, status: Status) -> None:
        """See `Panel.refresh`."""
        devices = self._watching.devices(in_use=bool(status.wanted.outputs))
        if devices is not None and devices != self._devices:
            self._devices = devices
            self._list(devices)
        wanted, live = status.wanted, status.wanted.settings.live
        self._choose(self._camera, wanted.camera)
        self._show_modes(status.wanted)
        self._choose(self._size, (live.width, live.height))
        self._choose(self._rate, live.fps)
        self._choose(self._microphone, live.microphone)
        self._mirror.setChecked(live.mirror)
        self._virtual.setChecked(any(_is_virtual(target) for target in live.to))
        self._virtual.setEnabled(not all(_is_virtual(target) for target in live.to))
        self._choose(self._virtual_name, next(filter(_is_virtual, live.to), _VIRTUAL))
        if not self._address.hasFocus():
            self._address.setText(self._shown_address())
        is_live = bool(wanted.outputs)
        for widget in (self._size, self._rate, self._microphone):
            widget.setEnabled(not is_live)  # a new run would interrupt the picture
        recording = self._recording in wanted.outputs
        self._record.setText(self.tr("Stop recording") if recording else self.tr("&Record"))
        self._file.setText(self._recording or "")

    def _camera_group(self) -> QGroupBox:
        self._camera, self._size, self._rate = QComboBox(), QComboBox(), QComboBox()
        self._modes = CameraModes()
        self._mirror = QCheckBox(self.tr("&Mirror for everybody"))
        for width, height in _SIZES:
            self._size.addItem(f"{width} × {height}", (width, height))
        for rate in _RATES:
            self._rate.addItem(self.tr("{rate} pictures a second").format(rate=rate), rate)
        self._camera.activated.connect(self._change_camera)
        self._modes.activated.connect(self._change_mode)
        self._size.activated.connect(self._change_size)
        self._rate.activated.connect(self._change_rate)
        self._mirror.clicked.connect(self._change_mirror)
        group = QGroupBox(self.tr("Camera"))
        form = QFormLayout(group)
        form.addRow(self.tr("&Camera"), self._camera)
        form.addRow(self.tr("&Its format"), self._modes)
        form.addRow(self.tr("&Size"), self._size)
        form.addRow(self.tr("R&ate"), self._rate)
        form.addRow(self._mirror)
        return group

    def _virtual_group(self) -> QGroupBox:
        self._virtual = QCheckBox(self.tr("Be a &virtual camera for Zoom, Meet, OBS …"))
        self._virtual.setToolTip(self.tr("The only way out, until there is another below."))
        self._virtual_name = QComboBox()
        self._virtual_problem = QLabel(wordWrap=True)
        self._virtual_copy = QPushButton(self.tr("Copy what to do"))
        self._virtual.clicked.connect(self._change_virtual)
        self._virtual_name.activated.connect(self._change_virtual)
        self._virtual_copy.clicked.connect(self._copy_remedy)
        self._virtual_name.setAccessibleName(self.tr("Virtual camera"))
        group = QGroupBox(self.tr("Virtual camera"))
        column = QVBoxLayout(group)
        for widget in (self._virtual, self._virtual_name, self._virtual_problem):
            column.addWidget(widget)
        column.addWidget(self._virtual_copy, alignment=Qt.AlignmentFlag.AlignLeft)
        return group

    def _stream_group(self) -> QGroupBox:
        self._address = QLineEdit(placeholderText="rtmp://server/app/key")
        self._microphone = QComboBox()
        self._record = QPushButton()
        self._file = QLabel(wordWrap=True)
        self._file.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._address.editingFinished.connect(self._change_address)
        self._microphone.activated.connect(self._change_microphone)
        self._record.clicked.connect(self._change_recording)
        group = QGroupBox(self.tr("Stream and recording"))
        form = QFormLayout(group)
        form.addRow(self.tr("Stream &to"), self._address)
        form.addRow(self.tr("S&ound"), self._microphone)
        form.addRow(self._record)
        form.addRow(self._file)
        return group

    def _list(self, devices: Devices) -> None:
        """Fills the pickers with what is there."""
        cameras = [(camera.name, camera.name) for camera in devices.cameras]
        synthetic = (self.tr("Rendered test face"), "synthetic")
        _fill(self._camera, [(self.tr("First camera"), None), *cameras, synthetic])
        sounds = [(name, name) for name in devices.microphones]
        _fill(self._microphone, [(self.tr("No sound"), None), *sounds])
        writable = [one for one in devices.virtual_cameras if one.problem is None]
        named = [(one.name, f"{_VIRTUAL}:{one.name}") for one in writable]
        _fill(self._virtual_name, [(self.tr("First one that is free"), _VIRTUAL), *named])
        self._show_problem(devices.virtual_cameras)

    def _show_problem(self, found: Sequence[VirtualCameraInfo]) -> None:
        problems = [one.problem for one in found if one.problem is not None]
        usable = any(one.problem is None for one in found)
        problem = None if usable or not problems else problems[0]
        self._remedy = problem.hint if problem else ""
        text = problem.in_one_line if problem else ""
        self._virtual_problem.setText(text)
        self._virtual_problem.setVisible(problem is not None)
        self._virtual_copy.setVisible(problem is not None)

    def _show_modes(self, wanted: Wanted) -> None:
        cameras = self._devices.cameras if self._devices is not None else ()
        camera = listed_camera(wanted.camera, cameras)
        self._modes.show_modes(camera.modes if camera is not None else (), wanted.settings.live)

    def _choose(self, box: QComboBox, value: object) -> None:
        """Shows a value that may have come from elsewhere; adds it where it is not listed."""
        if box.view().isVisible():
            return  # somebody is choosing
        place = _place(box, value)
        if place < 0:
            name = f"{value[0]} × {value[1]}" if isinstance(value, tuple) else str(value)
            box.addItem(name, value)
            place = box.count() - 1
        box.setCurrentIndex(place)

    def _change_camera(self) -> None:
        wanted, camera = self.engine.wanted, self._camera.currentData()
        live = wanted.settings.live
        if camera != wanted.camera:
            live = replace(live, camera_mode=None)  # that was the other one's
        settings = replace(wanted.settings, live=live)
        self.engine.wanted = replace(wanted, settings=settings, camera=camera, running=True)

    def _change_mode(self) -> None:
        self._change_live(camera_mode=self._modes.chosen)

    def _change_size(self) -> None:
        width, height = self._size.currentData()
        self._change_live(width=width, height=height)

    def _change_rate(self) -> None:
        self._change_live(fps=self._rate.currentData())

    def _change_mirror(self) -> None:
        self._change_live(mirror=self._mirror.isChecked())

    def _change_microphone(self) -> None:
        self._change_live(microphone=self._microphone.currentData())

    def _change_virtual(self) -> None:
        target = (self._virtual_name.currentData(),) if self._virtual.isChecked() else ()
        others = (one for one in self.engine.wanted.settings.live.to if not _is_virtual(one))
        self._change_targets((*target, *others))

    def _change_address(self) -> None:
        address = self._address.text().strip()
        if address == self._shown_address():
            return
        others = (one for one in self.engine.wanted.settings.live.to if "://" not in one)
        self._change_targets((*others, *([address] if address else [])))

    def _shown_address(self) -> str:
        """The first, where there are several."""
        to = self.engine.wanted.settings.live.to
        return next((target for target in to if "://" in target), "")

    def _change_targets(self, to: tuple[str, ...]) -> None:
        """Says where "Go live" goes; what is live already follows at once."""
        wanted = self.engine.wanted
        before = wanted.settings.live.to
        to = to or (_VIRTUAL,)
        if to == before:
            return
        live = any(target in wanted.outputs for target in before)
        kept = tuple(one for one in wanted.outputs if one not in before)
        self.engine.wanted = replace(
            wanted,
            settings=replace(wanted.settings, live=replace(wanted.settings.live, to=to)),
            outputs=(*to, *kept) if live else wanted.outputs,
        )

    def _change_recording(self) -> None:
        wanted = self.engine.wanted
        if self._recording in wanted.outputs:
            outputs = tuple(one for one in wanted.outputs if one != self._recording)
        else:
            with suppress(OSError):  # the recording says so, too
                platformdirs.user_videos_path().mkdir(parents=True, exist_ok=True)
            self._recording = str(_new_recording())
            outputs = (*wanted.outputs, self._recording)
        self.engine.wanted = replace(wanted, running=True, outputs=outputs)

    def _change_live(self, **changes: object) -> None:
        wanted = self.engine.wanted
        live = replace(wanted.settings.live, **changes)  # type: ignore[arg-type] # by field
        self.engine.wanted = replace(wanted, settings=replace(wanted.settings, live=live))

    def _copy_remedy(self) -> None:
        QGuiApplication.clipboard().setText(self._remedy)


def _fill(box: QComboBox, items: Sequence[tuple[str, object]]) -> None:
    chosen = box.currentData()
    box.clear()
    for name, value in items:
        box.addItem(name, value)
    box.setCurrentIndex(max(_place(box, chosen), 0))


def _place(box: QComboBox, value: object) -> int:
    """Where `value` is listed, or −1; Qt itself would compare tuples by identity."""
    return next((n for n in range(box.count()) if box.itemData(n) == value), -1)


def _is_virtual(target: str) -> bool:
    return target.partition(":")[0] == _VIRTUAL


def _new_recording() -> Path:
    folder = platformdirs.user_videos_path()
    stamp = datetime.now().astimezone().strftime("%Y-%m-%d %H.%M.%S")
    return folder / f"livecam {stamp}.mkv"
