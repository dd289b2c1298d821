"""The default ladder against the clock: who is told what and when, and what stops it."""

import json
from typing import Any

import pytest

from host.escalation.delivery import Channel
from host.escalation.effects import AskFix, IncidentChanged, SendWarning
from host.escalation.escalation import Escalation
from host.escalation.incident import State
from host.escalation.policy import default, parse
from host.proximity.types import Level, Transition
from protocol.record import PRESENTED
from tests.host.escalation.signals import (
    ALERT,
    BREACH,
    CLEAR,
    NEAR_ANA,
    PRE_ALERT,
    acknowledge,
    alarm,
    call,
    incident,
    level,
    new_escalation,
    only,
    pending,
    rules,
    told,
    unquiet,
    until,
    warned,
)


def timeline(escalation: Escalation, first: list[Any], now_ms: int) -> list[tuple[int, str]]:
    """(seconds, recipient.channel) of all that is told, with receipts for every warning."""
    seen = [(0, name) for name in told(first)]
    receive(escalation, first, 1)
    while (due_ms := escalation.due_ms) is not None and due_ms <= now_ms:
        effects = escalation.timer(due_ms)
        seen += [(due_ms // 1000, name) for name in told(effects)]
        receive(escalation, effects, due_ms)
    return seen


def receive(escalation: Escalation, effects: list[Any], now_ms: int) -> None:
    for sent in only(SendWarning, effects):
        escalation.receipt(sent.warning_id, PRESENTED, now_ms)


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (PRE_ALERT, [(0, "victim.unit"), (0, "centre.console")]),
        (
            ALERT,
            [
                (0, "victim.unit"),
                (0, "offender.unit"),
                (0, "centre.console"),
                (15, "supervisor.console"),
                (60, "victim.call"),
                (60, "patrol_to_victim.call"),
                (120, "supervisor.console"),
                (120, "centre.console"),
            ],
        ),
        (
            BREACH,
            [
                (0, "victim.unit"),
                (0, "offender.unit"),
                (0, "centre.console"),
                (10, "supervisor.console"),
                (30, "patrol_to_victim.call"),
                (30, "patrol_to_offender.call"),
                (90, "supervisor.console"),
                (90, "centre.console"),
            ],
        ),
    ],
)
def test_a_level_that_nobody_answers(after: Level, expected: list[tuple[int, str]]) -> None:
    escalation = new_escalation()
    first = escalation.signal(level(CLEAR, after, 1, 0), 0)
    assert timeline(escalation, first, 3_600_000) == expected


@pytest.mark.parametrize(
    ("code", "contact", "expected"),
    [
        (
            "panic",
            True,
            [
                (0, "centre.console"),
                (10, "supervisor.console"),
                (30, "victim.call"),
                (30, "victim.call"),
                (30, "patrol_to_victim.call"),
                (30, "patrol_to_victim.call"),
            ],
        ),
        (
            "strap",
            True,
            [
                (0, "centre.console"),
                (0, "victim.unit"),
                (0, "victim.unit"),
                (15, "supervisor.console"),
                (60, "victim.call"),
                (60, "victim.call"),
                (60, "patrol_to_offender.call"),
            ],
        ),
        (
            "strap",
            False,
            [
                (0, "centre.console"),
                (15, "supervisor.console"),
                (60, "victim.call"),
                (60, "victim.call"),
                (60, "patrol_to_offender.call"),
            ],
        ),
        ("battery_low", True, [(0, "centre.console")]),
    ],
)
def test_a_units_alarm_that_nobody_answers(
    code: str, contact: bool, expected: list[tuple[int, str]]
) -> None:
    escalation = new_escalation()
    first = escalation.signal(alarm(code, 0), 0, contact_possible=contact)
    assert timeline(escalation, first, 89_000) == expected


def test_nothing_assured_asks_her_unit_for_a_fix_then_calls() -> None:
    """Never his bracelet: when that is asked tells how far she is."""
    escalation = new_escalation()
    first = escalation.signal(unquiet(1_000), 1_000)
    assert [ask.person for ask in only(AskFix, first)] == ["ana", "eva"]
    later = until(escalation, 61_000)
    again = [(at_ms, effect.person) for at_ms, effect in later if isinstance(effect, AskFix)]
    assert again == [(21_000, "ana"), (21_000, "eva")]
    calls = [delivery.recipient for delivery in pending(escalation, Channel.CALL)]
    assert calls == ["victim", "victim", "offender"]


