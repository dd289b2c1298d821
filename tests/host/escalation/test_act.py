"""What operators may and may not do, and what comes of it."""

import pytest

from host.escalation.act import Act, Verb, allowed
from host.escalation.effects import IncidentChanged
from host.escalation.escalation import Escalation
from host.escalation.incident import Refused, State, UnknownIncident
from host.proximity.types import Condition, Level, Signal
from host.registry.types import Role
from tests.host.escalation.signals import (
    ALERT,
    BREACH,
    CLEAR,
    NEAR_ANA,
    PRE_ALERT,
    acknowledge,
    act,
    alarm,
    cleared,
    condition,
    incident,
    level,
    new_escalation,
    only,
    rules,
    unquiet,
    until,
    warned,
)

WATCHED, UNASSURED, INACTIVE = Condition.WATCHED, Condition.UNASSURED, Condition.INACTIVE


def test_nobody_acknowledges_what_is_not_open_or_twice() -> None:
    escalation = new_escalation()
    with pytest.raises(UnknownIncident):
        escalation.act(Act(Verb.ACKNOWLEDGE, "ffff", "olga", 1), 1)
    escalation.signal(level(CLEAR, ALERT, 1, 0), 0)
    acknowledge(escalation, 1_000)
    before = escalation.state()
    with pytest.raises(Refused) as refused:
        acknowledge(escalation, 2_000)
    assert refused.value.reason == "already_acknowledged"
    assert escalation.state() == before


def test_an_acknowledgement_says_who() -> None:
    escalation = new_escalation()
    escalation.signal(level(CLEAR, ALERT, 1, 0), 0)
    (changed,) = only(IncidentChanged, acknowledge(escalation, 1_000))
    assert (changed.incident.acknowledged_by, changed.rule) == ("olga", "acknowledged")


def shelve(
    escalation: Escalation, cause: str = NEAR_ANA, reason: str = "hearing", for_ms: int = 60_000
) -> None:
    act(escalation, Verb.SHELVE, 10_000, cause, reason, for_ms)


@pytest.mark.parametrize(
    ("signal", "cause"),
    [
        (level(CLEAR, BREACH, 1, 0), NEAR_ANA),
        (alarm("panic", 0), "panic:B7"),
        (alarm("strap", 0), "strap:B7"),
    ],
)
def test_panic_strap_cut_and_breach_cannot_be_silenced(signal: Signal, cause: str) -> None:
    escalation = new_escalation()
    escalation.signal(signal, 0)
    with pytest.raises(Refused) as refused:
        shelve(escalation, cause)
    assert refused.value.reason == "protected"
    with pytest.raises(Refused) as refused:
        act(escalation, Verb.WITHDRAW, 10_000, cause, "repair")
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
    escalation = new_escalation()
    escalation.signal(level(CLEAR, ALERT, 1, 0), 0)
    with pytest.raises(Refused) as refused:
        shelve(escalation, reason=reason, for_ms=for_ms)
    assert refused.value.reason == refusal


def test_shelving_ends_by_itself_and_the_ladder_goes_on() -> None:
    escalation = new_escalation()
    escalation.signal(level(CLEAR, ALERT, 1, 0), 0)
    shelve(escalation)
    assert incident(escalation).note == "hearing"
    until(escalation, 69_999)
    assert incident(escalation).state is State.SHELVED
    until(escalation, 70_000)
    assert (incident(escalation).state, incident(escalation).due_ms) == (
        State.UNACKNOWLEDGED,
        85_000,
    )


def test_shelving_of_what_has_ended_meanwhile_ends_it() -> None:
    escalation = new_escalation()
    escalation.signal(level(CLEAR, ALERT, 1, 0), 0)
    shelve(escalation)
    escalation.signal(level(ALERT, CLEAR, 1, 20_000), 20_000)
    assert rules([effect for _, effect in until(escalation, 70_000)]) == ["over"]


@pytest.mark.parametrize("through", [CLEAR, PRE_ALERT])
def test_a_shelved_approach_that_comes_nearer_alarms_and_warns_her(through: Level) -> None:
    escalation = new_escalation()
    escalation.signal(level(CLEAR, ALERT, 1, 0), 0)
    shelve(escalation)
    escalation.signal(level(ALERT, through, 1, 20_000), 20_000)
    effects = escalation.signal(level(through, ALERT, 2, 30_000), 30_000)
    assert rules(effects) == ["worsening_ends_shelving"]
    assert ("victim", "ana", 2, 1) in warned(effects)


def test_a_unit_in_repair() -> None:
    escalation = new_escalation()
    escalation.signal(alarm("gnss_lost", 0), 0)
    act(escalation, Verb.WITHDRAW, 1_000, "gnss_lost:B7", "antenna")
    escalation.signal(alarm("gnss_lost", 2_000, raised=False), 2_000)
    escalation.signal(alarm("gnss_lost", 3_000), 3_000)
    assert incident(escalation, "gnss_lost:B7").state is State.OUT_OF_SERVICE
    assert rules(act(escalation, Verb.RESUME, 4_000, "gnss_lost:B7")) == ["back_in_service"]


