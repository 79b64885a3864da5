"""`livecam live` and its options."""

import math
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

import typer

import livecam
from livecam.cli import progress
from livecam.cli.consent import ask_for_consent, faces_worn
from livecam.cli.console import remarks, say
from livecam.cli.options import (
    Assignments,
    CastFile,
    Consent,
    Eyes,
    FaceOrder,
    Faces,
    MaxDistance,
    Model,
    Profile,
    Rate,
    Reference,
    SettingsFile,
    Size,
    Strength,
    chosen_settings,
    option,
    switch,
    width_and_height,
)
from livecam.cli.signals import Stopped
from livecam.errors import SettingsError

EXAMPLES = """
A call: start this, then choose the camera “livecam” in Zoom, OBS, Meet or a browser.

livecam live --face me.png

Another camera, another face at the press of 2, the size a call needs.

livecam live --face me.png --face you.png --camera "HD Webcam" --size 640x360

A stream, with sound, and a recording of it.

livecam live --face me.png --to rtmp://localhost/live/key --to call.mkv --microphone default

No camera, no virtual camera: a rendered face, ten seconds of it into a file.

livecam live --face me.png --camera synthetic --to out.mkv --duration 10
"""


class Format(StrEnum):
    """How statistics are written."""

    JSON = "json"


WornFaces = Annotated[
    list[str] | None,
    option(
        "--face",
        metavar="PICTURE|NAME",
        help="A picture of the face, or a name of `livecam faces`; of several, the first is worn "
        "and 1–9 change it.",
    ),
]
Camera = Annotated[
    str | None,
    option(
        "--camera",
        metavar="NAME|INDEX|PATH|URL",
        help="Also a video file, looped, or `synthetic`; by default the first camera.",
    ),
]
Targets = Annotated[
    list[str] | None,
    option(
        "--to",
        metavar="virtual|URL|FILE|…",
        help="Any number of them; also preview, a window, and `virtual:NAME`, a certain one; by "
        "default virtual.",
    ),
]
Mirror = Annotated[bool, switch("--mirror", help="Swap left and right.")]
Microphone = Annotated[
    str | None,
    option(
        "--microphone",
        metavar="NAME|default|none",
        help="Sound for streams and recordings, in time with the picture; none by default.",
    ),
]
Duration = Annotated[
    float | None, option("--duration", metavar="S", help="End by itself after this, seconds.")
]
Overwrite = Annotated[bool, switch("--overwrite", help="Replace files that exist.")]
Statistics = Annotated[
    Format | None,
    option("--stats", metavar="json", help="A line a second on standard output, nothing else."),
]
OnLost = Annotated[
    str | None,
    option(
        "--on-lost",
        metavar="hold,blur|blur|freeze|slate|pass",
        help="What goes out without a swap; pass shows the wearer.",
        panel="Swap",
    ),
]
WearerLock = Annotated[
    str | None,
    option(
        "--lock",
        metavar="auto|on|off",
        help="Know the wearer again by the face; auto, where that model is installed.",
        panel="Who wears what",
    ),
]
Label = Annotated[
    str | None,
    option("--label", metavar="on|off", help="The word AI in a corner; on.", panel="Swap"),
]


def live(
    face: WornFaces = None,
    *,
    model: Model = None,
    camera: Camera = None,
    to: Targets = None,
    size: Size = None,
    fps: Rate = None,
    mirror: Mirror = False,
    microphone: Microphone = None,
    duration: Duration = None,
    overwrite: Overwrite = False,
    stats: Statistics = None,
    yes_i_have_consent: Consent = False,
    faces: Faces = None,
    order: FaceOrder = None,
    reference: Reference = None,
    max_distance: MaxDistance = None,
    cast: CastFile = None,
    lock: WearerLock = None,
    on_lost: OnLost = None,
    strength: Strength = None,
    eyes: Eyes = None,
    label: Label = None,
    assignments: Assignments = None,
    profile: Profile = None,
    toml: SettingsFile = None,
) -> None:
    """Wears a face live: a camera in, a virtual camera, stream or recording out.

    Ends at q or Ctrl-C; the keys shown while it runs change how.
    """
    if duration is not None and not 0 <= duration < math.inf:
        raise SettingsError(
            f"--duration cannot be {duration:g}.", hint="Write seconds, such as 10."
        )
    width, height = width_and_height(size) if size else (None, None)
    shortcuts: dict[str, object] = {"live.width": width, "live.height": height}
    silent_or = "" if microphone == "none" else microphone
    shortcuts |= {"live.fps": fps, "live.mirror": mirror or None, "live.microphone": silent_or}
    shortcuts |= {"swap.faces": faces, "swap.on_lost": on_lost, "swap.strength": strength}
    shortcuts |= {"swap.eyes": eyes, "swap.label.show": label, "models.swapper": model}
    shortcuts |= {"swap.order": order, "swap.max_distance": max_distance, "swap.lock": lock}
    settings = chosen_settings(toml, profile, assignments, shortcuts)
    left = settings.live
    worn = face or ([left.face] if left.face and cast is None else [])
    if not yes_i_have_consent:
        for one in [*worn, *faces_worn(None, cast)]:
            ask_for_consent(one)
    chosen = livecam.Live(
        face=worn[0] if worn else None,
        reference=reference,
        cast=cast,
        camera=camera or left.camera,
        to=tuple(to or left.to),
        settings=settings,
        overwrite=overwrite,
    )
    _run(chosen, worn, as_json=stats is Format.JSON, duration_s=duration)


def _run(
    live: "livecam.Live", faces: Sequence[str], *, as_json: bool, duration_s: float | None
) -> None:
    # `--help` must not wait for these.
    from livecam.cli.live.controls import Controls, swappers  # noqa: PLC0415
    from livecam.cli.live.watch import Watch  # noqa: PLC0415
    from livecam.faces import open_face  # noqa: PLC0415
    from livecam.gui.start import start as start_windows  # noqa: PLC0415

    for other in faces[1:]:
        open_face(other, live.settings.models)  # that it cannot be worn is said now, not at its key
    if "preview" in live.to:
        start_windows()
    with progress.downloads(remarks()) as fetching:
        run = live.prepare(progress=fetching)
    controls = Controls(run, faces, swappers(), live.settings.models.swapper)
    try:
        code = Watch(live, run, controls, as_json, duration_s).follow()
    except Stopped as stopped:
        say(remarks(), "Stopped at once; files may lack their end.")
        code = 128 + stopped.number
    raise typer.Exit(code)