def test_patterns_and_texts() -> None:
    escalation = new_escalation()
    notice = only(SendWarning, escalation.signal(level(CLEAR, PRE_ALERT, 1, 0), 0))
    assert [(sent.pattern, sent.level, sent.text) for sent in notice] == [(1, 1, 0)]
    warning = only(SendWarning, escalation.signal(level(PRE_ALERT, ALERT, 2, 1), 1))
    assert [(sent.pattern, sent.level, sent.text) for sent in warning] == [(2, 2, 1), (2, 2, 3)]
    urgent = only(SendWarning, escalation.signal(level(ALERT, BREACH, 3, 2), 2))
    assert [(sent.pattern, sent.level, sent.text) for sent in urgent] == [(3, 3, 2), (3, 3, 4)]


def test_what_the_offender_is_sent_does_not_depend_on_how_near_or_whom() -> None:
    """Two very different approaches differ for him in nothing but their names."""
    sent = []
    for cause, distance_m in ((NEAR_ANA, 499.0), ("zone:school", 3.0)):
        escalation = new_escalation()
        signal = Transition("O1", cause, 5, 9, CLEAR, ALERT, 1, "swept", distance_m)
        (his,) = [
            w for w in only(SendWarning, escalation.signal(signal, 9)) if w.role == "offender"
        ]
        sent.append((his.level, his.pattern, his.text, his.expires_ms, his.attempt))
    assert sent[0] == sent[1]


def test_the_victim_of_the_cause_is_warned_and_of_a_zone_all_are() -> None:
    escalation = new_escalation()
    one = escalation.signal(level(CLEAR, PRE_ALERT, 1, 0), 0)
    assert warned(one) == [("victim", "ana", 1, 1)]
    every = escalation.signal(level(CLEAR, PRE_ALERT, 1, 0, cause="zone:school"), 0)
    assert warned(every) == [("victim", "ana", 1, 1), ("victim", "eva", 1, 1)]


def test_acknowledgement_stops_the_ladder() -> None:
    escalation = new_escalation()
    first = escalation.signal(level(CLEAR, ALERT, 1, 0), 0)
    receive(escalation, first, 100)
    assert rules(acknowledge(escalation, 5_000)) == ["acknowledged"]
    assert until(escalation, 304_999) == []
    assert incident(escalation).step == 1


def test_an_acknowledgement_without_progress_expires_and_the_ladder_goes_on() -> None:
    escalation = new_escalation()
    receive(escalation, escalation.signal(level(CLEAR, ALERT, 1, 0), 0), 100)
    acknowledge(escalation, 5_000)
    assert rules(escalation.timer(305_000)) == ["acknowledgement_expired"]
    assert incident(escalation).state is State.UNACKNOWLEDGED
    assert incident(escalation).acknowledged_by == ""
    later = until(escalation, 380_000)
    supervisors = [at_ms for at_ms, e in later if told([e]) == ["supervisor.console"]]
    calls = [at_ms for at_ms, e in later if told([e]) == ["patrol_to_victim.call"]]
    assert (supervisors, calls) == ([320_000], [365_000])


def test_below_alert_an_acknowledgement_lasts() -> None:
    escalation = new_escalation()
    receive(escalation, escalation.signal(level(CLEAR, PRE_ALERT, 1, 0), 0), 100)
    acknowledge(escalation, 5_000)
    assert incident(escalation).due_ms is None


@pytest.mark.parametrize("progress", ["ease", "call"])
def test_progress_gives_an_acknowledgement_time(progress: str) -> None:
    escalation = new_escalation()
    escalation.signal(level(CLEAR, BREACH, 1, 0), 0)
    until(escalation, 40_000)
    acknowledge(escalation, 50_000)
    assert incident(escalation).due_ms == 350_000
    if progress == "ease":
        escalation.signal(level(BREACH, ALERT, 1, 200_000), 200_000)
    else:
        effects = call(escalation, pending(escalation, Channel.CALL)[0].id, True, 200_000)
        assert rules(effects) == ["progress"]
    assert incident(escalation).due_ms == 500_000


