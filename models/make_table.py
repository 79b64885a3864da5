"""Writes the table of models into the READMEs that have the marks for it.

python models/make_table.py
"""

import re
from dataclasses import asdict
from pathlib import Path
from urllib.parse import urlsplit

from livecam.runtime.catalog import Catalog
from livecam.runtime.manifest import Manifest, Source, UrlSource, WheelSource
from livecam.settings import ModelOptions

_ROOT = Path(__file__).parents[1]
READMES = (_ROOT / "models" / "README.md", _ROOT / "README.md")
_BEGIN = "<!-- the models, written by models/make_table.py -->\n"
_END = "<!-- the end of the models -->\n"
_TITLES = ("model", "task", "file from", "size", "licence of the weights", "commercial use")


def table() -> str:
    """A row for each model that livecam brings a manifest of, in Markdown."""
    folder = Path(__file__).parent  # not those that a user of this machine added
    manifests = Catalog(folder, store=folder / "nowhere").manifests()
    manifests.sort(key=lambda manifest: (manifest.task, manifest.name))
    rows = [_TITLES, ("---",) * len(_TITLES), *map(_row, manifests)]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def with_table(text: str) -> str:
    """`text` with the table between its marks, if it has them."""
    marks = f"(?<={re.escape(_BEGIN)}).*(?={re.escape(_END)})"
    return re.sub(marks, lambda _: table(), text, flags=re.DOTALL)


def _row(manifest: Manifest) -> tuple[str, ...]:
    weights = manifest.weights
    return (
        f"`{manifest.name}`",
        f"{manifest.task}{' (default)' * (manifest.name in asdict(ModelOptions()).values())}",
        ", ".join(map(_link, weights.sources)) or "– (add the file yourself)",
        f"{weights.size / 1e6:.1f} MB" if weights.size else "–",
        weights.license,
        "yes" if weights.commercial else "no",
    )


def _link(source: Source) -> str:
    if isinstance(source, UrlSource):
        place = urlsplit(source.url)
        return f"[{place.hostname}/{place.path.split('/')[1]}]({source.url})"
    if isinstance(source, WheelSource):
        return f"the wheel of `{source.wheel.replace('==', '` ')}"
    return "this folder"


if __name__ == "__main__":
    for readme in READMES:
        readme.write_text(with_table(readme.read_text("utf-8")), encoding="utf-8")
