"""Files swapped one after the other: halted, called off, and looked at while they are done.

batch = Batch()
batch.add(FileSwap(Path("in.mp4"), Path("out.mp4"), face="Ann"))
batch.items()
batch.close()
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from threading import Condition

from livecam.build import FileSwap, Job, Report
from livecam.errors import LivecamError
from livecam.pipeline.stage import Stage, reported
from livecam.runtime.calling_off import CalledOffError

_LOOK_S = 0.1


class Progress(StrEnum):
    """How far a file is."""

    WAITING = "waiting"
    PREPARING = "preparing"
    """Models are loaded, and fetched on first use."""
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


_OVER = {Progress.DONE, Progress.FAILED, Progress.CANCELLED}
_UNDER_WAY = {Progress.PREPARING, Progress.RUNNING, Progress.PAUSED}


@dataclass(frozen=True, slots=True)
class Item:
    """A file at one moment."""

    number: int
    """Counts the files that were added; never used again."""
    swap: FileSwap
    progress: Progress = Progress.WAITING
    fetching: str = ""
    """What is being fetched for it."""
    share: float | None = None
    """How much of that is here, 0–1; None where nobody knows."""
    frames: int = 0
    """Done."""
    frame_count: int | None = None
    """To do, as far as the input says."""
    fps: float = 0.0
    """Frames done per second."""
    error: LivecamError | None = None
    """Why it failed."""
    report: Report | None = None
    """What came of it."""

    @property
    def output(self) -> Path:
        """What is written."""
        return self.swap.output

    @property
    def over(self) -> bool:
        """Whether nothing more will come of it."""
        return self.progress in _OVER


class Batch:
    """Swaps files in the order in which they were added, on a thread of its own.

    A file that fails or is called off leaves nothing behind, and the next one's turn comes.
    """

    def __init__(self) -> None:
        self._changed = Condition()
        self._items: dict[int, Item] = {}
        self._added = 0
        self._job: Job | None = None
        self._paused = self._closing = False
        self._stage: Stage | None = None

    def add(self, swap: FileSwap) -> int:
        """The number of a further file."""
        with self._changed:
            self._added += 1
            self._items[self._added] = Item(self._added, swap)
            self._changed.notify_all()
            if self._stage is None:
                self._start()
            return self._added

    def items(self) -> list[Item]:
        """Every file, in the order of their turns."""
        with self._changed:
            return list(self._items.values())

    @property
    def paused(self) -> bool:
        """Whether nothing goes on until `resume`."""
        return self._paused

    def pause(self) -> None:
        """Lets the file that is being swapped, and all after it, wait."""
        with self._changed:
            self._paused = True
            if self._job is not None:
                self._job.pipeline.pause()

    def resume(self) -> None:
        """Goes on where it paused."""
        with self._changed:
            self._paused = False
            if self._job is not None:
                self._job.pipeline.resume()
            self._changed.notify_all()

    def face_renamed(self, old: str, new: str) -> None:
        """Has all files that were to wear the kept face `old` wear it under its new name."""
        with self._changed:
            for number, item in self._items.items():
                if item.swap.face == old:
                    self._items[number] = replace(item, swap=replace(item.swap, face=new))

    def cancel(self, number: int) -> None:
        """Calls a file off; nothing of its output stays. One that is over stays what it is."""
        with self._changed:
            item = self._items.get(number)
            if item is None or item.over:
                return
            current = item.progress is not Progress.WAITING
            self._items[number] = replace(item, progress=Progress.CANCELLED)
            if current and self._job is not None:
                self._job.pipeline.abort()

    def forget(self, number: int) -> None:
        """Takes a file that is over off the list."""
        with self._changed:
            if number in self._items and self._items[number].over:
                del self._items[number]

    def close(self) -> None:
        """Calls off what is not done, and waits until all is closed."""
        with self._changed:
            self._closing = True
            numbers, stage = list(self._items), self._stage
        for number in numbers:
            self.cancel(number)
        with self._changed:
            self._changed.notify_all()
        if stage is not None:
            stage.wait()

    def _start(self) -> None:
        self._stage = Stage("batch", self._work, on_error=self._fail)
        self._stage.start()

    def _work(self) -> None:
        while (item := self._next()) is not None:
            try:
                self._swap(item)
            except CalledOffError:
                pass  # it is noted, and its unfinished output was dropped
            except LivecamError as error:
                self._note(item.number, progress=Progress.FAILED, error=error)
            finally:
                self._job = None

    def _next(self) -> Item | None:
        def waiting() -> Item | None:
            items = self._items.values()
            return next((one for one in items if one.progress is Progress.WAITING), None)

        with self._changed:
            self._changed.wait_for(
                lambda: self._closing or (waiting() is not None and not self._paused)
            )
            return None if self._closing else waiting()

    def _swap(self, item: Item) -> None:
        number = item.number
        self._note(number, progress=Progress.PREPARING)

        def fetching(what: str, done: int, total: int) -> None:
            self._go_on(number)
            self._note(number, fetching=what, share=done / total if total else None)

        job = item.swap.prepare(progress=fetching)
        with self._changed:
            self._go_on(number)
            self._job = job
            if self._paused:
                job.pipeline.pause()
        self._note(number, progress=Progress.RUNNING, fetching="", frame_count=job.frame_count)
        with job.pipeline as pipeline:
            while not pipeline.join(_LOOK_S):
                self._look(number, job)
                self._go_on(number)
        self._look(number, job)
        self._note(number, progress=Progress.DONE, report=job.report())

    def _go_on(self, number: int) -> None:
        """Raises a `CalledOffError` where nobody wants the file any more."""
        item = self._items.get(number)
        if item is None or item.over:
            raise CalledOffError

    def _look(self, number: int, job: Job) -> None:
        stats = job.pipeline.stats()
        progress = Progress.PAUSED if self._paused else Progress.RUNNING
        self._note(number, progress=progress, frames=stats.delivered, fps=stats.fps)

    def _note(self, number: int, **changes: object) -> None:
        """Changes what is told of a file, unless it has been called off."""
        with self._changed:
            item = self._items.get(number)
            if item is not None and not item.over:
                self._items[number] = replace(item, **changes)  # type: ignore[arg-type] # by field

    def _fail(self, stage: str, error: BaseException) -> None:
        """A fault of livecam's own ends one file; the next one gets a new thread."""
        with self._changed:
            for number, item in self._items.items():
                if item.progress in _UNDER_WAY:
                    self._note(number, progress=Progress.FAILED, error=reported(stage, error))
            if not self._closing:
                self._start()
