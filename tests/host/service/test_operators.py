"""What an operator does, through the running host: committed, answered, sent, recomputed."""

from pathlib import Path
from typing import Any

import pytest

from host.base.clock import Clock
from host.base.errors import ResguardoError
from host.commands import cli
from host.escalation.act import Act, Verb
from host.escalation.incident import Refused, UnknownDelivery, UnknownIncident
from protocol import command, record
from tests.host.host_at_work import HostAtWork, until
from tests.host.proximity.pair import START_MS

SHELVED = ["shelve", "resume"]  # what may be done then: once more, or not any longer


def test_an_operator_acts_and_hears_of_it_when_it_is_committed(host: HostAtWork) -> None:
    host.near()
    until(lambda: "victim:ana" in host.alarms())
    alarm = host.alarms()["victim:ana"]
    name, act = alarm["incident"], host.service.requests.act
    assert alarm["verbs"] == ["acknowledge", "shelve"]
    shown = act(Act(Verb.ACKNOWLEDGE, name, "Marta"))
    assert (shown["state"], shown["acknowledged_by"]) == ("acknowledged", "Marta")
    rows = [row for _, row in host.store.records() if row.kind == "act"]
    assert len(rows) == 1
    with pytest.raises(Refused):
        act(Act(Verb.ACKNOWLEDGE, name, "Marta"))
    shown = act(Act(Verb.SHELVE, name, "Eva", reason="hearing", for_ms=600_000))
    assert (shown["state"], shown["note"], shown["verbs"]) == ("shelved", "hearing", SHELVED)
    assert act(Act(Verb.RESUME, name, "Eva"))["state"] == "unacknowledged"
    for verb, unknown in ((Verb.ACKNOWLEDGE, UnknownIncident), (Verb.CALL, UnknownDelivery)):
        with pytest.raises(unknown):
            act(Act(verb, "nothing", "Marta"))


def test_a_panic_is_closed_over_a_restart_and_its_unit_told_to_forget(tmp_path: Path) -> None:
    host = HostAtWork(tmp_path)
    host.says(host.victim, host.victim.event(host.clock.now_ms(), record.PANIC))
    until(lambda: "panic:V1" in host.alarms())
    name = host.alarms()["panic:V1"]["incident"]
    host.service.requests.act(Act(Verb.ACKNOWLEDGE, name, "Marta"))
    host.end()
    again = HostAtWork(tmp_path)
    assert again.alarms()["panic:V1"]["verbs"] == ["resolve"]
    shown = again.service.requests.act(
        Act(Verb.RESOLVE, name, "Eva", reason="she pressed by mistake")
    )
    assert (shown["state"], shown["operator"]) == ("normal", "Eva")
    assert "panic:V1" not in again.alarms()
    (clear,) = again.told(command.ClearLatch, again.victim)
    assert clear.code == record.PANIC
    said = [entry for entry in again.store.audit() if entry.kind == "incident.over"]
    assert b"she pressed by mistake" in (said[-1].data or b"")
    again.end()
    assert cli.main(["verify", "--database", str(tmp_path / "a.db")]) == 0


def test_a_host_that_dies_before_it_tells_a_unit_to_forget_tells_it_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock(START_MS, speed=30)
    host = HostAtWork(tmp_path, clock)
    host.says(host.victim, host.victim.event(host.clock.now_ms(), record.PANIC))
    until(lambda: "panic:V1" in host.alarms())
    name = host.alarms()["panic:V1"]["incident"]
    host.service.requests.act(Act(Verb.ACKNOWLEDGE, name, "Marta"))
    with monkeypatch.context() as dying:  # committed, and never sent
        dying.setattr("host.service.downlink.Downlink.send", lambda *_, **__: None)
        host.service.requests.act(Act(Verb.RESOLVE, name, "Eva", reason="by mistake"))
        host.end()
    assert host.told(command.ClearLatch) == []
    again = HostAtWork(tmp_path, clock)

    def latches() -> list[dict[str, Any]]:
        told = again.service.requests.snapshot()["deliveries"]
        return [one for one in told if one["channel"] == "latch"]

    assert [(one["recipient"], one["state"]) for one in latches()] == [("victim", "sent")]
    until(lambda: again.told(command.ClearLatch, again.victim))
    clear = again.told(command.ClearLatch)[0]
    at_ms = again.clock.now_ms()
    again.says(host.victim, host.victim.receipt(at_ms, clear.delivery_id, record.DONE))
    until(lambda: not latches())
    assert "panic:V1" not in again.alarms()
    again.end()
    assert cli.main(["verify", "--database", str(tmp_path / "a.db")]) == 0


def test_a_call_is_made_and_what_came_of_it_is_told(tmp_path: Path) -> None:
    host = HostAtWork(
        tmp_path, Clock(START_MS, speed=30)
    )  # half a minute until she is to be called
    host.says(host.victim, host.victim.event(host.clock.now_ms(), record.PANIC))

    def calls() -> list[dict[str, Any]]:
        told = host.service.requests.snapshot()["deliveries"]
        return [one for one in told if one["verbs"] == ["call"] and one["person"] == "ana"]

    until(lambda: len(calls()) == 2)
    hers, patrol = calls()
    assert (hers["recipient"], patrol["recipient"]) == ("victim", "patrol_to_victim")
    shown = host.service.requests.act(Act(Verb.CALL, hers["delivery"], "Eva", reached=True))
    assert (shown["state"], shown["verbs"]) == ("answered", [])
    shown = host.service.requests.act(Act(Verb.CALL, patrol["delivery"], "Eva", reached=False))
    assert shown["state"] == "failed"
    with pytest.raises(UnknownDelivery):
        host.service.requests.act(Act(Verb.CALL, hers["delivery"], "Eva", reached=True))
    host.end()


def test_an_act_that_the_centre_fails_on_is_said_to_have_failed(
    host: HostAtWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("host.core.escalations.Escalations.act", fails)
    with pytest.raises(ResguardoError, match="keeps it aside"):
        host.service.requests.act(Act(Verb.ACKNOWLEDGE, "0000", "Eva"))
    ((_, row),) = host.store.records()
    assert (row.verdict, b"acknowledge" in row.sealed) == ("poison", True)
