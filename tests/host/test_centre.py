"""The centre, input by input: what each comes to, and what it must never come to."""

from dataclasses import replace

import pytest

from host.escalation.incident import State, UnknownIncident
from host.outcome import Acknowledge, Changed, Connection, Found, Outcome, Placed, Received
from host.proximity.order import OrderState
from host.proximity.track import make_fix
from host.proximity.types import Condition, ConditionChange, Fix, Level, UnitAlarm
from host.registry import Assignment, Order, Registry, Role, Zone
from protocol import record
from tests.host.proximity.pair import PLACE, shifted
from tests.host.scene import (
    ORDER,
    REGISTRY,
    Voice,
    World,
    alarms,
    at_ms,
    levels,
    unit,
    verdicts,
    with_order,
)


def incident(world: World) -> str:
    """The one open incident."""
    case = world.centre.desk.case("O1")
    assert case is not None
    (only,) = case.incidents.values()
    return only.id


def conditions(outcome: Outcome) -> list[Condition]:
    return [one.after for one in outcome.signals if isinstance(one, ConditionChange)]


def of_orders(outcome: Outcome) -> list[tuple[str, Condition]]:
    """(order, condition) of each change."""
    return [(one.order, one.after) for one in outcome.signals if isinstance(one, ConditionChange)]


# Messages


def test_a_message_is_answered_with_custody_and_a_lease() -> None:
    world = World()
    world.fix("V1", 0)
    (answer,) = world.fix("B1", 0, 20_000).answers
    assert (answer.unit, answer.watermark, answer.bitmap, answer.answered) == ("B1", 1, 1, 1)
    assert answer.lease_s in (5, 30, 120, 600)


def test_what_is_badly_sealed_is_kept_and_never_answered() -> None:
    world = World()
    told = world.hear("B1", 0, Voice(unit("B1", Role.OFFENDER, floor_s=1)).fix(0)[:-1] + b"!")
    assert verdicts(told) == [("record", "bad_seal")]
    assert (told.answers, told.units, told.orders) == ([], {}, {})
    assert world.centre.roster.wearers["B1"].track.contact_ms == 0


def test_what_is_absurd_is_kept_and_answered() -> None:
    world = World()
    told = world.fix("B1", 0, lat_e7=0, lon_e7=0)
    assert verdicts(told) == [("fix", "null_island")]
    assert [answer.answered for answer in told.answers] == [1]


def test_an_unknown_unit_is_kept_and_counted() -> None:
    world = World()
    told = world.step(Received("X9", b"whatever", at_ms(1)), Connection("X9", True, at_ms(1)))
    assert verdicts(told) == [("message", "unknown_unit")]
    assert world.centre.counters == {"unknown_unit": 2}


def test_a_copy_is_answered_again_and_is_no_sign_of_life() -> None:
    world = World()
    world.both(0, 1500)  # too near to assure: both must be heard at their floor
    assert world.centre.roster.orders["O1"].condition is Condition.WATCHED
    replayed = world.inputs[-1]
    assert isinstance(replayed, Received)
    for s in range(1, 26):
        told = world.hear("V1", s, world.voices["V1"].fix(s))
        assert told.audit == [] or s < 25 or told.signals
        told = world.step(replayed._replace(at_ms=at_ms(s)))
        assert [answer.answered for answer in told.answers] == [1]
        assert told.records == []
    assert world.centre.roster.orders["O1"].reason == "overdue_offender"


def test_the_same_sequence_with_other_content_alarms_and_unassures() -> None:
    world = World()
    world.both(0, 20_000)
    assert world.centre.roster.orders["O1"].condition is Condition.ASSURED
    twin = Voice(REGISTRY.units[0])
    told = world.hear("B1", 5, twin.fix(0, 21_000))
    assert verdicts(told) == [("record", "tamper")]
    assert alarms(told) == [("tamper", True)]
    state = world.centre.roster.orders["O1"]
    assert (state.condition, state.reason) == (Condition.UNASSURED, "disbelieved")
    assert {one.cause for one in told.incidents} == {"tamper:B1", "assurance"}


def test_either_partys_report_triggers() -> None:
    for mover, other in (("B1", "V1"), ("V1", "B1")):
        world = World()
        world.fix(other, 0)
        told = [world.fix(mover, 10 + s, 2500 - 10 * s) for s in range(0, 250, 5)]
        assert levels(told) == ["pre_alert", "alert", "breach"]
        warned = {warn.unit for out in told for warn in out.warnings}
        assert warned == {"B1", "V1"}


