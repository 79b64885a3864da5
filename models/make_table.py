"""Writes the table of models into the READMEs that have the marks for it.

python models/make_table.py             after a manifest changed
python models/make_table.py --measure   first measures what is installed, into speeds.json
"""

import json
import re
import sys
from dataclasses import asdict
from pathlib import Path
from urllib.parse import urlsplit

from livecam.runtime.catalog import Catalog
from livecam.runtime.manifest import Manifest, Source, UrlSource, WheelSource
from livecam.settings import ModelOptions

_ROOT = Path(__file__).parents[1]
_SPEEDS = _ROOT / "models" / "speeds.json"
"""Model → ms of one run on the CPU."""
_TIMES = 5
"""What else the machine does only makes a run slower, so the fastest median counts."""
READMES = (_ROOT / "models" / "README.md", _ROOT / "README.md")
_BEGIN = "<!-- the models, written by models/make_table.py -->\n"
_END = "<!-- the end of the models -->\n"
_TITLES = ("model", "task", "file from", "size", "one run", "licence", "commercial use")


def table() -> str:
    """A row for each model that livecam brings a manifest of, in Markdown."""
    folder = Path(__file__).parent  # not those that a user of this machine added
    manifests = Catalog(folder, store=folder / "nowhere").manifests()
    manifests.sort(key=lambda manifest: (manifest.task, manifest.name))
    speeds = json.loads(_SPEEDS.read_text("utf-8"))
    rows = [_TITLES, ("---",) * len(_TITLES), *(_row(m, speeds.get(m.name)) for m in manifests)]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def with_table(text: str) -> str:
    """`text` with the table between its marks, if it has them."""
    marks = f"(?<={re.escape(_BEGIN)}).*(?={re.escape(_END)})"
    return re.sub(marks, lambda _: table(), text, flags=re.DOTALL)


def measure() -> None:
    """Measures the models that are installed on this machine."""
    speeds, catalog = json.loads(_SPEEDS.read_text("utf-8")), Catalog()
    for entry in catalog.entries():
        if entry.installed and entry.allowed and not entry.manifest.weights.builtin:
            name = entry.manifest.name
            runs = [catalog.bench(name) for _ in range(_TIMES)]
            if all(speed.provider == "cpu" for speed in runs):
                speeds[name] = float(f"{min(speed.ms for speed in runs):.2g}")
    _SPEEDS.write_text(json.dumps(speeds, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def _row(manifest: Manifest, ms: float | None) -> tuple[str, ...]:
    weights = manifest.weights
    return (
        f"`{manifest.name}`",
        f"{manifest.task}{' (default)' * (manifest.name in asdict(ModelOptions()).values())}",
        ", ".join(map(_link, weights.sources)) or "– (add the file yourself)",
        f"{weights.size / 1e6:.1f} MB" if weights.size else "–",
        f"{ms:g} ms" if ms else "–",
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
    if "--measure" in sys.argv[1:]:
        measure()
    for readme in READMES:
        readme.write_text(with_table(readme.read_text("utf-8")), encoding="utf-8")
