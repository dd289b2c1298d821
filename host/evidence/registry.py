"""Whether the registry's rows are those that were entered."""

import json
from collections.abc import Iterator
from sqlite3 import Connection
from typing import Any

from host.core.audit import GENESIS
from host.evidence.difference import Differs
from host.store.links import ALL, KEYS, TABLES, EnteredRow, commitments, entered, link_hash

_Link = tuple[int, str, bytes]

# Rows that others refer to, and that are not there.
_REFERRED = {
    "person": (
        "SELECT person FROM assignment UNION SELECT offender FROM order_version "
        "UNION SELECT person FROM order_protected EXCEPT SELECT id FROM person LIMIT 1"
    ),
    "zone_version": "SELECT zone FROM order_zone EXCEPT SELECT id FROM zone_version LIMIT 1",
}


def check_registry(connection: Connection, secret: bytes) -> int:
    """Compare every row with what its entry was linked with. Returns how many entries there are.

    `connection`: to the file itself. Raises Differs.
    """
    links = _links(connection)
    last = 0
    for entry, rows in entered(connection, ALL):
        if rows[0].table != TABLES[0]:
            row = rows[0]
            if _is_there(connection, "registry_link", "entry", entry):
                raise Differs(TABLES[0], entry, "it is missing")
            raise Differs(row.table, row.key, "it belongs to no entry of the registry")
        link = next(links, None)
        if link is not None and link[0] < entry:
            raise Differs(TABLES[0], link[0], "it is missing")
        if link is None or link[0] > entry:
            if entry != last + 1:
                raise Differs(TABLES[0], entry, "it follows no other entry")
            raise Differs("registry_link", entry, "it is missing")
        _check(connection, secret, entry, rows, link[1])
        last = entry
    link = next(links, None)
    if link is not None:
        raise Differs(TABLES[0], link[0], "it is missing")
    return last


def _is_there(connection: Connection, table: str, key: str, value: int) -> bool:
    query = f"SELECT 1 FROM {table} WHERE {key} = ?"  # noqa: S608
    return connection.execute(query, (value,)).fetchone() is not None


def _links(connection: Connection) -> Iterator[_Link]:
    """Every link, each once it has been found to follow from the one before."""
    previous = GENESIS
    rows = connection.execute("SELECT entry, rows, hash FROM registry_link ORDER BY entry")
    for number, (entry, text, linked) in enumerate(rows, 1):
        if entry != number:
            if not _is_there(connection, TABLES[0], "id", number):
                raise Differs("registry_link", entry, "it is of no entry")
            raise Differs("registry_link", number, "it is missing")
        if linked != link_hash(previous, entry, text):
            raise Differs("registry_link", entry, "the chain breaks: it is not what was linked")
        previous = linked
        yield entry, text, linked


def _check(
    connection: Connection, secret: bytes, entry: int, rows: list[EnteredRow], text: str
) -> None:
    recorded = _read(entry, text)
    computed = commitments(secret, entry, rows)
    for table in TABLES:
        before, now = recorded.get(table, []), computed.get(table, [])
        if before == now:
            continue
        of_table = [row for row in rows if row.table == table]
        if len(now) >= len(before):
            row = next(row for row, one in zip(of_table, now, strict=True) if one not in before)
            raise Differs(table, row.key, f"it is not what registry entry {entry} entered")
        known = {**dict(enumerate(now)), len(now): None}
        place = next(place for place, one in enumerate(before) if known[place] != one)
        raise Differs(table, _missing(connection, table, entry, place), "it is missing")


def _read(entry: int, text: str) -> dict[str, list[str]]:
    try:
        recorded: dict[str, list[str]] = json.loads(text)
        if isinstance(recorded, dict) and all(isinstance(one, list) for one in recorded.values()):
            return recorded
    except ValueError:
        pass
    raise Differs("registry_link", entry, "its rows cannot be read", "rows")


def _missing(connection: Connection, table: str, entry: int, place: int) -> Any:
    """The key of a row that is no longer there."""
    if table in _REFERRED:
        row = connection.execute(_REFERRED[table]).fetchone()
        return f"of registry entry {entry}" if row is None else row[0]
    return (entry, place)[: len(KEYS[table])]
