"""Frames of video files: every one, at its time, in its colours, past damage."""

import gc
import os
import time
from fractions import Fraction
from itertools import pairwise
from math import inf, nan
from pathlib import Path

import av
import numpy as np
import psutil
import pytest
from clips import Clip, frame, shown
from PIL import Image

from livecam.errors import SettingsError, SourceError
from livecam.frame import Frame
from livecam.media.planes import views
from livecam.picture import Matrix, Siting
from livecam.sources import ImageFile, MediaFile, file_source


def frames(path: Path, **options: float) -> list[Frame]:
    return list(MediaFile(path, **options).frames())


def test_frames_are_those_ffmpeg_decodes(tmp_path: Path) -> None:
    path = Clip(frames=40, options={"bf": "3", "g": "20"}).make(tmp_path / "a.mp4")
    got = frames(path)
    assert [f.index for f in got] == list(range(40))
    for ours, theirs in zip(got, shown(path), strict=True):
        picture = ours.picture
        assert tuple(p.tobytes() for p in (picture.y, picture.u, picture.v)) == theirs.planes
        assert ours.pts * ours.time_base == theirs.time


def test_planes_are_read_only_views_that_outlive_the_file(tmp_path: Path) -> None:
    path = Clip(frames=20).make(tmp_path / "a.mp4")
    kept = [f.picture for f in MediaFile(path).frames()]
    gc.collect()
    for picture, theirs in zip(kept, shown(path), strict=True):
        assert picture.y.tobytes() == theirs.planes[0]
        for plane in (picture.y, picture.u, picture.v):
            with pytest.raises(ValueError, match="read-only"):
                plane[0, 0] = 0


def test_probe_tells_size_rate_and_colour(tmp_path: Path) -> None:
    sd = MediaFile(Clip(rate=Fraction(24000, 1001), codec="ffv1").make(tmp_path / "sd.mkv")).probe()
    assert (sd.width, sd.height, sd.colour.matrix) == (64, 48, Matrix.BT601)
    assert abs(sd.rate - Fraction(24000, 1001)) < Fraction(1, 20)
    hd_clip = Clip(size=(1280, 720), frames=2, codec="mpeg4").make(tmp_path / "hd.mkv")
    hd = MediaFile(hd_clip).probe()
    assert hd.colour.matrix is Matrix.BT709
    assert not hd.colour.full_range
    assert hd.colour.siting is Siting.LEFT


