"""What is kept beside the log, held against what the recomputation yields: incidents, deliveries
and live states, row by row.

The recomputed rows are written by the host's own statements into a database of their own, which
is in memory until it grows, and compared there.
"""

from collections import deque
from collections.abc import Iterable
from hashlib import sha256
from itertools import count
from sqlite3 import Connection
from typing import Any, NamedTuple

from host.core.outcome import Outcome
from host.evidence.difference import Differs, shown
from host.evidence.recompute import States
from host.store.log import DELIVERY, INCIDENT, delivery_row, incident_row
from host.store.states import ESCALATION, ORDER, SPAN_FREE, UNIT

_TABLES = ("incident", "delivery")
_KINDS = {UNIT: "units", ORDER: "orders", ESCALATION: "escalations"}  # where States has them
_DIGEST_BYTES = 16

_Key = tuple[str, str]  # kind, entity


class _Row(NamedTuple):
    id: int
    digest: bytes


class Kept:
    """Made from a file within one transaction, so that a host may go on meanwhile."""

    def __init__(self, connection: Connection) -> None:
        """`connection`: to a database of its own, with the file attached as `file`."""
        self._connection = connection
        for table in _TABLES:
            of_file = f"AS SELECT * FROM file.{table}"  # noqa: S608
            connection.execute(f"CREATE TABLE recorded_{table} {of_file}")
            connection.execute(f"CREATE TABLE {table} {of_file} WHERE 0")
            connection.execute(f"CREATE UNIQUE INDEX one_{table} ON {table} (id)")
        self._stored: dict[_Key, list[_Row]] = {}
        self._ids: list[int] = []
        for row, kind, entity, state in connection.execute("SELECT * FROM file.state ORDER BY id"):
            self._ids.append(row)
            self._stored.setdefault((kind, entity), []).append(_Row(row, _digest(state)))
        # What each entity's states were; one more than there are rows, to tell a missing one.
        self._history = {
            key: deque[bytes](maxlen=len(rows) + 1) for key, rows in self._stored.items()
        }

    def take(self, told: Outcome) -> None:
        """What a step of the recomputation has changed."""
        if told.incidents:
            self._connection.executemany(INCIDENT, map(incident_row, told.incidents))
        if told.deliveries:
            self._connection.executemany(DELIVERY, map(delivery_row, told.deliveries))
        for kind, part in _KINDS.items():
            states: dict[str, bytes] = getattr(told, part)
            for entity, state in states.items():
                history = self._history.get((kind, entity))
                if history is not None:
                    history.append(_digest(state))

    def check(self, erased: Iterable[str] = ()) -> None:
        """Incidents and deliveries. Raises Differs.

        `erased`: orders of which there may be some that nobody can tell anything of any more.
        """
        for table in _TABLES:
            untold = f"order_id = ? AND id NOT IN (SELECT id FROM {table})"  # noqa: S608
            forget = f"DELETE FROM recorded_{table} WHERE {untold}"  # noqa: S608
            self._connection.executemany(forget, [(order,) for order in erased])
            recorded = self._except(f"recorded_{table}", table)
            if recorded is not None:
                self._blame(table, recorded)
            computed = self._except(table, f"recorded_{table}")
            if computed is not None:
                raise Differs(table, computed[0], "it is missing")

    def check_states(self, computed: States) -> None:
        """Every row of every state. `computed`: the newest ones. Raises Differs."""
        for key, rows in self._stored.items():
            for row in rows:
                if row.digest not in self._history[key]:
                    why = f"{_name(key)} has had no such state"
                    raise Differs("state", row.id, why, "body")
        for key, rows in self._stored.items():
            self._check_order(key, rows)
        for kind, part in _KINDS.items():
            for entity, state in computed[part].items():
                if state and (kind, entity) not in self._stored:
                    raise self._missing((kind, entity), 0)
        # Only the oldest rows are ever cleaned away, and that only once there have been many.
        cleaned = bool(self._ids) and self._ids[-1] > SPAN_FREE
        first = self._ids[0] if cleaned else 1
        for expected, there in enumerate(self._ids, first):
            if there != expected:
                raise Differs("state", expected, "it is missing")

    def _check_order(self, key: _Key, rows: list[_Row]) -> None:
        """The rows are the last of what the entity's states were, in their order."""
        history = [*self._history[key]]
        newer = None
        for place in reversed(range(len(rows))):
            row = rows[place]
            due = history.pop() if history else None
            if row.digest != due:
                if newer is not None and newer.digest == row.digest:
                    raise Differs("state", newer.id, f"{_name(key)} had it already")
                if place and rows[place - 1].digest == due:
                    raise Differs("state", row.id, f"{_name(key)} had it at another time")
                raise self._missing(key, row.id)
            newer = row

    def _missing(self, key: _Key, after: int) -> Differs:
        """Of rows that are gone, the number of the first one beyond `after`."""
        there = set(self._ids)
        row = next(row for row in count(after + 1) if row not in there)
        return Differs("state", row, f"it is missing: a state of {_name(key)}")

    def _blame(self, table: str, recorded: Any) -> None:
        query = f"SELECT * FROM {table} WHERE id = CAST(? AS TEXT)"  # noqa: S608
        # As bytes, for it may be no text any more.
        cursor = self._connection.execute(query, (recorded[0].encode(errors="surrogateescape"),))
        computed = cursor.fetchone()
        if computed is None:
            raise Differs(table, recorded[0], "it follows from no input")
        names = (column[0] for column in cursor.description)
        for name, before, now in zip(names, recorded, computed, strict=True):
            if before != now:
                what = f"{name} is {shown(before)}, recomputed {shown(now)}"
                raise Differs(table, recorded[0], what, name)

    def _except(self, one: str, other: str) -> Any:
        query = f"SELECT * FROM {one} EXCEPT SELECT * FROM {other} ORDER BY 1 LIMIT 1"  # noqa: S608
        return self._connection.execute(query).fetchone()


def _name(key: _Key) -> str:
    kind, entity = key
    return f"{kind} {shown(entity)}"


def _digest(state: bytes) -> bytes:
    return sha256(state).digest()[:_DIGEST_BYTES]
