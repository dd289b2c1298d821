"""The centre when units change hands, orders change terms, and hosts start again."""

from dataclasses import replace

import pytest

from host.core.outcome import Changed, Outcome
from host.escalation.act import Act, Verb
from host.proximity.types import Condition, ConditionChange, Level, UnitAlarm
from host.registry.types import Assignment, Order, Role
from protocol import record
from tests.host.scene import (
    ORDER,
    REGISTRY,
    Voice,
    World,
    at_ms,
    conditions,
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
    world = World(registry)
    world.fix("V1", 0)
    late = world.voices["B1"].fix(95, 200)
    told = world.fix("B1", 50, 9000)
    assert of_orders(told) == [("O1", Condition.ASSURED)]
    world.fix("V1", 99)
    passed = world.step(now_s=100)
    assert of_orders(passed) == [("O1", Condition.UNASSURED)]
    # What it still says of juan is told of him, and says nothing of pedro.
    told = world.hear("B1", 101, late)
    assert verdicts(told) == [("fix", "earlier_wearer")]
    assert levels(told) == []
    assert [(asked.order, asked.counterpart_unit) for asked in told.lookbacks] == [("O1", "V1")]
    assert world.centre.roster.orders["O2"].offender.fix is None
    assert levels(world.fix("B1", 102, 300)) == ["alert"]
    assert world.centre.roster.orders["O2"].level is Level.ALERT


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
    world = World(registry)
    told = world.hear("V1", 200, world.voices["V1"].event(50, record.PANIC))
    assert [(one.order, one.person) for one in told.signals if isinstance(one, UnitAlarm)] == [
        ("O1", "ana")
    ]


def test_reenrolment_refuses_old_records() -> None:
    world = World()
    old = world.voices["B1"]
    world.both(0, 9000)
    again = replace(REGISTRY.units[0], epoch=2, key=b"k" * 32)
    world.step(Changed(again, at_ms(1)))
    assert verdicts(world.hear("B1", 2, old.fix(2, 100))) == [("record", "unknown_key")]
    assert world.centre.roster.orders["O1"].level is Level.CLEAR
    told = world.hear("B1", 3, Voice(again).fix(3, 8900))
    assert [answer.watermark for answer in told.answers] == [1]


def test_a_person_with_two_units_is_where_the_later_one_is() -> None:
    second = unit("B2", Role.OFFENDER)
    registry = replace(
        REGISTRY,
        units=(*REGISTRY.units, second),
        assignments=(*REGISTRY.assignments, Assignment("B2", "juan", at_ms(50), at_ms(100))),
    )
    world = World(registry)
    world.both(0, 5000)
    world.step(now_s=50)
    assert levels(world.fix("B1", 51, 100)) == []  # left at home, say
    assert levels(world.fix("B2", 52, 300)) == ["alert"]
    world.step(now_s=100)
    told = world.fix("B1", 101, 90)
    assert levels(told) == ["breach"]


# Orders


def test_a_new_version_during_an_incident_goes_on_with_it() -> None:
    world = World()
    world.both(0, 300)
    name = incident(world)
    wider = replace(ORDER, version=2, alert_m=2000, pre_alert_m=4000)
    told = world.step(Changed(wider, at_ms(1)))
    assert levels(told) == []
    assert world.centre.roster.orders["O1"].level is Level.ALERT
    assert world.step(Act(Verb.ACKNOWLEDGE, name, "olga", at_ms(2))).refusals == {}


@pytest.mark.parametrize(
    "terms", [{"suspended": True}, {"valid_until_ms": at_ms(1)}, {"protected": ()}]
)
def test_an_order_that_ends_by_a_new_version_ends_its_levels(terms: dict[str, object]) -> None:
    world = World()
    world.both(0, 300)
    told = world.step(Changed(replace(ORDER, version=2, **terms), at_ms(1)), now_s=2)  # type: ignore[arg-type]
    assert levels(told) == ["clear"]
    assert {str(one.state) for one in told.incidents if one.cause == "victim:ana"} == {
        "returned_unacknowledged"
    }


def test_a_cause_that_comes_back_goes_on_counting_its_rises() -> None:
    world = World()
    first = {warn.warning_id for warn in world.both(0, 300).warnings}
    world.step(Changed(replace(ORDER, version=2, protected=()), at_ms(1)))
    world.step(Changed(replace(ORDER, version=3, protected=("eva",)), at_ms(2)))
    told = world.step(Changed(replace(ORDER, version=4), at_ms(3)))
    assert levels(told) == ["alert"]
    assert not first & {warn.warning_id for warn in told.warnings}


def test_the_lighter_alarms_of_units_are_silent_while_the_order_is_not_in_force() -> None:
    world = World(with_order(REGISTRY, suspended=True))
    told = world.hear("B1", 5, world.voices["B1"].event(4, record.BATTERY_LOW))
    assert [str(one.state) for one in told.incidents][-1:] == ["suppressed"]
    told = world.hear("B1", 6, world.voices["B1"].event(5, record.STRAP))
    assert [str(one.state) for one in told.incidents][-1:] == ["unacknowledged"]


def test_an_order_that_was_never_in_force_is_never_judged() -> None:
    world = World(with_order(REGISTRY, suspended=True))
    assert levels(world.both(0, 10)) == []
    assert levels(world.step(Changed(replace(ORDER, version=2), at_ms(1)))) == ["breach"]


# Restarts


def test_a_promise_made_before_a_restart_ends_when_it_was_to_end() -> None:
    world = World()
    world.both(0, 4000)
    state = world.centre.roster.orders["O1"]
    assert state.condition is Condition.ASSURED
    ends_ms = state.until_ms
    assert ends_ms < at_ms(60)  # within the grace that a new order has
    world.restart()
    told = world.step(now_s=300)
    assert [one.at_ms for one in told.signals if isinstance(one, ConditionChange)] == [ends_ms]


def test_an_order_that_ended_while_the_host_was_down_has_no_level() -> None:
    world = World(with_order(REGISTRY, valid_until_ms=at_ms(100)))
    world.both(0, 300)
    world.restart(at_s=200)
    assert levels(world.step(now_s=200)) == ["clear"]


def test_an_order_that_began_while_the_host_was_down_and_they_were_near_is_judged() -> None:
    world = World(with_order(REGISTRY, valid_from_ms=at_ms(100)))
    assert levels(world.both(0, 300)) == []
    world.restart(at_s=200)
    assert levels(world.step(now_s=200)) == ["alert"]


def test_what_changed_in_the_registry_while_the_host_was_down_counts() -> None:
    world = World()
    world.both(0, 300)
    moved = (Assignment("B1", "pedro", at_ms(50)), *REGISTRY.assignments)
    slower = replace(ORDER, version=2, offender_speed_m_s=60)
    world.restart(replace(REGISTRY, assignments=moved, orders=(slower,)), at_s=100)
    world.step(now_s=100)
    roster = world.centre.roster
    assert roster.wearers["B1"].person == "pedro"
    assert roster.orders["O1"].offender.fix is None
    assert roster.orders["O1"].level is Level.ALERT  # silence lowers nothing
    world.restart(replace(REGISTRY, orders=(slower,)), at_s=101)
    assert world.centre.roster.wearers["B1"].track.speed_m_s == 60


def test_an_order_that_was_never_heard_of_keeps_its_age_over_restarts() -> None:
    world = World()
    for s in range(0, 60, 20):
        world.step(now_s=s)
        world.restart()
    assert conditions(world.step(now_s=60)) == [Condition.UNASSURED]