@pytest.mark.parametrize(
    ("fmt", "codec", "matrix", "full_range"),
    [
        ("yuv422p", "ffv1", Matrix.BT601, False),
        ("yuv444p", "ffv1", Matrix.BT601, False),
        ("yuv420p10le", "ffv1", Matrix.BT601, False),
        ("yuvj422p", "mjpeg", Matrix.BT601, True),
        ("rgb24", "png", Matrix.BT709, False),
        ("rgba", "png", Matrix.BT709, False),
        ("pal8", "rawvideo", Matrix.BT709, False),
        ("bgr0", "ffv1", Matrix.BT709, False),
    ],
)
@pytest.mark.parametrize("size", [(64, 48), (63, 47)])
def test_other_formats_are_converted_with_their_own_matrix_and_range(
    tmp_path: Path, size: tuple[int, int], fmt: str, codec: str, matrix: Matrix, *, full_range: bool
) -> None:
    path = Clip(codec=codec, fmt=fmt, size=size, frames=2).make(tmp_path / "a.nut")
    picture = frames(path)[0].picture
    colour = MediaFile(path).probe().colour
    assert picture.colour == colour
    assert (colour.matrix, colour.full_range) == (matrix, full_range)
    assert picture.u.shape == ((size[1] + 1) // 2, (size[0] + 1) // 2)
    raw = shown(path)[0].frame
    if matrix is Matrix.BT709:  # ITU-R BT.709-6, items 3.2 and 3.5
        r, g, b = np.moveaxis(raw.to_ndarray(format="rgb24").astype(float), -1, 0)
        wanted = 16 + 219 * (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255
    else:
        plane = raw.planes[0]
        dtype = np.uint16 if "10" in fmt else np.uint8
        rows = np.frombuffer(plane, dtype).reshape(plane.height, -1)[:, : size[0]]
        wanted = rows / 4 if "10" in fmt else rows.astype(float)
    assert np.abs(picture.y - wanted).max() < 1.6


@pytest.mark.parametrize("fmt", ["rgb24", "yuv444p", "yuv422p", "yuv420p10le"])
def test_chroma_lies_where_the_siting_says(tmp_path: Path, fmt: str) -> None:
    """A ramp of chroma along x shows at which luma column a chroma sample was taken."""
    made = av.VideoFrame(64, 48, "yuv444p")
    ramp = np.arange(64) * 3 + 30
    for index, plane in enumerate(made.planes):
        rows = np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)
        rows[:, :64] = ramp if index == 2 else 126
    with av.open(str(tmp_path / "a.nut"), "w") as out:
        stream = out.add_stream("ffv1", rate=25)
        stream.width, stream.height = 64, 48
        stream.pix_fmt = "bgr0" if fmt == "rgb24" else fmt
        if fmt == "rgb24":
            rgb = np.zeros((48, 64, 3), np.uint8)
            rgb[..., 0] = ramp
            made = av.VideoFrame.from_ndarray(rgb, "rgb24")
        made.pts, made.time_base = 0, Fraction(1, 25)
        out.mux(stream.encode(made))
        out.mux(stream.encode(None))
    picture = frames(tmp_path / "a.nut")[0].picture
    slope = np.polyfit(np.arange(20, 44), picture.y[24, 20:44], 1)[0] if fmt == "rgb24" else 0
    row = picture.v[12, 8:24].astype(float)
    per_luma = np.polyfit(np.arange(8, 24), row, 1)[0] / 2
    start = row.mean() / per_luma - (2 * np.arange(8, 24)).mean()
    zero = picture.v[12].astype(float) - per_luma * 2 * np.arange(32)
    assert slope >= 0
    assert np.std(zero[4:-4]) < 1
    if fmt == "yuv444p":
        at = (row.mean() - 30) / 3 - (2 * np.arange(8, 24)).mean()
        assert abs(at - 0.5) < 0.35, start
    assert picture.colour.siting is (Siting.CENTRE if fmt in {"rgb24", "yuv444p"} else Siting.LEFT)


def test_grey_is_exact_and_has_no_colour(tmp_path: Path) -> None:
    path = Clip(codec="ffv1", fmt="gray", frames=2).make(tmp_path / "a.mkv")
    picture = frames(path)[1].picture
    assert picture.y.tobytes() == shown(path)[1].planes[0]
    assert (picture.u == 128).all()
    assert (picture.v == 128).all()
    assert picture.colour.full_range


def test_transparency_beside_the_pictures_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """VP9 keeps it in a second picture, which the decoder leaves aside."""
    path = Clip(codec="libvpx-vp9", fmt="yuva420p", options={"auto-alt-ref": "0"}, frames=3)
    assert len(frames(path.make(tmp_path / "a.webm"))) == 3
    assert "transparency (beside yuv420p) is not kept" in caplog.text


def test_rows_stored_bottom_up_come_the_right_way() -> None:
    graph = av.filter.Graph()
    source = graph.add_buffer(width=64, height=48, format="yuv420p", time_base=Fraction(1, 25))
    flip, sink = graph.add("vflip"), graph.add("buffersink")
    source.link_to(flip)
    flip.link_to(sink)
    graph.configure()
    original = frame(3)
    original.pts = 0
    source.push(original)
    flipped = sink.pull()
    assert flipped.planes[0].line_size < 0
    upright = np.frombuffer(original.planes[0], np.uint8).reshape(48, -1)[:, :64]
    assert np.array_equal(views(flipped)[0][:, :64], upright[::-1])


def test_a_size_change_is_scaled_to_the_first(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    parts = [
        Clip(codec="mpeg2video", frames=6, size=size).make(tmp_path / f"{size[0]}.ts").read_bytes()
        for size in ((64, 48), (96, 80))
    ]
    path = tmp_path / "both.ts"
    path.write_bytes(b"".join(parts))
    got = frames(path)
    assert len(got) >= 10
    assert {f.picture.y.shape for f in got} == {(48, 64)}
    assert caplog.text.count("scaled to the first") == 1
    assert all(a.pts < b.pts for a, b in pairwise(got))


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.ts", "a.mpg", "a.h264"])
def test_a_trim_is_exact_to_the_frame(tmp_path: Path, name: str) -> None:
    codec = "mpeg2video" if name.endswith("mpg") else "libx264"
    path = Clip(frames=90, codec=codec, options={"g": "30", "bf": "2"}).make(tmp_path / name)
    every = frames(path)
    first = every[0].time
    for start, end in ((0.5, 1.0), (0.0, 0.1), (1.02, None), (2.9, 9.0)):
        got = frames(path, start_s=start, **({} if end is None else {"end_s": end}))
        stop = 99 if end is None else end
        origin = first if name.endswith(("ts", "mpg")) else 0.0
        wanted = [f for f in every if start - 1e-6 <= f.time - origin < stop - 1e-6]
        assert [f.pts for f in got] == [f.pts for f in wanted]
        assert [f.picture.y.tobytes() for f in got] == [f.picture.y.tobytes() for f in wanted]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no named pipes among its files")
def test_what_can_be_read_only_once_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.mp4")
    with pytest.raises(SourceError, match="is no file, and cannot be read twice"):
        file_source(tmp_path / "a.mp4").probe()


def test_a_trim_outside_the_file_is_refused(tmp_path: Path) -> None:
    path = Clip().make(tmp_path / "a.mp4")
    with pytest.raises(SourceError, match="no frame in that span"):
        frames(path, start_s=5)
    nowhere = ({"start_s": -1.0}, {"end_s": 0.0}, {"start_s": 2.0, "end_s": 1.0})
    for options in (*nowhere, *({at: one} for at in ("start_s", "end_s") for one in (nan, inf))):
        with pytest.raises(SettingsError, match="nothing lies between"):
            MediaFile(path, **options)


def test_raw_streams_without_times_follow_their_rate(tmp_path: Path) -> None:
    path = Clip(frames=20, rate=Fraction(25), options={"bf": "0"}).make(tmp_path / "a.h264")
    got = frames(path)
    assert len(got) == 20
    assert {round(b.time - a.time, 6) for a, b in pairwise(got)} == {0.04}


def test_times_that_stand_still_or_go_back_are_made_to_rise(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    part = Clip(frames=20, codec="mpeg2video").make(tmp_path / "a.ts").read_bytes()
    path = tmp_path / "twice.ts"
    path.write_bytes(part + part)
    got = frames(path)
    assert len(got) >= 38
    assert all(a.time < b.time for a, b in pairwise(got))
    assert got[-1].time - got[0].time < 2
    assert "out of order" in caplog.text


def damaged(path: Path, where: list[float], length: int = 400) -> Path:
    data = bytearray(path.read_bytes())
    noise = np.random.default_rng(1)
    for place in where:
        at = int(len(data) * place)
        data[at : at + length] = noise.integers(
            0, 256, len(data[at : at + length]), np.uint8
        ).tobytes()
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("name", "codec"),
    [("a.ts", "libx264"), ("a.mkv", "ffv1"), ("a.avi", "mjpeg"), ("a.mkv", "libvpx-vp9")],
)
def test_damage_in_the_middle_is_passed_over_and_counted(
    tmp_path: Path, name: str, codec: str, caplog: pytest.LogCaptureFixture
) -> None:
    fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
    clip = Clip(frames=60, codec=codec, fmt=fmt, options={"g": "10"})
    path = damaged(clip.make(tmp_path / name), [0.3, 0.5, 0.6])
    got = frames(path)
    assert 40 <= len(got) <= 60
    assert all(a.pts < b.pts for a, b in pairwise(got))
    assert "damaged" in caplog.text


def test_damage_at_the_very_end_costs_no_good_frame(tmp_path: Path) -> None:
    path = Clip(frames=40, codec="ffv1", fmt="yuv420p", size=(64, 48)).make(tmp_path / "a.mkv")
    with av.open(str(path)) as source:
        places = [p.pos for p in source.demux(video=0) if p.size]
    data = bytearray(path.read_bytes())
    for place in places[-3:-1]:
        data[place + 30 : place + 200] = bytes(170)
    path.write_bytes(data)
    got = {f.pts for f in frames(path)}
    with av.open(str(path)) as source:
        stream = source.streams.video[0]
        stream.thread_count = 1
        alone = set()
        for packet in source.demux(stream):
            try:
                alone |= {f.pts for f in packet.decode()}
            except av.FFmpegError:
                continue
    assert got == alone


def test_a_video_that_ends_before_its_header_says_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    whole = Clip(frames=60, container_options={"movflags": "faststart"}).make(tmp_path / "a.mp4")
    assert len(frames(whole)) == 60
    assert not caplog.text
    with av.open(str(whole)) as source:
        places = [(p.pos or 0) + p.size for p in source.demux(video=0) if p.size]
    (tmp_path / "b.mp4").write_bytes(whole.read_bytes()[: sorted(places)[29]])
    assert len(frames(tmp_path / "b.mp4", end_s=0.5)) == 15
    assert not caplog.text
    assert len(frames(tmp_path / "b.mp4")) == 30
    assert "b.mp4 is damaged: the last 1.0 s are missing" in caplog.text


def test_leaving_early_ends_every_thread_even_on_damage(tmp_path: Path) -> None:
    path = damaged(
        Clip(frames=80, size=(320, 240), options={"g": "10"}).make(tmp_path / "a.ts"),
        [0.1, 0.2, 0.4, 0.6],
        3000,
    )
    before = psutil.Process().num_threads()
    for stop in range(1, 40, 3):
        source = MediaFile(path).frames()
        for _, _ in zip(range(stop), source, strict=False):
            pass
        source.close()
    assert psutil.Process().num_threads() == before


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "does not exist"),
        (b"", "is empty"),
        (b"just text, nothing else\n" * 50, "cannot be opened"),
        (b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/a.ts\n", "cannot be opened|no video|no picture"),
    ],
)
def test_what_is_no_video_is_refused_at_once(
    tmp_path: Path, content: bytes | None, words: str
) -> None:
    path = tmp_path / "a.mp4"
    if content is not None:
        path.write_bytes(content)
    begin = time.monotonic()
    for verb in (MediaFile(path).probe, lambda: list(MediaFile(path).frames())):
        with pytest.raises(SourceError, match=words) as caught:
            verb()
        assert str(path) in caught.value.message
    assert time.monotonic() - begin < 2


