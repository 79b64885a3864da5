"""Files through source and sink: time, pixels, tags and other streams come out as they went in."""

import logging
import os
import subprocess
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import psutil
import pytest
from clips import Clip, payloads, shown
from clips import frame as made_frame

from livecam.errors import SinkError
from livecam.media.encoders import Encoding, working_encoders
from livecam.pipeline.protocols import Source
from livecam.sinks import file_sink
from livecam.sinks.media_file import MediaFileSink
from livecam.sources import file_source

FFV1 = Encoding(codec="ffv1")
MILLISECOND = Fraction(1, 1000)


def swap(
    source: Path,
    output: Path,
    *,
    trim: tuple[float | None, float | None] = (None, None),
    **options: object,
) -> Path:
    """Every frame of `source` into `output`, untouched."""
    frames = file_source(source, start_s=trim[0], end_s=trim[1])
    sink = MediaFileSink(output, copy_from=source, start_s=trim[0], end_s=trim[1], **options)
    with sink.open(frames.probe()) as send:
        for frame in frames.frames():
            send(frame)
    return output


def times(path: Path) -> list[Fraction | None]:
    return [picture.time for picture in shown(path)]


VARIABLE = [0, 40, 60, 61, 200, 210, 400, 401, 402, 900, 950, 1200]


@pytest.mark.parametrize("into", [".mp4", ".mkv", ".mov"])
@pytest.mark.parametrize("of", [".mp4", ".mkv"])
@pytest.mark.parametrize(
    "clip",
    [
        Clip(options={"bf": "3"}),
        Clip(stamps=VARIABLE, time_base=MILLISECOND),
        Clip(rate=Fraction(30000, 1001)),
        Clip(stamps=[n + 45 for n in range(12)]),
    ],
    ids=["b-frames", "variable rate", "ntsc", "late start"],
)
def test_every_frame_keeps_its_time(tmp_path: Path, clip: Clip, of: str, into: str) -> None:
    source = clip.make(tmp_path / f"in{of}")
    output = swap(source, tmp_path / f"out{into}")
    before, after = times(source), times(output)
    assert len(after) == len(before) == 12
    if into == ".mkv" and of != ".mkv":  # Matroska counts milliseconds
        assert all(abs(a - b) <= MILLISECOND / 2 for a, b in zip(after, before, strict=True))
    else:
        assert after == before


def test_negative_stamps_are_moved_to_zero_with_all_else(tmp_path: Path) -> None:
    source = Clip(
        stamps=[n - 4 for n in range(12)],
        container_options={"avoid_negative_ts": "disabled"},
        audio=[("mp2", "eng", 0)],
    ).make(tmp_path / "in.ts")
    before = times(source)
    assert min(before) < 0
    for name in ("out.mp4", "out.mkv"):
        output = swap(source, tmp_path / name)
        assert [round(t * 1000) for t in times(output)] == [
            round((t - before[0]) * 1000) for t in before
        ]
        apart = [payloads(p, "audio")[0][0][0] - times(p)[0] for p in (source, output)]
        assert abs(apart[0] - apart[1]) <= MILLISECOND


@pytest.mark.parametrize("size", [(64, 48), (63, 47), (62, 35), (17, 48)])
@pytest.mark.parametrize("fmt", ["yuv420p", "nv12", "yuvj420p"])
def test_lossless_round_trip_is_exact(tmp_path: Path, size: tuple[int, int], fmt: str) -> None:
    codec = "mjpeg" if fmt == "yuvj420p" else "rawvideo"
    source = Clip(codec=codec, fmt=fmt, size=size, frames=4).make(tmp_path / "in.nut")
    output = swap(source, tmp_path / "out.mkv", encoding=FFV1)
    for before, after in zip(shown(source), shown(output), strict=True):
        if fmt == "nv12":
            u, v = (np.frombuffer(before.planes[1], np.uint8)[n::2].tobytes() for n in (0, 1))
            assert (before.planes[0], u, v) == after.planes
        else:
            assert before.planes == after.planes
    if fmt == "yuvj420p":
        assert after.frame.color_range == 2


def test_long_gop_lossless_round_trip_with_frame_threads(tmp_path: Path) -> None:
    source = Clip(frames=60, options={"bf": "3", "g": "30"}).make(tmp_path / "in.mp4")
    output = swap(source, tmp_path / "out.mkv", encoding=FFV1)
    assert [p.planes for p in shown(source)] == [p.planes for p in shown(output)]


