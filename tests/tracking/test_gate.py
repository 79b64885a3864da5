from typing import Any

import pytest

from livecam.tracking import Reason, TrackingOptions, Watch
from livecam.tracking.gate import Evidence, may_be_coarse, reason_to_look, trouble

OPTIONS = TrackingOptions(detect_every_s=0.5, search_every_s=0.1, min_presence=0.5)
CALM = {
    "since_look_s": 0.3,
    "since_loss_s": None,
    "following": True,
    "cut": False,
    "troubles": [],
}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({}, None),
        ({"since_look_s": None}, Reason.START),
        ({"since_look_s": None, "cut": True}, Reason.START),
        ({"cut": True, "troubles": [Reason.FLOW]}, Reason.CUT),
        ({"troubles": [Reason.JUMP, Reason.FLOW]}, Reason.JUMP),
        ({"since_look_s": 0.49}, None),
        ({"since_look_s": 0.5}, Reason.DUE),
        ({"since_look_s": 0.49999}, Reason.DUE),
        ({"following": False}, Reason.SEARCH),
        ({"following": False, "since_look_s": 0.05}, None),
        ({"since_loss_s": 0.5}, Reason.SEARCH),
        ({"since_loss_s": 0.5, "since_look_s": 0.05}, None),
        ({"since_loss_s": 5.0}, None),
    ],
)
def test_the_detector_looks_when_it_must(change: dict[str, Any], reason: Reason | None) -> None:
    assert reason_to_look(OPTIONS, **(CALM | change)) is reason


@pytest.mark.parametrize(
    ("presence", "agreement", "jump", "expected"),
    [
        (0.99, 0.9, 0.02, None),
        (0.49, 0.9, 0.02, Reason.PRESENCE),
        (0.99, 0.1, 0.02, Reason.FLOW),
        (0.99, 0.9, 0.30, Reason.JUMP),
        (0.10, 0.1, 0.30, Reason.PRESENCE),
        (0.99, 0.1, 0.30, Reason.JUMP),
    ],
)
def test_what_is_wrong_with_a_face(
    presence: float, agreement: float, jump: float, expected: Reason | None
) -> None:
    evidence = Evidence(presence=presence, agreement=agreement, jump=jump)
    assert trouble(evidence, OPTIONS) is expected


@pytest.mark.parametrize(
    ("reason", "watch", "since_sharp_s", "coarse"),
    [
        (Reason.DUE, Watch.FOLLOWED, 0.5, True),
        (Reason.DUE, Watch.FOLLOWED, 1.99999, False),
        (Reason.DUE, Watch.FOLLOWED, 2.5, False),
        (Reason.DUE, Watch.FOLLOWED, None, False),
        (Reason.DUE, Watch.EVERYBODY, 0.5, False),
        (Reason.DUE, Watch.ALERT, 0.5, False),
        *((reason, Watch.FOLLOWED, 0.5, False) for reason in Reason if reason is not Reason.DUE),
    ],
)
def test_only_routine_looks_at_those_who_are_followed_may_be_coarse(
    reason: Reason, watch: Watch, since_sharp_s: float | None, *, coarse: bool
) -> None:
    assert may_be_coarse(reason, watch, since_sharp_s) is coarse
