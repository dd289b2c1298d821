"""An escalation: units' alarms, assurance, what operators may and may not do, duplicates."""

import json
from dataclasses import replace

import pytest

from host.escalation.effects import IncidentChanged, SendWarning
from host.escalation.escalation import Escalation, opens
from host.escalation.incident import State
from host.escalation.policies import Policies
from host.escalation.policy import default, parse
from host.proximity.types import Condition, Level, Signal
from host.registry.types import PolicyDocument, Role
from tests.host.escalation.signals import (
    ALERT,
    CLEAR,
    PRE_ALERT,
    acknowledge,
    alarm,
    condition,
    incident,
    level,
    new_escalation,
    only,
    rules,
    told,
    unquiet,
    until,
    warned,
)

NEWER = parse({**json.loads(default().document.text), "shelving_max_s": 60})
WATCHED, UNASSURED, INACTIVE = Condition.WATCHED, Condition.UNASSURED, Condition.INACTIVE


# Which signals need an escalation at all


@pytest.mark.parametrize(
    ("signal", "expected"),
    [
        (level(CLEAR, PRE_ALERT, 1, 1), True),
        (level(ALERT, CLEAR, 1, 1), False),
        (condition(INACTIVE, Condition.ASSURED, 1), False),
        (condition(WATCHED, UNASSURED, 1), False),
        (unquiet(1), True),
        (alarm("panic", 1), True),
        (alarm("strap", 1, raised=False), False),
    ],
)
def test_quiet_orders_need_no_case(signal: Signal, expected: bool) -> None:
    assert opens(signal) is expected
    assert bool(new_escalation().signal(signal, 1)) is expected


# Units' alarms


@pytest.mark.parametrize("code", ["panic", "strap"])
def test_panic_and_strap_are_at_the_centre_at_once_with_priority_1(code: str) -> None:
    escalation = new_escalation()
    effects = escalation.signal(alarm(code, 1_000), 1_000)
    (changed,) = only(IncidentChanged, effects)
    assert (changed.incident.priority, changed.incident.state) == (1, State.UNACKNOWLEDGED)
    assert told(effects)[0] == "centre.console"


def test_the_victims_panic_never_reaches_the_offender() -> None:
    escalation = new_escalation()
    effects = escalation.signal(alarm("panic", 0, role=Role.VICTIM), 0)
    effects += [effect for _, effect in until(escalation, 600_000)]
    assert warned(effects) == []


@pytest.mark.parametrize(
    ("contact", "expected"),
    [(True, [("victim", "ana", 2, 1), ("victim", "eva", 2, 1)]), (False, [])],
)
def test_what_the_victim_hears_of_a_strap_cut(contact: bool, expected: list[object]) -> None:
    effects = new_escalation().signal(alarm("strap", 0), 0, contact_possible=contact)
    assert warned(effects) == expected


@pytest.mark.parametrize("code", ["gnss_lost", "battery_low", "case", "no_cover"])
def test_a_unit_that_repeats_a_lighter_alarm_alarms_once(code: str) -> None:
    escalation = new_escalation()
    escalation.signal(alarm(code, 0), 0)
    assert escalation.signal(alarm(code, 5_000), 5_000) == []


def test_panic_pressed_again_realarms() -> None:
    escalation = new_escalation()
    escalation.signal(alarm("panic", 0), 0)
    acknowledge(escalation, 1_000, "panic:B7")
    assert rules(escalation.signal(alarm("panic", 5_000), 5_000)) == ["raised_again"]


def test_who_plays_with_a_strap_makes_her_unit_ring_once_a_minute_at_most() -> None:
    escalation, rung = new_escalation(), set[int]()
    for at_ms in range(0, 600_000, 2_000):
        effects = escalation.signal(alarm("strap", at_ms), at_ms)
        effects += escalation.signal(alarm("strap", at_ms + 1_000, raised=False), at_ms + 1_000)
        rung |= {sent.warning_id for sent in only(SendWarning, effects)}
    assert 1 <= len(rung) <= 2 * 10  # two are protected


