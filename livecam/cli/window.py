"""`livecam app`: the window."""

from typing import Annotated

from livecam.cli.options import Assignments, Profile, SettingsFile, chosen_settings, option

Portrait = Annotated[str | None, option("--face", metavar="PORTRAIT|NAME", help="Worn at first.")]
Camera = Annotated[
    str | None,
    option("--camera", metavar="NAME|INDEX|PATH|URL", help="Or `synthetic`; else the first one."),
]


def app(
    *,
    face: Portrait = None,
    camera: Camera = None,
    assignments: Assignments = None,
    profile: Profile = None,
    toml: SettingsFile = None,
) -> None:
    """Opens the window: preview, faces, camera, output and everything else."""
    from livecam.gui.app import run  # noqa: PLC0415 - `--help` must not wait for it

    shortcuts = {"live.face": face, "live.camera": camera}
    run(chosen_settings(toml, profile, assignments, shortcuts), profile=profile)
