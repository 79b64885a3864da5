"""Which of a camera's own sizes and rates it is asked for."""

from collections.abc import Sequence
from fractions import Fraction

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QComboBox, QWidget

from livecam.media.modes import Mode
from livecam.settings import LiveOptions
from livecam.sources.formats import Asked, choose


class CameraModes(QComboBox):
    """All that a camera offers, largest and fastest first, below the automatic choice of it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items: list[tuple[str, str | None]] = []
        self.setToolTip(
            self.tr("What the camera is asked for; what goes out has the size and rate below.")
        )

    @property
    def chosen(self) -> str | None:
        """As `LiveOptions.camera_mode`."""
        return self._items[self.currentIndex()][1]

    def show_modes(self, modes: Sequence[Mode], live: LiveOptions) -> None:
        """Lists what can be chosen, and shows what is wanted.

        Args:
            modes: Of the camera that is wanted; none where it is away, or does not tell.
            live: What is wanted.
        """
        if self.view().isVisible():
            return  # somebody is choosing
        items = self._listed(modes, live)
        if items != self._items:
            self._items = items
            self.clear()
            self.addItems([name for name, _ in items])
        self.setCurrentIndex([mode for _, mode in items].index(live.camera_mode))
        self.setEnabled(len(items) > 1)

    def _listed(self, modes: Sequence[Mode], live: LiveOptions) -> list[tuple[str, str | None]]:
        rate = Fraction(live.fps)
        offered = {
            Asked(mode.width, mode.height, one) for mode in modes for one in mode.rates or [rate]
        }
        if live.camera_mode is not None:
            offered.add(live.asked)  # though the camera is away, or is another one by now
        largest_first = sorted(
            offered, key=lambda one: (one.width * one.height, one.width, one.rate), reverse=True
        )
        named = {str(one): self._name(one) for one in largest_first}
        automatic = self.tr("Automatic")
        choice = choose(modes, Asked(live.width, live.height, rate))
        if choice is not None:
            taken = Asked(choice.mode.width, choice.mode.height, choice.rate)
            automatic = self.tr("Automatic: {mode}").format(mode=self._name(taken))
        return [(automatic, None), *((name, mode) for mode, name in named.items())]

    def _name(self, asked: Asked) -> str:
        return self.tr("{width} × {height}, {rate} a second").format(
            width=asked.width,
            height=asked.height,
            rate=QLocale().toString(float(asked.rate), "g", 4),
        )
