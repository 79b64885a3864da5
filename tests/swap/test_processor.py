"""The swap as a processor: who is swapped, and what is shown when nobody can be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

import numpy as np
import pytest
from numpy.typing import NDArray
from wearing import frame, portrait, same_samples

from livecam.errors import SourceError
from livecam.face import Box, Crop, Face, Identity
from livecam.frame import Frame
from livecam.picture import Affine, Patch, Picture
from livecam.pipeline.stats import Timings
from livecam.swap import Faces, FaceSwap, OnLost, SwapOptions
from livecam.swap.privacy import blur_face, blurred
from livecam.swappers.eyes import Eyes
from livecam.swappers.manner import Manner
from livecam.tracking import Reason, Watch

GREEN = (30, 200, 60)
SIDE = 64


def someone(track_id: int, left: float, *, size: float = 40.0) -> Face:
    box = Box(left, 40, left + size, 40 + size)
    points = np.float32([[0.3, 0.4], [0.7, 0.4], [0.5, 0.6], [0.35, 0.8], [0.65, 0.8]])
    return Face(track_id, box, points * size + np.float32([left, 40]), None, 1.0, detected=True)


ONE, OTHER = someone(0, 30), someone(1, 140, size=30)


@dataclass
class Cast:
    """A tracker that knows beforehand who is on which frame."""

    scenes: Mapping[int, Sequence[Face]]
    looks: frozenset[int] = frozenset()
    troubles: Mapping[int, Reason] = field(default_factory=dict)
    reason: Reason | None = None
    stirring: bool = False
    closed: int = 0
    watches: list[Watch] = field(default_factory=list)

    def track(self, shown: Frame, *, watch: Watch) -> list[Face]:
        self.watches.append(watch)
        self.reason = Reason.DUE if shown.index in self.looks else None
        return list(self.scenes.get(shown.index, ()))

    def close(self) -> None:
        self.closed += 1


@dataclass
class Paint:
    """Paints the box of a face green, unless it is turned away."""

    away: set[tuple[int, int]] = field(default_factory=set)
    """Track and frame, by its time at 30 frames per second, of those that are not swapped."""
    fading: set[tuple[int, int]] = field(default_factory=set)
    """Of those that are swapped in part."""
    how: list[tuple[int, float, Eyes]] = field(default_factory=list)
    alive: list[set[int]] = field(default_factory=list)

    def wear(self, identity: Identity) -> "Paint":
        if identity.mesh is None:
            raise SourceError("There is no mesh.", hint="Bring one.")
        return self

    def alignment(self, face: Face, _manner: Manner) -> tuple[Affine, int]:
        scale = SIDE / face.box.width
        x, y = face.box.left - 0.5, face.box.top - 0.5
        return np.float32([[scale, 0, -x * scale - 0.5], [0, scale, -y * scale - 0.5]]), SIDE

    def swap(self, crop: Crop, face: Face, manner: Manner, *, time_s: float) -> Patch | None:
        assert crop.image.shape == (SIDE, SIDE, 3)
        self.how.append((face.track_id, manner.strength, manner.eyes))
        now = (face.track_id, round(time_s * 30))
        if now in self.away or (manner.whole and now in self.fading):
            return None
        image = np.full((SIDE, SIDE, 3), GREEN, np.uint8)
        return Patch(image, np.full((SIDE, SIDE), 255, np.uint8), crop.crop_from_frame)

    def forget(self, alive: set[int]) -> None:
        self.alive.append(alive)


def scene(index: int, *, width: int = 240, height: int = 135) -> Frame:
    """A picture of grain, a different one each time."""
    random = np.random.default_rng(index + width)
    half = ((height + 1) // 2, (width + 1) // 2)
    planes = (random.integers(60, 200, size, np.uint8) for size in ((height, width), half, half))
    return frame(Picture(*planes), index)


@dataclass
class Run:
    face_swap: FaceSwap
    paint: Paint
    frames: list[Frame]
    shown: list[Frame]

    def changed(self, index: int) -> NDArray[np.bool_]:
        return self.shown[index].picture.y != self.frames[index].picture.y

    def is_swapped(self, index: int, face: Face) -> bool:
        """The box of the face is painted."""
        box = face.box
        part = self.shown[index].picture.y[
            int(box.top) + 2 : int(box.bottom) - 2, int(box.left) + 2 : int(box.right) - 2
        ]
        return bool(np.ptp(part) <= 1)

    def same(self, index: int, other: Picture) -> bool:
        return all(same_samples(self.shown[index].picture, other).values())


def run(
    scenes: Mapping[int, Sequence[Face]],
    *,
    away: set[tuple[int, int]] | None = None,
    frames: Sequence[Frame] | None = None,
    looks: frozenset[int] = frozenset(),
    **options: object,
) -> Run:
    paint = Paint(away or set())
    face_swap = FaceSwap(Cast(scenes, looks), paint, portrait("a"), SwapOptions(**options))
    given = frames or [scene(index) for index in range(max(scenes, default=0) + 1)]
    return Run(face_swap, paint, list(given), [face_swap.process(one) for one in given])


class TestWithoutAFace:
    """Nobody in the first three frames, somebody in the last."""

    SCENES: Mapping[int, Sequence[Face]] = {2: [], 3: [ONE]}

    def test_pass_shows_the_frame_itself(self) -> None:
        done = run(self.SCENES, on_lost=OnLost.PASS)
        for index in range(3):
            assert done.shown[index].picture is done.frames[index].picture
        assert done.is_swapped(3, ONE)
        assert (done.face_swap.report.frames, done.face_swap.report.unswapped) == (4, 3)

    @pytest.mark.parametrize("on_lost", [OnLost.BLUR, OnLost.FREEZE])
    def test_blur_and_freeze_show_a_blurred_frame(self, on_lost: OnLost) -> None:
        done = run(self.SCENES, on_lost=on_lost)
        for index in range(3):
            picture = done.frames[index].picture
            assert done.same(index, blurred(picture))
            assert done.changed(index).mean() > 0.9
        assert done.is_swapped(3, ONE)
        assert done.face_swap.report.unswapped == 3


@pytest.mark.parametrize("why", ["gone", "turned away"])
class TestLostLater:
    """There in frames 0 and 1, lost in 2 and 3, back in 4."""

    @staticmethod
    def run(why: str, on_lost: OnLost) -> Run:
        if why == "gone":
            return run({0: [ONE], 1: [ONE], 4: [ONE]}, on_lost=on_lost)
        return run(dict.fromkeys(range(5), (ONE,)), away={(0, 2), (0, 3)}, on_lost=on_lost)

    def test_pass_shows_the_frame_itself(self, why: str) -> None:
        done = self.run(why, OnLost.PASS)
        for index in (2, 3):
            assert done.shown[index].picture is done.frames[index].picture
        assert all(done.is_swapped(index, ONE) for index in (0, 1, 4))
        assert done.face_swap.report.unswapped == 2

    def test_blur_hides_the_face_or_else_everything(self, why: str) -> None:
        done = self.run(why, OnLost.BLUR)
        for index in (2, 3):
            picture = done.frames[index].picture
            hidden = picture.paste([blur_face(picture, ONE.box)])
            assert done.same(index, blurred(picture) if why == "gone" else hidden)
            head = done.changed(index)[40:80, 30:70]
            assert head.mean() > 0.9
        assert done.is_swapped(4, ONE)
        assert done.face_swap.report.unswapped == 2

    def test_freeze_shows_the_last_swap(self, why: str) -> None:
        done = self.run(why, OnLost.FREEZE)
        for index in (2, 3):
            assert done.same(index, done.shown[1].picture)
            assert done.shown[index].index == index, "at its own time"
            assert done.shown[index].pts == index
        assert done.is_swapped(4, ONE)
        assert not done.same(4, done.shown[1].picture)
        assert done.face_swap.report.unswapped == 2


class TestTurnedAwayFromTheStart:
    def test_blur_and_freeze_hide_the_face_and_leave_the_rest(self) -> None:
        for on_lost in (OnLost.BLUR, OnLost.FREEZE):
            done = run({0: [ONE]}, away={(0, 0)}, on_lost=on_lost)
            picture = done.frames[0].picture
            assert done.same(0, picture.paste([blur_face(picture, ONE.box)]))
            assert not done.changed(0)[:, 120:].any()

    def test_pass_shows_the_frame_itself(self) -> None:
        done = run({0: [ONE]}, away={(0, 0)}, on_lost=OnLost.PASS)
        assert done.shown[0].picture is done.frames[0].picture


class TestOneOfTwoLost:
    """Both in frame 0; in frame 1 the second is turned away."""

    @staticmethod
    def run(on_lost: OnLost, away: tuple[tuple[int, int], ...] = ((1, 1),)) -> Run:
        scenes = {0: [ONE, OTHER], 1: [ONE, OTHER]}
        return run(scenes, away=set(away), on_lost=on_lost, faces=Faces.MANY)

    def test_pass_swaps_the_other(self) -> None:
        done = self.run(OnLost.PASS)
        assert done.is_swapped(0, ONE)
        assert done.is_swapped(0, OTHER)
        assert done.is_swapped(1, ONE)
        assert not done.changed(1)[:, 120:].any()
        assert done.face_swap.report.unswapped == 0, "somebody was swapped"

    def test_blur_swaps_the_other_and_hides_the_lost(self) -> None:
        done = self.run(OnLost.BLUR)
        assert done.is_swapped(1, ONE)
        assert done.changed(1)[40:70, 140:170].mean() > 0.9
        assert not done.is_swapped(1, OTHER)
        assert not done.changed(1)[:, 90:115].any(), "between the two nothing changes"
        assert done.face_swap.report.unswapped == 0

    def test_freeze_shows_the_last_frame_with_all(self) -> None:
        done = self.run(OnLost.FREEZE)
        assert done.same(1, done.shown[0].picture)

    def test_freeze_hides_who_was_never_swapped(self) -> None:
        done = self.run(OnLost.FREEZE, away=((1, 0), (1, 1)))
        for index in (0, 1):
            assert done.is_swapped(index, ONE)
            assert done.changed(index)[40:70, 140:170].mean() > 0.9


def test_a_frozen_frame_is_not_shown_at_another_size() -> None:
    frames = [scene(0), scene(1, width=200, height=101), scene(2)]
    done = run({0: [ONE]}, frames=frames, on_lost=OnLost.FREEZE)
    small = frames[1].picture
    assert done.same(1, blurred(small))
    assert done.same(2, done.shown[0].picture), "the size is back, and so is the frame"


def test_faces_many_swaps_all_and_one_the_largest() -> None:
    both = {0: [OTHER, ONE]}
    many, one = run(both, faces=Faces.MANY), run(both, faces=Faces.ONE)
    assert many.is_swapped(0, ONE)
    assert many.is_swapped(0, OTHER)
    assert one.is_swapped(0, ONE)
    assert not one.changed(0)[:, 120:].any()


def test_samples_outside_the_faces_keep_their_value() -> None:
    done = run({0: [ONE, OTHER]}, faces=Faces.MANY)
    for plane, step in (("y", 1), ("u", 2), ("v", 2)):
        before, after = (getattr(one[0].picture, plane).copy() for one in (done.frames, done.shown))
        for face in (ONE, OTHER):
            box = face.box
            rows = slice(int(box.top) // step - 2, int(box.bottom) // step + 3)
            columns = slice(int(box.left) // step - 2, int(box.right) // step + 3)
            before[rows, columns] = after[rows, columns] = 0
        np.testing.assert_array_equal(after, before)
    assert done.shown[0].picture.colour == done.frames[0].picture.colour


def test_a_frame_keeps_its_time_and_place() -> None:
    odd = replace(scene(7), pts=-123, time_base=Fraction(1, 90000), captured_at=4.5)
    face_swap = FaceSwap(Cast({7: [ONE]}), Paint(), portrait("a"), SwapOptions())
    shown = face_swap.process(odd)
    assert replace(shown, picture=odd.picture) == odd


def test_the_detectors_looks_are_counted() -> None:
    done = run({5: [ONE]}, looks=frozenset({0, 3, 4}))
    assert done.face_swap.report.looks == 3
    assert done.face_swap.report.frames == 6


def test_options_replaced_while_it_runs_hold_from_the_next_frame() -> None:
    paint = Paint(away={(0, 4)})
    face_swap = FaceSwap(
        Cast(dict.fromkeys(range(6), (ONE, OTHER))), paint, portrait("a"), SwapOptions()
    )
    face_swap.process(scene(0))
    face_swap.tuning = SwapOptions(strength=0.5, eyes=Eyes.PORTRAIT)
    face_swap.process(scene(1))
    assert paint.how == [(0, SwapOptions().strength, Eyes.TARGET), (0, 0.5, Eyes.PORTRAIT)]
    face_swap.tuning = SwapOptions(faces=Faces.MANY)
    face_swap.process(scene(2))
    assert [track for track, _, _ in paint.how[2:]] == [0, 1]
    face_swap.tuning = SwapOptions(on_lost=OnLost.FREEZE)
    kept = face_swap.process(scene(3)).picture
    assert face_swap.process(scene(4)).picture is kept
    face_swap.tuning = SwapOptions(on_lost=OnLost.PASS)
    assert face_swap.process(scene(5)).picture is not kept


def test_tracks_that_ended_are_forgotten_though_not_chosen() -> None:
    done = run({0: [ONE, OTHER], 1: [OTHER], 2: []})
    assert done.paint.alive == [{0, 1}, {1}, set()]


def test_its_stages_are_timed() -> None:
    timings = Timings()
    scenes = {0: [ONE, OTHER], 1: []}
    options = SwapOptions(faces=Faces.MANY)
    face_swap = FaceSwap(Cast(scenes), Paint(), portrait("a"), options, timings=timings)
    for index in range(2):
        face_swap.process(scene(index))
    counts = {name: timing.count for name, timing in timings.summary().items()}
    assert counts == {"track": 2, "swap": 2, "paste": 2}


def test_an_identity_that_cannot_be_worn_is_refused_at_once() -> None:
    bare = Identity("bare", portrait("a").portrait)
    with pytest.raises(SourceError, match="no mesh"):
        FaceSwap(Cast({}), Paint(), bare, SwapOptions())
