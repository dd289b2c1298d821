"""The centre when units change hands, orders change terms, and hosts start again."""

from dataclasses import replace

import pytest

from host.core.outcome import Changed, Outcome
from host.escalation.act import Act, Verb
from host.proximity.types import Condition, ConditionChange, Level, UnitAlarm
from host.registry.types import Assignment, Order, Role
from protocol import record
from tests.host.driven_centre import (
    ORDER,
    REGISTRY,
    DrivenCentre,
    Sealer,
    at_ms,
    incident,
    levels,
    unit,
    verdicts,
    with_order,
)


def of_orders(outcome: Outcome) -> list[tuple[str, Condition]]:
    """(order, condition) of each change."""
    return [(one.order, one.after) for one in outcome.signals if isinstance(one, ConditionChange)]


# Units and persons


def test_a_bracelet_moved_to_another_person_takes_nothing_with_it() -> None:
    registry = replace(
        REGISTRY,
        assignments=(
            Assignment("B1", "juan", 0, at_ms(100)),
            Assignment("B1", "pedro", at_ms(100)),
            Assignment("V1", "ana", 0),
        ),
        orders=(ORDER, Order("O2", 1, "pedro", ("ana",))),
    )
    driven = DrivenCentre(registry)
    driven.fix("V1", 0)
    late = driven.sealers["B1"].fix(95, 200)
    told = driven.fix("B1", 50, 9000)
    assert of_orders(told) == [("O1", Condition.ASSURED)]
    driven.fix("V1", 99)
    passed = driven.step(now_s=100)
    assert of_orders(passed) == [("O1", Condition.UNASSURED)]
    # What it still says of juan is told of him, and says nothing of pedro.
    told = driven.receive("B1", 101, late)
    assert verdicts(told) == [("fix", "earlier_wearer")]
    assert levels(told) == []
    assert [(asked.order, asked.counterpart_unit) for asked in told.lookbacks] == [("O1", "V1")]
    assert driven.centre.roster.orders["O2"].offender.fix is None
    assert levels(driven.fix("B1", 102, 300)) == ["alert"]
    assert driven.centre.roster.orders["O2"].level is Level.ALERT


def test_a_panic_of_the_earlier_wearer_is_hers_however_late() -> None:
    registry = replace(
        REGISTRY,
        assignments=(
            Assignment("B1", "juan", 0),
            Assignment("V1", "ana", 0, at_ms(100)),
            Assignment("V1", "eva", at_ms(100)),
        ),
        orders=(ORDER, Order("O2", 1, "juan", ("eva",))),
    )
    driven = DrivenCentre(registry)
    told = driven.receive("V1", 200, driven.sealers["V1"].event(50, record.PANIC))
    assert [(one.order, one.person) for one in told.signals if isinstance(one, UnitAlarm)] == [
        ("O1", "ana")
    ]


def test_reenrolment_refuses_old_records() -> None:
    driven = DrivenCentre()
    old = driven.sealers["B1"]
    driven.both(0, 9000)
    again = replace(REGISTRY.units[0], epoch=2, key=b"k" * 32)
    driven.step(Changed(again, at_ms(1)))
    assert verdicts(driven.receive("B1", 2, old.fix(2, 100))) == [("record", "unknown_key")]
    assert driven.centre.roster.orders["O1"].level is Level.CLEAR
    told = driven.receive("B1", 3, Sealer(again).fix(3, 8900))
    assert [answer.watermark for answer in told.answers] == [1]


def test_a_person_with_two_units_is_where_the_later_one_is() -> None:
    second = unit("B2", Role.OFFENDER)
    registry = replace(
        REGISTRY,
        units=(*REGISTRY.units, second),
        assignments=(*REGISTRY.assignments, Assignment("B2", "juan", at_ms(50), at_ms(100))),
    )
    driven = DrivenCentre(registry)
    driven.both(0, 5000)
    driven.step(now_s=50)
    assert levels(driven.fix("B1", 51, 100)) == []  # left at home, say
    assert levels(driven.fix("B2", 52, 300)) == ["alert"]
    driven.step(now_s=100)
    told = driven.fix("B1", 101, 90)
    assert levels(told) == ["breach"]


# Orders


def test_a_new_version_during_an_incident_goes_on_with_it() -> None:
    driven = DrivenCentre()
    driven.both(0, 300)
    name = incident(driven)
    wider = replace(ORDER, version=2, alert_m=2000, pre_alert_m=4000)
    told = driven.step(Changed(wider, at_ms(1)))
    assert levels(told) == []
    assert driven.centre.roster.orders["O1"].level is Level.ALERT
    assert driven.step(Act(Verb.ACKNOWLEDGE, name, "olga", at_ms(2))).refusals == {}


