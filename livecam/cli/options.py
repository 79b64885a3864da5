"""Options that several commands have."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

import livecam
from livecam.errors import SettingsError


def option(*names: str, panel: str | None = None, **details: Any) -> Any:
    """An option of a command, whose default its help or the settings say."""
    return typer.Option(*names, rich_help_panel=panel, show_default=False, **details)


def switch(*names: str, **details: Any) -> Any:
    """An option that is there or not, which typer's help shows as if it took a value."""
    return option(*names, metavar="", **details)


def width_and_height(text: str) -> tuple[int, int]:
    """What --size says, px.

    Raises:
        SettingsError: It says something else.
    """
    sides = re.fullmatch(r"(\d+)[x×](\d+)", text.strip().lower())
    if sides is None:
        raise SettingsError(
            f"--size cannot be '{text}'.", hint="Write width x height in px, such as 1280x720."
        )
    return int(sides[1]), int(sides[2])


Consent = Annotated[
    bool, switch("--yes-i-have-consent", help="The person whose face it is agreed: do not ask.")
]
Faces = Annotated[
    str | None,
    option(
        "--faces",
        metavar="one|many|reference",
        help="The first in the order at the start, or all, or the person of --reference.",
        panel="Who wears what",
    ),
]
FaceOrder = Annotated[
    str | None,
    option(
        "--order",
        metavar="large-small|left-right|…",
        help="In which one comes first; also top-bottom, best-worst, their reverse, and centre.",
        panel="Who wears what",
    ),
]
Reference = Annotated[
    list[str] | None,
    option(
        "--reference",
        metavar="PICTURE|NAME",
        help="Of whose face changes, and nobody else's; more pictures of the same are welcome.",
        panel="Who wears what",
    ),
]
MaxDistance = Annotated[
    float | None,
    option(
        "--max-distance",
        metavar="0–1",
        help="How far a face may be from the reference's and be the same; 0.5 by default.",
        panel="Who wears what",
    ),
]
CastFile = Annotated[
    Path | None,
    option(
        "--cast",
        metavar="TOML",
        help="Who wears what: \\[\\[people]] with reference and face, instead of those options.",
        panel="Who wears what",
    ),
]
Size = Annotated[
    str | None,
    option("--size", metavar="WIDTHxHEIGHT", help="Of the output; 1280x720 by default."),
]
Rate = Annotated[
    int | None, option("--fps", metavar="N", help="Pictures per second; 30 by default.")
]
Model = Annotated[
    str | None,
    option("--model", metavar="NAME", help="What swaps: a swapper of `livecam models list`; mesh."),
]
Strength = Annotated[
    float | None,
    option(
        "--strength",
        metavar="0–2",
        help="How far the swap goes towards the portrait; 0.75 by default.",
        panel="Swap",
    ),
]
Eyes = Annotated[
    str | None, option("--eyes", metavar="target|portrait", help="Whose eyes.", panel="Swap")
]
Assignments = Annotated[
    list[str] | None,
    option("--set", metavar="NAME=VALUE", help="Any of `livecam settings`.", panel="Settings"),
]
Profile = Annotated[
    str | None,
    option(
        "--profile",
        metavar="NAME",
        help="Settings kept in `livecam app`; else those it was left with.",
        panel="Settings",
    ),
]
SettingsFile = Annotated[
    Path | None, option("--settings", metavar="TOML", help="Many at once.", panel="Settings")
]


def chosen_settings(
    toml: Path | None,
    profile: str | None,
    assignments: Sequence[str] | None,
    overrides: Mapping[str, object] | None = None,
) -> "livecam.Settings":
    """What a file says, or else what is remembered; changed by --set, then by other options.

    Raises:
        SettingsError: There is no such profile, or something cannot be what it is set to.
    """
    from livecam.profiles import remembered_file  # noqa: PLC0415 - `--help` must not wait for it

    if toml is not None and profile is not None:
        raise SettingsError(
            "--settings and --profile cannot be given both.", hint="Leave one of them out."
        )
    file = toml or remembered_file(profile)
    return livecam.load_settings(file, assignments=assignments or (), overrides=overrides)
