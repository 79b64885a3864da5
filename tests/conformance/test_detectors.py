"""What every model that finds faces has to keep to."""

from pathlib import Path

import pytest
from detector_check import check_detector
from detector_doubles import BOOKS

from livecam.detectors import FAMILIES
from livecam.runtime.catalog import Catalog
from livecam.runtime.manifest import Manifest

MANIFESTS = [manifest for manifest in Catalog().manifests() if manifest.task == "detector"]


def test_every_family_has_a_model_every_model_a_family_and_a_double() -> None:
    assert {manifest.family for manifest in MANIFESTS} == set(FAMILIES)
    assert {manifest.name for manifest in MANIFESTS} == set(BOOKS)


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda manifest: manifest.name)
def test_every_face_comes_back_in_the_frames_px(manifest: Manifest, tmp_path: Path) -> None:
    check_detector(manifest, tmp_path)
