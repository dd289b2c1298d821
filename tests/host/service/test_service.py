"""The loop: nothing leaves before it is committed, but warnings do not wait for a broken store."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from host.base.clock import Clock
from host.base.errors import ResguardoError
from host.core.outcome import Connection
from host.escalation.act import Act, Verb
from host.escalation.incident import Refused
from host.evidence.verify import verify
from host.registry.types import Assignment, Role, Unit
from host.service.loop import CLOCK_BACK_MAX_MS, Service
from host.store.store import Store
from protocol import command, record
from tests.host.host_at_work import HostAtWork, KeptMessages, until
from tests.host.store.rows import fix_row, outcome_of
from tests.host.units import FieldUnit


def test_every_unit_that_is_or_will_be_enrolled_is_let_in_at_the_broker(host: HostAtWork) -> None:
    assert sorted(host.transport.admitted) == ["B1", "V1"]
    elsewhere = Store.open(host.folder / "a.db")
    elsewhere.save_unit(Unit("V2", Role.VICTIM, bytes(range(32)), 1), 2)
    elsewhere.close()
    until(lambda: sorted(host.transport.admitted) == ["B1", "V1", "V2"])


def test_an_answer_says_what_is_committed(host: HostAtWork) -> None:
    now_ms = host.clock.now_ms()
    host.says(host.victim, host.victim.fix(now_ms - 10) + host.victim.fix(now_ms))
    until(lambda: host.answers())
    (answer,) = host.answers()
    assert (answer.watermark, answer.answered) == (2, 2)
    assert [row.sequence for _, row in host.store.records()] == [1, 2]


def test_nothing_is_answered_while_the_store_is_down_and_all_of_it_afterwards(
    host: HostAtWork,
) -> None:
    host.down.set()
    for n in range(20):
        host.says(host.victim, host.victim.fix(host.clock.now_ms() - 1000 + n))
    until(lambda: "store_down" in host.alarms())
    assert host.answers() == []
    assert list(host.store.records()) == []
    host.down.clear()
    until(lambda: len(host.answers()) == 20)
    assert [row.sequence for _, row in host.store.records()] == list(range(1, 21))
    assert [answer.answered for answer in host.answers()] == list(range(1, 21))
    until(lambda: host.alarms()["store_down"]["state"] == "returned_unacknowledged")
    numbers = [answer.number for answer in host.answers()]
    assert numbers == sorted(set(numbers))


def test_both_are_warned_and_the_centre_knows(host: HostAtWork) -> None:
    host.near()
    until(lambda: host.warnings(host.victim) and host.warnings(host.bracelet))
    assert host.alarms()["victim:ana"]["state"] == "unacknowledged"
    kinds = {event.order for event in host.service.feed._ring}
    assert kinds <= {None, "O1"}


def test_a_warning_does_not_wait_for_a_store_that_is_down(host: HostAtWork) -> None:
    host.down.set()
    host.near()
    until(lambda: host.warnings(host.victim))
    assert list(host.store.records()) == []
    early = {warning.warning_id for warning in host.warnings()}
    lines = (host.folder / "elsewhere.jsonl").read_text().splitlines()
    entries = [json.loads(line) for line in lines]
    kept = {warn["warning_id"] for entry in entries for warn in entry["warnings"]}
    assert kept == early
    assert {row["unit"] for entry in entries for row in entry["records"]} == {"B1", "V1"}
    host.down.clear()
    until(lambda: len(list(host.store.records())) >= 2)
    until(lambda: host.answers(host.bracelet))
    # Committed now, but not sent a second time on that account: a retry is the ladder's.
    first = [warning.warning_id for warning in host.warnings()]
    assert len(first) == len(set(first))


def test_a_warning_is_sent_again_by_the_next_host_under_its_own_identifier(
    tmp_path: Path,
) -> None:
    host = HostAtWork(tmp_path)
    host.near()
    until(lambda: host.warnings(host.victim))
    before = {warning.warning_id: warning for warning in host.warnings()}
    host.end()
    later = HostAtWork(tmp_path, Clock(host.clock.now_ms() + 20_000))
    until(lambda: {warning.warning_id for warning in later.warnings()} >= set(before))
    numbers = {warning.warning_id: warning.number for warning in later.warnings()}
    assert all(numbers[name] > warning.number for name, warning in before.items())
    later.end()


def test_a_host_goes_on_from_what_was_committed(tmp_path: Path) -> None:
    host = HostAtWork(tmp_path)
    sealed = host.victim.fix(host.clock.now_ms())
    host.says(host.victim, sealed)
    until(lambda: host.answers())
    host.end()
    again = HostAtWork(tmp_path)
    again.says(again.victim, sealed)
    until(lambda: again.answers())
    assert again.answers()[0].watermark == 1
    until(lambda: again.service.centre.counters["duplicate"] == 1)
    assert len(list(again.store.records())) == 1
    assert len(list(again.store.audit())) > 0
    again.end()


def test_the_hosts_own_alarms_are_acknowledged_like_any_other(host: HostAtWork) -> None:
    host.down.set()
    host.says(host.victim, host.victim.fix(host.clock.now_ms()))
    until(lambda: "store_down" in host.alarms())
    alarm = host.alarms()["store_down"]
    assert (alarm["priority"], alarm["state"]) == (1, "unacknowledged")
    assert alarm["verbs"] == ["acknowledge"]
    assert "no space left" in alarm["sentence"]["en"]
    shown = host.service.requests.act(Act(Verb.ACKNOWLEDGE, "store_down", "Marta"))
    assert (shown["state"], shown["verbs"]) == ("acknowledged", [])
    with pytest.raises(Refused):
        host.service.requests.act(Act(Verb.ACKNOWLEDGE, "store_down", "Marta"))
    host.down.clear()
    until(lambda: "store_down" not in host.alarms())


def test_what_another_process_enters_takes_force(host: HostAtWork) -> None:
    elsewhere = Store.open(host.folder / "a.db")
    unit = Unit("B2", Role.OFFENDER, bytes(32), 1)
    elsewhere.save_unit(unit, 2)
    elsewhere.save_person("pedro", 1000)
    elsewhere.assign(Assignment("B2", "pedro", 0), 2)
    until(lambda: "B2" in {one["unit"] for one in host.service.requests.snapshot()["units"]})
    other = FieldUnit(unit)
    host.says(other, other.fix(host.clock.now_ms()))

    def answered() -> bool:  # it is asked for its position too, once it has a wearer
        sent = list(host.transport.sent)
        assert {name for name, _ in sent} <= {"B2"}
        return any(isinstance(other.read(sealed), command.Answer) for _, sealed in sent)

    until(answered)


def test_what_was_entered_meanwhile_is_bound_by_the_audit(tmp_path: Path) -> None:
    host = HostAtWork(tmp_path)
    host.store.save_person("zoe", 1000, "Zoé")  # no item of a centre
    until(lambda: [row for _, row in host.store.records() if row.kind == "entered"])
    host.end()
    report = verify(tmp_path / "a.db")
    assert (report.difference, report.schema, report.lacks) == (None, [], [])


def test_states_that_were_altered_are_an_alarm_and_are_not_gone_on_from(tmp_path: Path) -> None:
    host = HostAtWork(tmp_path)
    host.says(host.victim, host.victim.fix(host.clock.now_ms()))
    until(lambda: host.answers())
    host.end()
    with closing(sqlite3.connect(tmp_path / "a.db")) as connection:
        connection.execute("UPDATE state SET body = x'5b5d'")
        connection.commit()
    again = HostAtWork(tmp_path)
    alarm = again.alarms()["states_disputed"]
    assert "units V1" in alarm["sentence"]["en"]
    assert again.service.centre.roster.wearers["V1"].track.fix is not None
    again.end()


def test_the_console_sees_connections(host: HostAtWork) -> None:
    host.service.put(Connection("B1", True, host.clock.now_ms()))
    until(lambda: _unit(host, "B1")["connected"])
    assert not _unit(host, "V1")["connected"]


def _unit(host: HostAtWork, name: str) -> dict[str, Any]:
    return next(one for one in host.service.requests.snapshot()["units"] if one["unit"] == name)


def test_a_late_fix_finds_its_counterpart_in_the_log(host: HostAtWork) -> None:
    now_ms = host.clock.now_ms()
    host.says(host.victim, host.victim.fix(now_ms - 500_000))
    late = host.bracelet.fix(now_ms - 500_000, 100)
    host.says(host.bracelet, host.bracelet.fix(now_ms, 9000))
    until(lambda: len(host.answers()) == 2)
    host.says(host.bracelet, late)
    until(lambda: any(cause.startswith("retrospective") for cause in host.alarms()))


def test_a_clock_that_went_back_is_refused(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "a.db")
    ahead_ms = Clock().now_ms() + CLOCK_BACK_MAX_MS + 5000
    store.log.commit([outcome_of(fix_row("B1", 1, ahead_ms))])
    with pytest.raises(ResguardoError, match="set the clock right"):
        Service(store, KeptMessages(), Clock(), emergency=tmp_path / "e.jsonl")


def test_a_panic_is_answered_though_nothing_else_comes(host: HostAtWork) -> None:
    host.says(host.victim, host.victim.event(host.clock.now_ms(), record.PANIC))
    until(lambda: host.answers(host.victim))
    assert any(cause.startswith("panic") for cause in host.alarms())
