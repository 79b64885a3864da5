"""The tracker whose detector works beside the frames."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from paper import Person, Stage

from livecam.errors import ModelError
from livecam.face import Detection, Face
from livecam.frame import Frame
from livecam.picture import Picture
from livecam.tracking import Reason, Tracker, TrackingOptions, Watch

SOON = 600
"""Frames by which whatever works beside them has had its turn."""


@dataclass
class Late:
    """A detector that knows who is on each picture, and answers when it may."""

    stage: Stage
    may_answer: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    asked: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    looks: int = 0
    error: Exception | None = None
    answers: list[tuple[Picture, list[Detection]]] = field(default_factory=list)

    def frame(self, index: int, people: Sequence[Person], *, wall: int = 0) -> Frame:
        made = self.stage.frame(index, people, wall=wall)
        if wall:
            made = made.with_picture(replace(made.picture, y=(made.picture.y // 3).astype("u1")))
        self.answers.append((made.picture, self.stage.detect(made.picture)))
        return made

    def detect(
        self,
        picture: Picture,
        *,
        smallest: float | None = None,  # noqa: ARG002 – it has its answer
    ) -> list[Detection]:
        self.looks += 1
        self.asked.release()
        assert self.may_answer.acquire(timeout=20)
        if self.error:
            raise self.error
        return next(found for shown, found in self.answers if shown is picture)


def walk(index: int) -> list[Person]:
    """Someone who walks to the right and then stands."""
    return [Person("ann", x=150 + min(6 * index, 300))]


@pytest.fixture
def late() -> Iterator[Late]:
    made = Late(Stage())
    yield made
    made.may_answer.release(SOON)


def watched(late: Late) -> Tracker:
    return Tracker(late, late.stage, TrackingOptions(), live=True)


def until_found(late: Late, tracker: Tracker, start: int) -> tuple[int, list[Face]]:
    for index in range(start, start + SOON):
        if faces := tracker.track(late.frame(index, walk(index))):
            return index, faces
    raise AssertionError("nobody was found")


def test_no_frame_waits_and_the_answer_is_carried_to_where_the_face_is_now(late: Late) -> None:
    with closing(watched(late)) as tracker:
        for index in range(8):
            assert tracker.track(late.frame(index, walk(index))) == []
        late.may_answer.release(SOON)
        index, (face,) = until_found(late, tracker, 8)
        truth = walk(index)[0].mesh
        assert np.linalg.norm(face.mesh - truth, axis=1).mean() < 3
        for _ in range(20):
            index += 1
            (face,) = tracker.track(late.frame(index, walk(index)))
            assert face.track_id == 0


def test_what_was_seen_before_a_cut_is_worth_nothing_after_it(late: Late) -> None:
    with closing(watched(late)) as tracker:
        tracker.track(late.frame(0, walk(0)))
        assert late.asked.acquire(timeout=20)
        empty = late.frame(1, [], wall=1)
        tracker.track(empty)
        assert tracker.reason is Reason.CUT
        late.stage.frame(1, walk(0))  # the landmarker would find somebody where it is told to look
        late.may_answer.release()
        assert late.asked.acquire(timeout=20), (
            "the first answer is there when the next is asked for"
        )
        assert tracker.track(replace(empty, index=2, pts=2)) == []
        late.may_answer.release(SOON)


def test_the_detectors_error_comes_out_of_a_later_frame(late: Late) -> None:
    late.error = ModelError("The graph is broken.", hint="Mend it.")
    late.may_answer.release()
    with closing(watched(late)) as tracker, pytest.raises(ModelError, match="broken"):
        until_found(late, tracker, 0)


def test_alert_looks_as_often_as_while_nobody_is_followed() -> None:
    looks = {}
    for watch in (Watch.EVERYBODY, Watch.ALERT):
        stage = Stage()
        tracker = Tracker(stage, stage, TrackingOptions())
        for index in range(60):
            tracker.track(stage.frame(index, walk(30)), watch=watch)
        looks[watch] = len(stage.looks)
    assert looks[Watch.EVERYBODY] == 4
    assert looks[Watch.ALERT] == pytest.approx(20, abs=1)


def test_on_the_alert_it_looks_as_soon_as_something_stirs() -> None:
    stage = Stage()
    tracker = Tracker(stage, stage, TrackingOptions())
    ann, bob = Person("ann", x=140), Person("bob", x=520)
    for index in range(20):
        people = [ann, bob] if index >= 17 else [ann]
        faces = tracker.track(stage.frame(index, people), watch=Watch.ALERT)
        assert len(faces) == len(people), index


def test_troubles_name_the_faces_that_are_doubted() -> None:
    stage = Stage()
    tracker = Tracker(stage, stage, TrackingOptions())
    both = [Person("ann", x=160), Person("bob", x=480)]
    for index in range(4):
        faces = tracker.track(stage.frame(index, both))
        assert not tracker.troubles
    stage.unsure = {"bob"}
    faces = tracker.track(stage.frame(4, both))
    assert [face.track_id for face in faces] == [0, 1]
    doubted = next(face.track_id for face in faces if face.box.centre[0] > 320)
    assert tracker.troubles == {doubted: Reason.PRESENCE}
