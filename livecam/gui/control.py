"""What one option is shown with and changed with, by its type."""

import re
import tomllib
from collections.abc import Iterator
from enum import Enum
from typing import Any

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QLineEdit,
    QSlider,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from livecam.gui.languages import of_option
from livecam.options import Option

_STEPS = 100
"""Of a slider between its bounds."""
_UNKNOWN = object()
_UNITS = {"_s": " s", "_px": " px", "_deg": "°"}


class Control(QWidget):
    """What an option is, and is changed with.

    Args:
        option: Which one.
    """

    chosen = Signal(str, object)
    """The option's full name, and what somebody chose for it."""

    def __init__(self, option: Option) -> None:
        super().__init__()
        self.option = option
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)

    def show_value(self, value: Any) -> None:
        """Shows what the option is, without telling of a change."""
        raise NotImplementedError

    def reset(self) -> None:
        """Chooses the default."""
        self._change(self.option.default)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's
        """Leaves the wheel to the page, unless the keyboard is here: who scrolls sets nothing."""
        if event.type() is not QEvent.Type.Wheel or self.hasFocus():
            return super().eventFilter(watched, event)
        event.ignore()
        return True

    def _change(self, value: object) -> None:
        self.chosen.emit(self.option.name, value)

    def _add(self, widget: QWidget, stretch: int = 1) -> None:
        widget.setAccessibleName(title(self.option))
        widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # not by the wheel
        widget.installEventFilter(self)
        self._row.addWidget(widget, stretch)
        if self.focusProxy() is None:  # one replaced would no longer be reached by Tab
            self.setFocusProxy(widget)


class _Switch(Control):
    def __init__(self, option: Option) -> None:
        super().__init__(option)
        self._box = QCheckBox()
        self._box.clicked.connect(self._change)
        self._add(self._box)

    def show_value(self, value: Any) -> None:
        self._box.setChecked(bool(value))


class _Choice(Control):
    def __init__(self, option: Option) -> None:
        super().__init__(option)
        self._box = QComboBox()
        for choice in option.choices:
            self._box.addItem(of_option(written(choice)))
        self._box.activated.connect(self._choose)
        self._add(self._box)

    def show_value(self, value: Any) -> None:
        if not self._box.view().isVisible():
            self._box.setCurrentIndex(self.option.choices.index(value))

    def _choose(self, place: int) -> None:
        self._change(self.option.choices[place])


class _Several(Control):
    """Any of the choices."""

    def __init__(self, option: Option) -> None:
        super().__init__(option)
        column = QVBoxLayout()
        self._boxes: dict[object, QCheckBox] = {}
        for choice in option.choices:
            box = QCheckBox(of_option(written(choice)))
            box.clicked.connect(self._choose)
            column.addWidget(box)
            self._boxes[choice] = box
        self._row.addLayout(column)

    def show_value(self, value: Any) -> None:
        for choice, box in self._boxes.items():
            box.setChecked(choice in value)

    def _choose(self) -> None:
        self._change(tuple(choice for choice, box in self._boxes.items() if box.isChecked()))


