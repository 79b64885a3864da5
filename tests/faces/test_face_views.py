"""Who a kept face is: made once by each model, and never of anything else than its pictures."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from keeping import add_embedder, keep, load
from PIL import Image

from livecam.errors import SettingsError, SourceError
from livecam.face import Embedding, Identity, Points
from livecam.faces import FaceStore
from livecam.faces.views import Views
from livecam.picture import Picture

pytestmark = pytest.mark.needs_network


def same(one: Identity, other: Identity) -> bool:
    assert one.landmarks is not None
    assert one.mesh is not None
    assert other.mesh is not None
    return (
        np.array_equal(one.portrait, other.portrait)
        and np.array_equal(one.mesh, other.mesh)
        and np.array_equal(one.landmarks, other.landmarks)
        and one.embeddings.keys() == other.embeddings.keys()
        and all(np.array_equal(one.embeddings[k], other.embeddings[k]) for k in one.embeddings)
    )


class Counts:
    """An embedder that counts how often it looks."""

    def __init__(self) -> None:
        self.looks = 0

    def embed(self, picture: Picture, landmarks: Points) -> Embedding:
        self.looks += 1
        return np.float32([picture.width, 3, landmarks[0, 0] / picture.width])


def test_its_identity_is_that_of_the_best_picture(photos: list[Path]) -> None:
    face = keep("ann", *photos)
    models, names = load()
    kept = face.identity(models, names)
    assert kept.name == "ann"
    assert kept.portrait.shape == (600, 600, 3)
    for file in face.folder.glob("*.npz"):
        file.unlink()
    made = face.identity(models, names)
    assert same(kept, made)
    assert list(face.folder.glob("*.npz"))


@pytest.mark.usefixtures("models")
def test_an_embedder_looks_once(photos: list[Path], tmp_path: Path) -> None:
    face = keep("ann", *photos[:2])
    assert face.embedders == []
    add_embedder(tmp_path / "new")
    models, names = load("madeup")
    first = face.identity(models, names)
    assert face.embedders == ["madeup"]
    assert first.embeddings["madeup"].shape == (128,)
    assert same(first, FaceStore().face("ann").identity(models, names))

    # The same name, other weights: what is kept is not theirs.
    add_embedder(tmp_path / "newer", seed=2)
    models, names = load("madeup")
    second = face.identity(models, names)
    assert not np.array_equal(first.embeddings["madeup"], second.embeddings["madeup"])
    assert len(list(face.folder.glob("madeup.*"))) == 1

    add_embedder(tmp_path / "other", "another")
    models, names = load("another")
    face.identity(models, names)
    assert face.embedders == ["another", "madeup"]


@pytest.mark.usefixtures("models")
def test_all_pictures_count_and_are_looked_at_no_more_often_than_needed(
    photos: list[Path], tmp_path: Path
) -> None:
    add_embedder(tmp_path / "new")
    face = keep("ann", *photos)
    models, names = load()
    counts = Counts()
    models = replace(models, embedders={"madeup": counts})
    embedding = face.identity(models, names).embeddings["madeup"]
    assert counts.looks == 3
    assert embedding[0] == pytest.approx((200 + 600 + 300) / 3)
    assert np.array_equal(face.identity(models, names).embeddings["madeup"], embedding)
    assert counts.looks == 3


@pytest.mark.usefixtures("models")
@pytest.mark.parametrize("damage", [b"", b"PK\3\4", b"\x93NUMPY\1\0v\0{"])
def test_what_models_made_is_made_again_where_it_is_damaged(
    photos: list[Path], tmp_path: Path, damage: bytes
) -> None:
    add_embedder(tmp_path / "new")
    face = keep("ann", *photos[:2], embedder="madeup")
    models, names = load("madeup")
    whole = face.identity(models, names)
    (points,) = face.folder.glob("*.npz")
    (embedding,) = face.folder.glob("*.npy")
    np.save(embedding, np.full(128, np.nan, np.float32))
    assert same(whole, face.identity(models, names))
    for content in (damage, points.read_bytes()):
        embedding.write_bytes(content)
        assert same(whole, face.identity(models, names))
    points.write_bytes(embedding.read_bytes())
    assert same(whole, face.identity(models, names))
    points.write_bytes(damage)
    assert same(whole, face.identity(models, names))
    assert points.stat().st_size > 1000


def test_a_changed_missing_or_unreadable_picture_is_one_clear_error(photos: list[Path]) -> None:
    face = keep("ann", photos[0])
    models, names = load()
    picture = face.folder / face.photos[0].file
    content = picture.read_bytes()
    picture.write_bytes(content[:-1])
    for said in ("1.png is not the picture that was added", "1.png cannot be read: No such file"):
        with pytest.raises(SourceError, match=rf"The face 'ann'.* is damaged: {said}") as why:
            face.identity(models, names)
        assert "livecam faces add ann PHOTO --overwrite" in why.value.hint
        picture.unlink(missing_ok=True)


def test_what_was_made_of_a_face_that_was_replaced_is_not_the_new_ones(
    photos: list[Path], assets: Path
) -> None:
    models, names = load()
    old = keep("ann", photos[0])
    made, views = old.identity(models, names), Views(old.photos, names.landmarker, [])
    new = keep("ann", assets / "portrait_c.png", overwrite=True)
    first = new.identity(models, names)
    views.keep(new.folder, made, 0)  # as by a process that began before
    assert same(first, new.identity(models, names))
    assert len(list(new.folder.glob("*.npz"))) == 1


def test_a_rotated_picture_is_upright(assets: Path, tmp_path: Path) -> None:
    lying = tmp_path / "phone.jpg"
    with Image.open(assets / "portrait_a.png") as image:
        turned = image.convert("RGB").crop((100, 0, 900, 1024)).rotate(90, expand=True)
    exif = Image.Exif()
    exif[0x0112] = 6
    turned.save(lying, exif=exif, quality=95)
    face = keep("ann", lying)
    assert face.photos[0].size == (800, 1024)
    models, names = load()
    identity = face.identity(models, names)
    assert identity.portrait.shape == (1024, 800, 3)
    left, right = identity.landmarks[:2]
    assert right[0] - left[0] > 150
    assert abs(right[1] - left[1]) < 40


def test_one_of_several_faces_stays_the_one_that_was_chosen(assets: Path, tmp_path: Path) -> None:
    with Image.open(assets / "portrait_a.png") as a, Image.open(assets / "portrait_c.png") as c:
        us = Image.new("RGB", (1200, 600), (90, 90, 90))
        us.paste(a.resize((600, 600)), (0, 0))
        us.paste(c.resize((600, 600)), (600, 0))
    us.save(tmp_path / "us.png")
    c_alone = assets / "portrait_c.png"
    with pytest.raises(SourceError, match=r"There are 2 faces in the portrait 'us\.png'"):
        keep("cleo", tmp_path / "us.png")
    face = keep("cleo", tmp_path / "us.png", which=[2])
    models, names = load()
    for file in face.folder.glob("*.npz"):
        file.unlink()
    assert face.identity(models, names).landmarks[:, 0].min() > 600
    both = keep("both", tmp_path / "us.png", c_alone, which=[2, 1])
    assert both.photos[0].landmarks[0][0] > 600 > both.photos[1].landmarks[0][0]
    with pytest.raises(
        SourceError, match=r"There is 1 face in the portrait 'portrait_c\.png', not"
    ):
        keep("none", tmp_path / "us.png", c_alone, which=[2])
    with pytest.raises(SettingsError, match="--which is given 3 times for 2 pictures"):
        keep("none", tmp_path / "us.png", c_alone, which=[2, 1, 1])
