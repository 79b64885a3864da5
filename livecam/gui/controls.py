"""A control for every option, made from its annotation: bounds, choices, unit, help, reset."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeVar

from PySide6.QtWidgets import QGridLayout, QGroupBox, QLabel, QToolButton, QVBoxLayout, QWidget

from livecam.engine import Engine, Status
from livecam.gui.control import Control, control_of, group_title, in_words, title
from livecam.gui.languages import of_option
from livecam.gui.panel import Panel
from livecam.options import Option
from livecam.settings import Settings, options

T = TypeVar("T")


class Controls(Panel):
    """A control for each option whose name begins with one of the prefixes, grouped by branch.

    Args:
        engine: Takes the wishes.
        prefixes: Of the options' full names.
    """

    def __init__(
        self, engine: Engine, prefixes: Sequence[str] = ("swap.",), parent: QWidget | None = None
    ) -> None:
        super().__init__(engine, parent)
        self.controls: dict[str, Control] = {}
        self._resets: dict[str, QToolButton] = {}
        self._shown: Settings | None = None
        column = QVBoxLayout(self)
        groups: dict[str, QGridLayout] = {}
        for option in options():
            if option.name.startswith(tuple(prefixes)):
                branch = option.name.rpartition(".")[0]
                if branch not in groups:
                    group = QGroupBox(group_title(option))
                    groups[branch] = QGridLayout(group)
                    column.addWidget(group)
                self._add(option, groups[branch])
        column.addStretch(1)

    def refresh(self, status: Status) -> None:
        """See `Panel.refresh`."""
        settings = status.wanted.settings
        if settings is self._shown:
            return
        self._shown = settings
        for name, control in self.controls.items():
            value = value_of(settings, name)
            control.show_value(value)
            self._resets[name].setEnabled(value != control.option.default)

    def _add(self, option: Option, grid: QGridLayout) -> None:
        control = control_of(option)
        control.chosen.connect(self._change)
        reset = QToolButton(autoRaise=True)
        reset.setText("↺")
        reset.setToolTip(self.tr("Back to {value}").format(value=in_words(option.default) or "–"))
        reset.setAccessibleName(self.tr("Reset {name}").format(name=title(option)))
        reset.clicked.connect(control.reset)
        label = QLabel(title(option))
        label.setBuddy(control)
        for widget in (label, control):
            widget.setToolTip(
                f"<p>{of_option(option.help)}</p><p><tt>{option.name}</tt> {option.limits}</p>"
            )
        row = grid.rowCount()
        grid.addWidget(label, row, 0)
        grid.addWidget(control, row, 1)
        grid.addWidget(reset, row, 2)
        self.controls[option.name], self._resets[option.name] = control, reset

    def _change(self, name: str, value: object) -> None:
        wanted = self.engine.wanted
        try:
            settings = with_value(wanted.settings, name, value)
        except ValueError:  # as pydantic refuses: what is shown goes back to what is
            self._shown = None
            return
        self.engine.wanted = replace(wanted, settings=settings)


def value_of(settings: object, name: str) -> Any:
    """The value of the option with this full name."""
    for part in name.split("."):
        settings = getattr(settings, part)
    return settings


def with_value(settings: T, name: str, value: object) -> T:
    """`settings` with one option changed.

    Raises:
        ValueError: It cannot be that.
    """
    branch, _, rest = name.partition(".")
    inner = with_value(getattr(settings, branch), rest, value) if rest else value
    return replace(settings, **{branch: inner})  # type: ignore[type-var] # a dataclass
