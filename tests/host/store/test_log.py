"""Commits: all or nothing, in order, and what happens when the file cannot be written."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from host.base.errors import ResguardoError
from host.core.audit import Chain
from host.core.outcome import Outcome
from host.escalation.effects import DeliveryChanged, IncidentChanged
from host.escalation.escalation import Escalation
from host.escalation.policy import default
from host.store.database import connect
from host.store.failure import StoreDown, StoreRefused
from host.store.log import Log
from host.store.store import Store
from tests.host.escalation.signals import CLEAR, ORDER, PRE_ALERT, acknowledge, level
from tests.host.store.rows import SEALED, fix_row, outcome_of


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.open(tmp_path / "a.db")


def test_records_come_back_in_commit_order(store: Store) -> None:
    rows = [fix_row(unit, n, n * 1000) for n in (3, 1, 2) for unit in ("B1", "A1")]
    store.log.commit([outcome_of(*rows[:2]), outcome_of(*rows[2:])])
    store.log.commit([outcome_of()])
    assert list(store.records()) == list(enumerate(rows, 1))
    assert list(store.records(after=4)) == list(enumerate(rows, 1))[4:]
    assert store.last_ms() == 2300


def test_only_the_newest_state_of_an_entity_counts(store: Store) -> None:
    store.log.commit([outcome_of(units={"B1": b"1", "V1": b"1"}, orders={"O1": b"1"})])
    store.log.commit([outcome_of(units={"B1": b"2"}), outcome_of(units={"B1": b"3"})])
    store.close()
    again = Store.open(store.path)
    again.log.commit([outcome_of(escalations={"O1": b"open"})])
    assert again.states("unit") == {"B1": b"3", "V1": b"1"}
    assert again.states("order") == {"O1": b"1"}
    assert again.states("escalation") == {"O1": b"open"}


def test_incidents_and_deliveries_are_kept_as_they_are_now(store: Store) -> None:
    escalation = Escalation(ORDER, default())
    effects = escalation.signal(level(CLEAR, PRE_ALERT, 1, 1000), 1000)
    store.log.commit([_escalated(effects)])
    (incident,) = escalation.incidents.values()
    store.log.commit([_escalated(acknowledge(escalation, 2000))])
    reader = connect(store.path)
    rows = reader.execute("SELECT id, order_id, state, changed_ms FROM incident").fetchall()
    assert rows == [(incident.id, "O1", "acknowledged", 2000)]
    deliveries = reader.execute("SELECT id, incident FROM delivery").fetchall()
    assert len(deliveries) == len(set(deliveries)) >= 1
    assert {of for _, of in deliveries} == {incident.id}
    ids = [int(name, 16) for name, _ in deliveries]
    assert store.known_warnings([*ids, 7]) == set(ids)


def _escalated(effects: list[Any]) -> Outcome:
    return Outcome(
        incidents=[one.incident for one in effects if isinstance(one, IncidentChanged)],
        deliveries=[one.delivery for one in effects if isinstance(one, DeliveryChanged)],
    )


def test_the_audit_comes_back_link_by_link(store: Store) -> None:
    chain = Chain(bytes(32))
    entries = [chain.append("level", "O1", {"n": n}, n) for n in range(3)]
    entries.append(chain.append("batch", "", {"count": 5}, 9))
    for entry in entries:
        store.log.commit([Outcome(audit=[entry])])
    assert list(store.audit()) == entries
    assert [list(store.audit(after=n)) for n in range(6)] == [entries[n:] for n in range(6)]
    assert store.audit_head() == (4, entries[-1].hash)


def test_a_second_host_is_refused(store: Store) -> None:
    assert store.log
    with pytest.raises(ResguardoError, match="another host runs"):
        assert Store.open(store.path).log
    link = store.path.with_name("link.db")
    link.symlink_to(store.path)
    with pytest.raises(ResguardoError, match="another host runs"):
        assert Store.open(link).log
    store.close()
    assert Store.open(store.path).log


@pytest.mark.parametrize("value", [2**70, object(), "\ud800"])  # each fails in a way of its own
def test_a_row_that_cannot_be_stored_takes_nothing_with_it(store: Store, value: Any) -> None:
    good, bad = outcome_of(fix_row("B1", 1, 1000)), fix_row("B1", 2, 1000)._replace(verdict=value)
    with pytest.raises(StoreRefused, match="the store refuses a row"):
        store.log.commit([good, outcome_of(bad)])
    assert list(store.records()) == []
    store.log.commit([good])
    assert len(list(store.records())) == 1


def test_an_outcome_that_does_not_build_on_what_is_stored_is_refused(store: Store) -> None:
    chain = Chain(bytes(32))
    told = [
        Outcome([fix_row("B1", n, n)], audit=[chain.append("batch", "", {"n": n}, n)])
        for n in range(4)
    ]
    store.log.commit(told[:1])
    for others in ([told[2]], [told[0]], [told[1], told[3]]):
        with pytest.raises(StoreRefused, match="is not linked to entry"):
            store.log.commit(others)
    store.log.commit(told[1:])
    assert [row.sequence for _, row in store.records()] == [0, 1, 2, 3]
    assert [entry.number for entry in store.audit()] == [1, 2, 3, 4]


def test_a_locked_file_is_down_and_then_up_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("host.store.database._BUSY_MS", 10)
    log = Log(store.path)
    log.commit([outcome_of(fix_row("B1", 1, 1000), units={"B1": b"1"})])
    other = connect(store.path)
    other.execute("BEGIN IMMEDIATE")
    waiting = [outcome_of(fix_row("B1", 2, 2000), units={"B1": b"2"})]
    for _ in range(2):
        with pytest.raises(StoreDown, match="locked"):
            log.commit(waiting)
    other.execute("ROLLBACK")
    log.commit(waiting)
    assert [number for number, _ in store.records()] == [1, 2]
    assert store.states("unit") == {"B1": b"2"}


def test_the_first_commit_of_a_run_is_not_taken_for_stored_when_the_file_is_locked(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.log.commit([outcome_of(fix_row("B1", 1, 1000))])
    monkeypatch.setattr("host.store.database._BUSY_MS", 10)
    later = Log(store.path)
    other = connect(store.path)
    other.execute("BEGIN IMMEDIATE")
    waiting = [outcome_of(fix_row("B1", 2, 2000))]
    with pytest.raises(StoreDown, match="locked"):
        later.commit(waiting)
    other.execute("ROLLBACK")
    later.commit(waiting)
    assert [row.sequence for _, row in store.records()] == [1, 2]


def test_a_file_that_has_gone_is_down_until_it_is_back(store: Store) -> None:
    log = store.log
    log.commit([outcome_of(fix_row("B1", 1, 1000))])
    files = [*store.path.parent.glob("a.db*")]
    away = store.path.parent / "away"
    away.mkdir()
    for file in files:
        file.rename(away / file.name)
    waiting = [outcome_of(fix_row("B1", 2, 2000))]
    for _ in range(2):
        with pytest.raises(StoreDown, match=r"a\.db"):
            log.commit(waiting)
    with pytest.raises(ResguardoError, match="unable to open"):
        store.last_entry()
    assert not store.path.exists()
    store.path.write_bytes(b"")
    with pytest.raises(StoreDown):
        log.commit(waiting)
    for file in files:
        (away / file.name).rename(file)
    log.commit(waiting)
    assert [row.sequence for _, row in store.records()] == [1, 2]


def test_a_log_that_cannot_be_read_is_told(store: Store) -> None:
    connect(store.path).execute("DROP TABLE state")
    with pytest.raises(ResguardoError, match="no such table: state"):
        assert store.log
    with pytest.raises(ResguardoError, match="no such table: state"):
        store.states("unit")


class _LosesTheEnd:
    """A connection whose COMMIT reaches the file and then reports a failed sync."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
        cursor = self._connection.execute(sql, *values)
        if sql == "COMMIT":
            raise sqlite3.OperationalError("disk I/O error")
        return cursor