def test_a_newest_fix_and_its_backlog_in_any_cut_alarm_of_the_same() -> None:
    for cut in (1, 3, 50):
        world = World()
        world.fix("V1", 0)
        sealed = [world.voices["B1"].fix(s, 2000 - 20 * s) for s in range(0, 100, 2)]
        told = [world.hear("B1", 100, *sealed[i : i + cut]) for i in range(0, 50, cut)]
        assert levels(told) == ["pre_alert", "alert", "breach"]


# Acknowledgement


def test_an_acknowledgement_and_its_refusals() -> None:
    world = World()
    world.both(0, 300)
    name = incident(world)
    told = world.step(Acknowledge(name, "olga", at_ms(5)))
    assert [(one.state, one.acknowledged_by) for one in told.incidents] == [
        (State.ACKNOWLEDGED, "olga")
    ]
    assert verdicts(told) == [("acknowledge", "")]
    again = world.step(Acknowledge(name, "olga", at_ms(6)))
    assert again.incidents == []
    assert getattr(again.refusals[name], "reason", "") == "already_acknowledged"
    nothing = world.step(Acknowledge("0000", "olga", at_ms(7)))
    assert isinstance(nothing.refusals["0000"], UnknownIncident)
    assert len(again.records) == len(nothing.records) == 1  # what was tried is on record too


def test_a_receipt_ends_the_retries_and_a_foreign_one_does_not() -> None:
    world = World()
    (warning,) = [
        warn
        for out in (world.fix("V1", 0), world.fix("B1", 0, 300))
        for warn in out.warnings
        if warn.unit == "V1"
    ]
    world.hear("B1", 1, world.voices["B1"].receipt(1, warning.warning_id))
    assert world.centre.counters["foreign_receipt"] == 1
    retried = world.step(now_s=60)
    assert warning.warning_id in {warn.warning_id for warn in retried.warnings}
    world.hear("V1", 61, world.voices["V1"].receipt(61, warning.warning_id))
    assert warning.warning_id not in {warn.warning_id for warn in world.step(now_s=200).warnings}


def test_an_absurd_receipt_is_counted() -> None:
    world = World()
    (warning,) = [warn for warn in (world.both(0, 300)).warnings if warn.unit == "V1"]
    voice = world.voices["V1"]
    told = world.hear("V1", 1, voice.receipt(1, warning.warning_id, 77), voice.receipt(1, 5))
    assert verdicts(told) == [("receipt", ""), ("receipt", "")]
    assert world.centre.counters["unknown_outcome"] == 1


# Time


def test_now_never_goes_back() -> None:
    world = World()
    world.step(now_s=100)
    told = world.step(Received("B1", world.voices["B1"].fix(90), at_ms(90)), now_s=95)
    assert told.records[0].received_ms == at_ms(100)
    assert world.centre.now_ms == at_ms(100)


def test_deadlines_before_an_input_fire_before_it_at_their_own_time() -> None:
    world = World()
    world.both(0, 1500)
    told = world.fix("B1", 400, 1500)
    assert conditions(told) == [Condition.UNASSURED]
    assert told.signals[0].at_ms == at_ms(25)


def test_silence_for_ever_is_an_alarm_and_never_lowers_a_level() -> None:
    world = World()
    world.both(0, 300)
    told = world.step(now_s=86_400)
    assert world.centre.roster.orders["O1"].level is Level.ALERT
    assert conditions(told) == [Condition.UNASSURED]


def test_a_victim_at_rest_whose_unit_falls_silent_is_not_assured_for_ever() -> None:
    world = World()
    world.hear("V1", 0, world.voices["V1"].rest(0))
    for s in range(0, 3600, 60):
        world.fix("B1", s, 30_000)
    state = world.centre.roster.orders["O1"]
    assert (state.condition, state.reason) == (Condition.UNASSURED, "overdue_victim")


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
    assert world.step(Acknowledge(name, "olga", at_ms(2))).refusals == {}


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


# Late fixes


def late_breach(world: World) -> tuple[Received, bytes]:
    """He is seen far away now; what he did before comes later."""
    world.fix("V1", 0)
    near = world.voices["B1"].fix(5, 200)
    world.fix("B1", 600, 20_000)
    return Received("B1", near, at_ms(700)), near


