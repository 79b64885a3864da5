"""`livecam models`: what is known, what is here, and getting it."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from livecam.cli.console import remarks, results, say
from livecam.cli.options import switch
from livecam.cli.progress import downloads
from livecam.errors import ModelError

if TYPE_CHECKING:
    from livecam.runtime.catalog import Catalog, Entry

app = typer.Typer(help="The models: what is here, and getting more.", no_args_is_help=True)

Names = Annotated[list[str], typer.Argument(metavar="NAME…", help="Which models.")]
Accepted = Annotated[
    bool,
    switch("--accept-license", help="Accept licences that allow no commercial use, for good."),
]


@app.command("list")
def list_models() -> None:
    """Lists every model with its licence, says whether it is here, and how fast it ran."""
    table = Table(box=None, pad_edge=False)
    for title in ("model", "task", "licence", "commercial", "size", "here", "speed"):
        table.add_column(title, justify="right" if title == "size" else "left", no_wrap=True)
    for entry in _catalog().entries():
        table.add_row(*_row(entry))
    results().print(table)


def _row(entry: "Entry") -> Sequence[str]:
    manifest, weights = entry.manifest, entry.manifest.weights
    size = entry.path.stat().st_size if entry.installed else weights.size
    accepted = "no, accepted" if entry.allowed else "no"
    return (
        manifest.name,
        manifest.task,
        weights.license.partition(" (")[0],  # where to read it is said when it is asked for
        "yes" if weights.commercial else accepted,
        f"{size / 1e6:.1f} MB" if size else "",
        "built in" if weights.builtin else "yes" if entry.installed else "no",
        str(entry.speed or ""),
    )


@app.command()
def pull(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NAME]…",
            help="Which models, with those they need; without, those used by default.",
        ),
    ] = None,
    *,
    accept_license: Accepted = False,
) -> None:
    """Fetches models; those that are here and sound are left alone."""
    catalog = _catalog()
    asked = names or _default_models(catalog)
    chosen = list(dict.fromkeys(one for name in asked for one in catalog.with_needs(name)))
    for name in chosen:
        _agree(catalog, name, accepted=accept_license)
    with downloads(remarks()) as report:
        paths = catalog.pull(chosen, progress=report)
    for path in paths:
        say(results(), str(path))


@app.command()
def add(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE…",
            help="Weights you have, a face of DeepFaceLab (.dfm), or a manifest (.toml) of your "
            "own with its weights beside it.",
        ),
    ],
    *,
    accept_license: Accepted = False,
) -> None:
    """Puts copies of files you have where livecam keeps its models."""
    catalog = _catalog()
    for file in files:
        added = catalog.add(file)
        say(results(), f"{added.name}: {catalog.store.weights(added)}")
        if not _agree(catalog, added.name, accepted=accept_license):
            say(remarks(), f"Before you use it: livecam models pull {added.name} --accept-license")


@app.command()
def remove(names: Names) -> None:
    """Removes models from the disk; those that you added are forgotten."""
    catalog = _catalog()
    for name in names:
        catalog.remove(name)


@app.command()
def verify(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME]…", help="Which models; without, all."),
    ] = None,
) -> None:
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


@app.command()
def bench(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NAME]…", help="Which models; without, all that were fetched or added."
        ),
    ] = None,
) -> None:
    """Measures how long a run takes on this machine; `list` shows it from then on."""
    catalog = _catalog()
    kept = [entry for entry in catalog.entries() if entry.installed and entry.allowed]
    kept = [entry for entry in kept if not entry.manifest.weights.builtin]
    for name in names or [entry.manifest.name for entry in kept]:
        say(results(), f"{name}: {catalog.bench(name)}")


def _agree(catalog: "Catalog", name: str, *, accepted: bool) -> bool:
    """Whether the model's licence is accepted; asks on a terminal, once."""
    manifest = catalog.manifest(name)
    if catalog.licences.allow(manifest):
        return True
    say(
        remarks(),
        f"The weights of '{name}' are not cleared for commercial use. "
        f"Their licence: {manifest.weights.license}",
    )
    if not accepted and sys.stdin.isatty() and sys.stderr.isatty():
        accepted = typer.confirm("Do you accept it?", err=True)
    if accepted:
        catalog.accept(name)
    return accepted


def _default_models(catalog: "Catalog") -> list[str]:
    from livecam.settings import default_models  # noqa: PLC0415 - `--help` must not wait for it

    used = default_models()
    return [manifest.name for manifest in catalog.manifests() if manifest.name in used]


def _catalog() -> "Catalog":
    from livecam.runtime.catalog import Catalog  # noqa: PLC0415 - `--help` must not wait for it

    return Catalog()
