"""`livecam models`: what is known, what is here, and getting it."""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from livecam.cli.console import remarks, results, say
from livecam.cli.progress import downloads
from livecam.errors import ModelError

if TYPE_CHECKING:
    from livecam.runtime.catalog import Catalog

app = typer.Typer(help="The models: list them, fetch them, check them.", no_args_is_help=True)

Names = Annotated[
    list[str] | None, typer.Argument(metavar="[NAME]…", help="Which models; without, all.")
]


@app.command("list")
def list_models() -> None:
    """Lists every model with its licence, and says whether it is here."""
    table = Table(box=None, pad_edge=False)
    for title in ("model", "task", "licence", "commercial use", "size", "here"):
        table.add_column(title, justify="right" if title == "size" else "left", no_wrap=True)
    for entry in _catalog().entries():
        manifest, weights = entry.manifest, entry.manifest.weights
        size = entry.path.stat().st_size if entry.installed else weights.size
        table.add_row(
            manifest.name,
            manifest.task,
            weights.license,
            "yes" if weights.commercial else "no",
            f"{size / 1e6:.1f} MB" if size else "",
            "built in" if weights.builtin else "yes" if entry.installed else "no",
        )
    results().print(table)


@app.command()
def pull(names: Names = None) -> None:
    """Fetches models; those that are here and sound are left alone."""
    with downloads(remarks()) as report:
        paths = _catalog().pull(names or [m.name for m in _catalog().manifests()], progress=report)
    for path in paths:
        say(results(), str(path))


@app.command()
def verify(names: Names = None) -> None:
    """Checks the SHA-256 of what is here."""
    verdicts = _catalog().verify(names or ())
    for verdict in verdicts:
        say(results(), f"{verdict.name}: {verdict.condition}  {verdict.path}")
    damaged = [verdict.name for verdict in verdicts if verdict.condition == "damaged"]
    if damaged:
        raise ModelError(
            f"Damaged: {', '.join(damaged)}.",
            hint=f"Run `livecam models pull {' '.join(damaged)}`.",
        )


@app.command()
def path(name: Annotated[str, typer.Argument(help="Which model.")]) -> None:
    """Says where the file lies that is loaded, and fetches it if it is not here."""
    with downloads(remarks()) as report:
        ready = _catalog().path(name, progress=report)
    say(results(), str(ready))


def _catalog() -> "Catalog":
    from livecam.runtime.catalog import Catalog  # noqa: PLC0415 - `--help` must not wait for it

    return Catalog()
