"""The loop when something fails: it is set aside, undone or said, and the rest goes on."""

import time
from pathlib import Path
from threading import current_thread
from typing import Any

import pytest

from host.base.clock import Clock
from host.commands.cli import main
from host.core.audit import Chain
from host.core.outcome import Connection, Outcome
from host.core.transcript import DEADLINE, POISON
from host.escalation.act import Act, Verb
from host.ingest.intake import take
from host.service.faults import BROKER_LOSES, UNIT_EVICTED, Faults
from host.service.loop import CLOCK_BACK_MAX_MS
from host.store.store import Store
from tests.host.first_broken import first_broken
from tests.host.host_at_work import WITHIN_S, HostAtWork, until


def test_an_input_that_the_centre_fails_on_is_kept_aside_and_costs_nothing_else(
    host: HostAtWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fragile(payload: bytes, *rest: Any) -> Any:
        if payload == b"poison":
            raise ZeroDivisionError
        return take(payload, *rest)

    monkeypatch.setattr("host.core.centre.take", fragile)
    host.says(host.victim, host.victim.fix(host.clock.now_ms()))
    host.says(host.bracelet, b"poison")
    host.says(host.bracelet, host.bracelet.fix(host.clock.now_ms(), 9000))
    until(lambda: len(host.answers()) == 2)
    assert {(row.unit, row.verdict) for _, row in host.store.records()} == {
        ("V1", ""),
        ("B1", "poison"),
        ("B1", ""),
    }
    assert "step_failed" in host.alarms()
    assert not host.service.failed.is_set()


@pytest.mark.parametrize(
    "timer", ["proximity.order.OrderState.timer", "core.escalations.Escalations.timer"]
)
def test_a_deadline_that_the_centre_fails_on_is_kept_aside_and_no_input_is_blamed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, timer: str
) -> None:
    before = HostAtWork(tmp_path)
    before.near()
    until(lambda: before.warnings(before.victim) and before.answers(before.bracelet))
    before.end()
    monkeypatch.setattr(f"host.{timer}", _fails)
    clock = Clock(before.clock.now_ms() + 20_000)
    host = HostAtWork(tmp_path, clock)
    host.victim, host.bracelet = before.victim, before.bracelet
    until(lambda: any(row.kind == DEADLINE for _, row in host.store.records()))
    host.near()
    until(lambda: host.answers(host.victim) and host.answers(host.bracelet))
    rows = [(row.unit, row.kind, row.verdict) for _, row in host.store.records(after=2)]
    assert rows == [("", DEADLINE, POISON), ("V1", "fix", ""), ("B1", "fix", "")]
    alarm = host.alarms()["deadline_failed"]
    assert "of O1" in alarm["sentence"]["en"]
    shown = host.service.requests.act(Act(Verb.ACKNOWLEDGE, alarm["incident"], "Eva"))
    assert shown["state"] == "acknowledged"
    assert not host.service.failed.is_set()
    host.end()
    monkeypatch.undo()  # each order has a deadline at once that the host before has met
    assert main(["verify", "--database", str(tmp_path / "a.db")]) == 0
    later = HostAtWork(tmp_path, Clock(clock.now_ms() + 20_000))
    until(lambda: later.warnings(later.victim))  # what was due goes on
    assert "deadline_failed" not in later.alarms()
    later.end()


