"""`livecam swap` with masks, enhancers and upscalers, as people run it."""

from pathlib import Path

import av
import cv2
import doubles
import numpy as np
import pytest
import stand_ins
from commands import Command
from numpy.typing import NDArray
from paper_over import cover
from PIL import Image
from user_models import add_stand_ins

CONSENT = "--yes-i-have-consent"
LOSSLESS = ("--codec", "ffv1")


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "models"
    folder.mkdir()
    add_stand_ins(
        folder,
        monkeypatch,
        xseg_1=stand_ins.occluder(),
        codeformer=stand_ins.restorer(512, weight="weight"),
        real_esrgan_x2=stand_ins.upscaler(2),
        uniface_256=doubles.generator(doubles.SWAPPERS["uniface_256"]),
    )


def lumas(path: Path) -> list[NDArray[np.uint8]]:
    with av.open(path) as media:
        return [frame.to_ndarray(format="gray8") for frame in media.decode(video=0)]


@pytest.mark.needs_network
@pytest.mark.usefixtures("models")
@pytest.mark.parametrize(("swapper", "frames"), [("mesh", 40), ("my_uniface_256", 10)])
def test_what_is_in_front_stays_in_front_in_every_frame(
    livecam: Command, assets: Path, tmp_path: Path, *, swapper: str, frames: int
) -> None:
    source, output = tmp_path / "covered.mkv", tmp_path / "out.mkv"
    places = cover(assets / "clip_a_360p.mp4", source, frames=frames)
    face = ("--face", assets / "portrait_c.png", "--model", swapper)
    asked = ("swap", source, output, *face, CONSENT, *LOSSLESS)
    outcome = livecam(
        *asked, "--set", "models.occluder=my_xseg_1", "--set", "swap.mask.occlusion=true"
    )
    assert (outcome.code, outcome.err) == (0, "")
    without = livecam(*asked[:2], tmp_path / "bare.mkv", *asked[3:])
    assert without.code == 0
    before, after, bare = (lumas(tmp_path / f"{n}.mkv") for n in ("covered", "out", "bare"))
    assert len(after) == frames
    painted_over = []
    for one, other, free, place in zip(before, after, bare, places, strict=True):
        np.testing.assert_array_equal(one[place.paper], other[place.paper])
        assert (other != one)[place.face].mean() > 0.9, "the rest of the face is swapped"
        painted_over.append((free != one)[place.paper].mean())
    assert np.mean(painted_over) > 0.3, "without the mask the paper is painted over"


@pytest.mark.needs_network
@pytest.mark.usefixtures("models")
def test_an_enhancer_changes_the_swap_and_nothing_else(
    livecam: Command, assets: Path, tmp_path: Path
) -> None:
    source = assets / "portrait_b.png"
    asked = ("swap", source, tmp_path / "plain.png", "--face", assets / "portrait_c.png", CONSENT)
    assert livecam(*asked).code == 0
    lighter = ("--set", "models.enhancer=my_codeformer", "--set", "swap.enhancer.weight=0.75")
    assert livecam(*asked[:2], tmp_path / "light.png", *asked[3:], *lighter).code == 0
    images = (
        Image.open(path) for path in (source, *map(tmp_path.joinpath, ("plain.png", "light.png")))
    )
    before, plain, light = (np.asarray(image.convert("RGB"), int) for image in images)
    changed, more = (plain != before).any(axis=2), (light != plain).any(axis=2)
    face = np.zeros(changed.shape, np.uint8)  # the eyes are the target's own, and unchanged
    cv2.fillConvexPoly(face, cv2.convexHull(np.argwhere(changed)[:, ::-1].astype(np.int32)), (1,))
    beyond = cv2.distanceTransform(1 - face, cv2.DIST_L2, 5)  # a mask's edge is too faint to see
    assert not (more & (beyond > 16)).any()
    assert np.abs(light - plain)[beyond > 2].max() < 10
    assert more.sum() > 0.5 * changed.sum()
    assert (light - plain)[more].mean() > 5


@pytest.mark.needs_network
@pytest.mark.usefixtures("models")
@pytest.mark.parametrize("kind", ["video", "image"])
def test_an_upscaled_file_has_twice_the_size(
    livecam: Command, assets: Path, tmp_path: Path, kind: str
) -> None:
    source, output = {
        "video": (assets / "clip_a_360p.mp4", tmp_path / "out.mkv"),
        "image": (tmp_path / "small.png", tmp_path / "out.png"),
    }[kind]
    with Image.open(assets / "portrait_b.png") as portrait:
        half = portrait.convert("RGBA").resize((301, 299))
        half.putalpha(200)
        half.save(tmp_path / "small.png")
    outcome = livecam(
        *("swap", source, output, "--face", assets / "portrait_c.png", CONSENT, "--end", 0.2),
        *("--set", "models.upscaler=my_real_esrgan_x2"),
        *(LOSSLESS if kind == "video" else ()),
        *("--before-after", tmp_path / "both.png"),
    )
    assert (outcome.code, outcome.err) == (0, "")
    if kind == "video":
        before, after = lumas(source), lumas(output)
        assert [one.shape for one in after] == [(720, 1280)] * 6
        apart = after[0][:200:2, :200:2].astype(int) - before[0][:100, :100]
        assert np.abs(apart).mean() < 1.5, "where there is no face it shows the same, larger"
        return
    with Image.open(output) as image:
        assert (image.size, image.mode) == ((602, 598), "RGBA")
        assert image.getextrema()[3] == (200, 200)
    with Image.open(tmp_path / "both.png") as both:
        assert both.size == (602, 299)


@pytest.mark.parametrize(
    ("option", "place", "example"),
    [
        ("swap.mask.occlusion=true", "occluder", "xseg_1"),
        ('swap.mask.regions=["nose"]', "parser", "bisenet_resnet_18"),
    ],
)
def test_a_mask_without_its_model_is_refused_with_what_to_do(
    livecam: Command, assets: Path, tmp_path: Path, *, option: str, place: str, example: str
) -> None:
    source, face = assets / "portrait_b.png", assets / "portrait_c.png"
    asked = ("swap", source, tmp_path / "out.png", "--face", face, CONSENT, "--set", option)
    outcome = livecam(*asked)
    assert outcome.code == 2
    said = " ".join(outcome.err.split())
    assert option.partition("=")[0] in said
    assert f"livecam models pull {example}" in said
    assert f"--set models.{place}={example}" in said
