"""Files of the user's: what they are taken for, what is refused, what becomes of them."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from graphs import adding, elsewhere, face, ones
from servers import WebServer

from livecam.errors import ModelError
from livecam.runtime.session import open_session
from livecam.swappers import FAMILIES
from tests.runtime.conftest import Bench

UNPINNED = (
    'name = "{0}"\ntask = "swapper"\nfamily = "any"\n[weights]\nfile = "{0}.onnx"\n'
    'sources = []\nlicense = "MIT"\ncommercial = true\n'
)
OWN = (
    'name = "own"\ntask = "swapper"\nfamily = "any"\n[weights]\nfile = "weights.onnx"\n'
    'license = "MIT"\ncommercial = true\nsources = []\nsha256 = "{}"\nsize = {}\n'
)


def put(folder: Path, name: str, content: bytes | str) -> Path:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def own_model(folder: Path, content: bytes) -> Path:
    """A manifest of the user's with its weights beside it."""
    put(folder, "weights.onnx", content)
    return put(folder, "own.toml", OWN.format(hashlib.sha256(content).hexdigest(), len(content)))


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A folder of the user's."""
    return tmp_path / "mine"


def test_weights_of_a_known_model_whatever_they_are_called(
    bench: Bench, mine: Path, weights: bytes, web: WebServer
) -> None:
    bench.add("m", f'{{ url = "{web.url("/m.onnx")}" }}')
    assert bench.catalog.add(put(mine, "download (1)", weights)).name == "m"
    assert open_session(bench.catalog.path("m")).inputs.keys() == {"x"}
    assert [verdict.condition for verdict in bench.catalog.verify()] == ["sound"]
    assert not web.asked


def test_weights_whose_hash_nobody_told_by_their_name(
    bench: Bench, mine: Path, weights: bytes
) -> None:
    put(bench.manifests, "secret.toml", UNPINNED.format("secret"))
    catalog = bench.catalog
    with pytest.raises(ModelError, match="Its manifest names no source") as caught:
        catalog.path("secret")
    assert caught.value.hint == "Put the file in yourself with `livecam models add secret.onnx`."
    assert [verdict.condition for verdict in catalog.verify()] == ["absent"]
    catalog.add(put(mine, "secret.onnx", weights))
    again = bench.catalog
    assert open_session(again.path("secret"))
    assert [verdict.condition for verdict in again.verify()] == ["sound"]
    put(bench.store, "secret/secret.onnx.sha256", b"\xff")
    assert [verdict.condition for verdict in again.verify()] == ["damaged"]
    again.add(put(mine, "secret.onnx", weights))
    put(bench.store, "secret/secret.onnx", weights[:-1] + b"!")
    assert [verdict.condition for verdict in again.verify()] == ["damaged"]


def test_such_weights_may_be_changed_for_others(bench: Bench, mine: Path, weights: bytes) -> None:
    put(bench.manifests, "secret.toml", UNPINNED.format("secret"))
    bench.catalog.add(put(mine, "secret.onnx", weights))
    old = bench.catalog.path("secret")
    bench.catalog.add(put(mine, "secret.onnx", adding(ones()).SerializeToString()))
    new = bench.catalog.path("secret")
    assert new != old
    assert not old.exists()
    (y,) = open_session(new).run({"x": np.zeros((1, 4), np.float32)})
    assert y.tolist() == [[1.0] * 4]


@pytest.mark.parametrize("morph", [False, True])
def test_a_face_of_deepfacelab(bench: Bench, mine: Path, *, morph: bool) -> None:
    content = face(96, morph=morph)
    added = bench.catalog.add(put(mine, "Some Body_224.dfm", content))
    assert (added.name, added.task, added.family) == ("some_body_224", "swapper", "dfm")
    assert added.input
    assert added.input.size == (96, 96)
    assert (added.input.channels, added.input.layout) == ("bgr", "nhwc")
    assert added.input.template == "dfl_whole_face"
    assert added.weights.commercial is False
    later = bench.catalog
    assert later.manifest("some_body_224") == added
    with pytest.raises(ModelError, match="has to be accepted once"):
        later.path("some_body_224")
    later.accept("some_body_224")
    session = open_session(later.path("some_body_224"))
    assert session.inputs.keys() == ({"in_face:0", "morph_value:0"} if morph else {"in_face:0"})
    assert FAMILIES["dfm"](added, session, lambda _name: None)
    later.add(mine / "Some Body_224.dfm")  # once more does no harm
    assert bench.catalog.manifest("some_body_224") == added


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.dfm", face(outputs=2), "it does not give out_celeb_face_mask:0"),
        ("a.dfm", adding(ones()).SerializeToString(), "its inputs are x"),
        ("a.dfm", b"anything", "not an ONNX file"),
        ("a.dfm", adding(elsewhere("w")).SerializeToString(), "in another file, 'w'"),
        ("лицо.dfm", face(), "has no letter a–z"),
        ("m.dfm", face(), "livecam has a model of that name itself"),
        ("m.onnx", face(), "'m' has others of that name"),
        ("any.onnx", face(), "not the weights of any model livecam knows"),
        ("any.toml", "name = ", "cannot be read"),
        ("own.toml", OWN.format("0" * 64, 3), "weights.onnx, the weights of 'own', is not beside"),
    ],
)
def test_what_cannot_be_added(
    bench: Bench, mine: Path, name: str, content: bytes | str, said: str
) -> None:
    bench.add("m", '{ url = "https://example.org/m.onnx" }')
    with pytest.raises(ModelError) as caught:
        bench.catalog.add(put(mine, name, content))
    assert said in caught.value.message
    assert str(mine / name) in str(caught.value)
    assert not bench.store.exists() or bench.kept() == {}


