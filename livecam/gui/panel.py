"""What every part of the window has to be."""

from PySide6.QtWidgets import QWidget

from livecam.engine import Engine, Status, Wanted


class Panel(QWidget):
    """A part of the window that shows one side of a run, and changes what is wanted of it.

    It keeps no state of the run: what it shows, it is told ten times a second; what is chosen on
    it becomes a wish of the engine's at once.

    Args:
        engine: Takes the wishes.
    """

    def __init__(self, engine: Engine, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.engine = engine

    def refresh(self, status: Status) -> None:
        """Shows how things are. Must be quick, and must not undo what is just being typed."""


def goes_out(wanted: Wanted) -> bool:
    """Whether the picture goes out, rather than only into a recording."""
    return any(
        one in wanted.settings.live.to or "://" in one or one.partition(":")[0] == "virtual"
        for one in wanted.outputs
    )
