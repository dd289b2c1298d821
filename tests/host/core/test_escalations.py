"""One escalation an order while something is open, effects to their places, all audited."""

from dataclasses import replace
from hashlib import sha256
from typing import Any

import orjson
import pytest

from host.core.audit import BATCH, Chain
from host.core.batch import StateSum, check_of, close
from host.core.escalations import Escalations
from host.core.outcome import Outcome
from host.core.transcript import row_bytes
from host.escalation.act import Act, Verb
from host.escalation.incident import Refused, UnknownDelivery, UnknownIncident
from host.escalation.policies import Policies
from host.ingest.news import Receipted
from host.ingest.row import log_row
from host.ingest.wearer import Wearer
from host.proximity.order import OrderState
from host.proximity.track import Track
from host.proximity.types import Condition, ConditionChange, Level, Signal, Transition, UnitAlarm
from host.registry.types import Order, Role
from protocol import record
from tests.host.driven_centre import BRACELET, SECRET, VICTIM_UNIT, at_ms
from tests.host.first_broken import first_broken

ORDER = Order("O1", 1, "juan", ("ana",))
HOUR_MS = 3_600_000


class Audited:
    """The escalations and what comes out of them; everybody in `units` wears one."""

    def __init__(self, **units: str) -> None:
        units = units or {"juan": "B1", "ana": "V1"}
        self.units = {person: self.wearer(name) for person, name in units.items()}
        self.chain = Chain(SECRET)
        self.states = StateSum()
        self.escalations = Escalations(self.chain, self.units.get, Policies())
        self.state = OrderState(ORDER, Track(), (Track(),), (), at_ms(0))
        self.outcomes: list[Outcome] = []

    @staticmethod
    def wearer(unit: str) -> Wearer:
        return Wearer(replace(VICTIM_UNIT if unit.startswith("V") else BRACELET, id=unit))

    def signal(self, signal: Signal, at_s: float = 0, close: bool = True) -> Outcome:
        told = Outcome()
        self.escalations.signal(self.state, signal, at_ms(at_s), told)
        return self.close(told, at_s) if close else told

    def act(
        self, verb: Verb, subject: str, operator: str, at_s: float, told: Outcome, **how: Any
    ) -> str | None:
        act = Act(verb, subject, operator, at_ms(at_s), **how)
        return self.escalations.act(act, at_ms(at_s), told)

    def acknowledge(self, subject: str, operator: str, at_s: float, told: Outcome) -> str | None:
        return self.act(Verb.ACKNOWLEDGE, subject, operator, at_s, told)

    def receipt(self, unit: str, delivery_id: int, said: int, told: Outcome) -> str | None:
        wearer = Wearer({one.id: one for one in (BRACELET, VICTIM_UNIT)}[unit])
        wearer.person = next(who for who, worn in self.units.items() if worn.unit.id == unit)
        return self.escalations.receipt(Receipted(delivery_id, said), wearer, at_ms(1), told)

    def close(self, told: Outcome, at_s: float) -> Outcome:
        self.escalations.save(told)
        close(told, self.chain, self.states, at_ms(at_s))
        self.outcomes.append(told)
        return told

    def until(self, at_s: float) -> Outcome:
        """Every deadline of the escalation at its own time."""
        told = Outcome()
        while (due_ms := self.escalations.due_ms("O1")) is not None and due_ms <= at_ms(at_s):
            self.escalations.timer("O1", due_ms, told)
        return self.close(told, at_s)


def level(before: Level, after: Level, at_s: float = 0, rise: int = 1) -> Transition:
    return Transition(
        "O1", "victim:ana", at_ms(at_s), at_ms(at_s), before, after, rise, "distance", 300.0
    )


def alarm(code: str, at_s: float = 0, raised: bool = True) -> UnitAlarm:
    return UnitAlarm("O1", "B1", Role.OFFENDER, "juan", code, raised, at_ms(at_s), at_ms(at_s))


RISE = level(Level.CLEAR, Level.ALERT)
FALL = level(Level.ALERT, Level.CLEAR, 300)


def test_what_does_not_matter_is_audited_and_opens_no_case() -> None:
    audited = Audited()
    for quiet in (
        FALL,
        ConditionChange("O1", at_ms(0), Condition.INACTIVE, Condition.ASSURED, "far"),
        alarm("strap", raised=False),
    ):
        told = audited.signal(quiet)
        assert (told.escalations, told.incidents) == ({}, [])
        assert len([entry for entry in told.audit if entry.kind != BATCH]) == 1
    assert audited.escalations.of("O1") is None


