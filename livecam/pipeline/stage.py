"""The thread of one stage: whatever happens on it is reported, and its end can be waited for."""

import os
import sys
from collections.abc import Callable
from threading import Event, Thread, get_native_id

from livecam.errors import LivecamError, PipelineError
from livecam.pipeline.ring import AbortedError
from livecam.pipeline.shared_cores import SHARED_CORES

_STEPS_BEHIND = 5
"""Of niceness: a third of the share of a thread that goes first, where both want the processor."""


class Stage(Thread):
    """Runs `work` on a thread of its own, named `livecam-` and the stage's name.

    Args:
        stage: The stage's name.
        work: Ends by itself, or by an `AbortedError` when the run is called off.
        on_error: Told of any other exception, on this thread.
    """

    def __init__(
        self,
        stage: str,
        work: Callable[[], None],
        *,
        on_error: Callable[[str, BaseException], None],
    ) -> None:
        super().__init__(name=f"livecam-{stage}")
        self._stage = stage
        self._work = work
        self._on_error = on_error
        self._ended = Event()

    def run(self) -> None:
        """The thread's life; called by `start`."""
        try:
            with SHARED_CORES:
                self._work()
        except AbortedError:
            pass
        except BaseException as error:  # noqa: BLE001 - whatever ends one stage must end the run
            self._on_error(self._stage, error)
        finally:
            # What ran belongs to whoever holds this thread: together they would outlive their use.
            del self._work, self._on_error
            self._ended.set()

    def wait(self, timeout_s: float | None = None) -> bool:
        """True once the thread has ended, or if it was never started.

        Unlike `join`, it may be interrupted and called again: before Python 3.13 an interrupted
        `join` takes the thread for ended.
        """
        if self.ident is None:
            return True
        if not self._ended.wait(timeout_s):
            return False
        self.join()
        return True


def go_last() -> None:
    """Lets other threads go before this one and those it will start; on Linux only.

    Encoders start a thread for every core. Left to themselves they take the cores from the one
    thread that all the frames have to pass, and idle once they have caught up with it.
    """
    if sys.platform == "linux":
        thread = get_native_id()
        niceness = os.getpriority(os.PRIO_PROCESS, thread)
        os.setpriority(os.PRIO_PROCESS, thread, niceness + _STEPS_BEHIND)


def reported(stage: str, error: BaseException) -> LivecamError:
    """`error` as a run reports it: a `LivecamError` that names its stage in a note."""
    if isinstance(error, LivecamError):
        named = error
    else:
        named = PipelineError(
            f"The stage {stage} failed: {type(error).__name__}: {error}",
            hint="Please report this, with what `livecam --verbose` says.",
        )
        named.__cause__ = error
    named.add_note(f"stage: {stage}")
    return named
