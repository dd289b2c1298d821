"""The loop: nothing leaves before it is committed, but warnings do not wait for a broken store."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from threading import current_thread
from typing import Any

import pytest

from host.clock import Clock
from host.commands.cli import main
from host.core.audit import Chain, verify
from host.core.outcome import Connection, Outcome
from host.core.transcript import DEADLINE, POISON
from host.errors import ResguardoError
from host.escalation.act import Act, Verb
from host.escalation.incident import Refused
from host.ingest.intake import take
from host.registry import Assignment, Role, Unit
from host.service.health import Health
from host.service.loop import CLOCK_BACK_MAX_MS, Service
from host.service.mqtt import AT_LEAST_ONCE, AT_MOST_ONCE
from host.store.store import Store
from protocol import record
from tests.host.field import WITHIN_S, Field, Wire, until
from tests.host.store.rows import fix_row, outcome_of
from tests.host.units import FieldUnit


@pytest.fixture
def field(tmp_path: Path) -> Iterator[Field]:
    field = Field(tmp_path)
    yield field
    field.end()


def test_an_answer_says_what_is_committed(field: Field) -> None:
    now_ms = field.clock.now_ms()
    field.says(field.victim, field.victim.fix(now_ms - 10) + field.victim.fix(now_ms))
    until(lambda: field.answers())
    (answer,) = field.answers()
    assert (answer.watermark, answer.answered) == (2, 2)
    assert [row.sequence for _, row in field.store.records()] == [1, 2]
    assert field.wire.sent[0][2] == AT_MOST_ONCE


def test_nothing_is_answered_while_the_store_is_down_and_all_of_it_afterwards(
    field: Field,
) -> None:
    field.down.set()
    for n in range(20):
        field.says(field.victim, field.victim.fix(field.clock.now_ms() - 1000 + n))
    until(lambda: "store_down" in field.alarms())
    assert field.answers() == []
    assert list(field.store.records()) == []
    field.down.clear()
    until(lambda: len(field.answers()) == 20)
    assert [row.sequence for _, row in field.store.records()] == list(range(1, 21))
    assert [answer.answered for answer in field.answers()] == list(range(1, 21))
    until(lambda: field.alarms()["store_down"]["state"] == "returned_unacknowledged")
    numbers = [answer.number for answer in field.answers()]
    assert numbers == sorted(set(numbers))


def test_both_are_warned_and_the_centre_knows(field: Field) -> None:
    field.near()
    until(lambda: field.warnings(field.victim) and field.warnings(field.bracelet))
    assert {qos for _, sealed, qos in field.wire.sent if len(sealed)} == {
        AT_MOST_ONCE,
        AT_LEAST_ONCE,
    }
    assert field.alarms()["victim:ana"]["state"] == "unacknowledged"
    kinds = {event.order for event in field.service.feed._ring}
    assert kinds <= {None, "O1"}


def test_a_warning_does_not_wait_for_a_store_that_is_down(field: Field) -> None:
    field.down.set()
    field.near()
    until(lambda: field.warnings(field.victim))
    assert list(field.store.records()) == []
    early = {warning.warning_id for warning in field.warnings()}
    lines = (field.folder / "elsewhere.jsonl").read_text().splitlines()
    entries = [json.loads(line) for line in lines]
    kept = {warn["warning_id"] for entry in entries for warn in entry["warnings"]}
    assert kept == early
    assert {row["unit"] for entry in entries for row in entry["records"]} == {"B1", "V1"}
    field.down.clear()
    until(lambda: len(list(field.store.records())) >= 2)
    until(lambda: field.answers(field.bracelet))
    # Committed now, but not sent a second time on that account: a retry is the ladder's.
    first = [warning.warning_id for warning in field.warnings()]
    assert len(first) == len(set(first))


def test_a_warning_is_sent_again_by_the_next_host_under_its_own_identifier(
    tmp_path: Path,
) -> None:
    field = Field(tmp_path)
    field.near()
    until(lambda: field.warnings(field.victim))
    before = {warning.warning_id: warning for warning in field.warnings()}
    field.end()
    later = Field(tmp_path, Clock(field.clock.now_ms() + 20_000))
    until(lambda: {warning.warning_id for warning in later.warnings()} >= set(before))
    numbers = {warning.warning_id: warning.number for warning in later.warnings()}
    assert all(numbers[name] > warning.number for name, warning in before.items())
    later.end()


def test_a_host_goes_on_from_what_was_committed(tmp_path: Path) -> None:
    field = Field(tmp_path)
    sealed = field.victim.fix(field.clock.now_ms())
    field.says(field.victim, sealed)
    until(lambda: field.answers())
    field.end()
    again = Field(tmp_path)
    again.says(again.victim, sealed)
    until(lambda: again.answers())
    assert again.answers()[0].watermark == 1
    until(lambda: again.service.centre.counters["duplicate"] == 1)
    assert len(list(again.store.records())) == 1
    assert len(list(again.store.audit())) > 0
    again.end()


def test_the_hosts_own_alarms_are_acknowledged_like_any_other(field: Field) -> None:
    field.down.set()
    field.says(field.victim, field.victim.fix(field.clock.now_ms()))
    until(lambda: "store_down" in field.alarms())
    alarm = field.alarms()["store_down"]
    assert (alarm["priority"], alarm["state"]) == (1, "unacknowledged")
    assert alarm["verbs"] == ["acknowledge"]
    assert "no space left" in alarm["sentence"]["en"]
    shown = field.service.act(Act(Verb.ACKNOWLEDGE, "store_down", "Marta"))
    assert (shown["state"], shown["verbs"]) == ("acknowledged", [])
    with pytest.raises(Refused):
        field.service.act(Act(Verb.ACKNOWLEDGE, "store_down", "Marta"))
    field.down.clear()
    until(lambda: "store_down" not in field.alarms())


def test_an_input_that_the_centre_fails_on_is_kept_aside_and_costs_nothing_else(
    field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fragile(payload: bytes, *rest: Any) -> Any:
        if payload == b"poison":
            raise ZeroDivisionError
        return take(payload, *rest)

    monkeypatch.setattr("host.core.centre.take", fragile)
    field.says(field.victim, field.victim.fix(field.clock.now_ms()))
    field.says(field.bracelet, b"poison")
    field.says(field.bracelet, field.bracelet.fix(field.clock.now_ms(), 9000))
    until(lambda: len(field.answers()) == 2)
    assert {(row.unit, row.verdict) for _, row in field.store.records()} == {
        ("V1", ""),
        ("B1", "poison"),
        ("B1", ""),
    }
    assert "step_failed" in field.alarms()
    assert not field.service.failed.is_set()


@pytest.mark.parametrize("timer", ["proximity.order.OrderState.timer", "core.desk.Desk.timer"])
def test_a_deadline_that_the_centre_fails_on_is_kept_aside_and_no_input_is_blamed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, timer: str
) -> None:
    before = Field(tmp_path)
    before.near()
    until(lambda: before.warnings(before.victim) and before.answers(before.bracelet))
    before.end()
    monkeypatch.setattr(f"host.{timer}", _fails)
    clock = Clock(before.clock.now_ms() + 20_000)
    field = Field(tmp_path, clock)
    field.victim, field.bracelet = before.victim, before.bracelet
    until(lambda: any(row.kind == DEADLINE for _, row in field.store.records()))
    field.near()
    until(lambda: field.answers(field.victim) and field.answers(field.bracelet))
    rows = [(row.unit, row.kind, row.verdict) for _, row in field.store.records(after=2)]
    assert rows == [("", DEADLINE, POISON), ("V1", "fix", ""), ("B1", "fix", "")]
    alarm = field.alarms()["deadline_failed"]
    assert "of O1" in alarm["sentence"]["en"]
    shown = field.service.act(Act(Verb.ACKNOWLEDGE, alarm["incident"], "Eva"))
    assert shown["state"] == "acknowledged"
    assert not field.service.failed.is_set()
    field.end()
    assert main(["verify", "--database", str(tmp_path / "a.db")]) == 0
    monkeypatch.undo()
    later = Field(tmp_path, Clock(clock.now_ms() + 20_000))
    until(lambda: later.warnings(later.victim))  # what was due goes on
    assert "deadline_failed" not in later.alarms()
    later.end()


def test_a_step_that_fails_while_the_store_is_down_holds_no_warning_up(
    field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    field.down.set()
    field.says(field.victim, field.victim.fix(field.clock.now_ms()))
    monkeypatch.setattr("host.core.desk.Desk.act", _fails)
    field.service.put(Act(Verb.ACKNOWLEDGE, "0000", "Eva", field.clock.now_ms()))
    field.says(field.bracelet, field.bracelet.fix(field.clock.now_ms(), 300.0))
    until(lambda: field.warnings(field.victim))
    assert list(field.store.records()) == []
    field.down.clear()
    until(lambda: field.answers(field.bracelet))
    assert [row.verdict for _, row in field.store.records()] == ["", POISON, ""]
    assert verify(field.store.audit()) is None


def test_what_cannot_be_shown_is_left_out_and_said(
    field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("host.service.views.order_view", _fails)
    field.near()
    until(lambda: field.warnings(field.victim))
    shown = field.service.snapshot()
    assert (shown["orders"], len(shown["units"])) == ([], 2)
    until(lambda: "view_failed" in field.alarms())
    assert not field.service.failed.is_set()


def test_all_that_is_shown_is_looked_up_on_the_loops_thread(
    field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads = set()

    def views(_: Health) -> list[Any]:
        threads.add(current_thread().name)
        return []

    monkeypatch.setattr(Health, "views", views)
    field.service.snapshot()
    assert threads == {"centre"}


def test_a_step_without_consequences_makes_no_commit(
    field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    field.says(field.victim, field.victim.fix(field.clock.now_ms()))
    until(lambda: field.answers())
    monkeypatch.setattr(field.service._writer, "submit", _fails)
    field.service.put(Connection("X9", True, field.clock.now_ms()))
    until(lambda: field.service.centre.counters["unknown_unit"] == 1)
    field.alarms()
    assert not field.service.failed.is_set()


def test_command_numbers_go_on_from_the_last_deadline_too(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "a.db")
    ahead_ms = Clock().now_ms() + CLOCK_BACK_MAX_MS - 5000
    entry = Chain(store.secret()).append("delivery.again", "O1", {}, ahead_ms)
    store.log.commit([Outcome(audit=[entry])])
    store.close()
    field = Field(tmp_path)
    field.says(field.victim, field.victim.fix(field.clock.now_ms()))
    until(lambda: field.answers())
    assert field.answers()[0].number > ahead_ms
    field.end()


def test_an_outcome_that_cannot_be_stored_is_undone(field: Field) -> None:
    field.says(field.victim, field.victim.fix(field.clock.now_ms()))
    until(lambda: field.answers())
    field.refuses.set()
    sealed = field.victim.fix(field.clock.now_ms())
    field.says(field.victim, sealed)
    field.says(field.bracelet, field.bracelet.fix(field.clock.now_ms(), 9000))
    until(lambda: "step_failed" in field.alarms())
    assert len(field.answers()) == 1
    field.refuses.clear()

    def answered() -> bool:  # it says it again, as the unit does, for want of an answer
        field.says(field.victim, sealed)
        time.sleep(0.1)
        return len(field.answers(field.victim)) >= 2

    until(answered)
    assert [row.unit for _, row in field.store.records()].count("V1") == 2
    assert verify(field.store.audit()) is None


def test_a_loop_that_cannot_go_on_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    field = Field(tmp_path)
    monkeypatch.setattr(field.service.centre, "step", _fails)
    monkeypatch.setattr("host.service.loop.revive", _fails)
    field.near()
    assert field.service.failed.wait(WITHIN_S)
    assert "the centre has stopped" in field.service.failure
    field.end()


def _fails(*_: Any) -> None:
    raise ZeroDivisionError


def test_what_another_process_enters_takes_force(field: Field) -> None:
    elsewhere = Store.open(field.folder / "a.db")
    unit = Unit("B2", Role.OFFENDER, bytes(32), 1)
    elsewhere.save_unit(unit, 2)
    elsewhere.save_person("pedro")
    elsewhere.assign(Assignment("B2", "pedro", 0), 2)
    until(lambda: "B2" in {one["unit"] for one in field.service.snapshot()["units"]})
    other = FieldUnit(unit)
    field.says(other, other.fix(field.clock.now_ms()))
    until(lambda: [name for name, _, _ in field.wire.sent] == ["B2"])


def test_the_console_sees_connections(field: Field) -> None:
    field.service.put(Connection("B1", True, field.clock.now_ms()))
    until(lambda: _unit(field, "B1")["connected"])
    assert not _unit(field, "V1")["connected"]


def _unit(field: Field, name: str) -> dict[str, Any]:
    return next(one for one in field.service.snapshot()["units"] if one["unit"] == name)


def test_a_late_fix_finds_its_counterpart_in_the_log(field: Field) -> None:
    now_ms = field.clock.now_ms()
    field.says(field.victim, field.victim.fix(now_ms - 500_000))
    late = field.bracelet.fix(now_ms - 500_000, 100)
    field.says(field.bracelet, field.bracelet.fix(now_ms, 9000))
    until(lambda: len(field.answers()) == 2)
    field.says(field.bracelet, late)
    until(lambda: any(cause.startswith("retrospective") for cause in field.alarms()))


def test_a_clock_that_went_back_is_refused(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "a.db")
    ahead_ms = Clock().now_ms() + CLOCK_BACK_MAX_MS + 5000
    store.log.commit([outcome_of(fix_row("B1", 1, ahead_ms))])
    with pytest.raises(ResguardoError, match="set the clock right"):
        Service(store, Wire(), Clock(), emergency=tmp_path / "e.jsonl")


def test_a_panic_is_answered_though_nothing_else_comes(field: Field) -> None:
    field.says(field.victim, field.victim.event(field.clock.now_ms(), record.PANIC))
    until(lambda: field.answers(field.victim))
    assert any(cause.startswith("panic") for cause in field.alarms())
