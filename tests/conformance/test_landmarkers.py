"""What every model that finds the dense landmarks of a face has to keep to."""

from pathlib import Path

import numpy as np
import pytest
from guess_check import check_guess
from landmarker_check import SCENES, check_landmarker
from landmarker_doubles import BOOKS

from livecam.errors import ModelError
from livecam.landmarkers import FAMILIES
from livecam.runtime.catalog import Catalog
from livecam.vision.layout import layout_of

MANIFESTS = {m.name: m for m in Catalog().manifests() if m.task == "landmarker"}


def test_every_family_has_a_model_every_model_a_family_and_a_double() -> None:
    assert {manifest.family for manifest in MANIFESTS.values()} == set(FAMILIES)
    assert set(MANIFESTS) == {*BOOKS, "fan_68_5"}


@pytest.mark.parametrize("name", BOOKS)
class TestEvery:
    def test_points_come_back_in_the_frames_px(self, name: str, tmp_path: Path) -> None:
        check_landmarker(MANIFESTS[name], tmp_path)

    def test_what_it_gives_can_be_followed(self, name: str, tmp_path: Path) -> None:
        book, scene = BOOKS[name], SCENES[1]
        manifest = MANIFESTS[name]
        landmarker = FAMILIES[manifest.family](manifest, book.session(manifest, tmp_path))
        found = landmarker.locate(scene.picture(book), scene.around(book))
        layout = layout_of(found.points)
        assert len(found.points) == layout.count == book.count
        assert found.points.dtype == found.landmarks.dtype == np.float32
        assert (found.mesh is not None) == (book.count == 468)
        for indices in (layout.followed, layout.lively, layout.five.ravel()):
            assert 0 <= indices.min() <= indices.max() < book.count
        assert len(layout.followed) >= 16
        assert not set(layout.followed[:8].tolist()) & set(layout.lively[-8:].tolist())


def test_a_guess_is_laid_where_its_graph_says(tmp_path: Path) -> None:
    check_guess(MANIFESTS["fan_68_5"], tmp_path)


@pytest.mark.parametrize("model", [name for name in MANIFESTS if name != "fan_2d_4"])
def test_a_graph_of_another_family_is_refused(model: str, tmp_path: Path) -> None:
    session = BOOKS["fan_2d_4"].session(MANIFESTS["fan_2d_4"], tmp_path)
    with pytest.raises(ModelError):
        FAMILIES[MANIFESTS[model].family](MANIFESTS[model], session)