@pytest.mark.parametrize(
    "outcome",
    [
        outcome_of(fix_row("B1", 1, 1000), units={"B1": b"1"}),
        outcome_of(fix_row("B1", 1, 1000)),
        outcome_of(orders={"O1": b"1"}),
        Outcome(audit=[Chain(bytes(32)).append("host.started", "", {}, 1)]),
    ],
)
def test_a_commit_whose_end_was_not_known_is_not_repeated(store: Store, outcome: Outcome) -> None:
    log = store.log
    log._connection = _LosesTheEnd(log._connection)  # type: ignore[arg-type, assignment]
    with pytest.raises(StoreDown):
        log.commit([outcome])
    log.commit([outcome])
    assert [row for _, row in store.records()] == outcome.records
    rows = connect(store.path).execute("SELECT count(*) FROM state").fetchone()[0]
    assert rows == len(outcome.units) + len(outcome.orders)
    assert list(store.audit()) == outcome.audit
    log.commit([outcome_of(fix_row("B1", 2, 2000))])
    assert [row.sequence for _, row in store.records()][-1] == 2


def test_sealed_bytes_are_kept_as_they_came(store: Store) -> None:
    store.log.commit([outcome_of(fix_row("B1", 1, 1000))])
    ((_, row),) = store.records()
    assert row.sealed == SEALED
