"""The tracker among paper people: when the detector looks, and who keeps which number."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from paper import HEIGHT, WIDTH, Person, Stage

from livecam.face import Face
from livecam.tracking import Reason, Tracker, TrackingOptions, Watch
from livecam.vision.mesh import eye_distance

Scene = Callable[[float], Sequence[Person]]
"""Who stands where at a time, s."""


def play(
    scene: Scene,
    *,
    seconds: float,
    rate: int = 30,
    stage: Stage | None = None,
    options: TrackingOptions | None = None,
) -> tuple[list[list[Face]], list[Reason | None]]:
    stage = stage or Stage()
    tracker = Tracker(stage, stage, options or TrackingOptions())
    faces, reasons = [], []
    for index in range(round(seconds * rate)):
        faces.append(tracker.track(stage.frame(index, scene(index / rate), rate=rate)))
        reasons.append(tracker.reason)
    return faces, reasons


def owners(faces: Sequence[Sequence[Face]], scene: Scene, rate: int = 30) -> dict[int, set[str]]:
    """Whose face each number was on, over the whole run; where people overlap nobody can tell."""
    found = defaultdict(set)
    for index, seen in enumerate(faces):
        people = scene(index / rate)
        if min((abs(a.x - b.x) for a, b in combinations(people, 2)), default=999) < 70:
            continue
        for face in seen:
            x, y = face.box.centre
            nearest = min(people, key=lambda p: np.hypot(p.x - x, p.y - y))
            assert np.hypot(nearest.x - x, nearest.y - y) < 25
            found[face.track_id].add(nearest.name)
    return dict(found)


def sway(time_s: float) -> list[Person]:
    """One person who nods, turns and comes nearer."""
    return [
        Person(
            "ann",
            x=320 + 60 * np.sin(3 * time_s),
            y=180 + 20 * np.sin(5 * time_s),
            zoom=1 + 0.1 * np.sin(2 * time_s),
            turn_deg=10 * np.sin(4 * time_s),
        )
    ]


@pytest.mark.parametrize("rate", [24, 30, 60])
def test_the_detector_looks_at_the_start_and_then_every_half_second(rate: int) -> None:
    stage = Stage(tremble_px=0.5)
    _, reasons = play(sway, seconds=3, rate=rate, stage=stage)
    assert stage.looks == pytest.approx([0, 0.5, 1, 1.5, 2, 2.5])
    assert [r for r in reasons if r] == [Reason.START] + [Reason.DUE] * 5


def test_where_only_the_followed_matter_most_looks_are_for_faces_of_half_their_size() -> None:
    stage = Stage()
    tracker = Tracker(stage, stage, TrackingOptions())
    ann, bob = Person("ann", x=150), Person("bob", x=500, zoom=1.3)
    for index in range(80):
        people = [ann, bob] if index < 76 else [bob]
        faces = tracker.track(stage.frame(index, people), watch=Watch.FOLLOWED)
    assert stage.looks == pytest.approx([0, 0.5, 1, 1.5, 2, 2.5, 76 / 30, 79 / 30], abs=0.01)
    half = eye_distance(ann.mesh) / 2
    coarse = pytest.approx(half, rel=0.05)
    assert stage.smallest == [None, coarse, coarse, coarse, None, coarse, None, None]
    assert len(faces) == 1


def test_an_interval_of_zero_looks_at_every_frame() -> None:
    stage = Stage()
    play(sway, seconds=0.5, stage=stage, options=TrackingOptions(detect_every_s=0))
    assert len(stage.looks) == 15


def test_a_moving_face_is_followed_to_a_fraction_of_the_landmarkers_tremble() -> None:
    faces, _ = play(sway, seconds=2, stage=Stage(tremble_px=0.7))
    off = [
        np.linalg.norm(seen[0].mesh[:, :2] - sway(index / 30)[0].mesh[:, :2], axis=1).mean()
        for index, seen in enumerate(faces[5:], 5)
    ]
    raw = 0.7 * np.sqrt(np.pi / 2)
    assert np.mean(off) < 0.6 * raw
    assert max(off) < 1.5 * raw


def test_the_same_frames_give_the_same_faces() -> None:
    first, second = (play(sway, seconds=1, stage=Stage(tremble_px=0.7))[0] for _ in range(2))
    for (one,), (other,) in zip(first, second, strict=True):
        np.testing.assert_array_equal(one.mesh, other.mesh)


def test_the_mesh_holds_the_box_and_the_five_points() -> None:
    (face,) = play(sway, seconds=0.2)[0][-1]
    assert face.mesh is not None
    assert face.box.left == face.mesh[:, 0].min()
    assert face.box.bottom == face.mesh[:, 1].max()
    np.testing.assert_allclose(face.landmarks[2:], face.mesh[[4, 61, 291], :2])
    assert not face.detected
    assert face.score == pytest.approx(0.99)


@pytest.mark.parametrize("rate", [15, 30, 60])
def test_a_face_that_enters_an_empty_scene_is_found_within_a_tenth_second(rate: int) -> None:
    faces, _ = play(lambda t: sway(t) if t >= 0.71 else [], seconds=1.2, rate=rate)
    found_s = next(index / rate for index, seen in enumerate(faces) if seen)
    assert found_s - 0.71 <= 0.1 + 1 / rate


def test_a_further_face_is_found_at_the_next_look() -> None:
    bob = Person("bob", x=540)
    faces, _ = play(lambda t: [Person("ann", x=150), *([bob] if t > 0.2 else [])], seconds=0.7)
    assert [len(seen) for seen in faces] == [1] * 15 + [2] * 6


def test_a_face_that_vanishes_is_given_up_at_once_and_looked_for_often() -> None:
    stage = Stage()
    faces, reasons = play(lambda t: sway(t) if t < 1 else [], seconds=2, stage=stage)
    assert all(faces[:30])
    assert not any(faces[30:])
    assert Reason.PRESENCE in reasons
    late = np.array([look for look in stage.looks if look > 1.1])
    assert np.diff(late).max() < 0.11


def test_whoever_comes_back_gets_a_new_number() -> None:
    scene: Scene = lambda t: sway(t) if (t // 0.5) % 2 == 0 else []  # noqa: E731
    faces, _ = play(scene, seconds=3)
    numbers = [face.track_id for seen in faces for face in seen]
    assert numbers == sorted(numbers)
    assert set(numbers) == {0, 1, 2}


def test_a_face_the_landmarker_doubts_coasts_on_its_motion_for_a_while() -> None:
    stage = Stage()
    tracker = Tracker(stage, stage, TrackingOptions(coast_s=0.4))
    for index in range(60):
        time_s = index / 30
        stage.unsure = {"ann"} if time_s >= 1 else set()
        seen = tracker.track(stage.frame(index, sway(time_s)))
        if time_s < 1:
            assert seen[0].score > 0.9
        elif time_s <= 1.35:
            assert seen[0].score < 0.1
            assert not seen[0].detected
            truth = sway(time_s)[0].mesh
            assert np.linalg.norm(seen[0].mesh - truth, axis=1).mean() < 2
        elif time_s > 1.45:
            assert not seen


def test_a_face_the_detector_misses_stays_while_the_landmarker_sees_it() -> None:
    stage = Stage()
    tracker = Tracker(stage, stage, TrackingOptions())
    for index in range(120):
        stage.blind = index > 10
        (face,) = tracker.track(stage.frame(index, sway(index / 30)))
        assert face.track_id == 0


def test_a_cut_ends_whoever_stands_in_the_same_place() -> None:
    stage = Stage()
    tracker = Tracker(stage, stage, TrackingOptions())
    for index in range(40):
        person = sway(0.1)[0] if index < 20 else replace(sway(0.1)[0], name="bob")
        frame = stage.frame(index, [person], wall=index // 20)
        if index >= 20:
            darker = replace(frame.picture, y=(frame.picture.y // 2).astype(np.uint8))
            frame = frame.with_picture(darker)
        (face,) = tracker.track(frame)
        assert face.track_id == index // 20
        assert (tracker.reason is Reason.CUT) == (index == 20)


def test_a_flash_keeps_everybody() -> None:
    stage = Stage()
    tracker = Tracker(stage, stage, TrackingOptions())
    for index in range(20):
        frame = stage.frame(index, [Person("ann", x=200), Person("bob", x=450)])
        if index == 10:
            bright = np.minimum(frame.picture.y.astype(int) + 25, 255).astype(np.uint8)
            frame = frame.with_picture(replace(frame.picture, y=bright))
        assert [face.track_id for face in tracker.track(frame)] == [0, 1]


def cross(speed: float, *, front: str) -> Scene:
    """Two people; one walks from the left to the right past the other, and back."""
    way = WIDTH - 120

    def scene(time_s: float) -> list[Person]:
        gone = speed * time_s % (2 * way)
        walker = Person("bob", x=60 + min(gone, 2 * way - gone), y=HEIGHT / 2 + 6)
        stander = Person("ann", x=WIDTH / 2)
        return [stander, walker] if front == "bob" else [walker, stander]

    return scene


@pytest.mark.parametrize("front", ["ann", "bob"])
@pytest.mark.parametrize("speed", [120, 240, 480])
def test_numbers_stay_with_their_people_when_one_crosses_the_other(
    speed: float, front: str
) -> None:
    scene = cross(speed, front=front)
    faces, _ = play(scene, seconds=2 * (WIDTH - 120) / speed, stage=Stage(tremble_px=0.5))
    for seen in faces:
        assert len({face.track_id for face in seen}) == len(seen)
    shared = {number: names for number, names in owners(faces, scene).items() if len(names) > 1}
    assert not shared
    assert all(len(seen) == 2 for seen in (faces[1], faces[-1]))
    kept = [face.track_id for face in faces[-1] if face.track_id < 2]
    assert kept, "whoever is in front keeps the number"


def test_two_tracks_never_stay_on_one_face() -> None:
    """Two people merge into one place, as when one stops behind the other."""

    def scene(time_s: float) -> list[Person]:
        apart = max(220 - 200 * time_s, 0)
        return [Person("ann", x=200 + apart), Person("bob", x=200)]

    faces, _ = play(scene, seconds=2)
    assert {face.track_id for face in faces[0]} == {0, 1}
    assert [face.track_id for face in faces[-1]] == [faces[0][0].track_id]


def test_no_more_faces_are_followed_than_allowed_and_the_largest_count() -> None:
    people = [Person(n, x=60 + 130 * i, zoom=0.6 + 0.1 * i) for i, n in enumerate("abcde")]
    faces, _ = play(lambda _: people, seconds=0.1, options=TrackingOptions(max_faces=2))
    centres = sorted(round(face.box.centre[0]) for face in faces[-1])
    assert centres == pytest.approx([450, 580], abs=3)


def test_going_back_in_time_and_another_frame_size_start_anew() -> None:
    stage = Stage()
    tracker = Tracker(stage, stage, TrackingOptions())
    for index in (30, 31):
        assert tracker.track(stage.frame(index, sway(0)))[0].track_id == 0
    assert tracker.track(stage.frame(0, sway(0)))[0].track_id == 1
    assert tracker.reason is Reason.START
    frame = stage.frame(1, sway(0))
    half = replace(frame.picture, y=frame.picture.y[: HEIGHT - 60])
    assert tracker.track(frame.with_picture(half))[0].track_id == 2


def test_frames_that_share_a_time_are_followed() -> None:
    stage = Stage()
    tracker = Tracker(stage, stage, TrackingOptions())
    for _ in range(5):
        (face,) = tracker.track(stage.frame(3, sway(0)))
        assert np.isfinite(face.mesh).all()