def test_everything_else_comes_along(tmp_path: Path) -> None:
    source = Clip(
        audio=[("aac", "deu", 0), ("libmp3lame", "fra", 0.2)],
        subtitles=[("subrip", "eng"), ("ass", "jpn")],
        chapters=True,
        attachment=True,
        metadata={"title": "a title", "comment": "a comment", "odd_key": "odd"},
        aspect=Fraction(4, 3),
    ).make(tmp_path / "in.mkv")
    output = swap(source, tmp_path / "out.mkv")
    assert payloads(output, "audio") == payloads(source, "audio")
    assert payloads(output, "subtitle") == payloads(source, "subtitle")
    with av.open(str(source)) as a, av.open(str(output)) as b:
        assert [s.type for s in a.streams] == [s.type for s in b.streams]
        assert [s.language for s in a.streams] == [s.language for s in b.streams]
        assert [s.disposition for s in a.streams] == [s.disposition for s in b.streams]
        assert a.chapters() == b.chapters()
        assert b.streams.video[0].sample_aspect_ratio == Fraction(4, 3)
        kept = {key.lower(): value for key, value in b.metadata.items()}
        assert (kept["title"], kept["odd_key"]) == ("a title", "odd")
        assert kept["comment"] == "a comment"
        assert kept["description"].startswith("Altered by livecam")
        attached = [s for s in b.streams if s.type == "attachment"]
        assert [s.data for s in attached] == [b"a font" * 9]


