"""Time stamps rise, and stay as they are where they do."""

from fractions import Fraction
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from livecam.media.timeline import Timeline, exact


@given(
    st.lists(st.one_of(st.none(), st.integers(-(10**7), 10**7)), max_size=60),
    st.sampled_from([Fraction(1, 30), Fraction(1, 1000), Fraction(1, 90000)]),
)
def test_placed_stamps_rise(stamps: list[int | None], time_base: Fraction) -> None:
    timeline = Timeline(time_base, 40)
    placed = [timeline.place(stamp) for stamp in stamps]
    assert all(a < b for a, b in pairwise(placed))


@given(st.lists(st.integers(-(10**9), 10**9), unique=True))
def test_rising_stamps_are_kept(stamps: list[int]) -> None:
    timeline = Timeline(Fraction(1, 90000), 3000)
    assert [timeline.place(stamp) for stamp in sorted(stamps)] == sorted(stamps)
    assert timeline.repaired == 0


def test_a_missing_stamp_follows_by_the_length_of_the_frame_before() -> None:
    timeline = Timeline(Fraction(1, 1000), 40)
    assert [timeline.place(None), timeline.place(None, 50), timeline.place(None)] == [0, 40, 90]


def test_a_small_step_back_is_nudged_and_a_large_one_is_a_new_clock() -> None:
    timeline = Timeline(Fraction(1, 90000), 3000)
    stamps = [900_000, 903_000, 903_000, 906_000, 0, 3000]
    assert [timeline.place(stamp) for stamp in stamps] == [
        900_000, 903_000, 903_090, 906_000, 909_000, 912_000,
    ]  # fmt: skip
    assert timeline.repaired == 2


def test_seconds_mean_the_tick_they_name() -> None:
    assert exact(0.8) == Fraction(8, 10)
    assert exact(1 / 3) == Fraction(333333, 1000000) or abs(exact(1 / 3) - Fraction(1, 3)) < 1e-6
