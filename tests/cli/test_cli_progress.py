import io

import pytest
from rich.console import Console

from livecam.cli import progress


def terminal() -> Console:
    return Console(file=io.StringIO(), force_terminal=True, width=100, legacy_windows=False)


def pipe() -> Console:
    return Console(file=io.StringIO(), force_terminal=False, width=100)


def said(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_frames_on_a_terminal_are_a_bar_with_fps_and_time_left() -> None:
    console = terminal()
    with progress.frames(console, total=300) as report:
        report(100, 41.26)
        report(120, 40.0)
        text = said(console)
    assert "120/300" in text
    assert "41.3 fps" in text
    assert ":" in text.rsplit("fps", 1)[1]


def test_frames_in_a_pipe_are_a_line_every_few_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    console = pipe()
    now = 0.0
    monkeypatch.setattr(progress.time, "monotonic", lambda: now)
    with progress.frames(console, total=300) as report:
        for step in range(130):
            now = step / 10
            report(step * 2, 20.0)
    assert said(console).splitlines() == [
        "Frame 100 of 300, 20.0 fps, 10 s left",
        "Frame 200 of 300, 20.0 fps, 5 s left",
    ]


@pytest.mark.parametrize(
    ("total", "line"), [(None, "Frame 9, 0.0 fps"), (5, "Frame 9 of 5, 0.0 fps")]
)
def test_an_unknown_or_wrong_total_is_survived(
    monkeypatch: pytest.MonkeyPatch, total: int | None, line: str
) -> None:
    monkeypatch.setattr(progress, "PLAIN_EVERY_S", 0)
    console = pipe()
    with progress.frames(console, total=total) as report:
        report(9, 0.0)
    assert said(console).splitlines() == [line]


def test_downloads_on_a_terminal_are_bars() -> None:
    console = terminal()
    with progress.downloads(console) as report:
        report("a.onnx [b]", 1_000_000, 7_000_000)
        text = said(console)
    assert "Fetching a.onnx [b]" in text
    assert "1.0/7.0 MB" in text


def test_downloads_in_a_pipe_are_lines() -> None:
    console = pipe()
    with progress.downloads(console) as report:
        for done in range(0, 7_000_000, 100_000):
            report("a.onnx", done, 7_000_000)
        report("b.onnx", 0, 1_000_000)
    assert said(console).splitlines() == [
        "Fetching a.onnx: 0.0 of 7.0 MB",
        "Fetching b.onnx: 0.0 of 1.0 MB",
    ]


def test_nothing_fetched_is_nothing_said() -> None:
    console = pipe()
    with progress.downloads(console):
        pass
    assert said(console) == ""