def test_an_exhausted_ladder_is_a_critical_alarm_until_somebody_answers() -> None:
    escalation = new_escalation()
    receive(escalation, escalation.signal(level(CLEAR, BREACH, 1, 0), 0), 100)
    until(escalation, 90_000)
    guard = f"ladder:{incident(escalation).id}"
    assert incident(escalation).due_ms is None
    assert (incident(escalation, guard).priority, incident(escalation, guard).state) == (
        1,
        State.UNACKNOWLEDGED,
    )
    acknowledge(escalation, 95_000)
    assert incident(escalation, guard).state is State.RETURNED
    assert rules(acknowledge(escalation, 96_000, guard)) == ["over"]
    assert guard not in escalation.incidents


def test_a_ladder_is_exhausted_anew_after_an_expired_acknowledgement() -> None:
    escalation = new_escalation()
    receive(escalation, escalation.signal(level(CLEAR, BREACH, 1, 0), 0), 100)
    until(escalation, 90_000)
    guard = f"ladder:{incident(escalation).id}"
    acknowledge(escalation, 95_000)
    until(escalation, 455_000)
    assert incident(escalation, guard).state is State.UNACKNOWLEDGED
    assert incident(escalation, guard).rise == 455_000


def test_a_worsening_realarms_and_starts_the_worse_ladder() -> None:
    escalation = new_escalation()
    escalation.signal(level(CLEAR, ALERT, 1, 0), 0)
    acknowledge(escalation, 5_000)
    effects = escalation.signal(level(ALERT, BREACH, 2, 9_000), 9_000)
    assert rules(effects) == ["worsening_realarms"]
    assert warned(effects) == [("victim", "ana", 3, 1), ("offender", "juan", 3, 1)]
    assert incident(escalation).due_ms == 19_000
    assert incident(escalation).priority == 1


def test_a_second_approach_within_an_open_incident_warns_again() -> None:
    escalation = new_escalation()
    one = escalation.signal(level(CLEAR, ALERT, 1, 0), 0)
    escalation.signal(level(ALERT, CLEAR, 1, 300_000), 300_000)
    assert incident(escalation).state is State.RETURNED
    opened = incident(escalation).id
    two = escalation.signal(level(CLEAR, ALERT, 2, 400_000), 400_000)
    assert rules(two) == ["second_approach"]
    assert incident(escalation).id == opened
    ids = [sent.warning_id for sent in only(SendWarning, one + two)]
    assert len(set(ids)) == len(ids) == 4


def test_the_ladder_rests_when_the_level_is_clear_and_waits_for_an_acknowledgement() -> None:
    escalation = new_escalation()
    receive(escalation, escalation.signal(level(CLEAR, ALERT, 1, 0), 0), 100)
    effects = escalation.signal(level(ALERT, CLEAR, 1, 9_000), 9_000)
    assert rules(effects) == ["returned"]
    assert [told([effect]) for _, effect in until(escalation, 500_000)] == []
    assert rules(acknowledge(escalation, 501_000)) == ["over"]
    assert escalation.incidents == {}


def test_after_a_long_outage_everything_overdue_happens_at_once_and_in_order() -> None:
    escalation = new_escalation()
    receive(escalation, escalation.signal(level(CLEAR, ALERT, 1, 0), 0), 100)
    effects = escalation.timer(7_200_000)
    assert told(effects) == [
        "supervisor.console",
        "victim.call",
        "patrol_to_victim.call",
        "supervisor.console",
        "centre.console",
    ]
    assert only(IncidentChanged, effects)[0].incident.changed_ms == 7_200_000


def test_an_open_incident_keeps_the_policy_that_it_was_opened_with() -> None:
    escalation = new_escalation()
    escalation.signal(level(CLEAR, ALERT, 1, 0), 0)
    quick = parse({**json.loads(default().document.text), "acknowledgement_s": 1})
    escalation.policy = quick
    acknowledge(escalation, 5_000)
    assert incident(escalation).due_ms == 305_000
    escalation.signal(level(CLEAR, ALERT, 1, 6_000, "victim:eva"), 6_000)
    acknowledge(escalation, 7_000, "victim:eva")
    assert incident(escalation, "victim:eva").due_ms == 8_000


def test_an_ease_leaves_the_running_wait_alone() -> None:
    escalation = new_escalation()
    escalation.signal(level(CLEAR, BREACH, 1, 0), 0)
    escalation.signal(level(BREACH, ALERT, 1, 4_000), 4_000)
    assert (incident(escalation).step, incident(escalation).due_ms) == (1, 10_000)
