"""Garbage is collected, and on the thread of the window alone."""

import gc
import threading

import pytest

pytestmark = pytest.mark.usefixtures("offscreen")

try:
    from livecam.gui.garbage import collected_here
    from livecam.gui.preview import attend
except ImportError as error:
    pytest.skip(f"no windows here: {error}", allow_module_level=True)


class Cycle:
    """Holds itself, and notes the thread on which it ends."""

    ended: list[str]

    def __init__(self) -> None:
        self.itself = self

    def __del__(self) -> None:
        self.ended.append(threading.current_thread().name)


def make(count: int) -> None:
    for _ in range(count):
        Cycle()


def test_cycles_made_anywhere_end_here() -> None:
    Cycle.ended = []
    with collected_here():
        assert not gc.isenabled()
        beside = threading.Thread(target=make, args=(5000,), name="beside")
        beside.start()
        beside.join()
        assert Cycle.ended == []
        attend(1.0)
        assert set(Cycle.ended) == {"MainThread"}
        assert len(Cycle.ended) > 1000
    assert gc.isenabled()
    gc.disable()  # as the fixture left it