def test_a_late_fix_asks_for_its_counterpart_and_a_proof_is_a_finding() -> None:
    world = World()
    message, _ = late_breach(world)
    told = world.step(message)
    assert levels(told) == []
    (asked,) = told.lookbacks
    assert (asked.order, asked.counterpart_unit, asked.late.time_ms) == ("O1", "V1", at_ms(5))
    hers = make_fix("V1", 1, at_ms(0), *PLACE, a95_m=5)
    found = world.step(Found(asked.order, asked.late, hers, at_ms(701)))
    assert alarms(found) == [("retrospective", True)]
    assert verdicts(found) == [("found", "")]
    assert world.centre.roster.orders["O1"].level is Level.CLEAR
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
    world = World()
    message, _ = late_breach(world)
    (asked,) = world.step(message).lookbacks
    found = world.step(Found(asked.order, asked.late, hers, at_ms(701)))
    assert (found.signals, found.records) == ([], [])


def test_a_finding_is_of_the_order_that_it_is_about_and_no_other() -> None:
    registry = replace(
        REGISTRY,
        units=(*REGISTRY.units, unit("V2", Role.VICTIM)),
        assignments=(*REGISTRY.assignments, Assignment("V2", "eva", 0)),
        orders=(ORDER, Order("O2", 1, "juan", ("eva",))),
    )
    world = World(registry)
    message, _ = late_breach(world)
    asked = {one.order: one for one in world.step(message).lookbacks}
    assert sorted(asked) == ["O1", "O2"]
    hers = make_fix("V1", 1, at_ms(0), *PLACE, a95_m=5)
    found = world.step(Found("O1", asked["O1"].late, hers, at_ms(701)))
    assert [one.order for one in found.signals] == ["O1"]


def test_a_late_fix_inside_a_zone_or_near_a_fixed_place_proves_it_by_itself() -> None:
    zone = Zone("z", "school", (shifted(PLACE, 200, 0),), radius_m=50)
    zoned = World(with_order(REGISTRY, protected=(), zones=(zone,)))
    placed = World()
    placed.step(Placed("ana", make_fix("", 0, 0, *PLACE, a95_m=0, fixed=True), at_ms(0)))
    for world in (zoned, placed):
        message, _ = late_breach(world)
        assert alarms(world.step(message)) == [("retrospective", True)]


def test_a_late_fix_of_an_approach_that_is_alarmed_of_now_is_no_finding() -> None:
    world = World()
    world.step(Placed("ana", make_fix("", 0, 0, *PLACE, a95_m=0, fixed=True), at_ms(0)))
    early = world.voices["B1"].fix(0, 400)
    world.fix("B1", 3, 300)
    assert alarms(world.hear("B1", 4, early)) == []


# Fixed places and zones


def test_a_fixed_place_is_a_party_without_a_unit() -> None:
    world = World(replace(REGISTRY, units=REGISTRY.units[:1], assignments=REGISTRY.assignments[:1]))
    told = world.step(Placed("ana", make_fix("", 0, 0, *PLACE, a95_m=0, fixed=True), at_ms(0)))
    assert verdicts(told) == [("placed", "")]
    assert levels(world.fix("B1", 1, 400)) == ["alert"]
    assert world.centre.roster.orders["O1"].victims[0].due_ms > at_ms(10**9)


# Many orders


def test_a_victim_with_a_thousand_orders_costs_each_once(monkeypatch: pytest.MonkeyPatch) -> None:
    n = 1000
    registry = Registry(
        (*(unit(f"B{k}", Role.OFFENDER) for k in range(n)), REGISTRY.units[1]),
        (*(Assignment(f"B{k}", f"he{k}", 0) for k in range(n)), Assignment("V1", "ana", 0)),
        tuple(Order(f"O{k}", 1, f"he{k}", ("ana",)) for k in range(n)),
    )
    calls = {"observe": 0, "contact": 0, "__init__": 0, "state": 0}
    for name in calls:
        plain = getattr(OrderState, name)

        def counted(self, *args, _name=name, _plain=plain):
            calls[_name] += 1
            return _plain(self, *args)

        monkeypatch.setattr(OrderState, name, counted)
    world = World(registry)
    assert calls == {"observe": 0, "contact": 0, "__init__": n, "state": n}
    calls.update(dict.fromkeys(calls, 0))
    told = world.fix("V1", 0)
    assert calls == {"observe": n, "contact": 0, "__init__": 0, "state": n}
    assert len(told.orders) == n
    assert len(told.answers) == 1
    told = world.hear("V1", 1, world.voices["V1"].event(1, record.PANIC))
    assert len(told.signals) == len(told.incidents) == n
    assert calls["contact"] == n
    world.fix("B7", 2, 300)
    assert calls["observe"] == n + 1
