"""A case: units' alarms, assurance, what operators may and may not do, duplicates."""

from dataclasses import replace

import pytest

from host.escalation.case import Case, opens
from host.escalation.effects import ClearLatch, IncidentChanged
from host.escalation.incident import Refused, State, UnknownIncident
from host.proximity.types import Condition, Level, Signal
from host.registry import Role
from tests.host.escalation.scene import (
    ALERT,
    BREACH,
    CLEAR,
    NEAR_ANA,
    PRE_ALERT,
    acknowledge,
    alarm,
    condition,
    incident,
    level,
    new_case,
    only,
    rules,
    told,
    until,
    warned,
)

WATCHED, UNASSURED, INACTIVE = Condition.WATCHED, Condition.UNASSURED, Condition.INACTIVE


# Which signals need a case at all


@pytest.mark.parametrize(
    ("signal", "expected"),
    [
        (level(CLEAR, PRE_ALERT, 1, 1), True),
        (level(ALERT, CLEAR, 1, 1), False),
        (condition(INACTIVE, Condition.ASSURED, 1), False),
        (condition(WATCHED, UNASSURED, 1), True),
        (alarm("panic", 1), True),
        (alarm("strap", 1, raised=False), False),
    ],
)
def test_quiet_orders_need_no_case(signal: Signal, expected: bool) -> None:
    assert opens(signal) is expected
    assert bool(new_case().signal(signal, 1)) is expected


# Units' alarms


@pytest.mark.parametrize("code", ["panic", "strap"])
def test_panic_and_strap_are_at_the_centre_at_once_with_priority_1(code: str) -> None:
    case = new_case()
    effects = case.signal(alarm(code, 1_000), 1_000)
    (changed,) = only(IncidentChanged, effects)
    assert (changed.incident.priority, changed.incident.state) == (1, State.UNACKNOWLEDGED)
    assert told(effects)[0] == "centre.console"


def test_the_victims_panic_never_reaches_the_offender() -> None:
    case = new_case()
    effects = case.signal(alarm("panic", 0, role=Role.VICTIM), 0)
    effects += [effect for _, effect in until(case, 600_000)]
    assert warned(effects) == []


@pytest.mark.parametrize(
    ("contact", "expected"),
    [(True, [("victim", "ana", 2, 1), ("victim", "eva", 2, 1)]), (False, [])],
)
def test_what_the_victim_hears_of_a_strap_cut(contact: bool, expected: list[object]) -> None:
    effects = new_case().signal(alarm("strap", 0), 0, contact_possible=contact)
    assert warned(effects) == expected


@pytest.mark.parametrize("code", ["gnss_lost", "battery_low", "case", "no_cover"])
def test_a_unit_that_repeats_a_lighter_alarm_alarms_once(code: str) -> None:
    case = new_case()
    case.signal(alarm(code, 0), 0)
    assert case.signal(alarm(code, 5_000), 5_000) == []


def test_panic_pressed_again_realarms() -> None:
    case = new_case()
    case.signal(alarm("panic", 0), 0)
    acknowledge(case, 1_000, "panic:B7")
    assert rules(case.signal(alarm("panic", 5_000), 5_000)) == ["raised_again"]


def test_a_strap_that_heals_is_still_reported() -> None:
    case = new_case()
    case.signal(alarm("strap", 0), 0)
    assert rules(case.signal(alarm("strap", 9_000, raised=False), 9_000)) == ["returned"]
    assert incident(case, "strap:B7").state is State.RETURNED
    assert incident(case, "strap:B7").priority == 1


@pytest.mark.parametrize("code", ["tamper", "retrospective"])
def test_what_does_not_last_only_waits_for_acknowledgement(code: str) -> None:
    case = new_case()
    assert rules(case.signal(alarm(code, 0), 0)) == ["raised", "returned"]
    assert case.signal(alarm(code, 1_000), 1_000) == []
    assert rules(acknowledge(case, 2_000, f"{code}:B7")) == ["over"]
    assert rules(case.signal(alarm(code, 3_000), 3_000)) == ["raised", "returned"]


def test_a_code_that_is_not_known_is_still_an_alarm() -> None:
    case = new_case()
    case.signal(alarm("magnet", 0), 0)
    assert (incident(case, "magnet:B7").kind, incident(case, "magnet:B7").priority) == ("other", 3)


def test_the_victims_unit_says_no_cover() -> None:
    case = new_case()
    case.signal(alarm("no_cover", 0, role=Role.VICTIM), 0)
    assert (incident(case, "no_cover:V3").priority, incident(case, "no_cover:V3").person) == (
        2,
        "ana",
    )


# Assurance


