"""`livecam swap`: a face into a video or an image."""

import time
from pathlib import Path
from typing import Annotated

import typer

import livecam
from livecam.cli import progress
from livecam.cli.consent import ask_for_consent, faces_worn
from livecam.cli.console import remarks, results, say
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
    Reference,
    SettingsFile,
    Strength,
    chosen_settings,
    option,
    switch,
)

EXAMPLES = """
livecam swap in.mp4 out.mp4 --face me.png

livecam swap in.mkv out.mkv --face me.png --start 10 --end 20 --codec libx265 --quality 80

livecam swap group.jpg out.jpg --face me.png --faces many --set detector.longest_side=1280

livecam swap party.mp4 out.mp4 --face me.png --reference anna.jpg
"""
_LOOK_EVERY_S = 0.1
_SHOWN = {
    "pass": "shown as they were",
    "blur": "blurred",
    "freeze": "showing the last swap",
    "hold,blur": "showing the last swap for a moment, then blurred",
    "slate": "not shown",
}


Source = Annotated[Path, typer.Argument(metavar="INPUT", help="A video or an image.")]
Output = Annotated[
    Path, typer.Argument(metavar="OUTPUT", help="What to write; its ending chooses the format.")
]
Face = Annotated[
    list[str] | None,
    option(
        "--face",
        metavar="PICTURE|NAME",
        help="A picture of the face, several of one person, or a name of `livecam faces`.",
    ),
]
Overwrite = Annotated[bool, switch("--overwrite", help="Replace OUTPUT if it exists.")]
Start = Annotated[float | None, option("--start", metavar="S", help="Begin here, seconds.")]
End = Annotated[float | None, option("--end", metavar="S", help="End before this, seconds.")]

OnLost = Annotated[
    str | None,
    option(
        "--on-lost",
        metavar="pass|blur|freeze|…",
        help="What is shown where no swap is possible.",
        panel="Swap",
    ),
]

Codec = Annotated[
    str | None, option("--codec", help="Encoder: libx264, libx265, ffv1, …", panel="Output")
]
Quality = Annotated[
    int | None,
    option("--quality", metavar="0–100", help="Smallest to best; 66 by default.", panel="Output"),
]
Preset = Annotated[
    str | None, option("--preset", help="Speed against size: ultrafast, slow, …", panel="Output")
]
DropStreams = Annotated[
    bool,
    switch("--drop-streams", help="Leave out what OUTPUT's format cannot hold.", panel="Output"),
]
BeforeAfter = Annotated[
    Path | None,
    option("--before-after", metavar="PNG", help="One frame beside its original.", panel="Output"),
]


def swap(
    source: Source,
    output: Output,
    face: Face = None,
    *,
    model: Model = None,
    overwrite: Overwrite = False,
    start: Start = None,
    end: End = None,
    yes_i_have_consent: Consent = False,
    faces: Faces = None,
    order: FaceOrder = None,
    reference: Reference = None,
    max_distance: MaxDistance = None,
    cast: CastFile = None,
    on_lost: OnLost = None,
    strength: Strength = None,
    eyes: Eyes = None,
    codec: Codec = None,
    quality: Quality = None,
    preset: Preset = None,
    drop_streams: DropStreams = False,
    before_after: BeforeAfter = None,
    assignments: Assignments = None,
    profile: Profile = None,
    toml: SettingsFile = None,
) -> None:
    """Swaps a face into INPUT; OUTPUT appears only when it is complete."""
    shortcuts = {"swap.faces": faces, "swap.on_lost": on_lost, "swap.strength": strength}
    shortcuts |= {"swap.eyes": eyes, "output.codec": codec, "output.quality": quality}
    shortcuts |= {"output.preset": preset, "models.swapper": model}
    shortcuts |= {"swap.order": order, "swap.max_distance": max_distance}
    settings = chosen_settings(toml, profile, assignments, shortcuts)
    if not yes_i_have_consent:
        for worn in faces_worn(face, cast):
            ask_for_consent(worn)
    file_swap = livecam.FileSwap(
        source,
        output,
        face=face,
        reference=reference,
        cast=cast,
        settings=settings,
        overwrite=overwrite,
        drop_streams=drop_streams,
        start_s=start,
        end_s=end,
        before_after=before_after,
    )
    _run(file_swap)


def _run(file_swap: "livecam.FileSwap") -> None:
    with progress.downloads(remarks()) as fetching:
        job = file_swap.prepare(progress=fetching)
    started = time.monotonic()
    _watch(job)
    seconds = time.monotonic() - started
    _conclude(job.report(), seconds=seconds, on_lost=file_swap.settings.swap.policy(live=False))


def _watch(job: "livecam.Job") -> None:
    with progress.frames(remarks(), total=job.frame_count) as report, job.pipeline as pipeline:
        while not pipeline.join(_LOOK_EVERY_S):
            stats = pipeline.stats()
            report(stats.delivered, stats.fps)


def _conclude(report: "livecam.Report", *, seconds: float, on_lost: str) -> None:
    out, frames = results(), report.frames
    say(out, f"{report.output}", style="bold green")
    if frames > 1:
        say(out, f"  {frames} frames in {seconds:.1f} s, {frames / seconds:.1f} fps")
        say(out, f"  the detector looked at {report.looks} of them ({report.looks / frames:.1%})")
    for name, seen in report.seen.items():
        say(out, f"  {name} was seen in {seen} of {frames}", style="" if seen else "yellow")
    if report.unswapped:
        lost = f"{report.unswapped} of {frames} ({report.unswapped / frames:.1%})"
        say(out, f"  without a swap: {lost}, {_SHOWN[on_lost]}", style="yellow")
