"""The matrices against the recommendations' own numbers and against another implementation."""

import av
import numpy as np
import pytest
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter

from livecam.picture import Colour, Matrix, Picture, Siting
from livecam.picture.colour import rgb_from_yuv, yuv_from_rgb

EVERY = [(matrix, full) for matrix in Matrix for full in (False, True)]
SWSCALE = {
    Matrix.BT601: Colorspace.ITU601,
    Matrix.BT709: Colorspace.ITU709,
    Matrix.BT2020: Colorspace.BT2020,
}


@pytest.mark.parametrize(("matrix", "full_range"), EVERY)
def test_grey_has_no_chroma_and_fills_the_range(matrix: Matrix, *, full_range: bool) -> None:
    black, white = (0, 255) if full_range else (16, 235)
    forward = yuv_from_rgb(matrix, full_range=full_range)
    np.testing.assert_allclose(forward @ (0, 0, 0, 1), (black, 128, 128), atol=1e-9)
    np.testing.assert_allclose(forward @ (255, 255, 255, 1), (white, 128, 128), atol=1e-9)


@pytest.mark.parametrize(
    ("matrix", "expected"),
    [
        (Matrix.BT601, (81.5, 90.2, 240.0)),
        (Matrix.BT709, (62.6, 102.3, 240.0)),
        (Matrix.BT2020, (73.5, 96.7, 240.0)),
    ],
)
def test_red_lies_where_the_recommendation_puts_it(
    matrix: Matrix, expected: tuple[float, ...]
) -> None:
    yuv = yuv_from_rgb(matrix, full_range=False) @ (255, 0, 0, 1)
    np.testing.assert_allclose(yuv, expected, atol=0.06)


@pytest.mark.parametrize(("matrix", "full_range"), EVERY)
def test_there_and_back_is_the_identity(matrix: Matrix, *, full_range: bool) -> None:
    there = np.vstack([yuv_from_rgb(matrix, full_range=full_range), [0, 0, 0, 1]])
    back = rgb_from_yuv(matrix, full_range=full_range)
    np.testing.assert_allclose(back @ there, np.eye(3, 4), atol=1e-12)


def _flat_blocks(rgb: np.ndarray, block: int = 16) -> np.ndarray:
    return np.ascontiguousarray(rgb.repeat(block, axis=0).repeat(block, axis=1))


@pytest.mark.parametrize(("matrix", "full_range"), EVERY)
def test_agrees_with_swscale(matrix: Matrix, *, full_range: bool) -> None:
    colours = np.random.default_rng(5).integers(0, 256, (12, 16, 3), np.uint8)
    image = _flat_blocks(colours)
    centre = np.s_[8::16, 8::16]
    ranges = ColorRange.JPEG if full_range else ColorRange.MPEG
    reformatter = VideoReformatter()
    theirs = reformatter.reformat(
        av.VideoFrame.from_ndarray(image, "rgb24"),
        format="yuv444p",
        dst_colorspace=SWSCALE[matrix],
        dst_color_range=ranges,
    ).to_ndarray()
    ours = Picture.from_rgb(image, Colour(matrix, full_range, Siting.CENTRE))
    chroma = np.s_[4::8, 4::8]
    for got, expected in zip((ours.y[centre], ours.u[chroma], ours.v[chroma]), theirs, strict=True):
        assert np.abs(got.astype(int) - expected[centre]).max() <= 1
    assert np.abs(ours.to_rgb()[centre].astype(int) - colours).max() <= 3


@pytest.mark.parametrize(("matrix", "full_range"), EVERY)
def test_planes_become_the_rgb_that_swscale_makes(matrix: Matrix, *, full_range: bool) -> None:
    colours = np.random.default_rng(6).integers(0, 256, (12, 16, 3), np.uint8)
    image = _flat_blocks(colours)
    picture = Picture.from_rgb(image, Colour(matrix, full_range, Siting.LEFT))
    # 4:4:4, because swscale's short cut from 4:2:0 is two levels too dark.
    chroma = [plane.repeat(2, axis=0).repeat(2, axis=1) for plane in (picture.u, picture.v)]
    theirs = VideoReformatter().reformat(
        av.VideoFrame.from_ndarray(np.stack([picture.y, *chroma]), format="yuv444p"),
        format="rgb24",
        src_colorspace=SWSCALE[matrix],
        src_color_range=ColorRange.JPEG if full_range else ColorRange.MPEG,
    )
    centre = np.s_[8::16, 8::16]
    expected = theirs.to_ndarray()[centre].astype(int)
    assert np.abs(picture.to_rgb()[centre] - expected).max() <= 1