def test_a_rise_goes_to_its_places() -> None:
    audited = Audited()
    told = audited.signal(RISE)
    assert told.rising
    assert [incident.cause for incident in told.incidents] == ["victim:ana"]
    assert {warn.unit for warn in told.warnings} == {"B1", "V1"}
    assert orjson.loads(told.escalations["O1"])["incidents"]
    kinds = [entry.kind for entry in told.audit]
    assert kinds[0] == "level"
    assert "incident.raised" in kinds
    assert "delivery.sent" in kinds
    assert kinds[-1] == BATCH
    assert {entry.order for entry in told.audit[:-1]} == {"O1"}


def test_who_wears_no_unit_is_not_sent_to_but_not_forgotten() -> None:
    audited = Audited(juan="B1")
    told = audited.signal(RISE)
    assert {warn.unit for warn in told.warnings} == {"B1"}
    assert {str(one.recipient) for one in told.deliveries} >= {"victim", "offender"}
    audited.units["ana"] = audited.wearer("V9")
    retried = audited.until(60)
    assert "V9" in {warn.unit for warn in retried.warnings}


def test_a_case_is_dropped_as_soon_as_nothing_is_open_or_under_way() -> None:
    audited = Audited()
    told = audited.signal(RISE)
    (incident,) = told.incidents
    ids = {warn.warning_id: warn.unit for warn in told.warnings}
    audited.signal(FALL, 300)
    acted = Outcome()
    assert audited.acknowledge(incident.id, "olga", 301, acted) == "O1"
    audited.close(acted, 301)
    assert audited.escalations.of("O1") is not None  # warnings still wait for their receipts
    over = audited.until(2 * HOUR_MS / 1000)
    assert over.escalations == {"O1": b""}
    assert (audited.escalations.of("O1"), audited.escalations.due_ms("O1")) == (None, None)
    assert not audited.escalations._order_of_delivery
    assert not audited.escalations._order_of_incident
    assert not audited.escalations._receipts_of
    late = Outcome()
    for warning_id, unit in ids.items():
        assert audited.receipt(unit, warning_id, record.PRESENTED, late) is None
    assert (late.audit, late.deliveries) == ([], [])


def test_a_case_that_is_dropped_within_a_step_may_open_again_in_it() -> None:
    audited = Audited()
    told = audited.signal(alarm("tamper"), close=False)
    (incident, *_) = told.incidents
    audited.acknowledge(incident.id, "olga", 0, told)
    while (due_ms := audited.escalations.due_ms("O1")) is not None:
        audited.escalations.timer("O1", due_ms, told)
    assert audited.escalations.of("O1") is None
    audited.escalations.signal(audited.state, alarm("tamper", 9000), at_ms(9000), told)
    audited.close(told, 9000)
    assert orjson.loads(told.escalations["O1"])["incidents"]


def test_what_an_operator_may_not_do_is_told_with_its_reason() -> None:
    audited = Audited()
    told = audited.signal(RISE)
    (incident,) = told.incidents
    acted = Outcome()
    assert audited.acknowledge("none", "olga", 1, acted) is None
    audited.acknowledge(incident.id, "olga", 1, acted)
    audited.acknowledge(incident.id, "eva", 1, acted)
    assert audited.act(Verb.CALL, "none", "eva", 1, acted) is None
    assert {(act.verb, act.operator): type(why) for act, why in acted.refusals.items()} == {
        ("acknowledge", "olga"): UnknownIncident,
        ("acknowledge", "eva"): Refused,
        ("call", "eva"): UnknownDelivery,
    }