@pytest.mark.parametrize(
    "terms", [{"suspended": True}, {"valid_until_ms": at_ms(1)}, {"protected": ()}]
)
def test_an_order_that_ends_by_a_new_version_ends_its_levels(terms: dict[str, object]) -> None:
    driven = DrivenCentre()
    driven.both(0, 300)
    told = driven.step(Changed(replace(ORDER, version=2, **terms), at_ms(1)), now_s=2)  # type: ignore[arg-type]
    assert levels(told) == ["clear"]
    assert {str(one.state) for one in told.incidents if one.cause == "victim:ana"} == {
        "returned_unacknowledged"
    }


def test_a_cause_that_comes_back_goes_on_counting_its_rises() -> None:
    driven = DrivenCentre()
    first = {warn.warning_id for warn in driven.both(0, 300).warnings}
    driven.step(Changed(replace(ORDER, version=2, protected=()), at_ms(1)))
    driven.step(Changed(replace(ORDER, version=3, protected=("eva",)), at_ms(2)))
    told = driven.step(Changed(replace(ORDER, version=4), at_ms(3)))
    assert levels(told) == ["alert"]
    assert not first & {warn.warning_id for warn in told.warnings}


def test_the_lighter_alarms_of_units_are_silent_while_the_order_is_not_in_force() -> None:
    driven = DrivenCentre(with_order(REGISTRY, suspended=True))
    told = driven.receive("B1", 5, driven.sealers["B1"].event(4, record.BATTERY_LOW))
    assert [str(one.state) for one in told.incidents][-1:] == ["suppressed"]
    told = driven.receive("B1", 6, driven.sealers["B1"].event(5, record.STRAP))
    assert [str(one.state) for one in told.incidents][-1:] == ["unacknowledged"]


def test_an_order_that_was_never_in_force_is_never_judged() -> None:
    driven = DrivenCentre(with_order(REGISTRY, suspended=True))
    assert levels(driven.both(0, 10)) == []
    assert levels(driven.step(Changed(replace(ORDER, version=2), at_ms(1)))) == ["breach"]


# Restarts


def test_a_promise_made_before_a_restart_ends_when_it_was_to_end() -> None:
    driven = DrivenCentre()
    driven.both(60, 4000)
    state = driven.centre.roster.orders["O1"]
    assert state.condition is Condition.ASSURED
    ends_ms = state.until_ms
    driven.restart()
    told = driven.step(now_s=300)
    assert [one.at_ms for one in told.signals if isinstance(one, ConditionChange)] == [ends_ms]


def test_an_order_that_ended_while_the_host_was_down_has_no_level() -> None:
    driven = DrivenCentre(with_order(REGISTRY, valid_until_ms=at_ms(100)))
    driven.both(0, 300)
    driven.restart(at_s=200)
    assert levels(driven.step(now_s=200)) == ["clear"]


def test_an_order_that_began_while_the_host_was_down_and_they_were_near_is_judged() -> None:
    driven = DrivenCentre(with_order(REGISTRY, valid_from_ms=at_ms(100)))
    assert levels(driven.both(0, 300)) == []
    driven.restart(at_s=200)
    assert levels(driven.step(now_s=200)) == ["alert"]


def test_what_changed_in_the_registry_while_the_host_was_down_counts() -> None:
    driven = DrivenCentre()
    driven.both(0, 300)
    moved = (Assignment("B1", "pedro", at_ms(50)), *REGISTRY.assignments)
    slower = replace(ORDER, version=2, offender_speed_m_s=60)
    driven.restart(replace(REGISTRY, assignments=moved, orders=(slower,)), at_s=100)
    driven.step(now_s=100)
    roster = driven.centre.roster
    assert roster.wearers["B1"].person == "pedro"
    assert roster.orders["O1"].offender.fix is None
    assert roster.orders["O1"].level is Level.ALERT  # silence lowers nothing
    driven.restart(replace(REGISTRY, orders=(slower,)), at_s=101)
    assert driven.centre.roster.wearers["B1"].track.speed_m_s == 60


def test_an_order_that_was_never_heard_of_keeps_its_age_over_restarts() -> None:
    driven = DrivenCentre()
    for s in range(0, 60, 20):
        driven.step(now_s=s)
        driven.restart()
    assert driven.step(now_s=59).incidents == []
    (told,) = driven.step(now_s=60).incidents
    assert (told.cause, told.reason) == ("assurance", "new_order")