def test_a_file_that_is_not_there(bench: Bench, mine: Path) -> None:
    for name in ("gone.dfm", "gone.onnx", "gone.toml"):
        with pytest.raises(ModelError, match=rf"{name} cannot be read: .*No such file"):
            bench.catalog.add(mine / name)


def test_a_face_that_takes_something_else_too(bench: Bench, mine: Path) -> None:
    odd = face(morph=True).replace(b"morph_value:0", b"other_value:0")
    with pytest.raises(ModelError, match="it also takes other_value:0"):
        bench.catalog.add(put(mine, "odd.dfm", odd))


def test_a_manifest_of_the_users_with_its_weights(bench: Bench, mine: Path, weights: bytes) -> None:
    bench.catalog.add(own_model(mine, weights))
    for path in mine.iterdir():
        path.unlink()
    catalog = bench.catalog
    assert [manifest.name for manifest in catalog.manifests()] == ["own"]
    assert open_session(catalog.path("own"))


def test_other_weights_than_the_manifest_says(bench: Bench, mine: Path, weights: bytes) -> None:
    manifest = own_model(mine, weights)
    put(mine, "weights.onnx", weights + b"!")
    with pytest.raises(ModelError, match=r"weights\.onnx has SHA-256 .*; the weights of 'own'"):
        bench.catalog.add(manifest)
    assert bench.kept() == {}


def test_livecams_own_model_goes_before_the_users(
    bench: Bench, mine: Path, weights: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    bench.catalog.add(own_model(mine, weights))
    bench.add("own", '{ url = "https://example.org/own.onnx" }')
    assert bench.catalog.manifest("own").task == "detector"
    assert f"{bench.store / 'own.toml'} is not used" in caplog.text


def test_a_manifest_of_the_users_that_is_not_valid_stops_nothing(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    bench.add("m", '{ url = "https://example.org/m.onnx" }')
    put(bench.store, "bad.toml", 'name = "bad"')
    assert [manifest.name for manifest in bench.catalog.manifests()] == ["m"]
    assert f"The manifest {bench.store / 'bad.toml'} is not valid" in caplog.text


def test_removing(bench: Bench, mine: Path, weights: bytes, web: WebServer) -> None:
    web.files["/m.onnx"] = weights
    bench.add("m", f'{{ url = "{web.url("/m.onnx")}" }}')
    catalog = bench.catalog
    catalog.path("m")
    catalog.bench("m")
    catalog.add(own_model(mine, adding(ones()).SerializeToString()))
    for name in ("m", "own"):
        catalog.remove(name)
    assert bench.kept() == {}
    assert [manifest.name for manifest in catalog.manifests()] == ["m"]
    assert catalog.manifests() == bench.catalog.manifests()
    assert [verdict.condition for verdict in catalog.verify()] == ["absent"]
    catalog.remove("m")
    with pytest.raises(ModelError, match="no model 'own'"):
        catalog.remove("own")


def test_removing_what_a_fetch_left(bench: Bench, weights: bytes, web: WebServer) -> None:
    web.files["/m.onnx"], web.truncated = weights, {"/m.onnx"}
    bench.add("m", f'{{ url = "{web.url("/m.onnx")}" }}')
    with pytest.raises(ModelError):
        bench.catalog.path("m")
    assert bench.part
    bench.catalog.remove("m")
    assert not bench.part


def test_removing_what_livecam_brings_along(bench: Bench, weights: bytes) -> None:
    put(bench.manifests, "own.onnx", weights)
    put(
        bench.manifests,
        "own.toml",
        UNPINNED.format("own").replace("[]", '[{ builtin = "own.onnx" }]'),
    )
    with pytest.raises(ModelError, match="is part of livecam"):
        bench.catalog.remove("own")
    assert (bench.manifests / "own.onnx").is_file()


def test_a_disk_that_is_full(bench: Bench, mine: Path, small_disk: Callable[[str], Path]) -> None:
    put(bench.manifests, "secret.toml", UNPINNED.format("secret"))
    bench.store = small_disk("size=100k")
    with pytest.raises(ModelError, match="No space left on device"):
        bench.catalog.add(put(mine, "secret.onnx", bytes(300_000)))
    assert bench.kept() == {}


def test_what_is_no_model_is_not_kept(bench: Bench, mine: Path) -> None:
    put(bench.manifests, "secret.toml", UNPINNED.format("secret"))
    with pytest.raises(ModelError, match="not an ONNX file"):
        bench.catalog.add(put(mine, "secret.onnx", b"anything"))
    assert bench.kept() == {}
