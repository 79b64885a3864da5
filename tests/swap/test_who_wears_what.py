"""The swap with people told by the face: in files the one who is meant, live the wearer again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from test_processor import Cast, Paint, scene
from test_recognition import ANNA, BERT, CARL, Stage, someone
from wearing import frame, portrait

from livecam.face import Crop, Face
from livecam.picture import Patch, Picture
from livecam.swap import Faces, FaceSwap, LabelOptions, Show, SwapOptions
from livecam.swap.options import Lock, Order
from livecam.swap.privacy import blur_person
from livecam.swap.recognition import FILE_PACE, LIVE_PACE, Recognition
from livecam.swappers.manner import Manner
from livecam.tracking import Reason

ROOMS = [scene(n, width=1000, height=220).picture for n in range(2)]
A, B, C = someone(0, 200), someone(1, 500), someone(2, 800)
Scenes = Mapping[int, Sequence[Face]]


class Tinted(Paint):
    """Paints a face in the colour that goes with whom it wears."""

    def wear(self, identity: object) -> "Tinted":
        made = Tinted(self.away)
        made.name = getattr(identity, "name", "")
        return made

    def swap(self, crop: Crop, face: Face, manner: Manner, *, time_s: float) -> Patch | None:
        patch = super().swap(crop, face, manner, time_s=time_s)
        tint = (220, 20, 20) if self.name == "portrait_b.png" else (20, 200, 40)
        return patch and replace(patch, image=np.full_like(patch.image, tint))


@dataclass
class Play:
    """A swap of scenes that are known, and what was shown."""

    scenes: Scenes
    people: Sequence[np.ndarray] | None
    live: bool = False
    worn: Sequence[str] = ("a",)
    options: SwapOptions = field(default_factory=lambda: SwapOptions(faces=Faces.REFERENCE))
    stage: Stage = field(default_factory=lambda: Stage({2: ANNA, 5: BERT, 8: CARL}))

    def __post_init__(self) -> None:
        given = None if self.people is None else [[one] for one in self.people]
        pace = LIVE_PACE if self.live else FILE_PACE
        self.cast = Cast(self.scenes)
        self.swap = FaceSwap(
            self.cast,
            Tinted(),
            [portrait(who) for who in self.worn],
            replace(self.options, label=LabelOptions(show=Show.OFF)),
            recognition=Recognition(self.stage, given, pace=pace),
            live=self.live,
        )
        self.given: list[Picture] = []

    def show(self, index: int) -> Picture:
        picture = ROOMS[index % 2]
        self.given.append(picture)
        return self.swap.process(frame(picture, index)).picture

    def swapped(self, index: int) -> dict[int, str]:
        """Who was swapped in a frame, by the left edge of their place, and in which tint."""
        shown = self.show(index)
        found = {}
        for left in (200, 500, 800):
            tint = float(shown.v[51:99, left // 2 + 1 : left // 2 + 49].mean())
            if abs(tint - 128) > 30:
                found[left] = "red" if tint > 128 else "green"
        return found


def always(*faces: Face, frames: int = 60) -> Scenes:
    return dict.fromkeys(range(frames), faces)


class TestFiles:
    def test_only_the_person_of_the_reference_changes_from_the_first_frame_on(self) -> None:
        play = Play(always(C, B, A), (ANNA,))
        assert all(play.swapped(n) == {200: "green"} for n in range(45))
        assert play.swap.report.seen == {0: 45}
        assert play.swap.report.recognitions <= 15

    def test_without_that_person_nothing_changes(self) -> None:
        play = Play(always(B, C), (ANNA,))
        for n in range(30):
            assert play.show(n) is play.given[n]
        assert play.swap.report.seen == {}
        assert play.swap.report.unswapped == 30

    def test_a_cast_gives_each_their_own_face(self) -> None:
        play = Play(always(A, B, C), (ANNA, CARL), worn=("a", "b"))
        assert all(play.swapped(n) == {200: "green", 800: "red"} for n in range(10))
        assert play.swap.report.seen == {0: 10, 1: 10}
        play.swap.wear(portrait("b"))
        assert play.swapped(10) == {200: "red", 800: "red"}
        play.swap.wear(portrait("b"), portrait("c"))
        assert play.swapped(11) == {200: "red", 800: "green"}

    def test_who_leaves_and_returns_with_another_number_is_known_at_once(self) -> None:
        back = someone(7, 800)
        scenes = {**always(A, B, frames=20), **dict.fromkeys(range(30, 45), (B, back))}
        play = Play(scenes, (ANNA,))
        play.stage.places[8] = ANNA
        for n in range(45):
            assert play.swapped(n) == (
                {200: "green"} if n < 20 else {800: "green"} if n > 29 else {}
            )

    def test_a_number_that_moves_to_somebody_else_takes_no_swap_along(self) -> None:
        scenes = {
            n: (someone(0, 200 + 60 * min(max(n - 10, 0), 5)), someone(1, 500)) for n in range(45)
        }
        play = Play(scenes, (ANNA,))
        play.stage.places |= {3: ANNA, 4: BERT}
        for n in range(45):
            shown = play.swapped(n)
            assert shown.keys() <= ({200} if n <= 10 else set()), n

    def test_a_face_that_only_its_motion_speaks_for_is_not_swapped(self) -> None:
        play = Play(always(A), (ANNA,))
        assert play.swapped(0)
        play.cast.troubles = {0: Reason.PRESENCE}
        assert not play.swapped(1)

    def test_without_a_reference_the_selector_chooses_nobody(self) -> None:
        swap = FaceSwap(
            Cast(always(A)), Tinted(), portrait("a"), SwapOptions(faces=Faces.REFERENCE)
        )
        assert swap.process(frame(ROOMS[0])).picture is ROOMS[0]

    def test_the_order_chooses_the_one(self) -> None:
        options = SwapOptions(order=Order.RIGHT_LEFT)
        play = Play(always(A, B, C), (ANNA,), options=options)
        assert play.swapped(0) == {800: "green"}
        assert not play.stage.looked, "nobody is looked at whom nobody asks about"


def live(scenes: Scenes, **options: object) -> Play:
    return Play(scenes, None, live=True, options=SwapOptions(order=Order.LEFT_RIGHT, **options))


class TestLive:
    def test_the_wearer_who_returns_is_swapped_at_once_and_the_bystander_never(self) -> None:
        back = someone(7, 200)
        scenes = {**always(A, frames=10), **dict.fromkeys(range(15, 50), (B,))}
        play = live(scenes | dict.fromkeys(range(50, 90), (B, back)))
        seen = [play.swapped(n) for n in range(90)]
        assert all(shown == {200: "green"} for shown in seen[:10])
        assert all(500 not in shown for shown in seen)
        assert seen[50] == {200: "green"} or seen[51] == {200: "green"}
        assert all(shown == {200: "green"} for shown in seen[52:])

    def test_until_a_newcomer_is_known_they_are_hidden_and_then_seen_as_they_are(self) -> None:
        scenes = {**always(A, frames=10), 10: (), **dict.fromkeys(range(11, 60), (A, B))}
        play = live(scenes)
        shown = [play.show(n) for n in range(45)]
        hidden = play.given[20].paste([blur_person(play.given[20], B.box)])
        place = np.s_[100:200, 500:600]
        assert np.array_equal(shown[20].y[place], hidden.y[place])
        bare = [np.array_equal(shown[n].y[place], play.given[n].y[place]) for n in range(45)]
        assert bare.index(True, 20) in range(22, 40), "soon, once the last swap is no longer held"
        assert all(bare[40:])
        assert play.swap.report.policy < 35

    def test_a_poster_of_somebody_else_that_the_wearer_uncovers_does_not_take_the_swap(
        self,
    ) -> None:
        play = live({**always(A, frames=20), **dict.fromkeys(range(22, 80), (someone(4, 500),))})
        assert all(500 not in play.swapped(n) for n in range(80))

    def test_off_swaps_whoever_appears_after_a_doubt(self) -> None:
        play = live({**always(A, frames=10), **dict.fromkeys(range(15, 50), (B,))}, lock=Lock.OFF)
        assert [play.swapped(n) for n in range(50)][49] == {500: "green"}
        assert not play.stage.looked

    def test_all_faces_are_all_and_one_again_is_learnt_again(self) -> None:
        play = live(always(A, B, frames=90))
        assert play.swapped(0) == {200: "green"}
        play.swap.tuning = replace(play.swap.tuning, faces=Faces.MANY)
        assert play.swapped(1) == {200: "green", 500: "green"}
        right = replace(play.swap.tuning, faces=Faces.ONE, order=Order.RIGHT_LEFT)
        play.swap.tuning = right
        assert play.swapped(2) == {500: "green"}
        assert all(play.swapped(n) == {500: "green"} for n in range(3, 45))

    def test_a_reference_is_waited_for_and_everybody_else_is_hidden_till_known(self) -> None:
        scenes = {**always(B, frames=40), **dict.fromkeys(range(40, 80), (B, A))}
        play = Play(scenes, (ANNA,), live=True)
        shown = [play.swapped(n) for n in range(80)]
        assert all(not found for found in shown[:40])
        assert all(found == {200: "green"} for found in shown[42:])

    def test_the_embedder_seldom_looks(self) -> None:
        play = live(always(A, B, frames=150))
        for n in range(150):
            play.show(n)
        assert 6 <= play.swap.report.recognitions <= 14
