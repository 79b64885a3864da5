"""The embedded interface, and what it is built of."""

import subprocess
import sys
from dataclasses import replace
from importlib import resources
from pathlib import Path

import av
import numpy as np
import pytest

import livecam
from livecam.build import make_face_swap
from livecam.errors import ModelError, SettingsError, SinkError, SourceError
from livecam.pipeline.stats import Timings
from livecam.settings import ModelOptions, Settings
from livecam.sources import file_source


def stamps(path: Path) -> list[float]:
    with av.open(path) as container:
        return [float(frame.time) for frame in container.decode(video=0)]


@pytest.mark.needs_network
def test_a_swap_in_four_lines(assets: Path, tmp_path: Path) -> None:
    output, face = tmp_path / "out.mkv", assets / "portrait_c.png"
    report = livecam.FileSwap(assets / "clip_a_360p.mp4", output, face=face, end_s=1).run()
    assert report.output == output
    assert report.frames == 30
    assert report.unswapped == 0
    assert 1 <= report.looks <= 10
    assert report.fps > 0
    assert stamps(output) == pytest.approx([n / 30 for n in range(30)], abs=2e-3)


@pytest.mark.needs_network
def test_a_job_can_be_watched_and_called_off(assets: Path, tmp_path: Path) -> None:
    face = assets / "portrait_c.png"
    job = livecam.FileSwap(assets / "clip_a.mp4", tmp_path / "out.mp4", face=face).prepare()
    assert job.frame_count == 300
    assert list(tmp_path.iterdir()) == []
    with job.pipeline as pipeline:
        while pipeline.stats().delivered < 3:
            assert not pipeline.join(0.01)
        pipeline.abort()
        assert pipeline.join(10)
    assert 3 <= job.report().frames < 300
    assert list(tmp_path.iterdir()) == []


@pytest.mark.needs_network
def test_a_job_can_be_ended_early(assets: Path, tmp_path: Path) -> None:
    output, face = tmp_path / "out.mp4", assets / "portrait_c.png"
    job = livecam.FileSwap(assets / "clip_a.mp4", output, face=face).prepare()
    with job.pipeline as pipeline:
        while pipeline.stats().delivered < 3:
            assert not pipeline.join(0.01)
    frames = job.report().frames
    assert 3 <= frames < 300
    assert len(stamps(output)) == frames


@pytest.mark.needs_network
def test_the_same_input_and_settings_give_the_same_output(assets: Path, tmp_path: Path) -> None:
    decoded = []
    for name in ("first.mkv", "second.mkv"):
        livecam.FileSwap(
            assets / "clip_a_360p.mp4",
            tmp_path / name,
            face=assets / "portrait_c.png",
            settings=livecam.load_settings(assignments=["output.codec=ffv1"]),
            end_s=1,
        ).run()
        with av.open(tmp_path / name) as container:
            decoded.append([f.to_ndarray().tobytes() for f in container.decode(video=0)])
    assert decoded[0] == decoded[1]


@pytest.mark.needs_network
def test_following_faces_ahead_of_the_swap_changes_nothing(assets: Path, tmp_path: Path) -> None:
    clip, face, output = assets / "clip_a_360p.mp4", assets / "portrait_c.png", tmp_path / "o.mkv"
    settings = livecam.load_settings(assignments=["output.codec=ffv1"])
    livecam.FileSwap(clip, output, face=face, settings=settings, end_s=0.8).run()
    with make_face_swap(face, settings) as alone:
        expected = [alone.process(f).picture for f in file_source(clip, end_s=0.8).frames()]
    made = [frame.picture for frame in file_source(output).frames()]
    assert len(made) == len(expected) == 24
    for got, want in zip(made, expected, strict=True):
        assert np.array_equal(got.y, want.y)
        assert np.array_equal(got.u, want.u)


@pytest.mark.needs_network
def test_the_parts_of_a_swap_are_timed(assets: Path) -> None:
    timings = Timings()
    face_swap = make_face_swap(assets / "portrait_c.png", Settings(), timings=timings)
    frame = next(file_source(assets / "clip_a_360p.mp4").frames())
    face_swap.process(frame)
    assert timings.summary()
    assert all(timing.count >= 1 for timing in timings.summary().values())


def test_the_path_is_checked_before_models_are_fetched(assets: Path, tmp_path: Path) -> None:
    fetched: list[str] = []
    taken, face = tmp_path / "taken.mp4", assets / "portrait_c.png"
    taken.write_bytes(b"kept")
    for source, output, error in (
        (assets / "clip_a_360p.mp4", taken, SinkError),
        (tmp_path / "none.mp4", tmp_path / "out.mp4", SourceError),
    ):
        with pytest.raises(error):
            livecam.FileSwap(source, output, face=face).prepare(
                progress=lambda what, _done, _total: fetched.append(what)
            )
    assert fetched == []
    assert taken.read_bytes() == b"kept"


@pytest.mark.parametrize(
    ("models", "error", "message"),
    [
        ({"detector": "mesh"}, SettingsError, "models.detector cannot be 'mesh'.* a swapper"),
        ({"detector": "nobody"}, ModelError, "no model 'nobody'"),
    ],
)
def test_a_model_that_cannot_do_the_work_is_named(
    assets: Path, models: dict[str, str], error: type[Exception], message: str
) -> None:
    settings = replace(Settings(), models=ModelOptions(**models))  # type: ignore[arg-type] # names
    with pytest.raises(error, match=message):
        make_face_swap(assets / "portrait_c.png", settings)


@pytest.mark.needs_network
def test_a_provider_that_is_not_here_is_refused(assets: Path) -> None:
    settings = livecam.load_settings(assignments=['models.providers=["nonsense"]'])
    with pytest.raises(ModelError, match="'nonsense'"):
        make_face_swap(assets / "portrait_c.png", settings)


def test_every_public_name_is_there_and_typed() -> None:
    assert all(callable(getattr(livecam, name)) for name in livecam.__all__)
    assert resources.files("livecam").joinpath("py.typed").is_file()
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = livecam.nonsense  # type: ignore[attr-defined] # the point of the test


@pytest.mark.parametrize("first", ["livecam.swap.processor", "livecam.settings", "livecam.build"])
def test_no_order_of_imports_hides_a_name(first: str) -> None:
    names = "(type(getattr(livecam, name)).__name__ for name in livecam.__all__)"
    code = f"import {first}, livecam; print(*{names})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert "module" not in done.stdout.split()
