"""Sources that come back."""

import logging
import time
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice

import numpy as np
import pytest

from livecam.errors import SourceError
from livecam.frame import Frame, VideoFormat
from livecam.picture import Colour, Picture
from livecam.sources import reconnecting
from livecam.sources.reconnecting import Reconnecting

PICTURE = Picture.from_rgb(np.zeros((8, 8, 3), np.uint8))


@dataclass
class Flaky:
    """Every opening plays the next act: numbers of frames, silences and errors."""

    acts: list[list[int | str]]
    """A number is so many frames, "none" a None every 10 ms for ever, "end" the end, else an
    error's message."""
    opened: list[float] = field(default_factory=list)
    closed: int = 0
    live: bool = True

    def probe(self) -> VideoFormat:
        return VideoFormat(8, 8, Fraction(30), Colour())

    def frames(self) -> Generator[Frame | None, None, None]:
        act = self.acts[min(len(self.opened), len(self.acts) - 1)]
        self.opened.append(time.monotonic())
        index = 0
        try:
            for step in act:
                while step == "none":
                    time.sleep(0.01)
                    yield None
                if step == "end":
                    return
                if isinstance(step, str):
                    raise SourceError(step, hint="Do something.")
                for _ in range(step):
                    now = time.monotonic()
                    yield Frame(PICTURE, index, round(now * 1e6), Fraction(1, 1_000_000), now)
                    index += 1
        finally:
            self.closed += 1


def taken(source: Reconnecting, count: int) -> list[Frame]:
    with closing(source.frames()) as frames:
        return list(islice((frame for frame in frames if frame), count))


def test_counts_on_after_an_outage_and_says_so_once(caplog: pytest.LogCaptureFixture) -> None:
    flaky = Flaky([[3, "it broke"], ["not yet"], [3, "it broke again"], [3]])
    with caplog.at_level(logging.INFO):
        frames = taken(Reconnecting(flaky), 9)
    assert [frame.index for frame in frames] == list(range(9))
    assert flaky.closed == len(flaky.opened) == 4
    said = [record.message for record in caplog.records]
    assert said == [
        "it broke; trying again until it is back. Do something.",
        "the source is back",
        "it broke again; trying again until it is back. Do something.",
        "the source is back",
    ]


def test_waits_longer_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reconnecting, "_SHORTEST_S", 0.02)
    monkeypatch.setattr(reconnecting, "_LONGEST_S", 0.08)
    flaky = Flaky([[1, "it broke"], ["no"], ["no"], ["no"], ["no"], [1]])
    taken(Reconnecting(flaky), 2)
    pauses = np.diff(flaky.opened)
    assert (pauses >= np.array([0.02, 0.04, 0.08, 0.08, 0.08]) - 0.001).all()
    assert pauses.max() < 2


def test_yields_none_while_it_waits() -> None:
    with closing(Reconnecting(Flaky([[1, "it broke"], ["no"]])).frames()) as frames:
        assert next(frames) is not None
        start = time.monotonic()
        assert [next(frames) for _ in range(3)] == [None] * 3
        assert time.monotonic() - start < 3


def test_what_never_worked_is_an_error_as_it_is() -> None:
    flaky = Flaky([["no such camera"]])
    with pytest.raises(SourceError, match="no such camera"):
        next(Reconnecting(flaky).frames())
    assert flaky.closed == len(flaky.opened) == 1


def test_patience_waits_for_what_is_not_there_yet() -> None:
    flaky = Flaky([["no such camera"], [2, "none"]])
    assert [frame.index for frame in taken(Reconnecting(flaky, patient=True), 2)] == [0, 1]


def test_a_stall_is_an_outage(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(reconnecting, "_STALL_S", 0.1)
    flaky = Flaky([[2, "none"], [2]])
    assert [frame.index for frame in taken(Reconnecting(flaky), 4)] == [0, 1, 2, 3]
    assert flaky.opened[1] - flaky.opened[0] >= 0.1
    assert "no picture came for 0.1 s" in caplog.text


def test_the_end_is_the_end() -> None:
    assert len(list(Reconnecting(Flaky([[3, "end"]])).frames())) == 3


def test_gaps_of_the_source_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    flaky = Flaky([[2, "it broke"], [2]])
    real = Flaky.frames

    def doubled(self):
        for frame in real(self):
            yield frame and Frame(PICTURE, 2 * frame.index, frame.pts, frame.time_base, 0.0)

    monkeypatch.setattr(Flaky, "frames", doubled)
    assert [frame.index for frame in taken(Reconnecting(flaky), 4)] == [0, 2, 3, 5]
