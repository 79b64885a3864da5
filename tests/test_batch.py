"""A batch of files: in turn, halted, called off, and the rest goes on."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import pytest

from livecam.batch import Batch, Item, Progress
from livecam.build import FileSwap

pytestmark = pytest.mark.needs_network


@pytest.fixture
def batch() -> Iterator[Batch]:
    made = Batch()
    yield made
    made.close()
    assert not [t for t in threading.enumerate() if t.name.startswith("livecam")]


def wait_for(batch: Batch, number: int, condition: Callable[[Item], bool]) -> Item:
    deadline = time.monotonic() + 60
    while True:
        item = next(item for item in batch.items() if item.number == number)
        if condition(item):
            return item
        assert time.monotonic() < deadline, item
        time.sleep(0.02)


def swap(assets: Path, output: Path, **more: object) -> FileSwap:
    return FileSwap(assets / "clip_a_360p.mp4", output, face=assets / "portrait_b.png", **more)


def frames(path: Path) -> int:
    with av.open(str(path)) as container:
        return sum(1 for _ in container.decode(video=0))


def test_files_are_swapped_in_turn_and_one_that_fails_is_passed_over(
    batch: Batch, assets: Path, tmp_path: Path
) -> None:
    bad = FileSwap(tmp_path / "gone.mp4", tmp_path / "x.mp4", face=assets / "portrait_b.png")
    swaps = [swap(assets, tmp_path / "1.mkv", end_s=0.5), bad]
    swaps.append(swap(assets, tmp_path / "2.mkv", start_s=1, end_s=1.5))
    numbers = [batch.add(one) for one in swaps]
    assert numbers == [1, 2, 3]
    last = wait_for(batch, 3, lambda item: item.over)
    first, second, _ = batch.items()
    assert (first.progress, second.progress, last.progress) == (
        Progress.DONE, Progress.FAILED, Progress.DONE,
    )  # fmt: skip
    assert "gone.mp4" in str(second.error)
    assert first.report is not None
    assert first.frames == first.report.frames == frames(first.output) == 15
    assert first.frame_count is not None
    batch.forget(2)
    assert [item.number for item in batch.items()] == [1, 3]


def test_a_fault_of_livecam_s_own_ends_one_file_and_the_next_has_its_turn(
    batch: Batch, assets: Path, tmp_path: Path
) -> None:
    faulty = FileSwap(assets / "clip_a_360p.mp4", tmp_path / "1.mkv", face=0)
    batch.pause()
    numbers = [batch.add(faulty), batch.add(swap(assets, tmp_path / "2.mkv", end_s=0.3))]
    batch.resume()
    first, second = (wait_for(batch, number, lambda item: item.over) for number in numbers)
    assert first.progress is Progress.FAILED
    assert "TypeError" in str(first.error)
    assert second.progress is Progress.DONE


def test_a_pause_halts_and_what_is_called_off_leaves_nothing(
    batch: Batch, assets: Path, tmp_path: Path
) -> None:
    first = batch.add(swap(assets, tmp_path / "1.mkv"))
    second = batch.add(swap(assets, tmp_path / "2.mkv", end_s=0.3))
    wait_for(batch, first, lambda item: item.frames > 3)
    batch.pause()
    wait_for(batch, first, lambda item: item.progress is Progress.PAUSED)
    time.sleep(0.5)  # what is on its way arrives
    before = wait_for(batch, first, lambda item: item.frames > 0).frames
    time.sleep(0.5)
    assert wait_for(batch, first, lambda _: True).frames == before < 90
    batch.resume()
    wait_for(batch, first, lambda item: item.frames > before)
    batch.cancel(first)
    done = wait_for(batch, second, lambda item: item.over)
    assert done.progress is Progress.DONE
    assert wait_for(batch, first, lambda _: True).progress is Progress.CANCELLED
    assert [path.name for path in tmp_path.iterdir()] == ["2.mkv"]


def test_closing_while_paused_or_preparing_ends_all(assets: Path, tmp_path: Path) -> None:
    batch = Batch()
    batch.add(swap(assets, tmp_path / "1.mkv"))
    batch.add(swap(assets, tmp_path / "2.mkv"))
    wait_for(batch, 1, lambda item: item.frames > 3)
    batch.pause()
    batch.close()
    assert {item.progress for item in batch.items()} == {Progress.CANCELLED}
    assert list(tmp_path.iterdir()) == []
    assert not [t for t in threading.enumerate() if t.name.startswith("livecam")]


def test_files_that_wait_follow_a_face_that_is_renamed(
    batch: Batch, assets: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIVECAM_FACES", str(tmp_path / "kept"))
    batch.pause()
    swaps = [FileSwap(assets / "clip_a_360p.mp4", tmp_path / "1.mp4", face="ann")]
    swaps.append(swap(assets, tmp_path / "2.mp4"))
    for one in swaps:
        batch.add(one)
    batch.face_renamed("ann", "anna")
    faces = [item.swap.face for item in batch.items()]
    assert faces == ["anna", assets / "portrait_b.png"]
    batch.cancel(2)
    batch.resume()
    failed = wait_for(batch, 1, lambda item: item.over)
    assert "There is no face called 'anna'" in str(failed.error)
