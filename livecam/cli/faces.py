"""`livecam faces`: faces kept under a name, with the agreement of whose they are."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from livecam.cli.consent import ask_to_keep, refuse_unasked
from livecam.cli.console import remarks, results, say
from livecam.cli.options import Assignments, SettingsFile, chosen_settings, option, switch
from livecam.cli.progress import downloads
from livecam.consent import Agreement, Said
from livecam.errors import SourceError

if TYPE_CHECKING:
    from livecam.faces import FaceStore, NamedFace
    from livecam.load import Models
    from livecam.settings import Settings

app = typer.Typer(
    help="Faces kept under a name, on this machine only: `--face NAME` wears one.",
    no_args_is_help=True,
)

ADD_EXAMPLES = """
livecam faces add ann ann.jpg

Several pictures of one person are recognised better than one.

livecam faces add ann front.jpg smiling.jpg left.jpg

The second face from the left of a picture of several people, agreed to beforehand.

livecam faces add bob group.jpg --which 2 --yes-i-have-consent

livecam swap in.mp4 out.mp4 --face ann
"""

Name = Annotated[str, typer.Argument(metavar="NAME", help="What the face is called.")]
Photos = Annotated[
    list[Path], typer.Argument(metavar="PHOTO…", help="Pictures of one person; best from ahead.")
]
Which = Annotated[
    list[int] | None,
    option(
        "--which",
        metavar="N",
        help="The face that is meant, from the left; once for all pictures, or once for each.",
    ),
]
Overwrite = Annotated[bool, switch("--overwrite", help="Replace the face of that name.")]
Agreed = Annotated[
    bool, switch("--yes-i-have-consent", help="The person agreed: do not ask, record it so.")
]


@app.command(epilog=ADD_EXAMPLES)
def add(
    name: Name,
    photos: Photos,
    *,
    which: Which = None,
    overwrite: Overwrite = False,
    yes_i_have_consent: Agreed = False,
    assignments: Assignments = None,
    toml: SettingsFile = None,
) -> None:
    """Keeps a face: copies of its pictures, and that its person agreed.

    All of it stays in a folder of yours on this machine, which `livecam faces show NAME` names;
    nothing is sent anywhere.
    """
    settings = chosen_settings(toml, None, assignments)
    store = _store()
    name = store.check(name, overwrite=overwrite)
    if not yes_i_have_consent:
        refuse_unasked(name)

    def agree() -> Agreement:
        if yes_i_have_consent:
            return Agreement.today(Said.OPTION)
        return ask_to_keep(name, photos)

    face = store.add(
        name,
        photos,
        _models(settings),
        settings.models,
        agree=agree,
        which=which or (),
        overwrite=overwrite,
    )
    _describe(face)


@app.command("list")
def list_faces() -> None:
    """Lists the faces that are kept."""
    store = _store()
    table = Table(box=None, pad_edge=False)
    for title in ("face", "pictures", "agreed", "seen by"):
        table.add_column(title, justify="right" if title == "pictures" else "left", no_wrap=True)
    for name in store.names():
        try:
            face = store.face(name)
        except SourceError:
            table.add_row(name, "", "damaged", "")
            continue
        embedders = ", ".join(face.embedders)
        table.add_row(name, str(len(face.photos)), face.agreed.on.isoformat(), embedders)
    if table.row_count:
        results().print(table)
    else:
        say(remarks(), "No face is kept; `livecam faces add NAME PHOTO` keeps one.")


@app.command()
def show(name: Name) -> None:
    """Says what is kept of a face, and where."""
    _describe(_store().face(name))


@app.command()
def rename(
    old: Annotated[str, typer.Argument(metavar="OLD", help="What the face is called.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="What it is called from now on.")],
) -> None:
    """Calls a face otherwise: pictures, agreement and all else that is kept of it stay.

    Remembered settings and profiles that wear it follow. Cast files and settings files of your own
    do not, nor does a livecam that runs meanwhile.
    """
    from livecam.profiles import face_renamed  # noqa: PLC0415 - as `_store`

    new = _store().rename(old, new)
    say(results(), f"Renamed {old} to {new}.")
    for file in face_renamed(old, new):
        say(results(), f"{file} names it so, too.")


@app.command()
def remove(
    names: Annotated[list[str], typer.Argument(metavar="NAME…", help="Which faces.")],
) -> None:
    """Deletes all that is kept of a face: pictures, agreement, and what models made of them."""
    store = _store()
    for name in names:
        store.remove(name)
        say(results(), f"Removed {name}.")


def _describe(face: "NamedFace") -> None:
    out, agreed = results(), face.agreed
    say(out, face.name, style="bold green")
    say(out, f"  agreed    on {agreed.on.isoformat()}, {agreed.said}")
    for title, photo in zip(["pictures", *[""] * (len(face.photos) - 1)], face.photos, strict=True):
        width, height = photo.size
        said = f"{photo.name}, {width}×{height}, a face {photo.width:.0f} px wide"
        say(out, f"  {title:9} {said}")
    say(out, f"  seen by   {', '.join(face.embedders) or 'no embedder yet'}")
    say(out, f"  kept in   {face.folder}")


def _models(settings: "Settings") -> "Models":
    """Those that look at faces, and an embedder, if one is here, to tell people apart."""
    from livecam.load import load_models, with_embedder_at_hand  # noqa: PLC0415 - as `_store`

    with downloads(remarks()) as fetching:
        models = load_models(settings, progress=fetching)
    return with_embedder_at_hand(models, settings)


def _store() -> "FaceStore":
    from livecam.faces import FaceStore  # noqa: PLC0415 - `--help` must not wait for it

    return FaceStore()