def test_a_strap_that_heals_is_still_reported() -> None:
    escalation = new_escalation()
    escalation.signal(alarm("strap", 0), 0)
    assert rules(escalation.signal(alarm("strap", 9_000, raised=False), 9_000)) == ["returned"]
    assert incident(escalation, "strap:B7").state is State.RETURNED
    assert incident(escalation, "strap:B7").priority == 1


@pytest.mark.parametrize("code", ["tamper", "retrospective"])
def test_what_does_not_last_only_waits_for_acknowledgement(code: str) -> None:
    escalation = new_escalation()
    assert rules(escalation.signal(alarm(code, 0), 0)) == ["raised", "returned"]
    assert escalation.signal(alarm(code, 1_000), 1_000) == []
    assert rules(acknowledge(escalation, 2_000, f"{code}:B7")) == ["over"]
    assert rules(escalation.signal(alarm(code, 3_000), 3_000)) == ["raised", "returned"]


def test_a_code_that_is_not_known_is_still_an_alarm() -> None:
    escalation = new_escalation()
    escalation.signal(alarm("magnet", 0), 0)
    assert (incident(escalation, "magnet:B7").kind, incident(escalation, "magnet:B7").priority) == (
        "other",
        3,
    )


def test_the_victims_unit_says_no_cover() -> None:
    escalation = new_escalation()
    escalation.signal(alarm("no_cover", 0, role=Role.VICTIM), 0)
    assert (
        incident(escalation, "assurance").priority,
        incident(escalation, "assurance").person,
    ) == (
        2,
        "ana",
    )


# Assurance


def test_what_her_unit_says_and_what_the_order_becomes_are_one_trouble() -> None:
    escalation = new_escalation()
    escalation.signal(unquiet(1_000), 1_000)
    escalation.signal(alarm("no_cover", 2_000, role=Role.VICTIM), 2_000)
    (found,) = escalation.incidents.values()
    assert found.parts == {"unassured": True, "no_cover:V3": True}
    acknowledge(escalation, 3_000, "assurance")
    escalation.signal(condition(UNASSURED, WATCHED, 4_000), 4_000)
    assert incident(escalation, "assurance").level > Level.CLEAR  # her unit has not heard of it
    escalation.signal(alarm("no_cover", 5_000, raised=False, role=Role.VICTIM), 5_000)
    assert escalation.incidents == {}


def test_what_her_unit_says_first_takes_in_what_the_order_becomes() -> None:
    escalation = new_escalation()
    escalation.signal(alarm("no_cover", 1_000, role=Role.VICTIM), 1_000)
    escalation.signal(unquiet(2_000), 2_000)
    (found,) = escalation.incidents.values()
    assert (found.kind, found.parts) == ("no_cover", {"no_cover:V3": True, "unassured": True})


@pytest.mark.parametrize(("role", "party"), [(Role.OFFENDER, "offender"), (Role.VICTIM, "victim")])
def test_an_open_strap_and_what_it_does_to_the_promise_are_one_trouble(
    role: Role, party: str
) -> None:
    escalation = new_escalation()
    escalation.signal(alarm("strap", 1_000, role=role), 1_000)
    escalation.signal(unquiet(1_000, f"off_{party}"), 1_000)
    (found,) = escalation.incidents.values()
    assert (found.kind, found.parts) == ("strap", {"unassured": True})


def test_a_strap_that_is_whole_again_takes_no_silence_with_it() -> None:
    escalation = new_escalation()
    escalation.signal(alarm("strap", 1_000), 1_000)
    escalation.signal(unquiet(1_000, "off_offender"), 1_000)
    escalation.signal(unquiet(400_000, "overdue_offender"), 400_000)
    assert set(escalation.incidents) == {"strap:B7", "assurance"}


def test_the_parts_of_a_trouble_survive_a_restart() -> None:
    escalation = new_escalation()
    escalation.signal(unquiet(1_000), 1_000)
    again = Escalation.restore(
        escalation.order, Policies(), json.loads(json.dumps(escalation.state()))
    )
    assert again.state() == escalation.state()
    assert rules(again.signal(condition(UNASSURED, WATCHED, 4_000), 4_000)) == ["returned"]


