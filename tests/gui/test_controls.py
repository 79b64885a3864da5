"""Every control of the look changes the setting that it names, by mouse and keys."""

import gc
import weakref
from collections.abc import Iterator
from dataclasses import replace
from typing import TypeVar

import pytest

from livecam.engine import Engine, Wanted
from livecam.options import Option
from livecam.settings import Settings, load_settings, options
from livecam.sources.synthetic import demo_portrait

pytestmark = pytest.mark.usefixtures("offscreen")

try:
    from PySide6.QtCore import QPoint, QPointF, Qt
    from PySide6.QtGui import QWheelEvent
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import (
        QAbstractSlider,
        QAbstractSpinBox,
        QApplication,
        QCheckBox,
        QComboBox,
        QDoubleSpinBox,
        QLineEdit,
        QSlider,
        QSpinBox,
        QToolButton,
        QWidget,
    )

    from livecam.gui.control import Control
    from livecam.gui.controls import Controls, value_of, with_value
    from livecam.gui.preview import attend
except ImportError as error:
    pytest.skip(f"no windows here: {error}", allow_module_level=True)

OPTIONS = [option for option in options() if option.name.startswith("swap.")]
NUMBERS = [one for one in OPTIONS if one.kind in {int, float} and not one.several]
CHOICES = [one for one in OPTIONS if one.choices and not one.several]
SEVERAL = [one for one in OPTIONS if one.choices and one.several]
SWITCHES = [one for one in OPTIONS if one.kind is bool]
TEXTS = [one for one in OPTIONS if one not in (*NUMBERS, *CHOICES, *SEVERAL, *SWITCHES)]


@pytest.fixture
def controls() -> Iterator[Controls]:
    engine = Engine(Wanted(settings=Settings(), face=demo_portrait()))
    made = Controls(engine)
    made.show()
    made.activateWindow()
    refresh(made)
    yield made
    engine.close()
    made.close()


def by_name(some: list[Option]) -> "pytest.MarkDecorator":
    return pytest.mark.parametrize("option", some, ids=lambda option: option.name)


def refresh(controls: Controls) -> None:
    controls.refresh(controls.engine.status())
    attend(0)


T = TypeVar("T", bound="QWidget")


def part(controls: Controls, option: Option, kind: type[T]) -> T:
    (found,) = controls.controls[option.name].findChildren(kind)
    return found


def is_now(controls: Controls, option: Option) -> object:
    """What the setting is, with no other changed."""
    settings = controls.engine.wanted.settings
    value = value_of(settings, option.name)
    assert settings == with_value(Settings(), option.name, value)
    refresh(controls)
    return value


def reset(controls: Controls, option: Option) -> None:
    """By its own button, and only where there is something to set back."""
    place = list(controls.controls).index(option.name)
    button = controls.findChildren(QToolButton)[place]
    assert button.isEnabled()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert is_now(controls, option) == option.default
    assert not button.isEnabled()


def set_from_elsewhere(controls: Controls, option: Option, value: object) -> None:
    wanted = controls.engine.wanted
    settings = with_value(wanted.settings, option.name, value)
    controls.engine.wanted = replace(wanted, settings=settings)
    refresh(controls)


def click(box: QCheckBox) -> None:
    QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, box.height() // 2))


def type_in(field: QWidget, text: str) -> None:
    field.setFocus()
    (edit,) = field.findChildren(QLineEdit) or [field]
    assert isinstance(edit, QLineEdit)
    edit.selectAll()
    QTest.keyClicks(edit, text)
    QTest.keyClick(field, Qt.Key.Key_Return)


def test_every_option_has_a_control_and_a_name(controls: Controls) -> None:
    assert list(controls.controls) == [option.name for option in OPTIONS]
    for option in OPTIONS:
        control = controls.controls[option.name]
        assert option.help.split()[0].strip(".,") in control.toolTip()
    assert len(OPTIONS) == sum(map(len, (NUMBERS, CHOICES, SEVERAL, SWITCHES, TEXTS)))


@by_name(NUMBERS)
def test_a_slider(controls: Controls, option: Option) -> None:
    slider = part(controls, option, QSlider)
    assert option.least is not None
    assert option.most is not None
    slider.setFocus()
    for key, bound in ((Qt.Key.Key_Home, option.least), (Qt.Key.Key_End, option.most)):
        QTest.keyClick(slider, key)
        assert is_now(controls, option) == pytest.approx(bound, abs=0.0011)
        load_settings(None, overrides={option.name: value_of_now(controls, option)})
    QTest.keyClick(slider, Qt.Key.Key_Left)
    one_less = is_now(controls, option)
    step = 1 if option.kind is int else (option.most - option.least) / 100
    assert one_less == pytest.approx(option.most - step, abs=0.002)
    assert type(one_less) is option.kind
    assert part(controls, option, QAbstractSpinBox).text().split()[0].startswith(str(one_less)[:3])
    reset(controls, option)


