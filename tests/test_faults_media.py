"""500 damaged media files: each ends in a clear error or a right result, soon, and cleanly."""

import time
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from clips import Clip
from PIL import Image

from livecam.errors import LivecamError, SinkError, SourceError
from livecam.sinks import file_sink
from livecam.sources import file_source

SEEDS = range(500)
LIMIT_S = 5
KINDS = ("bits", "noise", "cut", "zeros", "sizes", "swap", "tail", "text", "repeat")
CLIPS: dict[str, Clip] = {
    "h264.mp4": Clip(
        options={"bf": "2"}, audio=[("aac", "deu", 0)], subtitles=[("mov_text", "eng")]
    ),
    "h264.mkv": Clip(
        audio=[("aac", "deu", 0)], subtitles=[("subrip", "eng")], attachment=True, chapters=True
    ),
    "vp9.webm": Clip(codec="libvpx-vp9", frames=6),
    "mpeg4.avi": Clip(codec="mpeg4", audio=[("libmp3lame", "eng", 0)]),
    "mpeg2.ts": Clip(codec="mpeg2video", audio=[("mp2", "eng", 0)]),
    "ffv1.mkv": Clip(codec="ffv1", frames=6),
    "mjpeg.mov": Clip(codec="mjpeg", fmt="yuvj420p", rotation=90, frames=6),
    "h265.mp4": Clip(codec="libx265", options={"x265-params": "log-level=none"}, frames=6),
    "mpeg2.mpg": Clip(codec="mpeg2video", audio=[("mp2", "eng", 0)]),
    "h264.flv": Clip(audio=[("aac", "eng", 0)]),
}
STILLS = ("still.png", "still.jpg", "still.webp", "still.gif")


@pytest.fixture(scope="module")
def originals(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """One whole file of every kind."""
    folder = tmp_path_factory.mktemp("originals")
    whole = {name: clip.make(folder / name).read_bytes() for name, clip in CLIPS.items()}
    picture = np.add.outer(np.arange(48), np.arange(64)).astype(np.uint8)
    for name in STILLS:
        Image.fromarray(np.dstack([picture, picture * 2, picture * 3])).save(folder / name)
        whole[name] = (folder / name).read_bytes()
    return whole


def mutated(data: bytes, kind: str, random: np.random.Generator) -> bytes:
    """`data`, spoilt in the way `kind` says."""
    new = bytearray(data)
    size = len(new)
    at = int(random.integers(0, size))
    if kind == "bits":
        for place in random.integers(0, size, random.integers(1, 60)):
            new[place] ^= 1 << int(random.integers(0, 8))
    elif kind == "noise":
        length = int(random.integers(1, 400))
        new[at : at + length] = random.integers(0, 256, length, np.uint8).tobytes()
    elif kind == "cut":
        return bytes(new[:at])
    elif kind == "zeros":
        new[at : at + 300] = bytes(len(new[at : at + 300]))
    elif kind == "sizes":  # a header's sizes, counts and times, made huge
        for place in random.integers(0, min(size, 2000), 3):
            new[place : place + 4] = random.choice(
                [b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\0\0\0\0"]
            )
    elif kind == "swap":
        other = int(random.integers(0, size))
        new[at : at + 200], new[other : other + 200] = new[other : other + 200], new[at : at + 200]
    elif kind == "tail":
        for place in random.integers(size * 2 // 3, size, 40):
            new[place] = int(random.integers(0, 256))
    elif kind == "text":
        return b"" if random.integers(0, 2) else b"This is no film.\n" * int(random.integers(1, 99))
    elif kind == "repeat":
        return bytes(new[:at] + new[at // 2 :])
    return bytes(new)


def cases() -> Iterator[tuple[int, str, str]]:
    names = (*CLIPS, *STILLS)
    for seed in SEEDS:
        yield seed, names[seed % len(names)], KINDS[seed // len(names) % len(KINDS)]


@pytest.mark.parametrize("part", range(10))
def test_damaged_files(part: int, originals: dict[str, bytes], tmp_path: Path) -> None:
    results = {"swapped": 0, "refused": 0}
    for seed, name, kind in list(cases())[part::10]:
        source = tmp_path / f"{seed}-{kind}-{name}"
        source.write_bytes(mutated(originals[name], kind, np.random.default_rng(seed)))
        suffix = ".png" if name in STILLS else (".mkv", ".mp4")[seed % 2]
        output = tmp_path / f"{seed}-out{suffix}"
        begin = time.monotonic()
        frames, error = _run(source, output)
        assert time.monotonic() - begin < LIMIT_S, source.name
        assert not list(tmp_path.glob(".*")), source.name
        if error is None:
            _check(output, frames, source.name)
        else:
            assert error.message, source.name
            assert error.hint, source.name
            assert not output.exists(), source.name
        results["swapped" if error is None else "refused"] += 1
    assert all(results.values())


def _run(source: Path, output: Path) -> tuple[int, LivecamError | None]:
    """How many frames were sent, and the error it ended with."""
    sent = 0
    try:
        frames = file_source(source)
        sink = file_sink(output, copy_from=source, drop_streams=True)
        with sink.open(frames.probe()) as send:
            for frame in frames.frames():
                send(frame)
                sent += 1
    except (SourceError, SinkError) as e:
        return sent, e
    return sent, None


def _check(output: Path, frames: int, name: str) -> None:
    """A result is right when it plays from end to end, with every frame that was sent."""
    if output.suffix == ".png":
        with Image.open(output) as image:
            image.load()
        return
    with av.open(str(output)) as container:
        times = [Fraction(f.pts) for f in container.decode(video=0) if f.pts is not None]
    assert len(times) == frames, name
    assert all(a < b for a, b in pairwise(times)), name
