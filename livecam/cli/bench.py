"""`livecam bench`: how fast this machine is."""

import os
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

import livecam
from livecam.cli.console import remarks, results, say
from livecam.cli.options import Assignments, Rate, Size, width_and_height
from livecam.cli.progress import downloads
from livecam.errors import SettingsError

if TYPE_CHECKING:
    from livecam.bench.figures import Figures

app = typer.Typer(help="How fast this machine is.", no_args_is_help=True)

Clip = Annotated[
    Path | None,
    typer.Option(metavar="VIDEO", help="With one face; by default the demo's.", show_default=False),
]
Face = Annotated[
    Path | None,
    typer.Option(metavar="PORTRAIT", help="By default the demo's.", show_default=False),
]
Seconds = Annotated[float, typer.Option(min=0.1, help="How much of the video is taken.")]
Turns = Annotated[int, typer.Option(min=1, help="How often everything is repeated.")]
Span = Annotated[float, typer.Option("--seconds", min=1, help="How long each is measured.")]
Inference = Annotated[
    list[float] | None,
    typer.Option(
        min=1, help="Take a frame at least so long; any number of them; by default 66 and 200."
    ),
]
_SLOW_MS = (66.0, 200.0)


@app.callback()
def _kinds() -> None:
    pass


@app.command("file")
def file(
    clip: Clip = None,
    face: Face = None,
    *,
    seconds: Seconds = 5,
    turns: Turns = 3,
    assignments: Assignments = None,
) -> None:
    """Measures swaps of files: against copying, stage by stage, as frames and faces grow."""
    from livecam.bench.file import FileBench, measure  # noqa: PLC0415 - `--help` must not wait for it

    settings = livecam.load_settings(assignments=assignments or ())
    clip, face = clip or _demo("clip_a.mp4", "--clip"), face or _demo("portrait_c.png", "--face")
    say(results(), f"{seconds:g} s of {clip}, fastest of {turns} turns, {_cores()} cores")
    with TemporaryDirectory(prefix="livecam-bench-") as folder:
        bench = FileBench(clip, face, folder=Path(folder), seconds=seconds, turns=turns)
        _show(measure(bench, settings))


@app.command("live")
def live(
    face: Face = None,
    *,
    seconds: Span = 10,
    size: Size = None,
    fps: Rate = None,
    inference_ms: Inference = None,
    assignments: Assignments = None,
) -> None:
    """Measures how late and how evenly pictures come out live; needs no camera."""
    from livecam.bench.live import LiveBench, measure  # noqa: PLC0415 - as above

    width, height = width_and_height(size) if size else (None, None)
    shortcuts = {"live.width": width, "live.height": height, "live.fps": fps}
    settings = livecam.load_settings(assignments=assignments or (), overrides=shortcuts)
    face, options = face or _demo("portrait_c.png", "--face"), settings.live
    kind = f"{options.width}×{options.height} at {options.fps} fps"
    say(results(), f"A rendered face, {kind}, {seconds:g} s each, {_cores()} cores")
    with downloads(remarks()) as fetching:
        bench = LiveBench(face, settings, seconds=seconds, progress=fetching)
    _show(measure(bench, inference_ms=_SLOW_MS if inference_ms is None else inference_ms))


def _show(tables: Iterable["Figures"]) -> None:
    for figures in tables:
        say(results(), f"\n{figures.title}", style="bold")
        table = Table(*figures.columns, box=None)
        for column in table.columns[1:]:
            column.justify = "right"
        for row in figures.rows:
            table.add_row(*row)
        results().print(table)


def _cores() -> int | None:
    """Those this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def _demo(name: str, option: str) -> Path:
    """A file of the demo.

    Raises:
        SettingsError: It is not here.
    """
    from livecam.sources.synthetic import demo_file  # noqa: PLC0415 - as above

    file = demo_file(name)
    if not file.is_file():
        raise SettingsError(f"The demo's {name} is not here.", hint=f"Name another with {option}.")
    return file
