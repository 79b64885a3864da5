"""What every source has to keep to."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from fractions import Fraction
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from clips import Clip
from PIL import Image

from livecam.errors import SourceError
from livecam.frame import VideoFormat
from livecam.picture import Colour, Matrix
from livecam.pipeline.protocols import Source
from livecam.sources import (
    SOURCES,
    Camera,
    Fitted,
    ImageFile,
    MediaFile,
    Mirrored,
    NetworkStream,
    Paced,
    Reconnecting,
    Synthetic,
    devices,
    live_source,
)
from livecam.sources import camera as camera_module
from livecam.sources.camera_info import CameraInfo, Reading
from livecam.sources.formats import Asked
from livecam.sources.switchable import Switchable

FORMAT = VideoFormat(64, 48, Fraction(30), Colour(Matrix.BT601))
SMALL = Asked(64, 48)
KINDS = [*SOURCES, "paced", "reconnecting", "mirrored", "fitted", "switchable"]


class OneCamera:
    """A machine with one camera, which is FFmpeg's test device."""

    permission_hint = "Ask nicely."

    def candidates(self) -> list[CameraInfo]:
        return [CameraInfo(0, "Test device", "lavfi")]

    def modes(self, _: CameraInfo) -> tuple[()]:
        return ()

    def reading(self, *_: object, **__: object) -> Reading:
        return Reading("lavfi", "testsrc2=size=64x48:rate=30,realtime", {})


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two clips and a still."""
    made = tmp_path_factory.mktemp("sources")
    Clip(codec="ffv1", frames=6).make(made / "clip.mkv")
    Clip(frames=60, options={"g": "5"}).make(made / "clip.ts")
    Image.fromarray(np.full((48, 64, 3), 90, np.uint8)).save(made / "still.png")
    return made


@pytest.fixture
def folder(media: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder, and one camera plugged in."""
    for module in (devices, camera_module):
        monkeypatch.setattr(module, "camera_system", OneCamera)
    return media


@pytest.fixture
def served(media: Path) -> Iterator[Callable[[Path], str]]:
    """The address at which a file in the folder is served."""
    handler = partial(_Quiet, directory=str(media))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield lambda path: f"http://127.0.0.1:{server.server_address[1]}/{path.name}"
        server.shutdown()
        thread.join()


class _Quiet(SimpleHTTPRequestHandler):
    """Sends as a stream comes, so that a live reader has time to see more than its end."""

    def copyfile(self, source: Any, outputfile: Any) -> None:
        with suppress(ConnectionError):  # who has seen enough leaves
            while piece := source.read(1024):
                outputfile.write(piece)
                time.sleep(0.02)

    def log_message(self, *_: object) -> None:
        pass


def working(kind: str, folder: Path, served: Any) -> Source:
    made: dict[str, Any] = {
        "image": lambda: ImageFile(folder / "still.png"),
        "video": lambda: MediaFile(folder / "clip.mkv"),
        "camera": lambda: Camera("test", SMALL),
        "stream": lambda: NetworkStream(served(folder / "clip.ts")),
        "synthetic": lambda: Synthetic(64, 48),
        "paced": lambda: Paced(MediaFile(folder / "clip.mkv")),
        "reconnecting": lambda: Reconnecting(Camera("test", SMALL)),
        "mirrored": lambda: Mirrored(Camera("test", SMALL)),
        "fitted": lambda: Fitted(Camera("test", SMALL), FORMAT),
        "switchable": lambda: Switchable(Camera("test", SMALL)),
    }
    return made[kind]()


def broken(kind: str, folder: Path) -> Source:
    made: dict[str, Any] = {
        "image": lambda: ImageFile(folder / "none.png"),
        "video": lambda: MediaFile(folder / "none.mkv"),
        "camera": lambda: Camera("another", SMALL),
        "stream": lambda: NetworkStream("tcp://127.0.0.1:1"),
        "synthetic": lambda: Synthetic(64, 48, portrait=folder / "none.png"),
        "paced": lambda: Paced(MediaFile(folder / "none.mkv")),
        "reconnecting": lambda: Reconnecting(Camera("another", SMALL)),
        "mirrored": lambda: Mirrored(Camera("another", SMALL)),
        "fitted": lambda: Fitted(Camera("another", SMALL), FORMAT),
        "switchable": lambda: Switchable(Camera("another", SMALL)),
    }
    return made[kind]()


