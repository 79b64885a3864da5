"""`livecam settings`: every name that --set and a settings file take."""

import textwrap
from enum import Enum
from pathlib import Path

from livecam.cli.console import results, say


def show() -> None:
    """Shows every setting with its default, as a settings file would have it."""
    from livecam.settings import options  # noqa: PLC0415 - `--help` must not wait for it

    table = None
    for option in options():
        branch, _, name = option.name.rpartition(".")
        if branch != table:
            say(results(), f"[{branch}]" if table is None else f"\n[{branch}]", style="bold")
            table = branch
        for line in textwrap.wrap(option.help, width=96):
            say(results(), f"# {line}", style="dim")
        unset = "# " if option.default is None else ""
        limits = f"  # {option.limits}" if option.limits else ""
        say(results(), f"{unset}{name} = {_toml(option.default)}{limits}")


def _toml(value: object) -> str:
    if isinstance(value, Enum):
        return _toml(value.value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(_toml, value))}]"
    return f'"{value}"' if isinstance(value, str | Path) else str(value)