def test_an_address_is_to_be_downloaded_first() -> None:
    with pytest.raises(SourceError, match="does not exist") as caught:
        MediaFile(Path("https://example.org/a.mp4")).probe()
    assert "download the file first" in caught.value.hint


def test_a_folder_and_sound_alone_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="is a folder"):
        frames(tmp_path)
    with av.open(str(tmp_path / "a.wav"), "w") as out:
        stream = out.add_stream("pcm_s16le", rate=8000)
        sound = av.AudioFrame.from_ndarray(np.zeros((1, 1600), np.int16), "s16", "mono")
        sound.sample_rate = 8000
        stream.layout = "mono"
        out.mux(stream.encode(sound))
    with pytest.raises(SourceError, match="holds: audio"):
        frames(tmp_path / "a.wav")


def test_ffmpegs_own_words_are_in_the_error(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    whole = Clip().make(path).read_bytes()
    path.write_bytes(whole[: whole.index(b"moov") - 4])
    with pytest.raises(SourceError, match="moov atom not found"):
        frames(path)


def test_kind_is_told_by_content(tmp_path: Path) -> None:
    video = Clip().make(tmp_path / "a.mp4").rename(tmp_path / "a.png")
    assert isinstance(file_source(video), MediaFile)
    Image.new("RGB", (8, 8)).save(tmp_path / "b.mp4", format="PNG")
    assert isinstance(file_source(tmp_path / "b.mp4"), ImageFile)
    gif = [Image.new("RGB", (8, 8), (n, 0, 0)) for n in (0, 255)]
    gif[0].save(tmp_path / "c.gif", save_all=True, append_images=gif[1:])
    assert isinstance(file_source(tmp_path / "c.gif"), MediaFile)
