"""The `livecam` command: its parts, its signals and its exit codes.

0    done
2…6  a LivecamError, by its class (`livecam/errors.py`); 2 also for a wrong command line
130  Ctrl-C; 143 SIGTERM, 129 SIGHUP: 128 and the number of the signal; a live run that has
     started ends cleanly at SIGTERM, with 0
"""

import logging
import sys
import warnings
from importlib import metadata
from typing import Annotated

import typer

from livecam.cli import bench, devices, doctor, faces, live, models, settings, swap, window
from livecam.cli.console import Remarks, let_all_be_said, remarks, results, say
from livecam.cli.options import switch
from livecam.cli.signals import Stopped, stop_at_once
from livecam.errors import LivecamError, SinkError

_log = logging.getLogger(__name__)

app = typer.Typer(
    help="Wear another face: in a call or in a video, with nothing to download by hand.",
    epilog="Without a command the window opens. On a terminal: livecam live --face ME.png, "
    "or livecam swap IN.mp4 OUT.mp4 --face ME.png",
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
app.command("app")(window.app)
app.command("live", epilog=live.EXAMPLES)(live.live)
app.command("swap", epilog=swap.EXAMPLES)(swap.swap)
app.command("devices")(devices.devices)
app.add_typer(faces.app, name="faces")
app.add_typer(models.app, name="models")
app.command("settings")(settings.show)
app.command("doctor")(doctor.doctor)
app.add_typer(bench.app, name="bench")


def main() -> None:
    """Runs the command line and exits."""
    stop_at_once()
    let_all_be_said()
    # Pillow's fear of large pictures; the largest end in an error all the same.
    warnings.filterwarnings("ignore", "Image size .* exceeds limit")
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


def _version(*, wanted: bool) -> None:
    if wanted:
        say(results(), f"livecam {metadata.version('livecam')}")
        raise typer.Exit


@app.callback()
def _options(
    context: typer.Context,
    *,
    verbose: Annotated[
        bool, switch("--verbose", "-v", help="Say what happens inside (to stderr).")
    ] = False,
    _: Annotated[
        bool,
        switch("--version", help="Say which livecam this is.", callback=_version, is_eager=True),
    ] = False,
) -> None:
    detailed = "%(levelname)s %(name)s: %(message)s"
    logging.basicConfig(handlers=[Remarks()], format=detailed if verbose else "%(message)s")
    logging.getLogger("livecam").setLevel(logging.DEBUG if verbose else logging.INFO)
    if context.invoked_subcommand is None:
        _open_window()


def _open_window() -> None:
    """Whoever named no command may not know that there are any."""
    try:
        window.app()
    except SinkError as error:
        hint = f"{error.hint}\nAll that works without a window: livecam --help"
        raise SinkError(error.message, hint=hint) from error
