"""Options that several commands have."""

from pathlib import Path
from typing import Annotated, Any

import typer


def option(*names: str, panel: str | None = None, **details: Any) -> Any:
    """An option of a command, whose default its help or the settings say."""
    return typer.Option(*names, rich_help_panel=panel, show_default=False, **details)


Consent = Annotated[
    bool, option("--yes-i-have-consent", help="The person on PORTRAIT agreed: do not ask.")
]
Faces = Annotated[
    str | None,
    option("--faces", metavar="one|many", help="The largest at the start, or all.", panel="Swap"),
]
Strength = Annotated[
    float | None,
    option(
        "--strength",
        metavar="0–2",
        help="How far features move to the portrait's places; 0.75 by default.",
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
SettingsFile = Annotated[
    Path | None, option("--settings", metavar="TOML", help="Many at once.", panel="Settings")
]
