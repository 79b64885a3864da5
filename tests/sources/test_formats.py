"""Which mode of a camera is asked for."""

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from livecam.media.modes import Mode
from livecam.settings import LiveOptions
from livecam.sources.formats import Asked, choose


def mode(name: str, width: int, height: int, *rates: float) -> Mode:
    return Mode(name, width, height, tuple(Fraction(r).limit_denominator(1001) for r in rates))


WEBCAM = [
    mode("yuyv422", 640, 480, 15, 30),
    mode("yuyv422", 640, 360, 15, 30),
    mode("yuyv422", 1280, 720, 10),
    mode("yuyv422", 1920, 1080, 5),
    mode("mjpeg", 640, 480, 30),
    mode("mjpeg", 1280, 720, 30, 60),
    mode("mjpeg", 1920, 1080, 30),
]
OLD = [
    mode("yuyv422", 320, 240, 30),
    mode("yuyv422", 640, 480, 30),
    mode("yuyv422", 1280, 720, 7.5),
]


@pytest.mark.parametrize(
    ("modes", "asked", "expected"),
    [
        (WEBCAM, (1280, 720, 30), ("mjpeg", 1280, 720, 30)),  # raw cannot
        (WEBCAM, (1280, 720, 60), ("mjpeg", 1280, 720, 60)),
        (WEBCAM, (1280, 720, 10), ("yuyv422", 1280, 720, 10)),  # raw can
        (WEBCAM, (640, 360, 30), ("yuyv422", 640, 360, 30)),
        (WEBCAM, (640, 480, 15), ("yuyv422", 640, 480, 15)),
        (WEBCAM, (640, 360, 60), ("mjpeg", 1280, 720, 60)),  # larger rather than slower
        (WEBCAM, (1920, 1080, 60), ("mjpeg", 1280, 720, 60)),  # smaller rather than slower
        (WEBCAM, (3840, 2160, 30), ("mjpeg", 1920, 1080, 30)),
        (WEBCAM, (960, 540, 30), ("mjpeg", 1280, 720, 30)),  # the shape that leaves no bars
        (WEBCAM, (1280, 720, 24), ("mjpeg", 1280, 720, 30)),
        (OLD, (1280, 720, 30), ("yuyv422", 640, 480, 30)),
        (OLD, (1280, 720, 120), ("yuyv422", 640, 480, 30)),
        ([mode("mjpeg", 640, 480)], (1280, 720, 30), ("mjpeg", 640, 480, 30)),  # rates unknown
        ([mode("nv12", 640, 480, 29.97)], (640, 480, 30), ("nv12", 640, 480, 29.97)),
    ],
)
def test_takes_what_a_person_would(modes, asked, expected) -> None:
    width, height, rate = asked
    choice = choose(modes, Asked(width, height, Fraction(rate)))
    assert choice is not None
    got = choice.mode.pixel_format, choice.mode.width, choice.mode.height
    assert (*got, pytest.approx(float(choice.rate), rel=1e-4)) == expected


def test_a_camera_without_modes_is_given_none() -> None:
    assert choose([], Asked(640, 480, Fraction(30))) is None


SIZES = [(320, 240), (640, 360), (640, 480), (1280, 720), (1920, 1080)]
RATES = [Fraction(5), Fraction(15), Fraction(30), Fraction(60)]
MODES = [
    Mode(name, *size, tuple(RATES[:n]))
    for name, size, n in product(["yuyv422", "mjpeg", "nv12"], SIZES, range(5))
]


@given(
    modes=st.lists(st.sampled_from(MODES), min_size=1, max_size=12),
    size=st.sampled_from(SIZES),
    rate=st.sampled_from([*RATES, Fraction(24), Fraction(30000, 1001), Fraction(144)]),
)
def test_exact_size_at_the_asked_rate_is_taken_where_there_is_one(modes, size, rate) -> None:
    choice = choose(modes, Asked(*size, rate))
    assert choice is not None
    assert choice.mode in modes
    assert not choice.mode.rates or choice.rate in choice.mode.rates
    exact = [m for m in modes if (m.width, m.height) == size and m.rates and m.rates[-1] >= rate]
    if exact:
        assert (choice.mode.width, choice.mode.height) == size
        assert choice.rate >= rate
        best = min(["nv12", "yuyv422", "mjpeg"].index(m.pixel_format) for m in exact)
        assert choice.mode.pixel_format == ["nv12", "yuyv422", "mjpeg"][best]
    if choice.mode.rates and max(choice.mode.rates) >= rate:
        assert choice.rate == min(r for r in choice.mode.rates if r >= rate)


@given(modes=st.permutations(WEBCAM), size=st.sampled_from(SIZES), rate=st.sampled_from(RATES))
def test_the_order_of_the_list_does_not_matter(modes, size, rate) -> None:
    asked = Asked(*size, rate)
    assert choose(modes, asked) == choose(WEBCAM, asked)


@pytest.mark.parametrize("text", ["1280x720@30", "640x480@29.97", "160x120@7.5", "64x48@0.5"])
def test_what_is_asked_is_written_as_it_is_read(text: str) -> None:
    assert str(Asked.of(text)) == text


@given(st.fractions(min_value=Fraction(1, 100), max_value=1000, max_denominator=1001))
def test_what_a_camera_offers_is_a_setting_and_is_taken(rate: Fraction) -> None:
    """The window writes it down, and what is read again must mean the same mode."""
    offered = Mode("nv12", 640, 480, (rate,))
    live = LiveOptions(camera_mode=str(Asked(640, 480, rate)))
    nearest = [offered, mode("nv12", 640, 480, 0.001, 2000), mode("nv12", 320, 240, 30)]
    choice = choose(nearest, live.asked)
    assert choice is not None
    assert choice.mode is offered


@pytest.mark.parametrize("text", ["", "640x480", "640x480@0", "640x480@0.0", "0x480@30", "vga@30"])
def test_what_is_no_mode_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        LiveOptions(camera_mode=text)


def test_without_a_mode_the_outgoing_picture_is_asked_for() -> None:
    assert LiveOptions(width=640, height=360, fps=25).asked == Asked(640, 360, Fraction(25))
