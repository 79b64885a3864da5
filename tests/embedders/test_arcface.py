"""ArcFace and its kin: real weights tell the rendered people apart."""

from pathlib import Path

import numpy as np
import pytest
from people import moments

from livecam.embedders import FAMILIES, Embedder, cosine
from livecam.runtime.catalog import Catalog
from livecam.runtime.session import open_session


@pytest.fixture(scope="module")
def embedder(shared: Path) -> Embedder:
    manifest = Catalog().manifest("mobilefacenet")
    session = open_session(shared / "weights" / "foamliu_MobileFaceNet.onnx")
    return FAMILIES[manifest.family](manifest, session, pytest.fail)


@pytest.mark.needs_shared
def test_everybody_is_nearer_to_themselves_than_to_anybody_else(
    embedder: Embedder, shared: Path
) -> None:
    people = {
        who: [
            embedder.embed(moment.picture, moment.five[0])
            for moment in moments(shared / "people" / f"{clip}.mp4", every=30)
            if abs(moment.yaw_deg[0]) < 30
        ]
        for who, clip in {"a": "clip_a", "b": "clip_b", "c": "clip_c_hand"}.items()
    }
    same = [cosine(one[0], other) for one in people.values() for other in one[1:]]
    apart = [
        cosine(one, other)
        for who in people
        for whom in people
        if who < whom
        for one in people[who]
        for other in people[whom]
    ]
    assert np.median(same) > 0.7
    assert min(same) > max(apart)


def test_only_the_direction_of_an_embedding_counts() -> None:
    one, other = np.array([3, 0], np.float32), np.array([0, 0.5], np.float32)
    assert cosine(one, 2 * one) == pytest.approx(1)
    assert cosine(one, other) == pytest.approx(0)
    assert cosine(one, -one) == pytest.approx(-1)
    assert cosine(one, np.zeros(2, np.float32)) == 0
