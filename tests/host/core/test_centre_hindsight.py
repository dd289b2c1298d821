"""The centre and the past: late fixes are evidence; and parties that are places."""

from dataclasses import replace

import pytest

from host.core.outcome import Found, Placed, Received
from host.proximity.fix import make_fix
from host.proximity.types import Fix, Level
from host.registry.types import Assignment, Order, Role, Zone
from tests.host.driven_centre import (
    ORDER,
    REGISTRY,
    DrivenCentre,
    alarms,
    at_ms,
    levels,
    unit,
    verdicts,
    with_order,
)
from tests.host.proximity.pair import PLACE, shifted

# Late fixes


def late_breach(driven: DrivenCentre) -> tuple[Received, bytes]:
    """He is seen far away now; what he did before comes later."""
    driven.fix("V1", 0)
    near = driven.sealers["B1"].fix(5, 200)
    driven.fix("B1", 600, 20_000)
    return Received("B1", near, at_ms(700)), near


def test_a_late_fix_asks_for_its_counterpart_and_a_proof_is_a_finding() -> None:
    driven = DrivenCentre()
    message, _ = late_breach(driven)
    told = driven.step(message)
    assert levels(told) == []
    (asked,) = told.lookbacks
    assert (asked.order, asked.counterpart_unit, asked.late.time_ms) == ("O1", "V1", at_ms(5))
    hers = make_fix("V1", 1, at_ms(0), *PLACE, a95_m=5)
    found = driven.step(Found(asked.order, asked.late, hers, at_ms(701)))
    assert alarms(found) == [("retrospective", True)]
    assert verdicts(found) == [("found", "")]
    assert driven.centre.roster.orders["O1"].level is Level.CLEAR
    assert [warn for out in (told, found) for warn in out.warnings] == []


@pytest.mark.parametrize(
    "hers",
    [
        None,
        make_fix("V1", 1, at_ms(5), *shifted(PLACE, 0, 5000), a95_m=5),
        make_fix("V1", 1, at_ms(126), *PLACE, a95_m=5),
    ],
    ids=["unknown", "far", "at another time"],
)
def test_what_proves_nothing_leaves_nothing(hers: Fix | None) -> None:
    driven = DrivenCentre()
    message, _ = late_breach(driven)
    (asked,) = driven.step(message).lookbacks
    found = driven.step(Found(asked.order, asked.late, hers, at_ms(701)))
    assert (found.signals, found.records) == ([], [])


def test_a_finding_is_of_the_order_that_it_is_about_and_no_other() -> None:
    registry = replace(
        REGISTRY,
        units=(*REGISTRY.units, unit("V2", Role.VICTIM)),
        assignments=(*REGISTRY.assignments, Assignment("V2", "eva", 0)),
        orders=(ORDER, Order("O2", 1, "juan", ("eva",))),
    )
    driven = DrivenCentre(registry)
    message, _ = late_breach(driven)
    asked = {one.order: one for one in driven.step(message).lookbacks}
    assert sorted(asked) == ["O1", "O2"]
    hers = make_fix("V1", 1, at_ms(0), *PLACE, a95_m=5)
    found = driven.step(Found("O1", asked["O1"].late, hers, at_ms(701)))
    assert [one.order for one in found.signals] == ["O1"]


def test_a_late_fix_inside_a_zone_or_near_a_fixed_place_proves_it_by_itself() -> None:
    zone = Zone("z", "school", (shifted(PLACE, 200, 0),), radius_m=50)
    zoned = DrivenCentre(with_order(REGISTRY, protected=(), zones=(zone,)))
    placed = DrivenCentre()
    placed.step(Placed("ana", make_fix("", 0, 0, *PLACE, a95_m=0, fixed=True), at_ms(0)))
    for driven in (zoned, placed):
        message, _ = late_breach(driven)
        assert alarms(driven.step(message)) == [("retrospective", True)]


def test_a_late_fix_of_an_approach_that_is_alarmed_of_now_is_no_finding() -> None:
    driven = DrivenCentre()
    driven.step(Placed("ana", make_fix("", 0, 0, *PLACE, a95_m=0, fixed=True), at_ms(0)))
    early = driven.sealers["B1"].fix(0, 400)
    driven.fix("B1", 3, 300)
    assert alarms(driven.receive("B1", 4, early)) == []


def test_a_backlog_that_comes_in_its_order_is_held_against_where_the_other_was_then() -> None:
    """Her unit was cut off; he passed her, and was far away again before it could say so."""
    driven = DrivenCentre()
    driven.fix("V1", 0)
    driven.fix("B1", 300, 5000)
    hers = driven.sealers["V1"].fix(150, 0)
    told = driven.receive("V1", 301, hers)
    assert levels(told) == []
    (asked,) = told.lookbacks
    assert (asked.late.time_ms, asked.counterpart_unit) == (at_ms(150), "B1")
    his = make_fix("B1", 1, at_ms(149), *shifted(PLACE, 100, 0), a95_m=5)
    assert alarms(driven.step(Found("O1", asked.late, his, at_ms(302)))) == [
        ("retrospective", True)
    ]


def test_nobody_looks_for_a_meeting_that_cannot_have_been() -> None:
    driven = DrivenCentre()
    driven.fix("V1", 0)
    driven.fix("B1", 300, 50_000)
    assert driven.receive("V1", 301, driven.sealers["V1"].fix(150, 0)).lookbacks == []


# Fixed places and zones


def test_a_fixed_place_is_a_party_without_a_unit() -> None:
    driven = DrivenCentre(
        replace(REGISTRY, units=REGISTRY.units[:1], assignments=REGISTRY.assignments[:1])
    )
    told = driven.step(Placed("ana", make_fix("", 0, 0, *PLACE, a95_m=0, fixed=True), at_ms(0)))
    assert verdicts(told) == [("placed", "")]
    assert levels(driven.fix("B1", 1, 400)) == ["alert"]
    assert driven.centre.roster.orders["O1"].victims[0].due_ms > at_ms(10**9)