def test_a_panic_is_closed_by_an_operator_and_its_unit_told_to_forget() -> None:
    audited = Audited()
    (incident, *_) = audited.signal(alarm("panic")).incidents
    called = [one for one in audited.until(40).deliveries if str(one.channel) == "call"]
    assert called
    acted = Outcome()
    assert audited.act(Verb.CALL, called[0].id, "olga", 41, acted, reached=True) == "O1"
    assert str(acted.deliveries[-1].state) == "answered"
    audited.acknowledge(incident.id, "olga", 42, acted)
    assert audited.act(Verb.RESOLVE, incident.id, "olga", 43, acted, reason="by mistake") == "O1"
    assert acted.refusals == {}
    assert [one[::2] for one in acted.clear_latch] == [("B1", "panic")]
    assert [entry.kind for entry in acted.audit if entry.kind.startswith("incident")] == [
        "incident.acknowledged",
        "incident.over",
    ]
    (latch,) = [one for one in audited.close(acted, 43).deliveries if str(one.channel) == "latch"]
    assert (str(latch.state), latch.person) == ("sent", "juan")


def test_a_receipt_counts_for_whom_the_warning_was_meant() -> None:
    audited = Audited()
    told = audited.signal(RISE)
    hers = next(warn for warn in told.warnings if warn.unit == "V1")
    got = Outcome()
    with pytest.raises(Refused) as refusal:
        audited.receipt("B1", hers.warning_id, record.PRESENTED, got)
    assert refusal.value.reason == "foreign_receipt"
    with pytest.raises(Refused) as refusal:
        audited.receipt("V1", hers.warning_id, 77, got)
    assert refusal.value.reason == "unknown_outcome"
    assert got.deliveries == []
    assert audited.receipt("V1", hers.warning_id, record.PRESENTED, got) == "O1"
    assert [str(one.state) for one in got.deliveries] == ["delivered"]
    assert audited.receipt("V1", 12345, record.PRESENTED, got) is None


def test_a_latch_is_confirmed_by_its_unit_whoever_wears_it() -> None:
    audited = Audited()
    audited.signal(alarm("case"))
    (incident, *_) = audited.signal(alarm("case", 1, raised=False)).incidents
    over = Outcome()
    audited.acknowledge(incident.id, "olga", 2, over)
    (clear,) = over.clear_latch
    with pytest.raises(Refused) as refusal:
        audited.receipt("V1", clear.delivery_id, record.DONE, over)
    assert refusal.value.reason == "foreign_receipt"
    audited.units["luis"] = audited.units.pop("juan")
    assert audited.close(over, 3).escalations["O1"] != b""
    done = Outcome()
    assert audited.receipt("B1", clear.delivery_id, record.DONE, done) == "O1"
    assert [str(one.state) for one in done.deliveries] == ["delivered"]
    assert audited.close(done, 4).escalations == {"O1": b""}


def test_a_case_goes_on_from_its_state() -> None:
    audited, again = Audited(), Audited()
    told = audited.signal(RISE)
    again.escalations.restore(ORDER, told.escalations["O1"])
    assert again.escalations.due_ms("O1") == audited.escalations.due_ms("O1")
    assert again.escalations._order_of_delivery.keys() >= {
        warn.warning_id for warn in told.warnings
    }
    one, other = audited.until(600), again.until(600)
    assert one.warnings == other.warnings
    assert one.escalations == other.escalations
    again.escalations.restore(ORDER, b"")  # an escalation that is over
    acted = Outcome()
    again.acknowledge(told.incidents[0].id, "olga", 601, acted)
    assert acted.refusals == {}


def test_a_batch_of_rows_is_chained_with_all_that_they_say() -> None:
    row = log_row(at_ms(1), "B1", "record", b"sealed", 7, "bad_seal")
    audited, told = Audited(), Outcome(records=[row, row], parted=[1])
    audited.close(told, 1)
    (entry,) = told.audit
    assert entry.data is not None
    digest = sha256(row_bytes(row) * 2).hexdigest()
    assert (entry.kind, entry.at_ms) == (BATCH, at_ms(1))
    assert orjson.loads(entry.data) == {
        "count": 2,
        "digest": digest,
        "parted": [1],
        "checks": 2 * check_of(row),
        "states": StateSum().hex,
    }
    for other in (
        row._replace(received_ms=1),
        row._replace(unit="B2"),
        row._replace(kind="fix"),
        row._replace(sequence=8),
        row._replace(verdict=""),
        row._replace(sealed=b"seale"),
    ):
        assert row_bytes(other) != row_bytes(row)


def test_the_chain_of_a_day_verifies() -> None:
    audited = Audited()
    audited.signal(RISE)
    audited.signal(alarm("panic", 5), 5)
    audited.until(1000)
    assert first_broken([entry for told in audited.outcomes for entry in told.audit]) is None