class _Number(Control):
    """A number, with a slider where it has two bounds."""

    def __init__(self, option: Option) -> None:
        super().__init__(option)
        whole = option.kind is int
        self._spin: QSpinBox | QDoubleSpinBox = QSpinBox() if whole else QDoubleSpinBox()
        least, most = option.least, option.most
        if isinstance(self._spin, QSpinBox):
            self._spin.setRange(int(least or 0), int(most if most is not None else 1_000_000))
        else:
            self._spin.setDecimals(3)
            below, above = _open_ends(option)
            top = most if most is not None else 1e6
            self._spin.setRange((least or 0.0) + below, top - above)
            self._spin.setSingleStep(0.05)
        self._spin.setSuffix(unit(option))
        self._spin.setKeyboardTracking(False)
        self._spin.valueChanged.connect(self._spun)
        self._slider: QSlider | None = None
        if least is not None and most is not None:
            self._slider = QSlider(Qt.Orientation.Horizontal)
            self._slider.setRange(0, int(most - least) if whole else _STEPS)
            self._slider.valueChanged.connect(self._slid)
            self._add(self._slider, 2)
        self._add(self._spin)

    def show_value(self, value: Any) -> None:
        with QSignalBlocker(self._spin):
            self._spin.setValue(value)
        if self._slider is not None and not self._slider.isSliderDown():
            with QSignalBlocker(self._slider):
                self._slider.setValue(round((value - (self.option.least or 0)) / self._step()))

    def _step(self) -> float:
        """Of the slider."""
        if self.option.kind is int:
            return 1
        return ((self.option.most or 0) - (self.option.least or 0)) / _STEPS

    def _slid(self, place: int) -> None:
        value = round((self.option.least or 0) + place * self._step(), 3)
        value = min(max(value, self._spin.minimum()), self._spin.maximum())
        self._change(int(value) if self.option.kind is int else value)

    def _spun(self, value: float) -> None:
        self._change(value)


class _Text(Control):
    """Anything else, written as in a settings file; nothing means none."""

    def __init__(self, option: Option) -> None:
        super().__init__(option)
        self._edit = QLineEdit()
        self._edit.editingFinished.connect(self._edited)
        self._shown: object = None
        self._add(self._edit)

    def show_value(self, value: Any) -> None:
        if value != self._shown or not self._edit.hasFocus():
            self._shown = value
            self._edit.setText(written(value))

    def _edited(self) -> None:
        value = _read(self._edit.text().strip(), like=self.option.default)
        if value != self._shown:
            self._shown = _UNKNOWN
            self._change(value)


def control_of(option: Option) -> Control:
    """The control for an option of its type."""
    if option.several and option.choices:
        return _Several(option)
    if option.choices:
        return _Choice(option)
    if option.kind is bool:
        return _Switch(option)
    if option.kind in {int, float} and not option.several:
        return _Number(option)
    return _Text(option)


def _open_ends(option: Option) -> tuple[float, float]:
    """How far within its bounds it has to stay, where it may not be as much as they are."""
    return (0.001 if ">" in option.limits else 0.0, 0.001 if "<" in option.limits else 0.0)


def title(option: Option) -> str:
    """What an option is called on a label."""
    return of_option(_title(option))


def group_title(option: Option) -> str:
    """What the branch of an option is called above its group."""
    return of_option(_group_title(option))


def option_texts(option: Option) -> Iterator[str]:
    """All that is read of an option, in English: what a catalogue translates."""
    yield from (_group_title(option), _title(option), option.help)
    yield from map(written, option.choices)


def unit(option: Option) -> str:
    """What stands behind an option's number."""
    return next((sign for end, sign in _UNITS.items() if option.name.endswith(end)), "")


def written(value: object) -> str:
    """A value as a line of text; empty for none."""
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, tuple):
        return ", ".join(written(one) for one in value)
    return "" if value is None else str(value)


def _title(option: Option) -> str:
    return _plain(re.sub(r"_(s|px|deg)$", "", option.name.rpartition(".")[2]))


def _group_title(option: Option) -> str:
    return _plain(option.name.split(".")[-2])


def _plain(name: str) -> str:
    """A name of the code as people write it."""
    return name.replace("_", " ").capitalize()


def in_words(value: object) -> str:
    """A value as it is read in the window's language; empty for none."""
    if isinstance(value, bool):
        return of_option("on" if value else "off")
    if isinstance(value, tuple):
        return ", ".join(in_words(one) for one in value)
    return of_option(written(value)) if isinstance(value, Enum) else written(value)


def _read(text: str, *, like: object) -> object:
    if not isinstance(like, tuple):
        return text or None
    parts = [part.strip() for part in text.split(",") if part.strip()]
    try:
        return tuple(tomllib.loads(f"value = [{', '.join(parts)}]")["value"])
    except tomllib.TOMLDecodeError:
        return tuple(parts)