def test_unassured_is_an_incident_until_it_is_assured_or_watched_again() -> None:
    case = new_case()
    case.signal(condition(WATCHED, UNASSURED, 1_000), 1_000)
    assert incident(case, "assurance").priority == 2
    acknowledge(case, 2_000, "assurance")
    assert rules(case.signal(condition(UNASSURED, WATCHED, 3_000), 3_000)) == ["over"]
    assert case.incidents == {}


def test_unassured_that_heals_by_itself_still_waits_for_an_acknowledgement() -> None:
    case = new_case()
    case.signal(condition(WATCHED, UNASSURED, 1_000), 1_000)
    case.signal(condition(UNASSURED, Condition.ASSURED, 3_000), 3_000)
    assert incident(case, "assurance").state is State.RETURNED
    assert incident(case, "assurance").due_ms is None
    again = case.signal(condition(Condition.ASSURED, UNASSURED, 4_000), 4_000)
    assert rules(again) == ["raised_again"]


def test_an_order_that_is_not_in_force_assures_nothing_and_silences_the_lighter_alarms() -> None:
    case = new_case()
    case.signal(condition(WATCHED, UNASSURED, 1_000), 1_000)
    case.signal(alarm("battery_low", 1_500), 1_500)
    case.signal(alarm("strap", 1_500), 1_500)
    case.signal(condition(UNASSURED, INACTIVE, 2_000), 2_000)
    case.signal(alarm("gnss_lost", 2_500), 2_500)
    states = {cause: found.state for cause, found in case.incidents.items()}
    assert states == {
        "assurance": State.RETURNED,
        "battery_low:B7": State.SUPPRESSED,
        "strap:B7": State.UNACKNOWLEDGED,
        "gnss_lost:B7": State.SUPPRESSED,
    }
    case.signal(alarm("gnss_lost", 2_800, raised=False), 2_800)
    case.signal(condition(INACTIVE, Condition.ASSURED, 3_000), 3_000)
    states = {cause: found.state for cause, found in case.incidents.items()}
    assert states["battery_low:B7"] is State.UNACKNOWLEDGED
    assert "gnss_lost:B7" not in states


def test_a_condition_that_goes_to_and_fro_within_one_millisecond() -> None:
    case = new_case()
    case.signal(condition(WATCHED, UNASSURED, 5), 5)
    case.signal(condition(UNASSURED, WATCHED, 5), 5)
    case.signal(condition(WATCHED, UNASSURED, 5), 5)
    assert incident(case, "assurance").level > Level.CLEAR


# Operators


def test_nobody_acknowledges_what_is_not_open_or_twice() -> None:
    case = new_case()
    with pytest.raises(UnknownIncident):
        case.acknowledge("ffff", "olga", 1)
    case.signal(level(CLEAR, ALERT, 1, 0), 0)
    acknowledge(case, 1_000)
    before = case.state()
    with pytest.raises(Refused) as refused:
        acknowledge(case, 2_000)
    assert refused.value.reason == "already_acknowledged"
    assert case.state() == before


def test_an_acknowledgement_says_who() -> None:
    case = new_case()
    case.signal(level(CLEAR, ALERT, 1, 0), 0)
    (changed,) = only(IncidentChanged, acknowledge(case, 1_000))
    assert (changed.incident.acknowledged_by, changed.rule) == ("olga", "acknowledged")


def shelve(
    case: Case, cause: str = NEAR_ANA, reason: str = "hearing", for_ms: int = 60_000
) -> None:
    case.shelve(incident(case, cause).id, "olga", reason, 10_000 + for_ms, 10_000)


@pytest.mark.parametrize(
    ("signal", "cause"),
    [
        (level(CLEAR, BREACH, 1, 0), NEAR_ANA),
        (alarm("panic", 0), "panic:B7"),
        (alarm("strap", 0), "strap:B7"),
    ],
)
def test_panic_strap_cut_and_breach_cannot_be_silenced(signal: Signal, cause: str) -> None:
    case = new_case()
    case.signal(signal, 0)
    with pytest.raises(Refused) as refused:
        shelve(case, cause)
    assert refused.value.reason == "protected"
    with pytest.raises(Refused) as refused:
        case.withdraw(incident(case, cause).id, "olga", "repair", 10_000)
    assert refused.value.reason == "protected"


@pytest.mark.parametrize(
    ("reason", "for_ms", "refusal"),
    [
        (" ", 60_000, "no_reason"),
        ("hearing", 0, "bad_time"),
        ("hearing", -5, "bad_time"),
        ("hearing", 3_600_001, "bad_time"),
    ],
)
def test_shelving_has_a_reason_and_an_end(reason: str, for_ms: int, refusal: str) -> None:
    case = new_case()
    case.signal(level(CLEAR, ALERT, 1, 0), 0)
    with pytest.raises(Refused) as refused:
        shelve(case, reason=reason, for_ms=for_ms)
    assert refused.value.reason == refusal


