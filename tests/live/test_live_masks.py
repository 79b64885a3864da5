"""Whole live runs in which masks are switched on and off."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import stand_ins
from paper_over import cover
from running import FPS, HEIGHT, WIDTH, wait_until, watched
from user_models import add_stand_ins

from livecam.engine import Engine, Phase, Status, Wanted
from livecam.errors import SettingsError
from livecam.maskers import Region
from livecam.settings import load_settings
from livecam.swap.options import Area, MaskOptions

pytestmark = pytest.mark.needs_network


def test_masks_come_and_go_and_the_picture_never_stops(
    assets: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, clip = tmp_path / "models", tmp_path / "covered.mkv"
    folder.mkdir()
    add_stand_ins(folder, monkeypatch, xseg_1=stand_ins.occluder())
    cover(assets / "clip_a_360p.mp4", clip, frames=60)
    named = {"models.occluder": "my_xseg_1"}
    with watched(assets / "portrait_b.png", camera=str(clip), **named) as (run, viewer):
        masks = [
            MaskOptions(occlusion=True, effort=1.0),
            MaskOptions(areas=(Area.MOUTH,)),
            MaskOptions(occlusion=True, blur=0.2),
            MaskOptions(),
        ]
        for mask in masks:
            last = viewer.sights[-1].index if viewer.sights else 0
            run.tuning = replace(run.tuning, mask=mask)
            viewer.wait_until(lambda sight, last=last: sight.index > last + 8)
        before = run.tuning
        with pytest.raises(SettingsError, match=r"swap\.mask\.regions") as refused:
            run.tuning = replace(before, mask=MaskOptions(regions=(Region.NOSE,)))
        assert "models.parser=bisenet_resnet_18" in refused.value.hint
        assert run.tuning is before
        seen, start = len(viewer.sights), time.monotonic()
        viewer.wait_until(lambda _: len(viewer.sights) > seen + 5)
        assert time.monotonic() - start < 30
        stages = run.stats().pipeline.stages
        assert "mask" in stages
    viewer.assert_steady()


def test_the_window_is_told_of_a_missing_model_and_gets_going_with_it(
    assets: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "models"
    folder.mkdir()
    add_stand_ins(folder, monkeypatch, xseg_1=stand_ins.occluder())
    size = {"live.width": WIDTH, "live.height": HEIGHT, "live.fps": FPS}
    plain = load_settings(None, overrides=size)
    masked = {"swap.mask.occlusion": True}
    engine = Engine(
        Wanted(settings=plain, face=assets / "portrait_b.png", camera="synthetic", running=True)
    )

    def settled(condition: Callable[[Status], bool]) -> None:
        wait_until(lambda: condition(engine.status()) and not engine.status().doing, 60)

    try:
        settled(lambda status: status.phase is Phase.PREVIEW)
        named = load_settings(None, overrides=size | {"models.occluder": "my_xseg_1"} | masked)
        nothing_named = replace(named, models=plain.models)
        engine.wanted = replace(engine.wanted, settings=nothing_named)
        settled(lambda status: status.trouble is not None)
        trouble = engine.status().trouble
        assert trouble is not None
        assert "swap.mask.occlusion" in trouble.message
        assert engine.wanted.settings == plain
        assert engine.status().phase is Phase.PREVIEW, "it goes on as it was"
        engine.wanted = replace(engine.wanted, settings=named)
        settled(lambda status: status.phase is Phase.PREVIEW and status.trouble is None)
        assert engine.wanted.settings.swap.mask.occlusion
    finally:
        engine.close()
