"""A warning on its way to a unit: sent again, received, replaced by a call, forgotten."""

import pytest

from host.escalation.delivery import Channel, Progress
from host.escalation.effects import DeliveryChanged, Effect, SendWarning
from host.escalation.escalation import Escalation
from host.escalation.incident import Refused, UnknownDelivery
from host.escalation.outbox import HELD_MAX, LATE_RECEIPT_MS
from protocol.record import EXPIRED, PRESENTED, SILENCED
from tests.host.escalation.signals import (
    ALERT,
    BREACH,
    CLEAR,
    PRE_ALERT,
    acknowledge,
    alarm,
    call,
    level,
    new_escalation,
    only,
    pending,
    until,
    warned,
)

LIFE_MS = 600_000


def begun(after: object = PRE_ALERT) -> tuple[Escalation, SendWarning]:
    """An escalation with one warning to the victim just sent, at time 0."""
    escalation = new_escalation()
    first = escalation.signal(level(CLEAR, after, 1, 0), 0)  # type: ignore[arg-type]
    return escalation, only(SendWarning, first)[0]


def states(effects: list[Effect]) -> list[tuple[str, str]]:
    return [(c.delivery.state.value, c.rule) for c in only(DeliveryChanged, effects)]


def test_it_is_sent_again_with_growing_spacing_until_it_expires() -> None:
    escalation, sent = begun()
    again = [
        (at_ms, e) for at_ms, e in until(escalation, LIFE_MS * 2) if isinstance(e, SendWarning)
    ]
    assert [at_ms // 1000 for at_ms, _ in again] == [5, 15, 35, *range(65, 600, 30)]
    assert [e.attempt for _, e in again] == list(range(2, len(again) + 2))
    assert {e.warning_id for _, e in again} == {sent.warning_id}
    assert {e.expires_ms for _, e in again} == {LIFE_MS}
    (delivery,) = [d for d in escalation.deliveries.values() if d.channel is Channel.UNIT]
    assert delivery.state is Progress.FAILED


@pytest.mark.parametrize(
    ("outcome", "state", "rule"),
    [
        (PRESENTED, "delivered", "presented"),
        (SILENCED, "silenced", "silenced"),
    ],
)
def test_a_receipt_ends_the_attempts(outcome: int, state: str, rule: str) -> None:
    escalation, sent = begun()
    assert states(escalation.receipt(sent.warning_id, outcome, 2_000)) == [(state, rule)]
    assert [e for _, e in until(escalation, LIFE_MS) if isinstance(e, SendWarning)] == []


def test_a_unit_that_connects_is_sent_at_once_what_it_has_not_confirmed() -> None:
    escalation, sent = begun(ALERT)
    again = only(SendWarning, escalation.connected("V3", "ana", 12_000))
    assert [(one.warning_id, one.attempt) for one in again] == [(sent.warning_id, 2)]
    assert warned(escalation.connected("B7", "juan", 13_000)) == [("offender", "juan", 2, 2)]
    assert escalation.connected("V4", "eva", 14_000) == []
    escalation.receipt(sent.warning_id, PRESENTED, 15_000)
    assert escalation.connected("V3", "ana", 16_000) == []


def test_a_unit_whose_clock_says_expired_too_early_is_called_at_once_and_warned_on() -> None:
    escalation, sent = begun(ALERT)
    told = escalation.receipt(sent.warning_id, EXPIRED, 2_000)
    assert states(told) == [("sent", "unit_found_it_expired"), ("queued", "queued")]
    (call_task,) = pending(escalation, Channel.CALL)
    assert (call_task.recipient, call_task.person) == ("victim", "ana")
    later = [effect for _, effect in until(escalation, 20_000) if isinstance(effect, SendWarning)]
    assert sent.warning_id in [again.warning_id for again in later]
    assert states(escalation.receipt(sent.warning_id, EXPIRED, 21_000)) == []
    assert states(escalation.receipt(sent.warning_id, PRESENTED, 22_000)) == [
        ("delivered", "presented")
    ]


def test_receipts_come_more_than_once() -> None:
    escalation, sent = begun()
    escalation.receipt(sent.warning_id, PRESENTED, 2_000)
    assert states(escalation.receipt(sent.warning_id, PRESENTED, 3_000)) == [
        ("delivered", "presented_again")
    ]
    assert states(escalation.receipt(sent.warning_id, SILENCED, 4_000)) == [
        ("silenced", "silenced")
    ]


def test_a_receipt_that_comes_late_still_counts() -> None:
    escalation, sent = begun()
    until(escalation, LIFE_MS)
    late = escalation.receipt(sent.warning_id, PRESENTED, LIFE_MS + 60_000)
    assert states(late) == [("delivered", "receipt_came_late")]


def test_a_receipt_of_a_warning_that_is_not_held_changes_nothing() -> None:
    escalation, sent = begun()
    until(escalation, LIFE_MS + LATE_RECEIPT_MS)
    assert escalation.receipt(sent.warning_id, PRESENTED, LIFE_MS + LATE_RECEIPT_MS + 1) == []
    assert escalation.receipt(12345, PRESENTED, LIFE_MS + LATE_RECEIPT_MS + 1) == []


def test_a_receipt_with_an_outcome_that_is_not_known_is_refused_by_name() -> None:
    escalation, sent = begun()
    with pytest.raises(Refused) as refused:
        escalation.receipt(sent.warning_id, 9, 1_000)
    assert refused.value.reason == "unknown_outcome"


@pytest.mark.parametrize(("after", "deadline_ms"), [(ALERT, 45_000), (BREACH, 20_000)])
def test_without_a_receipt_an_operator_is_asked_to_call(after: object, deadline_ms: int) -> None:
    escalation, _ = begun(after)
    acknowledge(escalation, 1_000)  # which stops the ladder, but not this
    until(escalation, deadline_ms - 1)
    assert pending(escalation, Channel.CALL) == []
    until(escalation, deadline_ms)
    calls = [(call.recipient, call.person) for call in pending(escalation, Channel.CALL)]
    assert sorted(calls) == [("offender", "juan"), ("victim", "ana")]


def test_nobody_has_two_open_calls_for_one_incident() -> None:
    escalation, _ = begun(ALERT)
    until(escalation, 119_000)
    calls = [(call.recipient, call.person) for call in pending(escalation, Channel.CALL)]
    assert sorted(calls) == [
        ("offender", "juan"),
        ("patrol_to_victim", "ana"),
        ("victim", "ana"),
    ]


def test_who_was_reached_by_telephone_needs_no_further_attempt() -> None:
    escalation, _ = begun(ALERT)
    until(escalation, 60_000)
    (task,) = [c for c in pending(escalation, Channel.CALL) if c.recipient == "victim"]
    effects = call(escalation, task.id, True, 61_000)
    assert states(effects) == [("answered", "answered"), ("withdrawn", "withdrawn")]
    later = [effect for _, effect in until(escalation, LIFE_MS)]
    assert {role for role, *_ in warned(later)} == {"offender"}


def test_who_was_not_reached_goes_on_being_warned() -> None:
    escalation, _ = begun(ALERT)
    until(escalation, 60_000)
    (task,) = [c for c in pending(escalation, Channel.CALL) if c.recipient == "victim"]
    effects = call(escalation, task.id, False, 61_000)
    assert states(effects) == [("failed", "failed")]
    assert "victim" in {role for role, *_ in warned([e for _, e in until(escalation, 120_000)])}


@pytest.mark.parametrize("name", ["0000000000000000", "unit"])
def test_only_an_open_call_can_be_answered(name: str) -> None:
    escalation, sent = begun(ALERT)
    with pytest.raises(UnknownDelivery):
        call(escalation, f"{sent.warning_id:016x}" if name == "unit" else name, True, 1_000)


def test_a_unit_cannot_receive_a_call() -> None:
    escalation, _ = begun(ALERT)
    until(escalation, 60_000)
    (task,) = [c for c in pending(escalation, Channel.CALL) if c.recipient == "victim"]
    assert escalation.receipt(task.number, PRESENTED, 61_000) == []
    assert task in pending(escalation, Channel.CALL)


def test_an_acknowledgement_answers_what_stands_on_the_screens() -> None:
    escalation, _ = begun(ALERT)
    until(escalation, 20_000)
    assert states(acknowledge(escalation, 21_000)) == [("answered", "answered")] * 2


def test_when_it_is_over_calls_are_withdrawn_and_warnings_still_want_their_receipt() -> None:
    escalation, sent = begun(ALERT)
    until(escalation, 61_000)
    acknowledge(escalation, 62_000)
    effects = escalation.signal(level(ALERT, CLEAR, 1, 63_000), 63_000)
    assert {state for state, _ in states(effects)} == {"withdrawn"}
    assert escalation.incidents == {}
    assert not escalation.quiet
    assert "victim" in {role for role, *_ in warned([e for _, e in until(escalation, 120_000)])}
    escalation.receipt(sent.warning_id, PRESENTED, 121_000)


def test_a_case_is_quiet_again_when_nothing_can_change_any_more() -> None:
    escalation, _ = begun(BREACH)
    acknowledge(escalation, 1_000)
    escalation.signal(level(BREACH, CLEAR, 1, 2_000), 2_000)
    assert [
        e for _, e in until(escalation, 30_000) if not isinstance(e, SendWarning | DeliveryChanged)
    ] == []
    assert pending(escalation, Channel.CALL) == []  # over: nobody calls any more
    until(escalation, LIFE_MS + LATE_RECEIPT_MS)
    assert escalation.quiet
    assert escalation.due_ms is None


def test_an_alarm_that_chatters_for_hours_keeps_a_case_small() -> None:
    escalation = new_escalation()
    for second in range(0, 7_200, 4):
        now_ms = second * 1_000
        for sent in only(SendWarning, escalation.signal(alarm("strap", now_ms), now_ms)):
            escalation.receipt(sent.warning_id, PRESENTED, now_ms + 1_000)
        escalation.signal(alarm("strap", now_ms + 2_000, raised=False), now_ms + 2_000)
    assert len(escalation.deliveries) <= HELD_MAX + 1
    assert len(pending(escalation, Channel.CONSOLE)) == 1
