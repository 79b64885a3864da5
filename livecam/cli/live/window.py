"""The window of `--to preview`, which lives while the terminal waits."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from livecam.live import LiveRun

Wait = Callable[[float], bool]
"""Waits for the run's end for so many seconds at most; whether it has ended. As `LiveRun.join`."""


@contextmanager
def window(run: LiveRun, *, width: int, height: int) -> Iterator[Wait]:
    """How to wait for the end of the run inside the context; its preview is seen meanwhile."""
    if run.preview is None:
        yield run.join
        return
    from livecam.gui.preview import PreviewWindow, attend  # noqa: PLC0415 - PySide6 may be absent

    state = "LIVE" if run.stats().sinks else "preview only"

    def title() -> str:
        return f"livecam – {state} – {run.face}"

    def wait(seconds: float) -> bool:
        attend(seconds)
        return run.join(0)

    shown = PreviewWindow(run.preview, width=width, height=height, title=title, on_close=run.stop)
    shown.show()
    try:
        yield wait
    finally:
        shown.close()
