"""A home of its own for every test of kept faces."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from keeping import default_models

from livecam.media.still import read_still


@pytest.fixture(autouse=True)
def folder(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where faces are kept."""
    folder = tmp_path_factory.mktemp("data") / "livecam" / "faces"
    monkeypatch.setenv("LIVECAM_FACES", str(folder))
    return folder


@pytest.fixture
def models(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of models of its own."""
    folder = default_models(tmp_path_factory.mktemp("models"))
    monkeypatch.setenv("LIVECAM_MODELS", str(folder))


@pytest.fixture
def photos(assets: Path, tmp_path: Path) -> list[Path]:
    """Three pictures of person a: small, large, middling."""
    image = cv2.cvtColor(read_still(assets / "portrait_a.png").rgb, cv2.COLOR_RGB2BGR)
    paths = [tmp_path / f"{side}.PNG" for side in (200, 600, 300)]
    for path in paths:
        side = int(path.stem)
        cv2.imwrite(str(path), np.asarray(cv2.resize(image, (side, side))))
    return paths