def test_shelving_ends_by_itself_and_the_ladder_goes_on() -> None:
    case = new_case()
    case.signal(level(CLEAR, ALERT, 1, 0), 0)
    shelve(case)
    assert incident(case).note == "hearing"
    until(case, 69_999)
    assert incident(case).state is State.SHELVED
    until(case, 70_000)
    assert (incident(case).state, incident(case).due_ms) == (State.UNACKNOWLEDGED, 85_000)


def test_shelving_of_what_has_ended_meanwhile_ends_it() -> None:
    case = new_case()
    case.signal(level(CLEAR, ALERT, 1, 0), 0)
    shelve(case)
    case.signal(level(ALERT, CLEAR, 1, 20_000), 20_000)
    assert rules([effect for _, effect in until(case, 70_000)]) == ["over"]


@pytest.mark.parametrize("through", [CLEAR, PRE_ALERT])
def test_a_shelved_approach_that_comes_nearer_alarms_and_warns_her(through: Level) -> None:
    case = new_case()
    case.signal(level(CLEAR, ALERT, 1, 0), 0)
    shelve(case)
    case.signal(level(ALERT, through, 1, 20_000), 20_000)
    effects = case.signal(level(through, ALERT, 2, 30_000), 30_000)
    assert rules(effects) == ["worsening_ends_shelving"]
    assert ("victim", "ana", 2, 1) in warned(effects)


def test_a_unit_in_repair() -> None:
    case = new_case()
    case.signal(alarm("gnss_lost", 0), 0)
    name = incident(case, "gnss_lost:B7").id
    case.withdraw(name, "olga", "antenna", 1_000)
    case.signal(alarm("gnss_lost", 2_000, raised=False), 2_000)
    case.signal(alarm("gnss_lost", 3_000), 3_000)
    assert incident(case, "gnss_lost:B7").state is State.OUT_OF_SERVICE
    assert rules(case.resume(name, "olga", 4_000)) == ["back_in_service"]


def test_a_level_is_never_out_of_service_and_ends_on_evidence_only() -> None:
    case = new_case()
    case.signal(level(CLEAR, ALERT, 1, 0), 0)
    with pytest.raises(Refused) as refused:
        case.withdraw(incident(case).id, "olga", "repair", 1_000)
    assert refused.value.reason == "not_a_unit_alarm"
    with pytest.raises(Refused) as refused:
        case.resolve(incident(case).id, "olga", "he says so", 1_000)
    assert refused.value.reason == "ends_on_evidence"


def test_an_operator_resolves_a_panic_and_the_unit_may_forget_it() -> None:
    case = new_case()
    case.signal(alarm("panic", 0, role=Role.VICTIM), 0)
    acknowledge(case, 1_000, "panic:V3")
    with pytest.raises(Refused):
        case.resolve(incident(case, "panic:V3").id, "olga", "", 2_000)
    effects = case.resolve(incident(case, "panic:V3").id, "olga", "patrol is with her", 2_000)
    assert rules(effects) == ["over"]
    assert only(ClearLatch, effects) == [ClearLatch("V3", "panic")]


def test_suppression_by_design_is_not_for_operators_to_end() -> None:
    case = new_case()
    case.signal(condition(WATCHED, INACTIVE, 0), 0)
    case.signal(alarm("battery_low", 1_000), 1_000)
    with pytest.raises(Refused) as refused:
        case.resume(incident(case, "battery_low:B7").id, "olga", 2_000)
    assert refused.value.reason == "is_suppressed"


# One victim with a thousand orders (each is a case of its own)


def test_a_thousand_orders_share_nothing() -> None:
    ids = set()
    for number in range(1000):
        case = new_case()
        case.order = replace(case.order, id=f"O{number}")
        effects = case.signal(replace(alarm("panic", 0), order=f"O{number}"), 0)
        (changed,) = only(IncidentChanged, effects)
        ids.add(changed.incident.id)
    assert len(ids) == 1000


def test_a_policy_that_is_known_no_more_does_not_stop_a_ladder() -> None:
    case = new_case()
    case.signal(level(CLEAR, ALERT, 1, 0), 0)
    newer = replace(case.policy, digest="newer")
    again = Case.restore(case.order, newer, case.state())
    assert told(again.timer(15_000))[0] == "supervisor.console"
    exact = Case.restore(case.order, newer, case.state(), {case.policy.digest: case.policy})
    assert exact.state() == case.state()
