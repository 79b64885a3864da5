"""`livecam doctor`: what works here, and why the rest does not."""

import typer

from livecam.cli.console import results, say

_MARKS = {"good": ("✓", "green"), "note": ("·", "dim"), "bad": ("✗", "bold red")}


def doctor() -> None:
    """Says what is installed and which parts of this machine livecam can use.

    Exits with 1 when something needs mending.
    """
    from livecam.doctor import State, findings  # noqa: PLC0415 - `--help` must not wait for it

    area, bad = "", False
    for finding in findings():
        if finding.area != area:
            area = finding.area
            say(results(), f"{area.capitalize()}", style="bold")
        mark, style = _MARKS[finding.state.value]
        say(results(), f"  {mark} {finding.name}: {finding.detail}", style=style)
        bad = bad or finding.state is State.BAD
    if bad:
        raise typer.Exit(1)