def test_a_level_is_never_out_of_service_and_ends_on_evidence_only() -> None:
    escalation = new_escalation()
    escalation.signal(level(CLEAR, ALERT, 1, 0), 0)
    with pytest.raises(Refused) as refused:
        act(escalation, Verb.WITHDRAW, 1_000, reason="repair")
    assert refused.value.reason == "not_a_unit_alarm"
    with pytest.raises(Refused) as refused:
        act(escalation, Verb.RESOLVE, 1_000, reason="he says so")
    assert refused.value.reason == "ends_on_evidence"


def test_an_operator_resolves_a_panic_and_the_unit_may_forget_it() -> None:
    escalation = new_escalation()
    escalation.signal(alarm("panic", 0, role=Role.VICTIM), 0)
    acknowledge(escalation, 1_000, "panic:V3")
    with pytest.raises(Refused) as refused:
        act(escalation, Verb.RESOLVE, 2_000, "panic:V3", " ")
    assert refused.value.reason == "no_reason"
    effects = act(escalation, Verb.RESOLVE, 2_000, "panic:V3", "patrol is with her")
    (changed,) = only(IncidentChanged, effects)
    assert (changed.rule, changed.incident.operator) == ("over", "olga")
    assert changed.incident.note == "patrol is with her"
    assert cleared(effects) == [("V3", "panic")]
    assert escalation.incidents == {}


def test_what_is_resolved_before_it_is_acknowledged_keeps_its_latch_until_then() -> None:
    escalation = new_escalation()
    escalation.signal(alarm("panic", 0, role=Role.VICTIM), 0)
    effects = act(escalation, Verb.RESOLVE, 1_000, "panic:V3", "pressed by mistake")
    assert (rules(effects), cleared(effects)) == (["returned"], [])
    with pytest.raises(Refused) as refused:
        act(escalation, Verb.RESOLVE, 2_000, "panic:V3", "once more")
    assert refused.value.reason == "already_clear"
    effects = acknowledge(escalation, 3_000, "panic:V3")
    assert (rules(effects), cleared(effects)) == (["over"], [("V3", "panic")])


@pytest.mark.parametrize(("code", "told"), [("strap", [("B7", "strap")]), ("gnss_lost", [])])
def test_what_heals_by_itself_and_is_acknowledged_may_be_forgotten_too(
    code: str, told: list[tuple[str, str]]
) -> None:
    escalation = new_escalation()
    escalation.signal(alarm(code, 0), 0)
    acknowledge(escalation, 1_000, f"{code}:B7")
    assert cleared(escalation.signal(alarm(code, 2_000, raised=False), 2_000)) == told


@pytest.mark.parametrize(
    ("signal", "before", "after"),
    [
        (level(CLEAR, ALERT, 1, 0), "acknowledge shelve", "shelve"),
        (level(CLEAR, BREACH, 1, 0), "acknowledge", ""),
        (unquiet(0), "acknowledge shelve", "shelve"),
        (alarm("panic", 0), "acknowledge resolve", "resolve"),
        (alarm("gnss_lost", 0), "acknowledge resolve shelve withdraw", "resolve shelve withdraw"),
        (alarm("tamper", 0), "acknowledge", None),
    ],
)
def test_what_is_offered_to_an_operator(signal: Signal, before: str, after: str | None) -> None:
    escalation = new_escalation()
    escalation.signal(signal, 0)
    (found,) = escalation.incidents.values()
    assert allowed(found) == tuple(before.split())
    acknowledge(escalation, 1_000, found.cause)
    offered = {cause: allowed(one) for cause, one in escalation.incidents.items()}
    assert offered == ({} if after is None else {found.cause: tuple(after.split())})


def test_what_is_silenced_can_be_resumed() -> None:
    escalation = new_escalation()
    escalation.signal(alarm("gnss_lost", 0), 0)
    shelve(escalation, "gnss_lost:B7")
    assert Verb.RESUME in allowed(incident(escalation, "gnss_lost:B7"))
    assert Verb.ACKNOWLEDGE not in allowed(incident(escalation, "gnss_lost:B7"))
    assert rules(act(escalation, Verb.RESUME, 11_000, "gnss_lost:B7")) == ["shelving_ended"]


def test_suppression_by_design_is_not_for_operators_to_end() -> None:
    escalation = new_escalation()
    escalation.signal(condition(WATCHED, INACTIVE, 0), 0)
    escalation.signal(alarm("battery_low", 1_000), 1_000)
    with pytest.raises(Refused) as refused:
        act(escalation, Verb.RESUME, 2_000, "battery_low:B7")
    assert refused.value.reason == "is_suppressed"
