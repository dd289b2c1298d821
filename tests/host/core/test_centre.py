"""The centre, input by input: what each comes to, and what it must never come to."""

import pytest

from host.core.outcome import Connection, Received
from host.escalation.act import Act, Verb
from host.escalation.incident import State, UnknownIncident
from host.proximity.order import OrderState
from host.proximity.types import Condition, Level
from host.registry.types import Assignment, Order, Registry, Role
from protocol import record
from tests.host.driven_centre import (
    REGISTRY,
    DrivenCentre,
    Sealer,
    alarms,
    at_ms,
    conditions,
    incident,
    levels,
    unit,
    verdicts,
)

# Messages


def test_a_message_is_answered_with_custody_and_a_lease() -> None:
    driven = DrivenCentre()
    driven.fix("V1", 0)
    (answer,) = driven.fix("B1", 0, 20_000).answers
    assert (answer.unit, answer.watermark, answer.bitmap, answer.answered) == ("B1", 1, 1, 1)
    assert answer.lease_s == 10


def test_what_is_badly_sealed_is_kept_and_never_answered() -> None:
    driven = DrivenCentre()
    told = driven.receive("B1", 0, Sealer(unit("B1", Role.OFFENDER, floor_s=1)).fix(0)[:-1] + b"!")
    assert verdicts(told) == [("record", "bad_seal")]
    assert (told.answers, told.units, told.orders) == ([], {}, {})
    assert driven.centre.roster.wearers["B1"].track.contact_ms == 0


def test_what_is_absurd_is_kept_and_answered() -> None:
    driven = DrivenCentre()
    told = driven.fix("B1", 0, lat_e7=0, lon_e7=0)
    assert verdicts(told) == [("fix", "null_island")]
    assert [answer.answered for answer in told.answers] == [1]


def test_an_unknown_unit_is_kept_and_counted() -> None:
    driven = DrivenCentre()
    told = driven.step(Received("X9", b"whatever", at_ms(1)), Connection("X9", True, at_ms(1)))
    assert verdicts(told) == [("message", "unknown_unit")]
    assert driven.centre.counters == {"unknown_unit": 2}


def test_a_copy_is_answered_again_and_is_no_sign_of_life() -> None:
    driven = DrivenCentre()
    driven.both(60, 1500)  # too near to assure: both must be heard
    assert driven.centre.roster.orders["O1"].condition is Condition.WATCHED
    replayed = driven.inputs[-1]
    assert isinstance(replayed, Received)
    for s in range(61, 91):
        told = driven.receive("V1", s, driven.sealers["V1"].fix(s))
        assert told.audit == [] or s < 90 or told.signals
        told = driven.step(replayed._replace(at_ms=at_ms(s)))
        assert [answer.answered for answer in told.answers] == [1]
        assert told.records == []
    assert driven.centre.roster.orders["O1"].reason == "overdue_offender"


def test_the_same_sequence_with_other_content_alarms_and_unassures() -> None:
    driven = DrivenCentre()
    driven.both(60, 20_000)
    assert driven.centre.roster.orders["O1"].condition is Condition.ASSURED
    twin = Sealer(REGISTRY.units[0])
    told = driven.receive("B1", 65, twin.fix(60, 21_000))
    assert verdicts(told) == [("record", "tamper")]
    assert alarms(told) == [("tamper", True)]
    state = driven.centre.roster.orders["O1"]
    assert (state.condition, state.reason) == (Condition.UNASSURED, "disbelieved")
    assert {one.cause for one in told.incidents} == {"tamper:B1"}


def test_either_partys_report_triggers() -> None:
    for mover, other in (("B1", "V1"), ("V1", "B1")):
        driven = DrivenCentre()
        driven.fix(other, 0)
        told = [driven.fix(mover, 10 + s, 2500 - 10 * s) for s in range(0, 250, 5)]
        assert levels(told) == ["pre_alert", "alert", "breach"]
        warned = {warn.unit for out in told for warn in out.warnings}
        assert warned == {"B1", "V1"}


def test_a_newest_fix_and_its_backlog_in_any_cut_alarm_of_the_same() -> None:
    for cut in (1, 3, 50):
        driven = DrivenCentre()
        driven.fix("V1", 0)
        sealed = [driven.sealers["B1"].fix(s, 2000 - 20 * s) for s in range(0, 100, 2)]
        told = [driven.receive("B1", 100, *sealed[i : i + cut]) for i in range(0, 50, cut)]
        assert levels(told) == ["pre_alert", "alert", "breach"]


