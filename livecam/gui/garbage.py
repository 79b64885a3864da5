"""Garbage collected on the window's thread alone."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QTimer

_EVERY_MS = 200


@contextmanager
def collected_here() -> Iterator[None]:
    """Lets Python collect cycles on this thread only, as its event loop goes on.

    By itself it does so on whichever thread has just made an object, and a widget that ends on
    any other thread than the window's takes the program down.
    """
    timer = QTimer()
    timer.timeout.connect(_collect)
    gc.freeze()  # what is there by now stays, and need not be looked at again
    gc.disable()
    timer.start(_EVERY_MS)
    try:
        yield
    finally:
        timer.stop()
        gc.unfreeze()
        gc.enable()


def _collect() -> None:
    """Does what Python would do by itself, by its own thresholds."""
    for generation in (2, 1, 0):
        if gc.get_count()[generation] > gc.get_threshold()[generation] > 0:
            gc.collect(generation)
            return
