"""Every manifest that livecam brings along."""

import re
import runpy
from collections import Counter
from pathlib import Path

import pytest

from livecam.runtime.catalog import Catalog
from livecam.runtime.manifest import Manifest, UrlSource

MANIFESTS = Catalog().manifests()
MODELS = Path(__file__).parents[2] / "models"
README = MODELS / "README.md"


def test_none_is_forgotten() -> None:
    assert {"centerface", "facemesh", "mesh", "yunet"} <= {m.name for m in MANIFESTS}


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda manifest: manifest.name)
class TestEvery:
    def test_says_its_licence_in_the_manifest_and_in_the_readme(self, manifest: Manifest) -> None:
        row = re.search(rf"^\| `{manifest.name}` \|.*$", README.read_text("utf-8"), re.MULTILINE)
        assert row, f"models/README.md has no row for {manifest.name}"
        assert f"| {manifest.weights.license} |" in row[0]
        assert row[0].endswith("| yes |" if manifest.weights.commercial else "| no |")

    def test_what_is_fetched_is_pinned(self, manifest: Manifest) -> None:
        if manifest.weights.builtin or not manifest.weights.sources:
            return
        assert re.fullmatch("[0-9a-f]{64}", manifest.weights.sha256 or "")
        assert (manifest.weights.size or 0) > 1000

    def test_fetches_only_over_https(self, manifest: Manifest) -> None:
        urls = [s.url for s in manifest.weights.sources if isinstance(s, UrlSource)]
        assert all(url.startswith("https://") for url in urls)


def test_no_two_have_the_same_weights() -> None:
    hashes = Counter(m.weights.sha256 for m in MANIFESTS if m.weights.sha256)
    assert max(hashes.values()) == 1


def test_the_tables_in_the_readmes_are_what_the_manifests_say() -> None:
    maker = runpy.run_path(str(MODELS / "make_table.py"))
    assert maker["table"]() in README.read_text("utf-8")
    for readme in maker["READMES"]:
        text = readme.read_text("utf-8")
        assert maker["with_table"](text) == text, "run: python models/make_table.py"
