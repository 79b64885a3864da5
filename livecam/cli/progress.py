"""Progress: a bar on a terminal, elsewhere a plain line every few seconds."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from livecam.cli.console import say

PLAIN_EVERY_S = 5.0

DownloadReport = Callable[[str, int, int], None]
"""Takes what is fetched, the bytes that are here and those there will be, 0 where nobody knows."""
FrameReport = Callable[[int, float], None]
"""Takes the frames that are done and how many are done per second."""


@contextmanager
def downloads(console: Console) -> Iterator[DownloadReport]:
    """Shows what is being fetched."""
    if not console.is_terminal:
        yield _download_lines(console)
        return
    columns = (
        TextColumn("Fetching {task.description}", markup=False),
        BarColumn(bar_width=24),
        DownloadColumn(),
        TransferSpeedColumn(),
    )
    with Progress(*columns, console=console, auto_refresh=False, transient=True) as progress:
        tasks: dict[str, TaskID] = {}

        def report(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = progress.add_task(what, total=None)
            progress.update(tasks[what], completed=done, total=total or None, refresh=True)

        yield report


@contextmanager
def frames(console: Console, *, total: int | None) -> Iterator[FrameReport]:
    """Shows how far a video is.

    Args:
        console: Where to.
        total: Frames there will be, as far as is known.
    """
    if not console.is_terminal:
        yield _frame_lines(console, total)
        return
    columns = (
        TextColumn("Swapping"),
        BarColumn(bar_width=32),
        MofNCompleteColumn(),
        TextColumn("{task.fields[fps]:.1f} fps"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, auto_refresh=False, transient=True) as progress:
        task = progress.add_task("", total=total, fps=0.0)
        yield lambda done, fps: progress.update(task, completed=done, fps=fps, refresh=True)


def _download_lines(console: Console) -> DownloadReport:
    said: dict[str, float] = {}

    def report(what: str, done: int, total: int) -> None:
        now = time.monotonic()
        if total and now - said.get(what, float("-inf")) >= PLAIN_EVERY_S:
            said[what] = now
            say(console, f"Fetching {what}: {done / 1e6:.1f} of {total / 1e6:.1f} MB")

    return report


def _frame_lines(console: Console, total: int | None) -> FrameReport:
    said = time.monotonic()

    def report(done: int, fps: float) -> None:
        nonlocal said
        if time.monotonic() - said < PLAIN_EVERY_S:
            return
        said = time.monotonic()
        of_total = f" of {total}" if total else ""
        left = f", {(total - done) / fps:.0f} s left" if total and fps and total > done else ""
        say(console, f"Frame {done}{of_total}, {fps:.1f} fps{left}")

    return report