# Acknowledgement


def test_an_acknowledgement_and_its_refusals() -> None:
    driven = DrivenCentre()
    driven.both(0, 300)
    name = incident(driven)
    told = driven.step(Act(Verb.ACKNOWLEDGE, name, "olga", at_ms(5)))
    assert [(one.state, one.acknowledged_by) for one in told.incidents] == [
        (State.ACKNOWLEDGED, "olga")
    ]
    assert verdicts(told) == [("act", "")]
    again = driven.step(Act(Verb.ACKNOWLEDGE, name, "olga", at_ms(6)))
    assert again.incidents == []
    assert [getattr(why, "reason", "") for why in again.refusals.values()] == [
        "already_acknowledged"
    ]
    nothing = driven.step(Act(Verb.ACKNOWLEDGE, "0000", "olga", at_ms(7)))
    assert [type(why) for why in nothing.refusals.values()] == [UnknownIncident]
    assert len(again.records) == len(nothing.records) == 1  # what was tried is on record too


def test_a_receipt_ends_the_retries_and_a_foreign_one_does_not() -> None:
    driven = DrivenCentre()
    (warning,) = [
        warn
        for out in (driven.fix("V1", 0), driven.fix("B1", 0, 300))
        for warn in out.warnings
        if warn.unit == "V1"
    ]
    driven.receive("B1", 1, driven.sealers["B1"].receipt(1, warning.warning_id))
    assert driven.centre.counters["foreign_receipt"] == 1
    retried = driven.step(now_s=60)
    assert warning.warning_id in {warn.warning_id for warn in retried.warnings}
    driven.receive("V1", 61, driven.sealers["V1"].receipt(61, warning.warning_id))
    assert warning.warning_id not in {warn.warning_id for warn in driven.step(now_s=200).warnings}


def test_an_absurd_receipt_is_counted() -> None:
    driven = DrivenCentre()
    (warning,) = [warn for warn in (driven.both(0, 300)).warnings if warn.unit == "V1"]
    sealer = driven.sealers["V1"]
    told = driven.receive("V1", 1, sealer.receipt(1, warning.warning_id, 77), sealer.receipt(1, 5))
    assert verdicts(told) == [("receipt", ""), ("receipt", "")]
    assert driven.centre.counters["unknown_outcome"] == 1


# Time


def test_now_never_goes_back() -> None:
    driven = DrivenCentre()
    driven.step(now_s=100)
    told = driven.step(Received("B1", driven.sealers["B1"].fix(90), at_ms(90)), now_s=95)
    assert told.records[0].received_ms == at_ms(100)
    assert driven.centre.now_ms == at_ms(100)


def test_deadlines_before_an_input_fire_before_it_at_their_own_time() -> None:
    driven = DrivenCentre()
    driven.both(60, 1500)
    told = driven.fix("B1", 400, 1500)
    assert conditions(told) == [Condition.UNASSURED]
    assert told.signals[0].at_ms == at_ms(85)


def test_silence_for_ever_is_an_alarm_and_never_lowers_a_level() -> None:
    driven = DrivenCentre()
    driven.both(0, 300)
    told = driven.step(now_s=86_400)
    assert driven.centre.roster.orders["O1"].level is Level.ALERT
    assert conditions(told) == [Condition.UNASSURED]


def test_a_victim_at_rest_whose_unit_falls_silent_is_not_assured_for_ever() -> None:
    driven = DrivenCentre()
    driven.receive("V1", 0, driven.sealers["V1"].rest(0))
    for s in range(0, 3600, 60):
        driven.fix("B1", s, 30_000)
    state = driven.centre.roster.orders["O1"]
    assert (state.condition, state.reason) == (Condition.UNASSURED, "overdue_victim")


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
    driven = DrivenCentre(registry)
    assert calls == {"observe": 0, "contact": 0, "__init__": n, "state": n}
    calls.update(dict.fromkeys(calls, 0))
    told = driven.fix("V1", 0)
    assert calls == {"observe": n, "contact": n, "__init__": 0, "state": n}
    assert (len(told.shown_orders), told.orders) == (n, {})  # looked at, but as they were
    assert len(told.answers) == 1
    told = driven.receive("V1", 1, driven.sealers["V1"].event(1, record.PANIC))
    assert len(told.signals) == len(told.incidents) == n
    assert calls["contact"] == 2 * n
    driven.fix("B7", 2, 300)
    assert calls["observe"] == n + 1
