from pathlib import Path

import numpy as np
import pytest

from livecam.bench import file as bench
from livecam.bench.file import FileBench, Scene, measure
from livecam.pipeline.protocols import Source
from livecam.settings import Settings
from livecam.sources.media_file import MediaFile


def pictures(source: Source) -> list[np.ndarray]:
    return [frame.picture.y for frame in source.frames()]


@pytest.fixture
def files(assets: Path, tmp_path: Path) -> FileBench:
    return FileBench(
        assets / "clip_a_360p.mp4",
        assets / "portrait_c.png",
        folder=tmp_path,
        seconds=0.2,
        turns=1,
    )


def test_scenes_hold_as_many_copies_as_they_say(files: FileBench, tmp_path: Path) -> None:
    scene = Scene("two", (480, 180), tile=(160, 90), copies=4)
    files.made(scene)
    (made,) = tmp_path.iterdir()
    (first, *_) = frames = pictures(MediaFile(made))
    assert len(frames) == 6
    assert first.shape == (180, 480)
    tiles = [first[y : y + 90, x : x + 160].astype(int) for y in (0, 90) for x in (0, 160, 320)]
    for tile in tiles[1:4]:
        assert np.abs(tile - tiles[0]).mean() < 2
    for tile in tiles[4:]:
        assert np.abs(tile[8:, 8:] - 16).max() < 16
    assert tiles[0].std() > 10


@pytest.mark.needs_network
def test_every_table_is_filled(files: FileBench, monkeypatch: pytest.MonkeyPatch) -> None:
    small = (
        Scene("small", (320, 180), tile=(320, 180)),
        Scene("wide", (640, 180), tile=(320, 180)),
    )
    for name in ("WHOLE", "CANVAS"):
        monkeypatch.setattr(bench, name, small)
    monkeypatch.setattr(bench, "CROWD", (Scene("2", (640, 180), tile=(320, 180), copies=2),))
    tables = list(measure(files, Settings()))
    assert len(tables) == 5
    for table in tables:
        assert table.rows
        assert all(len(row) == len(table.columns) for row in table.rows)
    gate = {row[0]: row[-1] for row in tables[2].rows}
    assert gate["small, every frame"] == "100.0%"
    assert float(gate["small, gated"].rstrip("%")) < 100
