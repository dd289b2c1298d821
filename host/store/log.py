"""The one writer of what happens: each commit is one transaction, all of it or nothing."""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from host.core.audit import GENESIS, STARTED, Entry
from host.core.outcome import Outcome
from host.escalation.delivery import Delivery
from host.escalation.incident import Incident
from host.store.database import connect
from host.store.failure import StoreDown, StoreRefused
from host.store.states import ESCALATION, ORDER, UNIT, StateLog
from host.store.tracks import SLICE_ROWS, add_slice, next_slice

_RECORDS = "INSERT INTO input_log VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_AUDIT = "INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?)"
_AUDIT_DATA = "INSERT INTO audit_data VALUES (?, ?, ?)"
INCIDENT = """
INSERT INTO incident VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET priority = excluded.priority, state = excluded.state,
    changed_ms = excluded.changed_ms, body = excluded.body
"""
DELIVERY = """
INSERT INTO delivery VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET state = excluded.state, attempts = excluded.attempts,
    changed_ms = excluded.changed_ms, body = excluded.body
"""
_CLEAN_ROWS_MIN = 256
# Errors of SQLite that lie in what it was given; all its others lie in the file or the disk.
_OF_THE_ROWS = (
    sqlite3.IntegrityError,
    sqlite3.InterfaceError,
    sqlite3.ProgrammingError,
    sqlite3.DataError,
)


class Log:
    """Used by one thread at a time. After a failure it starts over from what the file holds."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self._committed = (0, 0, 0)  # newest of input_log, state and audit, as far as we know
        self._open()

    def commit(self, outcomes: Sequence[Outcome]) -> None:
        """Commit these outcomes, in order, in one transaction; durable when it returns.

        Raises StoreDown when the file could not be written: call again with the same outcomes.
        Raises StoreRefused when these outcomes themselves cannot be stored, or build on one that
        is not. Either way nothing of them is stored. Raises nothing else.
        """
        try:
            connection = self._connection
            if connection is None:
                before, connection = self._committed, self._open()
                # A failed fsync leaves open whether the rows were written: never write them twice.
                if self._committed > before:
                    return
            self._require_file()
            connection.execute("BEGIN IMMEDIATE")
            for outcome in outcomes:
                self._write(connection, outcome)
            self._tidy(connection)
            connection.execute("COMMIT")
        except Exception as error:
            self._abandon()
            if isinstance(error, (sqlite3.Error, OSError)) and not isinstance(error, _OF_THE_ROWS):
                raise StoreDown(f"{self._path}: {error}") from error
            raise StoreRefused(f"the store refuses a row: {error!r}") from error
        self._committed = (self._next_input - 1, self._states.last, self._head[0])

    def replace_states(self, states: Mapping[str, Mapping[str, bytes]]) -> None:
        """Put these, by kind, in the place of all that are there. Raises StoreDown."""
        try:
            connection = self._connection or self._open()
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("DELETE FROM state")
            self._states = StateLog(connection)
            for kind, of_kind in states.items():
                self._states.append(connection, kind, of_kind)
            connection.execute("COMMIT")
        except (sqlite3.Error, OSError) as error:
            self._abandon()
            raise StoreDown(f"{self._path}: {error}") from error
        self._committed = (self._committed[0], self._states.last, self._committed[2])

    def close(self) -> None:
        """Nothing is pending here: every commit has ended."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _open(self) -> sqlite3.Connection:
        connection = connect(self._path)
        self._inode = self._path.stat().st_ino
        self._states = StateLog(connection)
        newest = connection.execute("SELECT coalesce(max(id), 0) FROM input_log").fetchone()[0]
        self._next_input = newest + 1
        self._slice_begin = next_slice(connection)
        self._head = audit_head(connection)
        self._committed = (newest, self._states.last, self._head[0])
        self._connection = connection
        return connection

    def _require_file(self) -> None:
        """SQLite goes on writing, to no avail, into a file that has been deleted or moved."""
        if self._path.stat().st_ino != self._inode:
            raise FileNotFoundError("another file has taken its place")

    def _abandon(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()  # rolls back

    def _write(self, connection: sqlite3.Connection, outcome: Outcome) -> None:
        first = self._next_input
        if outcome.records:
            rows = [(row, *record) for row, record in enumerate(outcome.records, first)]
            connection.executemany(_RECORDS, rows)
            self._next_input += len(rows)
        self._states.append(connection, UNIT, outcome.units)
        self._states.append(connection, ORDER, outcome.orders)
        self._states.append(connection, ESCALATION, outcome.escalations)
        if outcome.incidents:
            connection.executemany(INCIDENT, map(incident_row, outcome.incidents))
        if outcome.deliveries:
            connection.executemany(DELIVERY, map(delivery_row, outcome.deliveries))
        if outcome.audit:
            first_entry, last_entry = outcome.audit[0], outcome.audit[-1]
            if first_entry.previous != self._head[1]:
                number = self._head[0]
                raise ValueError(
                    f"audit entry {first_entry.number} is not linked to entry {number}"
                )
            _write_audit(connection, outcome.audit)
            self._head = last_entry.number, last_entry.hash

    def _tidy(self, connection: sqlite3.Connection) -> None:
        """What keeps the file small and searchable, in proportion to what is written."""
        written = self._states.last - self._committed[1]
        self._states.clean(connection, max(_CLEAN_ROWS_MIN, 2 * written))
        while self._next_input - self._slice_begin >= SLICE_ROWS:
            end = self._slice_begin + SLICE_ROWS
            add_slice(connection, self._slice_begin, end)
            self._slice_begin = end


def audit_head(connection: sqlite3.Connection) -> tuple[int, bytes]:
    """Number and hash of the audit's last entry, to go on from."""
    newest = "SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1"
    row: tuple[int, bytes] | None = connection.execute(newest).fetchone()
    return (0, GENESIS) if row is None else row


def last_start(connection: sqlite3.Connection) -> dict[str, Any]:
    """What the host said that started last; nothing where that has been deleted."""
    newest = (
        "SELECT data FROM audit JOIN audit_data USING (number) "
        "WHERE kind = ? ORDER BY number DESC LIMIT 1"
    )
    row = connection.execute(newest, (STARTED,)).fetchone()
    said: dict[str, Any] = json.loads(row[0]) if row else {}
    return said


def _write_audit(connection: sqlite3.Connection, entries: Iterable[Entry]) -> None:
    links, contents = [], []
    for entry in entries:
        links.append(
            (entry.number, entry.at_ms, entry.kind, entry.order, entry.commitment, entry.hash)
        )
        if entry.data is not None:
            contents.append((entry.number, entry.data, entry.salt))
    connection.executemany(_AUDIT, links)
    connection.executemany(_AUDIT_DATA, contents)


def incident_row(incident: Incident) -> tuple[object, ...]:
    return (
        incident.id,
        incident.order,
        incident.cause,
        incident.kind,
        incident.priority,
        incident.state.value,
        incident.opened_ms,
        incident.changed_ms,
        json.dumps(incident.to_json(), ensure_ascii=False),
    )


def delivery_row(delivery: Delivery) -> tuple[object, ...]:
    return (
        delivery.id,
        delivery.incident,
        delivery.order,
        delivery.recipient.value,
        delivery.channel.value,
        delivery.state.value,
        delivery.attempts,
        delivery.changed_ms,
        json.dumps(delivery.to_json(), ensure_ascii=False),
    )
