"""The label: where it stands, how large it is, and that it can be read on anything."""

import numpy as np
import pytest
from numpy.typing import NDArray

from livecam.picture import Picture
from livecam.swap import Corner, LabelOptions, Show
from livecam.swap.label import label


def labelled(
    grey: int, width: int = 640, height: int = 360, **options: object
) -> tuple[Picture, Picture]:
    """A plain picture without and with its label."""
    plain = Picture.from_rgb(np.full((height, width, 3), grey, np.uint8))
    patch = label(LabelOptions(**options), width, height, live=True)
    assert patch is not None
    return plain, plain.paste([patch])


def extent(before: NDArray[np.uint8], after: NDArray[np.uint8]) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of what changed; the last two are beyond it."""
    rows, columns = np.nonzero(before != after)
    return columns.min(), rows.min(), columns.max() + 1, rows.max() + 1


@pytest.mark.parametrize(
    ("show", "live", "seen"),
    [("auto", True, True), ("auto", False, False), ("on", False, True), ("off", True, False)],
)
def test_it_is_seen_live_unless_it_is_switched_off(show: str, live: bool, seen: bool) -> None:  # noqa: FBT001 – a table
    assert (label(LabelOptions(show=Show(show)), 640, 360, live=live) is not None) is seen


@pytest.mark.parametrize("position", list(Corner))
@pytest.mark.parametrize(("width", "height"), [(1280, 720), (720, 1280), (641, 359)])
def test_it_stands_in_its_corner_on_whole_chroma_samples(
    position: Corner, width: int, height: int
) -> None:
    before, after = labelled(200, width, height, position=position)
    left, top, right, bottom = extent(before.y, after.y)
    assert (left + right < width) == position.value.endswith("left")
    assert (top + bottom < height) == position.value.startswith("top")
    assert bottom - top == pytest.approx(0.05 * height, abs=3)
    margins = (left, top, width - right, height - bottom)
    assert min(margins) >= 0.015 * height
    assert top % 2 == 0
    for plane in "uv":
        chroma = getattr(before, plane), getattr(after, plane)
        assert np.ptp(chroma[1].astype(int) - chroma[0]) <= 1, "grey stays grey"


@pytest.mark.parametrize("grey", [0, 60, 128, 200, 255])
def test_its_letters_stand_out_on_dark_and_light(grey: int) -> None:
    before, after = labelled(grey, 1280, 720)
    left, top, right, bottom = extent(before.y, after.y)
    seen = after.to_rgb()[top:bottom, left:right, 1].astype(float)
    letters, around = np.percentile(seen, 98), np.percentile(seen, 30)
    linear = [((level / 255) ** 2.2) for level in (letters, around)]
    contrast = (linear[0] + 0.05) / (linear[1] + 0.05)
    assert contrast > 4.5, "what WCAG 2 asks of text"


def test_it_grows_with_its_size() -> None:
    heights = []
    for size in (0.03, 0.06, 0.12):
        before, after = labelled(128, 1280, 720, size=size)
        _, top, _, bottom = extent(before.y, after.y)
        heights.append(bottom - top)
    assert heights == pytest.approx([0.03 * 720, 0.06 * 720, 0.12 * 720], abs=3)


def test_it_is_drawn_once_for_each_size() -> None:
    one, again = (label(LabelOptions(), 640, 360, live=True) for _ in range(2))
    assert one is again
    assert label(LabelOptions(), 1280, 720, live=True) is not one


@pytest.mark.parametrize("size", [(1, 1), (2, 90), (16, 8), (33, 17)])
def test_a_tiny_picture_is_borne(size: tuple[int, int]) -> None:
    _, after = labelled(100, *size)
    assert after.y.shape == size[::-1]
