"""Whole live runs in which masks are switched on and off."""

import time
from dataclasses import replace
from pathlib import Path

import pytest
import stand_ins
from paper_over import cover
from running import watched
from user_models import add_stand_ins

from livecam.errors import SettingsError
from livecam.maskers import Region
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