def test_mp4_carries_sound_text_and_cover(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    source = Clip(
        audio=[("aac", "deu", 0)],
        subtitles=[("mov_text", "eng")],
        cover=True,
        chapters=True,
        metadata={"title": "t"},
    ).make(tmp_path / "in.mp4")
    for name in ("out.mp4", "out.mov"):
        output = swap(source, tmp_path / name)
        assert payloads(output, "audio") == payloads(source, "audio")
        lines = [
            [(t, b) for t, b in payloads(path, "subtitle")[0] if b != b"\0\0"]
            for path in (source, output)
        ]
        assert lines[0] == lines[1]
        with av.open(str(source)) as a, av.open(str(output)) as b:
            assert [c["metadata"] for c in b.chapters()] == [c["metadata"] for c in a.chapters()]
            assert b.metadata["title"] == "t"
            pictures = [s for s in b.streams.video if int(s.disposition) & 1 << 10]
            assert len(pictures) == (name == "out.mp4")
    assert "stream 4 (video png): left out" in caplog.text


def test_custom_metadata_of_mp4_is_kept(tmp_path: Path) -> None:
    source = Clip(
        metadata={"com.example.lens": "wide", "title": "t"},
        container_options={"movflags": "use_metadata_tags"},
    ).make(tmp_path / "in.mov")
    for name in ("out.mp4", "out.mov", "out.mkv"):
        output = swap(source, tmp_path / name)
        with av.open(str(output)) as container:
            kept = {key.lower(): value for key, value in container.metadata.items()}
            assert (kept["com.example.lens"], kept["title"]) == ("wide", "t")


def test_a_cover_becomes_an_attachment_of_matroska(tmp_path: Path) -> None:
    source = Clip(cover=True, audio=[("aac", "deu", 0)]).make(tmp_path / "in.mp4")
    output = swap(source, tmp_path / "out.mkv")
    assert len(payloads(output, "video")) == 2
    assert payloads(output, "audio")[0]
    with av.open(str(output)) as container:
        assert container.streams.video[1].metadata["MIMETYPE".lower()] == "image/png"


@pytest.mark.parametrize("start", [0.0, 0.25, -0.05])
def test_sound_and_picture_stay_together(tmp_path: Path, start: float) -> None:
    source = Clip(audio=[("pcm_s16le", "eng", start)], frames=30).make(tmp_path / "in.mkv")
    output = swap(source, tmp_path / "out.mkv")
    apart = [payloads(path, "audio")[0][0][0] - times(path)[0] for path in (source, output)]
    assert apart[0] == apart[1]


@pytest.mark.parametrize("turn", [0, 90, 180, -90])
def test_a_turned_video_comes_upright_and_is_stored_as_it_was(tmp_path: Path, turn: int) -> None:
    source = Clip(rotation=turn, frames=3).make(tmp_path / "in.mp4")
    output = swap(source, tmp_path / "out.mkv", encoding=FFV1)
    before, after = shown(source), shown(output)
    assert [p.planes for p in after] == [p.planes for p in before]
    assert after[0].frame.rotation == before[0].frame.rotation
    assert (after[0].frame.rotation - turn) % 360 == 0
    upright = next(file_source(source).frames()).picture
    y = np.frombuffer(before[0].planes[0], np.uint8).reshape(48, 64)
    assert np.array_equal(upright.y, np.rot90(y, turn // 90))


def test_hdr_tags_are_carried(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    tags = {"color_primaries": 9, "color_trc": 16, "colorspace": 9, "color_range": 1}
    source = Clip(
        codec="libx265",
        fmt="yuv420p10le",
        tags=tags,
        options={"x265-params": "log-level=error", "chroma_sample_location": "topleft"},
    ).make(tmp_path / "in.mp4")
    for name in ("out.mp4", "out.mkv"):
        output = swap(source, tmp_path / name)
        picture = shown(output)[0].frame
        assert {name: int(getattr(picture, name)) for name in tags} == tags
        assert picture.format.name == "yuv420p"
        assert file_source(output).probe().colour == file_source(source).probe().colour
    assert "HDR (PQ) of 10 bits becomes 8 bits" in caplog.text


def test_a_trim_starts_at_zero_with_its_sound(tmp_path: Path) -> None:
    source = Clip(
        audio=[("pcm_s16le", "eng", 0)],
        subtitles=[("subrip", "eng")],
        frames=60,
        chapters=True,
        options={"g": "12", "bf": "2"},
    ).make(tmp_path / "in.mkv")
    output = swap(source, tmp_path / "out.mkv", trim=(0.5, 1.2), encoding=FFV1)
    before = [p for p in shown(source) if Fraction(1, 2) <= p.time < Fraction(12, 10)]
    after = shown(output)
    assert [p.planes for p in after] == [p.planes for p in before]
    assert [p.time for p in after] == [p.time - before[0].time for p in before]
    sound_before, sound_after = payloads(source, "audio")[0], payloads(output, "audio")[0]
    kept = [(t, b) for t, b in sound_before if before[0].time <= t < Fraction(12, 10)]
    assert [b for _, b in sound_after] == [b for _, b in kept]
    assert abs(sound_after[0][0] - (kept[0][0] - before[0].time)) <= MILLISECOND


def test_a_container_that_cannot_take_a_stream_says_so_first(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    source = Clip(audio=[("aac", "deu", 0)], subtitles=[("ass", "jpn")], attachment=True).make(
        tmp_path / "in.mkv"
    )
    output = tmp_path / "out.mp4"
    frames = file_source(source)
    with pytest.raises(SinkError, match=r"cannot hold stream 2 \(subtitle ass, jpn\)") as caught:
        MediaFileSink(output, copy_from=source).check(frames.probe())
    assert ".mkv" in caught.value.hint
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.mkv"]
    swap(source, output, drop_streams=True)
    assert "subtitle ass, jpn): left out" in caplog.text
    assert "attachment" in caplog.text
    assert payloads(output, "audio")[0]
    with pytest.raises(SinkError, match="webm files cannot hold libx264"):
        MediaFileSink(tmp_path / "o.webm", encoding=Encoding(codec="libx264")).check(frames.probe())


def test_odd_sizes_are_kept_or_padded(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    source = Clip(codec="ffv1", size=(63, 47), frames=3).make(tmp_path / "in.mkv")
    kept = swap(source, tmp_path / "kept.webm")
    assert (shown(kept)[0].frame.width, shown(kept)[0].frame.height) == (63, 47)
    padded = swap(source, tmp_path / "padded.mp4")
    picture = shown(padded)[0].frame
    assert (picture.width, picture.height) == (64, 48)
    assert "libx264 needs even sizes" in caplog.text
    y = np.frombuffer(shown(padded)[0].planes[0], np.uint8).reshape(48, 64).astype(int)
    assert abs(y[:, 63] - y[:, 62]).mean() < 4


@pytest.mark.parametrize(
    "codec",
    [
        "libx264",
        "libx265",
        "libvpx-vp9",
        "libsvtav1",
        "mpeg2video",
        "mpeg4",
        "ffv1",
        "mjpeg",
        "prores_ks",
        "libx264rgb",
    ],
)
def test_encoders_write_what_they_are_given(tmp_path: Path, codec: str) -> None:
    source = Clip(codec="ffv1", frames=4, size=(128, 96)).make(tmp_path / "in.mkv")
    output = swap(source, tmp_path / "out.mkv", encoding=Encoding(codec=codec, quality=90))
    before, after = shown(source), shown(output)
    assert len(after) == 4
    for a, b in zip(before, after, strict=True):
        x = a.frame.to_ndarray(format="rgb24", src_colorspace="itu601").astype(float)
        y = b.frame.to_ndarray(
            format="rgb24", src_colorspace=None if "rgb" in codec else "itu601"
        ).astype(float)
        assert np.sqrt(((x - y) ** 2).mean()) < 9


def test_quality_and_preset_reach_the_encoder(tmp_path: Path) -> None:
    source = Clip(codec="ffv1", frames=10, size=(128, 96)).make(tmp_path / "in.mkv")
    sizes = [
        swap(source, tmp_path / f"{quality}.mkv", encoding=Encoding(quality=quality)).stat().st_size
        for quality in (0, 40, 66, 100)
    ]
    assert all(small < large for small, large in pairwise(sizes))
    fast = swap(source, tmp_path / "fast.mkv", encoding=Encoding(preset="ultrafast"))
    assert b"cabac=0" in fast.read_bytes()


@pytest.mark.parametrize(
    ("encoding", "words", "hint"),
    [
        (Encoding(codec="nonsense"), "no encoder of that name", "that open here: libx264, "),
        (Encoding(codec="aac"), "encodes audio", "that open here: libx264, "),
        (Encoding(codec="ffv1", preset="fast"), "has no presets", "another preset, or none"),
        (Encoding(preset="warp"), "'warp', only ultrafast", "another preset, or none"),
        (Encoding(codec="libx265", preset="warp"), "'warp', only ultrafast", "another preset"),
    ],
)
def test_an_encoder_that_does_not_open_is_named(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], encoding: Encoding, words: str, hint: str
) -> None:
    source = Clip().make(tmp_path / "in.mp4")
    with pytest.raises(SinkError, match=words) as caught:
        swap(source, tmp_path / "out.mkv", encoding=encoding)
    assert hint in caught.value.hint
    assert not capfd.readouterr().err


def test_the_report_names_every_encoder_tried() -> None:
    reports = {report.name: report for report in working_encoders()}
    assert reports["libx264"].works
    assert reports["ffv1"].works
    assert all(report.works != bool(report.reason) for report in reports.values())


def test_an_existing_output_is_refused_unless_overwritten(tmp_path: Path) -> None:
    source = Clip().make(tmp_path / "in.mp4")
    output = tmp_path / "out.mp4"
    output.write_text("mine")
    with pytest.raises(SinkError, match="exists already"):
        swap(source, output)
    assert output.read_text() == "mine"
    swap(source, output, overwrite=True)
    assert len(shown(output)) == 12
    linked = tmp_path / "linked.mp4"
    linked.symlink_to(source)
    for same in (source, linked):
        with pytest.raises(SinkError, match="is the input itself"):
            swap(source, same, overwrite=True)


class Stop(BaseException):
    """What a key press raises."""


def _stopped_at(index: int, frames: Source, sink: MediaFileSink, folder: Path) -> None:
    with sink.open(frames.probe()) as send:
        for frame in frames.frames():
            send(frame)
            if frame.index == index:
                assert [p.suffixes[-2:] for p in folder.glob(".*")] == [[".part", ".mp4"]]
                raise Stop


def test_an_interrupted_run_leaves_nothing(tmp_path: Path) -> None:
    source = Clip(frames=40).make(tmp_path / "in.mp4")
    output = tmp_path / "out.mp4"
    frames = file_source(source)
    kept = tmp_path / "kept.mp4"
    kept.write_text("old")
    for path in (output, kept):
        sink = MediaFileSink(path, copy_from=source, overwrite=True)
        with pytest.raises(Stop):
            _stopped_at(30, frames, sink, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.mp4", "kept.mp4"]
    assert kept.read_text() == "old"


def test_a_run_clears_up_after_killed_ones_and_leaves_others_alone(tmp_path: Path) -> None:
    source = Clip(frames=12).make(tmp_path / "in.mp4")
    left = tmp_path / ".out.livecam-0badcafe.part.mp4"
    of_another_output = tmp_path / ".out2.livecam-0badcafe.part.mp4"
    for path in (left, of_another_output):
        path.write_bytes(b"half")
    frames = file_source(source)
    sink = MediaFileSink(tmp_path / "out.mp4", copy_from=source)
    with sink.open(frames.probe()) as slow:
        assert not left.exists()
        (writing,) = tmp_path.glob(".out.*")
        swap(source, tmp_path / "out.mp4")
        assert writing.exists(), "the slow run goes on"
        for frame in frames.frames():
            slow(frame)
    assert len(shown(tmp_path / "out.mp4")) == 12
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == [of_another_output.name, "in.mp4", "out.mp4"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("missing/out.mp4", "does not exist"),
        ("out.xyz", "does not end in a kind of video file"),
        ("out", "does not end in a kind of video file"),
        ("out.png", "not a video file"),
        ("folder.mp4", "is a folder"),
        ("n" * 300 + ".mp4", "cannot be written"),
    ],
)
def test_outputs_that_cannot_be(tmp_path: Path, name: str, words: str) -> None:
    source = Clip().make(tmp_path / "in.mp4")
    (tmp_path / "folder.mp4").mkdir()
    with pytest.raises(SinkError, match=words):
        swap(source, tmp_path / name)


@pytest.mark.parametrize("size_kib", [40, 100, 260])
def test_a_full_disk_is_one_clear_error(tmp_path: Path, size_kib: int) -> None:
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size_kib}k", "none", str(folder)]
    if os.geteuid() or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("needs root and mount, to make a small disk")
    try:
        source = Clip(frames=60, codec="ffv1", size=(128, 96)).make(tmp_path / "in.mkv")
        for name in ("out.mkv", "out.mp4"):
            encoding = FFV1 if name.endswith("mkv") else Encoding(quality=100)
            with pytest.raises(SinkError, match="No space left") as caught:
                swap(source, folder / name, encoding=encoding)
            assert "Free some space" in caught.value.hint
            assert list(folder.iterdir()) == []
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_folder_that_may_not_be_written(tmp_path: Path) -> None:
    folder = tmp_path / "locked"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "ro", "none", str(folder)]
    if os.geteuid() or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("needs root and mount, to make a read-only folder")
    try:
        source = Clip().make(tmp_path / "in.mp4")
        with pytest.raises(SinkError, match="Read-only file system") as caught:
            swap(source, folder / "out.mp4")
        assert "not read-only" in caught.value.hint
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_without_an_input_to_copy_the_frames_stand_alone(tmp_path: Path) -> None:
    source = file_source(Clip(stamps=VARIABLE, time_base=MILLISECOND).make(tmp_path / "in.mp4"))
    output = tmp_path / "out.mkv"
    with MediaFileSink(output).open(source.probe()) as send:
        for frame in source.frames():
            send(frame)
    assert times(output) == [n * MILLISECOND for n in VARIABLE]


def test_a_constant_rate_container_takes_only_a_constant_rate(tmp_path: Path) -> None:
    steady = Clip().make(tmp_path / "in.mp4")
    output = swap(steady, tmp_path / "out.avi")
    assert len(shown(output)) == 12
    varied = Clip(stamps=VARIABLE, time_base=MILLISECOND).make(tmp_path / "varied.mp4")
    with pytest.raises(SinkError, match="constant frame rate"):
        swap(varied, tmp_path / "varied.avi")


def test_frames_half_way_between_two_numbers_are_a_constant_rate(tmp_path: Path) -> None:
    steady = Clip(stamps=[17 + 2 * n for n in range(12)], time_base=Fraction(1, 60))
    output = swap(steady.make(tmp_path / "in.mkv"), tmp_path / "out.avi")
    assert len(shown(output)) == 12


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("out.avi", None),
        ("out.avi", "ffv1"),
        ("out.mov", "mpeg4"),
        ("out.mpg", "mpeg2video"),
        ("out.webm", "libvpx"),
        ("out.mov", "prores_ks"),
        ("out.mkv", "mjpeg"),
        ("out.mp4", None),
    ],
)
def test_colours_stay_where_the_output_cannot_say_what_its_numbers_mean(
    tmp_path: Path, name: str, codec: str | None
) -> None:
    tags = {"colorspace": 1, "color_range": 2}
    source = Clip(codec="ffv1", frames=2, size=(128, 96), tags=tags).make(tmp_path / "in.mkv")
    swap(source, tmp_path / name, encoding=Encoding(codec=codec, quality=95))
    (before, *_), (after, *_) = (
        list(file_source(path).frames()) for path in (source, tmp_path / name)
    )
    assert before.picture.colour.full_range
    rgb = [f.picture.thumbnail(32, 24).astype(float) for f in (before, after)]
    assert np.abs(rgb[0] - rgb[1]).mean() < 4


@pytest.mark.parametrize(
    "codec", ["libx264", "libx265", "libvpx-vp9", "libvpx", "libsvtav1", "mpeg4", "prores_ks"]
)
def test_the_same_input_gives_the_same_pictures(tmp_path: Path, codec: str) -> None:
    source = Clip(frames=30, size=(320, 240)).make(tmp_path / "in.mp4")
    encoding = Encoding(codec=codec)
    a, b = (swap(source, tmp_path / f"{n}.mkv", encoding=encoding) for n in "ab")
    assert [p.planes for p in shown(a)] == [p.planes for p in shown(b)]


def test_file_sink_follows_the_input(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    source = Clip().make(tmp_path / "in.mp4")
    assert isinstance(file_sink(tmp_path / "o.mp4", copy_from=source), MediaFileSink)


def test_of_two_videos_the_first_is_swapped_and_the_other_copied(tmp_path: Path) -> None:
    source = tmp_path / "two.mkv"
    with av.open(str(source), "w") as out:
        streams = [out.add_stream("ffv1", rate=30), out.add_stream("libx264", rate=30)]
        for stream in streams:
            stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for n in range(6):
            for stream in streams:
                picture = made_frame(n)
                picture.pts, picture.time_base = n, Fraction(1, 30)
                out.mux(stream.encode(picture))
        for stream in streams:
            out.mux(stream.encode(None))
    output = swap(source, tmp_path / "out.mkv")
    before, after = payloads(source, "video"), payloads(output, "video")
    assert before[1] == after[1]
    assert before[0] != after[0]
    assert times(output) == times(source)


def test_data_streams_are_copied_or_said_to_be_dropped(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    source = tmp_path / "in.ts"
    with av.open(str(source), "w") as out:
        video = out.add_stream("mpeg2video", rate=30)
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        data = out.add_data_stream("klv")
        for n in range(10):
            picture = made_frame(n)
            picture.pts, picture.time_base = n, Fraction(1, 30)
            out.mux(video.encode(picture))
            packet = av.Packet(bytes([n]) * 20)
            packet.stream, packet.time_base = data, Fraction(1, 90000)
            packet.pts = packet.dts = n * 3000
            out.mux(packet)
        out.mux(video.encode(None))
    output = swap(source, tmp_path / "out.ts")
    assert [b for _, b in payloads(output, "data")[0]] == [
        b for _, b in payloads(source, "data")[0]
    ]
    swap(source, tmp_path / "out.mkv")
    assert "(data klv): left out" in caplog.text


def test_memory_does_not_grow_with_the_length(tmp_path: Path) -> None:
    clip = Clip(frames=900, codec="mpeg4", audio=[("aac", "eng", 0)])
    source = clip.make(tmp_path / "in.mp4")
    frames = file_source(source)
    process = psutil.Process()
    rss = []
    sink = MediaFileSink(
        tmp_path / "out.mkv", copy_from=source, encoding=Encoding(preset="ultrafast")
    )
    with sink.open(frames.probe()) as send:
        for frame in frames.frames():
            send(frame)
            if frame.index % 300 == 299:
                rss.append(process.memory_info().rss)
    assert rss[-1] - rss[0] < 0.03 * rss[0] + 2**20


def test_the_note_is_added_once(tmp_path: Path) -> None:
    source = Clip(metadata={"comment": "c", "description": "d"}).make(tmp_path / "in.mkv")
    once = swap(source, tmp_path / "once.mkv")
    twice = swap(once, tmp_path / "twice.mkv")
    with av.open(str(once)) as a, av.open(str(twice)) as b:
        assert a.metadata["COMMENT"].startswith("c\nAltered by livecam")
        assert a.metadata["DESCRIPTION"] == "d"
        assert a.metadata == b.metadata
