"""The swap live: whatever happens, nobody is seen who may be the wearer."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from test_processor import ONE, OTHER, Cast, Paint, scene, someone
from wearing import face, frame, portrait, same_samples, session, turned

from livecam.errors import SourceError
from livecam.face import Crop, Face, Identity
from livecam.frame import Frame
from livecam.picture import Patch, Picture
from livecam.runtime.catalog import Catalog
from livecam.swap import Faces, FaceSwap, LabelOptions, OnLost, Show, SwapOptions
from livecam.swap.privacy import blur_person, blurred, slate
from livecam.swappers.manner import Manner
from livecam.swappers.mesh import MeshSwapper
from livecam.tracking import Reason, Watch

NO_LABEL = LabelOptions(show=Show.OFF)


@dataclass
class Live:
    """A live swap, frame by frame."""

    cast: Cast
    paint: Paint = field(default_factory=Paint)
    options: SwapOptions = field(default_factory=lambda: SwapOptions(label=NO_LABEL))
    given: list[Picture] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.swap = FaceSwap(self.cast, self.paint, portrait("a"), self.options, live=True)

    def show(self, index: int) -> Picture:
        shown = scene(index)
        self.given.append(shown.picture)
        return self.swap.process(shown).picture

    def shows(self, frames: int) -> list[Picture]:
        return [self.show(index) for index in range(frames)]


def live(
    scenes: Mapping[int, Sequence[Face]], paint: Paint | None = None, **options: object
) -> Live:
    return Live(Cast(scenes), paint or Paint(), SwapOptions(label=NO_LABEL, **options))


def always(*faces: Face, frames: int = 40) -> dict[int, Sequence[Face]]:
    return dict.fromkeys(range(frames), faces)


def is_swapped(shown: Picture, who: Face) -> bool:
    box = who.box
    part = shown.y[int(box.top) + 2 : int(box.bottom) - 2, int(box.left) + 2 : int(box.right) - 2]
    return bool(np.ptp(part) <= 1)


def is_same(one: Picture, other: Picture) -> bool:
    return all(same_samples(one, other).values())


def is_blurred(shown: Picture, given: Picture) -> bool:
    return is_same(shown, blurred(given))


def test_before_the_first_swap_the_frame_is_blurred() -> None:
    run = live({3: [ONE]})
    shown = run.shows(4)
    assert all(is_blurred(*pair) for pair in zip(shown[:3], run.given, strict=False))
    assert is_swapped(shown[3], ONE)


def test_the_last_swap_stands_for_a_quarter_second_and_then_all_is_blurred() -> None:
    run = live(always(ONE, frames=3))
    shown = run.shows(15)
    held = [n for n in range(3, 15) if shown[n] is shown[2]]
    assert held == list(range(3, 10)), "up to 0.25 s after frame 2"
    assert all(is_blurred(shown[n], run.given[n]) for n in range(10, 15))
    assert run.swap.report.policy == 12


def test_the_hold_may_be_shorter_or_none() -> None:
    at_once = live(always(ONE, frames=3), hold_s=0.0)
    assert is_blurred(at_once.shows(4)[3], at_once.given[3])
    run = live(always(ONE, frames=3), hold_s=0.1)
    shown = run.shows(8)
    assert [shown[n] is shown[2] for n in range(3, 8)] == [True] * 3 + [False] * 2


def test_a_face_turned_away_is_blurred_with_all_of_the_person() -> None:
    run = live(always(ONE), Paint(away={(0, n) for n in range(2, 40)}))
    shown = run.shows(12)
    given = run.given[11]
    assert is_same(shown[11], given.paste([blur_person(given, ONE.box)]))
    assert (shown[11].y != given.y)[20:, 10:90].mean() > 0.9


@pytest.mark.parametrize("on_lost", [policy for policy in OnLost if policy is not OnLost.PASS])
def test_a_swap_the_wearer_shines_through_is_none(on_lost: OnLost) -> None:
    fading = {(0, n) for n in range(2, 40)}
    run = live(always(ONE), Paint(fading=fading), on_lost=on_lost)
    shown = run.shows(14)
    assert is_swapped(shown[1], ONE)
    assert run.swap.report.policy == 12


def test_pass_has_to_be_asked_for_and_shows_even_a_fading_swap() -> None:
    run = live({0: [ONE], 2: [ONE], 3: [ONE]}, Paint(fading={(0, 2)}), on_lost=OnLost.PASS)
    shown = run.shows(3)
    run.cast.troubles = {0: Reason.PRESENCE}
    assert is_swapped(run.show(3), ONE), "what there is of a swap, it shows"
    assert shown[1] is run.given[1]
    assert is_swapped(shown[2], ONE)


def test_a_face_that_only_its_motion_speaks_for_is_not_swapped_but_all_is_hidden() -> None:
    for reason in (Reason.PRESENCE, Reason.JUMP):
        run = live(always(ONE))
        run.shows(3)
        run.cast.troubles = {0: reason}
        shown = [run.show(index) for index in range(3, 13)]
        assert shown[0] is shown[1]
        assert is_blurred(shown[9], run.given[12])
        run.cast.troubles = {0: Reason.FLOW}
        assert is_swapped(run.show(13), ONE), "the landmarker sees it"


@pytest.mark.parametrize("on_lost", ["slate", "freeze", "blur"])
def test_the_other_policies(on_lost: str) -> None:
    run = live({2: [ONE]}, on_lost=OnLost(on_lost))
    shown = run.shows(20)
    first, later = run.given[0], run.given[19]
    plain = slate(first.width, first.height, first.colour)
    match on_lost:
        case "slate":
            assert is_same(shown[0], plain)
            assert is_same(shown[19], plain)
        case "freeze":
            assert is_blurred(shown[0], first)
            assert shown[19] is shown[2]
        case _:
            assert is_blurred(shown[0], first)
            assert is_blurred(shown[3], run.given[3])
            assert is_blurred(shown[19], later)


def test_a_bystander_stays_as_they_are_and_never_takes_over() -> None:
    scenes = always(ONE, OTHER, frames=5) | dict.fromkeys(range(5, 60), (OTHER,))
    run = live(scenes | dict.fromkeys(range(60, 70), (OTHER, someone(7, 30))))
    shown = run.shows(70)
    assert is_swapped(shown[4], ONE)
    assert not (shown[4].y != run.given[4].y)[:, 120:].any()
    assert all(is_blurred(shown[n], run.given[n]) for n in range(12, 60)), "the wearer is away"
    assert is_blurred(shown[64], run.given[64]), "a moment longer, should there be one more"
    assert is_swapped(shown[69], someone(7, 30))
    assert not is_swapped(shown[69], OTHER)


def test_whoever_appears_while_the_wearer_is_lost_is_swapped() -> None:
    stranger = someone(5, 140)
    scenes = always(ONE, frames=3) | dict.fromkeys(range(20, 30), (stranger,))
    run = live(scenes | {30: (stranger, someone(6, 30))})
    shown = run.shows(31)
    assert is_swapped(shown[29], stranger)
    assert is_swapped(shown[30], stranger)
    assert is_swapped(shown[30], someone(6, 30)), "who may be the wearer who returns"


def test_as_long_as_somebody_may_be_missing_nothing_is_shown() -> None:
    scenes = always(ONE, OTHER, frames=2) | dict.fromkeys(range(2, 40), (ONE,))
    scenes |= dict.fromkeys(range(40, 50), (ONE, someone(4, 140)))
    run = live(scenes, faces=Faces.MANY)
    shown = run.shows(50)
    assert shown[5] is shown[1]
    assert is_blurred(shown[15], run.given[15])
    assert is_swapped(shown[49], ONE)
    assert is_swapped(shown[49], someone(4, 140))


@pytest.mark.parametrize(("away", "hidden"), [(20, False), (60, True)])
def test_while_something_stirs_whoever_came_lately_is_not_trusted(away: int, hidden: bool) -> None:  # noqa: FBT001 – a table
    scenes = always(ONE, frames=3) | dict.fromkeys(range(3 + away, 90), (someone(5, 140),))
    run = live(scenes)
    shown = run.shows(80)
    assert is_swapped(shown[79], someone(5, 140))
    run.cast.stirring = True
    shown = [run.show(index) for index in range(80, 90)]
    assert is_blurred(shown[9], run.given[89]) == hidden


def test_the_detector_is_on_the_alert_unless_the_wearer_is_known() -> None:
    run = live({2: [ONE], 3: [ONE], 5: [ONE], 6: [ONE]})
    run.shows(7)
    alert, known = Watch.ALERT, Watch.FOLLOWED
    assert run.cast.watches == [alert, alert, alert, known, known, alert, alert]
    many = live(always(ONE), faces=Faces.MANY)
    many.shows(4)
    assert set(many.cast.watches) == {Watch.ALERT}


@pytest.mark.parametrize(
    ("faces", "watch"), [(Faces.ONE, Watch.FOLLOWED), (Faces.MANY, Watch.EVERYBODY)]
)
def test_in_files_the_detector_looks_for_whoever_is_to_change(faces: Faces, watch: Watch) -> None:
    file = FaceSwap(cast := Cast(always(ONE)), Paint(), portrait("a"), SwapOptions(faces=faces))
    file.process(scene(0))
    assert cast.watches == [watch]


def test_the_label_is_on_every_picture_that_goes_out() -> None:
    away = {(0, n) for n in range(20, 40)}
    for on_lost in OnLost:
        cast = Cast(dict.fromkeys(range(5, 40), (ONE,)))
        run = Live(
            cast, Paint(away=away), SwapOptions(on_lost=on_lost, label=LabelOptions(size=0.2))
        )
        for shown in run.shows(40):
            label = shown.y[94:122, 185:227]
            assert label.max() > 225
            assert label.min() < 60
            assert np.count_nonzero(label > 225) < 0.5 * label.size


def test_files_carry_no_label() -> None:
    swap = FaceSwap(Cast({}), Paint(), portrait("a"), SwapOptions())
    given = scene(0)
    assert swap.process(given).picture is given.picture


def test_closing_it_closes_the_tracker() -> None:
    cast = Cast({})
    with FaceSwap(cast, Paint(), portrait("a"), SwapOptions(), live=True):
        assert not cast.closed
    assert cast.closed == 1


class Red(Paint):
    """Paints faces otherwise."""

    def swap(self, crop: Crop, face: Face, manner: Manner, *, time_s: float) -> Patch | None:
        patch = super().swap(crop, face, manner, time_s=time_s)
        return patch and replace(patch, image=np.full_like(patch.image, (220, 20, 20)))


def colour(shown: Picture, who: Face) -> int:
    x, y = (int(c) // 2 for c in who.box.centre)
    return int(shown.v[y, x])


def test_another_face_is_worn_from_the_next_frame_on_without_a_gap() -> None:
    run = live(always(ONE))
    green = colour(run.show(0), ONE)
    run.swap.wear(portrait("b"), swapper=Red())
    shown = run.show(1)
    assert is_swapped(shown, ONE)
    assert colour(shown, ONE) > green + 60
    run.swap.wear(portrait("c"))
    assert colour(run.show(2), ONE) == colour(shown, ONE), "the new swapper is kept"


def test_a_face_that_cannot_be_worn_leaves_the_old_one() -> None:
    run = live(always(ONE))
    green = colour(run.show(0), ONE)
    with pytest.raises(SourceError, match="no mesh"):
        run.swap.wear(Identity("bare", portrait("a").portrait), swapper=Red())
    assert colour(run.show(1), ONE) == green
    run.swap.wear(portrait("b"))
    assert colour(run.show(2), ONE) == green, "nor is the swapper taken over"


def test_faces_are_changed_while_another_thread_goes_on() -> None:
    run = live(always(ONE, frames=200))
    changes = threading.Thread(
        target=lambda: [run.swap.wear(portrait("bc"[n % 2]), swapper=(Red, Paint)[n % 2]())
                        for n in range(300)],
    )  # fmt: skip
    changes.start()
    shown = run.shows(200)
    changes.join()
    assert all(is_swapped(picture, ONE) for picture in shown)
    assert run.swap.report.policy == 0


@pytest.mark.parametrize("yaw", [45, 60, -60, 66, 75])
def test_the_mesh_swap_is_whole_or_none_when_it_has_to_be(yaw: float) -> None:
    worn, seen = portrait("c"), portrait("a")
    disguise = MeshSwapper(Catalog().manifest("mesh"), session("mesh")).wear(worn)
    head = face(turned(seen.mesh, yaw))
    picture = Picture.from_rgb(seen.portrait)
    place, size = disguise.alignment(head, Manner())
    crop = Crop(picture, place, size)
    made = {
        whole: disguise.swap(crop, head, Manner(whole=whole), time_s=0) for whole in (False, True)
    }
    assert (made[False] is None) == (abs(yaw) > 70)
    assert (made[True] is None) == (abs(yaw) > 55)


def test_time_that_goes_back_holds_nothing() -> None:
    run = live(always(ONE, frames=3))
    run.shows(3)
    early: Frame = replace(frame(scene(5).picture, 5), pts=-60)
    assert is_blurred(run.swap.process(early).picture, scene(5).picture)
