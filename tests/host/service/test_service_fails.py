"""The loop when something fails: it is set aside, undone or said, and the rest goes on."""

import time
from pathlib import Path
from threading import current_thread
from typing import Any

import pytest

from host.base.clock import Clock
from host.commands.cli import main
from host.core.audit import Chain, verify
from host.core.outcome import Connection, Outcome
from host.core.transcript import DEADLINE, POISON
from host.escalation.act import Act, Verb
from host.ingest.intake import take
from host.service.health import Health
from host.service.loop import CLOCK_BACK_MAX_MS
from host.store.store import Store
from tests.host.field import WITHIN_S, Field, until


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


def test_what_the_broker_said_of_a_unit_is_not_lost_with_what_cannot_be_stored(
    field: Field,
) -> None:
    field.service.put(Connection("V1", True, field.clock.now_ms()))
    until(lambda: len(list(field.store.records())) == 1)
    field.refuses.set()
    field.service.put(Connection("V1", False, field.clock.now_ms()))
    until(lambda: "step_failed" in field.alarms())
    field.refuses.clear()
    until(lambda: len(list(field.store.records())) == 2)
    assert not field.service.centre.roster.wearers["V1"].connected


def test_a_registry_that_cannot_be_read_is_a_store_that_is_down(
    field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(field.store, "changes", _fails)
    until(lambda: "store_down" in field.alarms())
    monkeypatch.undo()
    until(lambda: field.alarms()["store_down"]["state"] == "returned_unacknowledged")


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