def test_a_step_that_fails_while_the_store_is_down_holds_no_warning_up(
    host: HostAtWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    host.down.set()
    host.says(host.victim, host.victim.fix(host.clock.now_ms()))
    monkeypatch.setattr("host.core.escalations.Escalations.act", _fails)
    host.service.put(Act(Verb.ACKNOWLEDGE, "0000", "Eva", host.clock.now_ms()))
    host.says(host.bracelet, host.bracelet.fix(host.clock.now_ms(), 300.0))
    until(lambda: host.warnings(host.victim))
    assert list(host.store.records()) == []
    host.down.clear()
    until(lambda: host.answers(host.bracelet))
    assert [row.verdict for _, row in host.store.records()] == ["", POISON, ""]
    assert first_broken(host.store.audit()) is None


def test_what_cannot_be_shown_is_left_out_and_said(
    host: HostAtWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("host.service.views.order_view", _fails)
    host.near()
    until(lambda: host.warnings(host.victim))
    shown = host.service.requests.snapshot()
    assert (shown["orders"], len(shown["units"])) == ([], 2)
    until(lambda: "view_failed" in host.alarms())
    assert not host.service.failed.is_set()


def test_all_that_is_shown_is_looked_up_on_the_loops_thread(
    host: HostAtWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads = set()

    def views(_: Faults) -> list[Any]:
        threads.add(current_thread().name)
        return []

    monkeypatch.setattr(Faults, "views", views)
    host.service.requests.snapshot()
    assert threads == {"centre"}


def test_a_step_without_consequences_makes_no_commit(
    host: HostAtWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    host.says(host.victim, host.victim.fix(host.clock.now_ms()))
    until(lambda: host.answers())
    monkeypatch.setattr(host.service._writer, "submit", _fails)
    host.service.put(Connection("X9", True, host.clock.now_ms()))
    until(lambda: host.service.centre.counters["unknown_unit"] == 1)
    host.alarms()
    assert not host.service.failed.is_set()


def test_command_numbers_go_on_from_the_last_deadline_too(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "a.db")
    ahead_ms = Clock().now_ms() + CLOCK_BACK_MAX_MS - 5000
    entry = Chain(store.secret()).append("delivery.again", "O1", {}, ahead_ms)
    store.log.commit([Outcome(audit=[entry])])
    store.close()
    host = HostAtWork(tmp_path)
    host.says(host.victim, host.victim.fix(host.clock.now_ms()))
    until(lambda: host.answers())
    assert host.answers()[0].number > ahead_ms
    host.end()


def test_an_outcome_that_cannot_be_stored_is_undone(host: HostAtWork) -> None:
    host.says(host.victim, host.victim.fix(host.clock.now_ms()))
    until(lambda: host.answers())
    host.refuses.set()
    sealed = host.victim.fix(host.clock.now_ms())
    host.says(host.victim, sealed)
    host.says(host.bracelet, host.bracelet.fix(host.clock.now_ms(), 9000))
    until(lambda: "step_failed" in host.alarms())
    assert len(host.answers()) == 1
    host.refuses.clear()

    def answered() -> bool:  # it says it again, as the unit does, for want of an answer
        host.says(host.victim, sealed)
        time.sleep(0.1)
        return len(host.answers(host.victim)) >= 2

    until(answered)
    assert [row.unit for _, row in host.store.records()].count("V1") == 2
    assert first_broken(host.store.audit()) is None


def test_what_the_broker_said_of_a_unit_is_not_lost_with_what_cannot_be_stored(
    host: HostAtWork,
) -> None:
    host.service.put(Connection("V1", True, host.clock.now_ms()))
    until(lambda: len(list(host.store.records())) == 1)
    host.refuses.set()
    host.service.put(Connection("V1", False, host.clock.now_ms()))
    until(lambda: "step_failed" in host.alarms())
    host.refuses.clear()
    until(lambda: len(list(host.store.records())) == 2)
    assert not host.service.centre.roster.wearers["V1"].connected


def test_a_registry_that_cannot_be_read_is_a_store_that_is_down(
    host: HostAtWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(host.store, "changes", _fails)
    until(lambda: "store_down" in host.alarms())
    monkeypatch.undo()
    until(lambda: host.alarms()["store_down"]["state"] == "returned_unacknowledged")


def test_a_loop_that_cannot_go_on_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    host = HostAtWork(tmp_path)
    monkeypatch.setattr(host.service.centre, "step", _fails)
    monkeypatch.setattr("host.service.live_centre.revive", _fails)
    host.near()
    assert host.service.failed.wait(WITHIN_S)
    assert "the centre has stopped" in host.service.failure
    host.end()


def _fails(*_: Any) -> None:
    raise ZeroDivisionError


def test_what_is_wrong_with_the_broker_is_an_alarm_until_it_is_over(host: HostAtWork) -> None:
    host.transport.wrong = {
        (UNIT_EVICTED, "V1"): "V1",
        (UNIT_EVICTED, "B1"): "B1",
        (BROKER_LOSES, ""): "up/host-canary",
    }
    until(lambda: len(host.faults()) == 3)
    said = {one["sentence"]["en"] for one in host.faults()}
    assert all(any(what in one for one in said) for what in ("unit V1", "unit B1", "host-canary"))
    assert {one["priority"] for one in host.faults()} == {1}
    del host.transport.wrong[UNIT_EVICTED, "V1"]
    until(lambda: _state_of(host, "V1") == "returned_unacknowledged")
    assert _state_of(host, "B1") == "unacknowledged"


def _state_of(host: HostAtWork, unit: str) -> str:
    (state,) = [one["state"] for one in host.faults() if f"unit {unit}" in one["sentence"]["en"]]
    return str(state)
