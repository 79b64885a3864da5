"""The `livecam` command: its parts, its signals and its exit codes.

0    done
2…6  a LivecamError, by its class (`livecam/errors.py`); 2 also for a wrong command line
130  Ctrl-C; 143 SIGTERM, 129 SIGHUP: 128 and the number of the signal
"""

import logging
import signal
import sys
from importlib import metadata
from types import FrameType
from typing import Annotated

import typer

from livecam.cli import bench, doctor, models, settings, swap
from livecam.cli.console import Remarks, remarks, results, say
from livecam.errors import LivecamError

_log = logging.getLogger(__name__)

app = typer.Typer(
    help="Wear another face: in a video, with nothing to download by hand.",
    epilog="Begin with: livecam swap IN.mp4 OUT.mp4 --face ME.png",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
app.command("swap", epilog=swap.EXAMPLES)(swap.swap)
app.add_typer(models.app, name="models")
app.command("settings")(settings.show)
app.command("doctor")(doctor.doctor)
app.add_typer(bench.app, name="bench")


class Stopped(BaseException):
    """A signal asked livecam to end."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def main() -> None:
    """Runs the command line and exits."""
    for number in _signals():
        signal.signal(number, _stop)
    try:
        app()
    except LivecamError as error:
        _log.debug("Where it came from:", exc_info=error)
        say(remarks(), f"Error: {error.message}", style="bold red")
        say(remarks(), error.hint)
        sys.exit(error.exit_code)
    except Stopped as stopped:
        say(remarks(), "Stopped; no unfinished output is left behind.")
        sys.exit(128 + stopped.number)


def _stop(number: int, _frame: FrameType | None) -> None:
    for each in _signals():
        signal.signal(each, signal.SIG_IGN)  # the cleaning up that follows is not interrupted
    raise Stopped(number)


def _signals() -> list[signal.Signals]:
    names = ("SIGINT", "SIGTERM", "SIGHUP")  # Windows has no SIGHUP
    return [signal.Signals[name] for name in names if hasattr(signal, name)]


def _version(*, wanted: bool) -> None:
    if wanted:
        say(results(), f"livecam {metadata.version('livecam')}")
        raise typer.Exit


@app.callback()
def _options(
    *,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Say what happens inside (to stderr).")
    ] = False,
    _: Annotated[
        bool,
        typer.Option(
            "--version", help="Say which livecam this is.", callback=_version, is_eager=True
        ),
    ] = False,
) -> None:
    detailed = "%(levelname)s %(name)s: %(message)s"
    logging.basicConfig(handlers=[Remarks()], format=detailed if verbose else "%(message)s")
    logging.getLogger("livecam").setLevel(logging.DEBUG if verbose else logging.INFO)
