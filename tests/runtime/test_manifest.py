import tomllib
from pathlib import Path
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ConfigDict, Field, TypeAdapter
from pydantic.dataclasses import dataclass

from livecam.errors import ModelError
from livecam.runtime.manifest import Manifest, Span, UrlSource, is_safe_url, load_manifest

GOOD = """
name = "good"
task = "detector"
family = "any"
[weights]
file = "good.onnx"
sha256 = "{sha}"
size = 3
license = "MIT"
commercial = true
sources = [{{ url = "https://example.org/good.onnx" }}]
[input]
name = "x"
size = [640, 384]
[head]
score = 0.5
""".format(sha="a" * 64)


def write(folder: Path, text: str, name: str = "good") -> Path:
    path = folder / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return path


def refusal(folder: Path, text: str) -> str:
    with pytest.raises(ModelError) as caught:
        load_manifest(write(folder, text))
    return caught.value.message


def test_a_manifest_is_read(tmp_path: Path) -> None:
    manifest = load_manifest(write(tmp_path, GOOD))
    assert manifest.weights.sources == (UrlSource(url="https://example.org/good.onnx"),)
    assert manifest.input is not None
    assert manifest.input.size == (640, 384)
    assert manifest.input.std == (1.0, 1.0, 1.0)
    assert manifest.weights.builtin is None


def test_a_file_of_unknown_hash_is_the_users_to_add(tmp_path: Path) -> None:
    unpinned = GOOD.replace(f'sha256 = "{"a" * 64}"\n', "").replace("size = 3\n", "")
    own = unpinned.replace('sources = [{ url = "https://example.org/good.onnx" }]', "sources = []")
    weights = load_manifest(write(tmp_path, own)).weights
    assert (weights.sources, weights.sha256, weights.size) == ((), None, None)
    assert "sha256 and size are needed" in refusal(tmp_path, unpinned)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("commercial = true", "comercial = true", "weights.comercial: unknown key"),
        ("size = [640", "sizes = [640", "input.sizes: unknown key"),
        ("[head]", "[heads]", "heads: unknown key"),
        ('url = "', 'path = "', "weights.sources[0].path: unknown key"),
        ('.onnx" }', '.onnx", mirror = 1 }', "weights.sources[0].mirror: unknown key"),
        ("https://", "http://", "weights.sources[0].url: must be an https:// address"),
        ('task = "detector"', 'task = "detektor"', "task:"),
        ("size = 3\n", "", "sha256 and size are needed"),
        ("a" * 64, "a" * 63, "weights.sha256:"),
        ('good.onnx"\nsha', '../good.onnx"\nsha', "weights.file:"),
        ("size = [640, 384]", "size = [640, 0]", "input.size[1]:"),
        ("size = [640, 384]", "size = [640, 384]\nstd = [1, 0, 1]", "std must be above 0"),
        ('license = "MIT"', 'license = ""', "weights.license:"),
        ("}]", '}, { builtin = "a.onnx" }]', "a builtin source stands alone"),
        ("[weights]", "[weights", "cannot be read"),
        ("score = 0.5", 'of = "good"', "what a model needs are other models, by name"),
        ("score = 0.5", "embedder = [1]", "what a model needs are other models, by name"),
        ('name = "good"', 'name = "bad"', "calls its model 'bad'"),
    ],
)
def test_a_mistake_is_refused_by_its_full_name(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    assert old in GOOD
    assert said in refusal(tmp_path, GOOD.replace(old, new, 1))


def test_a_manifest_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"nowhere\.toml cannot be read"):
        load_manifest(tmp_path / "nowhere.toml")


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://example.org/a", True),
        ("http://127.0.0.1:8000/a", True),
        ("http://[::1]/a", True),
        ("http://example.org/a", False),
        ("http://127.0.0.1.example.org/a", False),
        ("https:///a", False),
        ("file:///etc/passwd", False),
        ("", False),
    ],
)
def test_only_https_or_this_very_machine(url: str, *, safe: bool) -> None:
    assert is_safe_url(url) is safe


def _tables(table: dict[str, Any], name: str = "") -> list[tuple[str, dict[str, Any]]]:
    found = [(name, table)]
    for key, value in table.items():
        if isinstance(value, dict) and key != "head":
            found += _tables(value, f"{name}{key}.")
    return found


@given(
    key=st.from_regex(r"[a-z_]{1,12}", fullmatch=True), place=st.integers(min_value=0, max_value=2)
)
def test_any_unknown_key_anywhere_is_refused(key: str, place: int, tmp_path_factory: Any) -> None:
    known = set(Manifest.__dataclass_fields__)
    table = tomllib.loads(GOOD)
    name, inner = _tables(table)[place]
    if key in inner or key in known or key in {"mean", "std", "channels", "layout", "template"}:
        return
    if name == "input." and key == "shape":
        return
    header = f"[{name.rstrip('.')}]" if name else ""
    text = GOOD.replace(header, f"{header}\n{key} = 1", 1) if header else f"{key} = 1\n{GOOD}"
    assert f"{name}{key}: unknown key" in refusal(tmp_path_factory.mktemp("manifest"), text)


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Head:
    score: Annotated[float, Field(ge=0, le=1)] = 0.5
    levels: Span = (0.0, 1.0)


def test_a_family_reads_its_head() -> None:
    manifest = TypeAdapter(Manifest).validate_python(tomllib.loads(GOOD))
    assert manifest.head_as(Head) == Head(score=0.5)


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ({"scor": 0.5}, "head.scor: unknown key"),
        ({"score": 2.0}, "head.score: "),
        ({"levels": [1.0, 1.0]}, "head.levels: must rise"),
    ],
)
def test_a_head_the_family_cannot_read(head: dict[str, object], said: str) -> None:
    manifest = TypeAdapter(Manifest).validate_python(tomllib.loads(GOOD) | {"head": head})
    with pytest.raises(ModelError) as caught:
        manifest.head_as(Head)
    assert said in caught.value.message
    assert "'good'" in caught.value.message