def threads() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if thread.name.startswith("livecam")}


@pytest.mark.parametrize("kind", KINDS)
class TestEvery:
    def test_gives_frames_as_probed_and_in_order(self, kind, folder, served) -> None:
        source = working(kind, folder, served)
        video_format = source.probe()
        with closing(source.frames()) as frames:
            taken = list(islice((frame for frame in frames if frame), 3))
        assert taken
        for n, frame in enumerate(taken):
            picture = frame.picture
            assert (picture.width, picture.height) == (video_format.width, video_format.height)
            assert picture.colour.matrix is video_format.colour.matrix
            assert picture.colour.full_range is video_format.colour.full_range
            assert picture.u.shape == picture.v.shape == (24, 32)
            if n:
                assert frame.time > taken[n - 1].time
                assert frame.index > taken[n - 1].index

    def test_live_frames_are_in_the_time_of_the_monotonic_clock(self, kind, folder, served) -> None:
        source = working(kind, folder, served)
        if not source.live:
            return
        before = time.monotonic()
        with closing(source.frames()) as frames:
            frame = next(frame for frame in frames if frame)
        assert frame.time_base == Fraction(1, 1_000_000)
        assert before - 1 < frame.captured_at <= time.monotonic()
        assert frame.pts == pytest.approx(frame.captured_at * 1e6, abs=1000)

    def test_never_blocks_long_and_files_never_say_none(self, kind, folder, served) -> None:
        source = working(kind, folder, served)
        with closing(source.frames()) as frames:
            for _ in range(3):
                start = time.monotonic()
                frame = next(frames, "end")
                if frame == "end":
                    break
                assert time.monotonic() - start < 5
                assert source.live or frame is not None

    def test_leaves_nothing_behind(self, kind, folder, served) -> None:
        before = threads()
        source = working(kind, folder, served)
        for count in (0, 1):  # closed before and after it was opened
            frames = source.frames()
            list(islice(frames, count))
            frames.close()
            assert next(frames, "end") == "end"
            assert threads() == before

    def test_can_be_opened_again(self, kind, folder, served) -> None:
        source = working(kind, folder, served)
        for _ in range(2):
            with closing(source.frames()) as frames:
                assert next(frame for frame in frames if frame)

    def test_says_what_is_wrong_and_leaves_nothing(self, kind, folder) -> None:
        before = threads()
        with pytest.raises(SourceError) as error:
            list(islice(broken(kind, folder).frames(), 20))
        assert error.value.message
        assert error.value.hint
        assert threads() == before


@pytest.mark.parametrize("mirror", [False, True])
@pytest.mark.parametrize(
    "spec", ["synthetic", "test dev", "0", None, "clip.mkv", "still.png", "url"]
)
def test_all_that_is_meant_comes_live_and_as_wanted(spec, mirror, folder, served) -> None:
    if spec == "url":
        spec = served(folder / "clip.ts")
    elif spec and "." in spec:
        spec = str(folder / spec)
    wanted = VideoFormat(96, 96, Fraction(30), Colour(Matrix.BT601))
    source = live_source(spec, video_format=wanted, mirror=mirror)
    assert source.live
    assert source.probe() == wanted
    with closing(source.frames()) as frames:
        frame = next(frame for frame in frames if frame)
    assert frame.picture.y.shape == (96, 96)
    assert frame.picture.colour.matrix is Matrix.BT601
    assert not frame.picture.colour.full_range


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        ("webcam", "no camera named “webcam”"),
        ("7", "no camera number 7"),
        ("none.mp4", r"no file none\.mp4"),
        ("gopher://server/1", "gopher:// is no kind of stream"),
    ],
)
@pytest.mark.usefixtures("folder")
def test_what_means_nothing_is_refused_at_once(spec: str, says: str) -> None:
    with pytest.raises(SourceError, match=says) as error:
        live_source(spec, video_format=FORMAT)
    assert error.value.hint


@pytest.mark.usefixtures("folder")
def test_patience_takes_what_may_come_yet() -> None:
    source = live_source("webcam", video_format=FORMAT, patient=True)
    with closing(source.frames()) as frames:
        assert next(frames) is None
