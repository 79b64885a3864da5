"""Who wears what: cast files, and what contradicts itself."""

import logging
from pathlib import Path

import numpy as np
import pytest

from livecam.errors import LivecamError, SettingsError, SourceError
from livecam.face import Embedding, Identity
from livecam.faces import Photos
from livecam.faces.cast import Cast, Part, is_told, open_cast, read_cast, settings_for
from livecam.picture import Image
from livecam.settings import ModelOptions, Settings, load_settings
from livecam.swap import Faces

NAMES = ModelOptions()


def written(folder: Path, text: str) -> Path:
    path = folder / "cast.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_cast_names_pictures_from_its_own_folder_and_faces_by_name(tmp_path: Path) -> None:
    (tmp_path / "me").write_bytes(b"a file")
    cast = written(
        tmp_path,
        """
        [[people]]
        reference = ["anna 1.png", "photos/anna.png"]
        face = "me"
        [[people]]
        reference = "Bert"
        face = "/elsewhere/you.png"
        """,
    )
    assert read_cast(cast) == [
        Part((tmp_path / "anna 1.png", tmp_path / "photos/anna.png"), tmp_path / "me"),
        Part("Bert", Path("/elsewhere/you.png")),
    ]


ANNA = '[[people]]\nreference = "anna.png"\nface = "me.png"\n'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "names nobody"),
        ("people = []", "names nobody"),
        ('[[people]]\nreference = "anna.png"\n', "'people.0.face' is missing"),
        (ANNA + 'fase = "x"\n', "there is no 'people.0.fase'"),
        (ANNA + "\n[other]\n", "there is no 'other'"),
        ('[[people]]\nreference = 3\nface = "me.png"\n', "'people.0.reference.str' cannot be 3"),
        ('[[people]]\nreference = []\nface = "me.png"\n', "cannot be []"),
        ("people = 3", "'people' cannot be 3"),
        ("[[people]", "is not TOML"),
    ],
)
def test_what_is_no_cast_is_refused(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(SettingsError) as refused:
        read_cast(written(tmp_path, text))
    assert words in refused.value.message
    assert "cast.toml" in refused.value.message


def test_a_cast_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        read_cast(tmp_path / "none.toml")
    (tmp_path / "cast.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match="not TOML"):
        read_cast(tmp_path / "cast.toml")


def test_an_unreadable_photo_of_a_cast_is_named(tmp_path: Path, assets: Path) -> None:
    (tmp_path / "anna.png").write_bytes(b"no picture")
    with pytest.raises(SourceError, match=r"anna\.png"):
        open_cast(None, reference=None, cast=written(tmp_path, ANNA), names=NAMES)
    (tmp_path / "anna.png").write_bytes((assets / "portrait_a.png").read_bytes())
    with pytest.raises(SourceError, match=r"me\.png"):
        open_cast(None, reference=None, cast=written(tmp_path, ANNA), names=NAMES)


def test_a_cast_and_a_face_contradict_each_other(tmp_path: Path) -> None:
    cast = written(tmp_path, ANNA)
    for face, reference in ((Path("me.png"), None), (None, "anna.png")):
        with pytest.raises(SettingsError, match="besides"):
            open_cast(face, reference=reference, cast=cast, names=NAMES)


def test_people_mean_the_selector_and_the_selector_means_people(assets: Path) -> None:
    me, anna = assets / "portrait_c.png", assets / "portrait_a.png"
    told = open_cast(me, reference=anna, cast=None, names=NAMES)
    assert told.names == ("portrait_a.png",)
    assert settings_for(told, Settings()).swap.faces is Faces.REFERENCE
    with pytest.raises(SettingsError, match="many"):
        settings_for(told, load_settings(assignments=["swap.faces=many"]))
    plain = open_cast(me, reference=None, cast=None, names=NAMES)
    assert settings_for(plain, Settings()) == Settings()
    with pytest.raises(SettingsError, match="nobody says"):
        settings_for(plain, load_settings(assignments=["swap.faces=reference"]))


@pytest.mark.parametrize(
    "case", [("auto", True, False), ("on", True, True), ("off", True, False), ("on", False, False)]
)
def test_the_embedder_is_asked_for_only_where_it_is_needed(
    case: tuple[str, bool, bool],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    lock, live, expected = case
    monkeypatch.setenv("LIVECAM_MODELS", str(tmp_path / "none"))
    caplog.set_level(logging.INFO)
    settings = load_settings(assignments=[f"swap.lock={lock}"])
    assert is_told(settings, live=live) == expected
    assert ("livecam models pull mobilefacenet" in caplog.text) == (lock == "auto")
    assert is_told(load_settings(assignments=["swap.faces=reference"]), live=live)
    assert not (tmp_path / "none").exists(), "nothing is fetched for it"


@pytest.mark.needs_shared
def test_auto_is_on_where_the_embedder_is_here(
    shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = pulled(shared, tmp_path)
    monkeypatch.setenv("LIVECAM_MODELS", str(place))
    assert is_told(Settings(), live=True)
    assert not is_told(Settings(), live=False)


def pulled(shared: Path, folder: Path) -> Path:
    """A folder of models with MobileFaceNet in it, as if it had been pulled."""
    from livecam.runtime.catalog import Catalog  # noqa: PLC0415 – here only

    weights = shared / "weights" / "foamliu_MobileFaceNet.onnx"
    catalog = Catalog(store=folder / "models")
    kept = catalog.store.weights(catalog.manifest("mobilefacenet"))
    kept.parent.mkdir(parents=True)
    kept.write_bytes(weights.read_bytes())
    catalog.path("mobilefacenet")
    return folder / "models"


class Seen(Photos):
    """Pictures of which is known what the embedder sees in them."""

    def __init__(self, name: str, embedding: Embedding) -> None:
        image: Image = np.zeros((8, 8, 3), np.uint8)
        made = Identity(name, image, embeddings={"mobilefacenet": embedding})
        object.__setattr__(self, "portraits", (made,))

    def identity(self, *_: object) -> Identity:
        return self.portraits[0]


class Here:
    """Models with an embedder that nobody asks anything."""

    embedders = {"mobilefacenet": object()}  # noqa: RUF012 – never changed


def test_people_who_cannot_be_told_apart_are_refused() -> None:
    one, other = np.float32([1, 0]), np.float32([0.6, 0.8])
    cast = Cast((Seen("anna", one), Seen("bert", other)), ())
    models = Here()
    assert cast.recognition(
        models, load_settings(assignments=["swap.max_distance=0.39"]), live=True
    )
    with pytest.raises(LivecamError) as refused:
        cast.recognition(models, Settings(), live=False)
    assert refused.value.exit_code == 2
    for words in ("anna", "bert", "0.40", "0.50"):
        assert words in refused.value.message
