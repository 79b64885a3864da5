"""What goes out while the camera is silent."""

from fractions import Fraction

import cv2
import numpy as np
import pytest
from wearing import frame

from livecam.frame import VideoFormat
from livecam.picture import HD_VIDEO, Picture
from livecam.swap import LabelOptions, OnLost, Show, SwapOptions
from livecam.swap.standby import PolicyStandby

W, H = 320, 180
FORMAT = VideoFormat(W, H, Fraction(30), HD_VIDEO)
BARE = LabelOptions(show=Show.OFF)


def last(seed: int = 0) -> Picture:
    random = np.random.default_rng(seed)
    return Picture.from_rgb(random.integers(0, 255, (H, W, 3), np.uint8))


def standby(on_lost: OnLost = OnLost.AUTO, label: LabelOptions = BARE) -> PolicyStandby:
    options = SwapOptions(on_lost=on_lost, label=label)
    return PolicyStandby(lambda: options, FORMAT)


def detail(picture: Picture) -> float:
    return float(cv2.Laplacian(picture.y, cv2.CV_32F).std())


@pytest.mark.parametrize("on_lost", list(OnLost))
def test_before_the_first_frame_there_is_a_plain_picture_of_the_outputs_format(
    on_lost: OnLost,
) -> None:
    shown = standby(on_lost).picture(None, 0.0)
    assert shown is not None
    assert (shown.width, shown.height, shown.colour) == (W, H, HD_VIDEO)
    assert all(np.ptp(plane) == 0 for plane in (shown.y, shown.u, shown.v))


def test_by_default_the_last_picture_stands_for_a_moment_and_then_is_blurred() -> None:
    silent, before = standby(), frame(last())
    assert silent.picture(before, 0.6) is None
    blurred = silent.picture(before, 1.2)
    assert blurred is not None
    assert detail(blurred) < 0.1 * detail(before.picture)
    assert (blurred.y != before.picture.y).mean() > 0.9


@pytest.mark.parametrize(
    ("on_lost", "shows"),
    [("blur", "blurred"), ("freeze", "last"), ("pass", "last"), ("slate", "plain")],
)
def test_the_other_policies_hold_at_once(on_lost: str, shows: str) -> None:
    before = frame(last())
    shown = standby(OnLost(on_lost)).picture(before, 0.51)
    if shows == "last":
        assert shown is None
        return
    assert shown is not None
    assert (np.ptp(shown.y) == 0) == (shows == "plain")
    assert detail(shown) < 0.1 * detail(before.picture)


def test_each_silence_is_drawn_once_and_the_next_anew() -> None:
    silent, first, second = standby(), frame(last(1)), frame(last(2))
    shown = [silent.picture(first, 1.0 + n / 30) for n in range(5)]
    assert shown[0] is not None
    assert all(picture is shown[0] for picture in shown)
    other = silent.picture(second, 1.0)
    assert other is not None
    assert not np.array_equal(other.y, shown[0].y)


def test_the_label_stands_on_all_of_it_and_options_may_change_meanwhile() -> None:
    options = SwapOptions()
    silent, before = PolicyStandby(lambda: options, FORMAT), frame(last())

    def is_labelled(shown: Picture | None) -> bool:
        assert shown is not None
        return bool(shown.y[H // 2 :, W // 2 :].max() > 180)

    assert is_labelled(silent.picture(None, 0.0))
    assert is_labelled(silent.picture(before, 2.0))
    options = SwapOptions(label=BARE)
    assert not is_labelled(silent.picture(before, 2.1))
    options = SwapOptions(on_lost=OnLost.FREEZE)
    assert silent.picture(before, 2.2) is None