def test_unassured_is_an_incident_until_it_is_assured_or_watched_again() -> None:
    escalation = new_escalation()
    escalation.signal(condition(WATCHED, UNASSURED, 1_000), 1_000)
    assert escalation.incidents == {}  # a line on the map
    escalation.signal(unquiet(1_500), 1_500)
    assert incident(escalation, "assurance").priority == 2
    acknowledge(escalation, 2_000, "assurance")
    assert rules(escalation.signal(condition(UNASSURED, WATCHED, 3_000), 3_000)) == ["over"]
    assert escalation.incidents == {}


def test_unassured_that_heals_by_itself_still_waits_for_an_acknowledgement() -> None:
    escalation = new_escalation()
    escalation.signal(unquiet(1_000), 1_000)
    escalation.signal(condition(UNASSURED, Condition.ASSURED, 3_000), 3_000)
    assert incident(escalation, "assurance").state is State.RETURNED
    assert incident(escalation, "assurance").due_ms is None
    again = escalation.signal(unquiet(4_000), 4_000)
    assert rules(again) == ["raised_again"]


def test_an_order_that_is_not_in_force_assures_nothing_and_silences_the_lighter_alarms() -> None:
    escalation = new_escalation()
    escalation.signal(unquiet(1_000), 1_000)
    escalation.signal(alarm("battery_low", 1_500), 1_500)
    escalation.signal(alarm("strap", 1_500), 1_500)
    escalation.signal(condition(UNASSURED, INACTIVE, 2_000), 2_000)
    escalation.signal(alarm("gnss_lost", 2_500), 2_500)
    states = {cause: found.state for cause, found in escalation.incidents.items()}
    assert states == {
        "assurance": State.RETURNED,
        "battery_low:B7": State.SUPPRESSED,
        "strap:B7": State.UNACKNOWLEDGED,
        "gnss_lost:B7": State.SUPPRESSED,
    }
    escalation.signal(alarm("gnss_lost", 2_800, raised=False), 2_800)
    escalation.signal(condition(INACTIVE, Condition.ASSURED, 3_000), 3_000)
    states = {cause: found.state for cause, found in escalation.incidents.items()}
    assert states["battery_low:B7"] is State.UNACKNOWLEDGED
    assert "gnss_lost:B7" not in states


def test_a_condition_that_goes_to_and_fro_within_one_millisecond() -> None:
    escalation = new_escalation()
    for _ in range(2):
        escalation.signal(condition(WATCHED, UNASSURED, 5), 5)
        escalation.signal(unquiet(5), 5)
        escalation.signal(condition(UNASSURED, WATCHED, 5), 5)
    escalation.signal(condition(WATCHED, UNASSURED, 5), 5)
    escalation.signal(unquiet(5), 5)
    assert incident(escalation, "assurance").level > Level.CLEAR


# One victim with a thousand orders (each is an escalation of its own)


def test_a_thousand_orders_share_nothing() -> None:
    ids = set()
    for number in range(1000):
        escalation = new_escalation()
        escalation.order = replace(escalation.order, id=f"O{number}")
        effects = escalation.signal(replace(alarm("panic", 0), order=f"O{number}"), 0)
        (changed,) = only(IncidentChanged, effects)
        ids.add(changed.incident.id)
    assert len(ids) == 1000


def test_a_policy_that_is_known_no_more_does_not_stop_a_ladder() -> None:
    escalation = new_escalation()
    escalation.signal(level(CLEAR, ALERT, 1, 0), 0)
    newer = Policies([PolicyDocument("default", NEWER.document.text)])
    state = escalation.state()
    state["incidents"][0]["policy"] = "known no more"
    again = Escalation.restore(escalation.order, newer, state)
    assert told(again.timer(15_000))[0] == "supervisor.console"
    exact = Escalation.restore(escalation.order, newer, escalation.state())
    assert exact.state() == escalation.state()