def value_of_now(controls: Controls, option: Option) -> object:
    return value_of(controls.engine.wanted.settings, option.name)


@by_name(NUMBERS)
def test_a_number_typed(controls: Controls, option: Option) -> None:
    kind = QSpinBox if option.kind is int else QDoubleSpinBox
    spin = part(controls, option, kind)
    middle = option.kind(round(((option.least or 0) + (option.most or 0)) / 2, 3))  # type: ignore[operator] # int or float
    type_in(spin, str(middle))
    assert is_now(controls, option) == middle
    type_in(spin, "99")
    assert middle <= is_now(controls, option) <= (option.most or 0)  # type: ignore[operator] # numbers
    load_settings(None, overrides={option.name: value_of_now(controls, option)})
    assert spin.value() == value_of_now(controls, option)
    set_from_elsewhere(controls, option, middle)
    assert spin.value() == middle, "seen while the keyboard is in it, too"
    slider = part(controls, option, QSlider)
    slider_share = slider.value() / slider.maximum()
    assert option.least is not None
    assert option.most is not None
    assert slider_share == pytest.approx(
        (middle - option.least) / (option.most - option.least), abs=0.011
    )


@by_name(CHOICES)
def test_a_choice(controls: Controls, option: Option) -> None:
    box = part(controls, option, QComboBox)
    assert box.count() == len(option.choices)
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Home)
    refresh(controls)
    for choice in option.choices[1:]:
        QTest.keyClick(box, Qt.Key.Key_Down)
        assert is_now(controls, option) is choice
    other = next(choice for choice in option.choices if choice is not option.default)
    set_from_elsewhere(controls, option, other)
    assert box.currentIndex() == option.choices.index(other)
    reset(controls, option)
    assert box.currentIndex() == option.choices.index(option.default)


@by_name(SEVERAL)
def test_any_of_several(controls: Controls, option: Option) -> None:
    boxes = controls.controls[option.name].findChildren(QCheckBox)
    chosen: tuple[object, ...] = option.default  # type: ignore[assignment] # a tuple, as several
    for choice, box in zip(option.choices, boxes, strict=True):
        click(box)
        chosen = tuple(one for one in option.choices if one in {*chosen, choice})
        assert is_now(controls, option) == chosen
    set_from_elsewhere(controls, option, option.choices[:1])
    assert [box.isChecked() for box in boxes] == [True] + [False] * (len(boxes) - 1)
    reset(controls, option)


@by_name(SWITCHES)
def test_a_switch(controls: Controls, option: Option) -> None:
    box = part(controls, option, QCheckBox)
    click(box)
    assert is_now(controls, option) is (not option.default)
    reset(controls, option)
    assert box.isChecked() is option.default


@by_name(TEXTS)
def test_a_text(controls: Controls, option: Option) -> None:
    edit = part(controls, option, QLineEdit)
    assert option.name == "swap.mask.padding", "of others nobody knows what to type"
    type_in(edit, "0.1, 0, 0.25, 0")
    assert is_now(controls, option) == (0.1, 0, 0.25, 0)
    for refused in ("2, 2, 2, 2", "0.1", "padding"):
        type_in(edit, refused)
        assert is_now(controls, option) == (0.1, 0, 0.25, 0)
        assert edit.text() == "0.1, 0.0, 0.25, 0.0", "what is, though the keyboard is in it"
    reset(controls, option)


def test_the_wheel_belongs_to_the_page(controls: Controls) -> None:
    kinds = (QComboBox, QAbstractSlider, QAbstractSpinBox)
    for control in controls.controls.values():
        for widget in control.findChildren(QWidget):
            if isinstance(widget, kinds):
                wheel(widget)
    assert controls.engine.wanted.settings == Settings()


def wheel(widget: QWidget) -> None:
    place, there = QPointF(5, 5), widget.mapToGlobal(QPointF(5, 5))
    for down in (-120, 120, 120):
        event = QWheelEvent(
            place,
            there,
            QPoint(),
            QPoint(0, down),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,  # noqa: FBT003 - not inverted
        )
        QApplication.sendEvent(widget, event)


def test_nothing_keeps_it(controls: Controls) -> None:
    made = Controls(controls.engine)
    refresh(made)
    kept: weakref.ref[Control] = weakref.ref(made.controls["swap.strength"])
    gc.collect()
    gc.disable()
    try:
        del made
        assert kept() is None, "freed at once, by no collector of cycles"
    finally:
        gc.enable()
