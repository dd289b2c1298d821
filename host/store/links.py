"""The registry's chain: what is entered is linked when it is entered, in the same transaction,
by whichever process enters it. The audit binds this chain's head (host/core/audit.py).

    commitment = SHA-256(salt || table || row), its first 16 bytes      of every row of an entry
    hash       = SHA-256(previous || number || commitments)

A row counts by its columns' names and without those that are NULL, so a column that a later
version adds changes nothing of what was linked. Salts are derived from the host's secret: a name
that has been deleted cannot be guessed back from its commitment by anybody else.
"""

import json
import struct
from collections.abc import Iterator
from hashlib import sha256
from heapq import merge
from hmac import digest as hmac_digest
from itertools import groupby
from sqlite3 import Connection
from typing import Any, NamedTuple

from host.core.audit import GENESIS

ALL = -(1 << 62)  # before every entry, and before rows that belong to none
NOBODYS = -1  # the entry of a row that belongs to none

_NUMBER = struct.Struct(">Q")
_COMMITMENT_DIGITS = 32
_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode

# A zone's version belongs to the first entry that refers to it.
_OF_ZONES = """
SELECT coalesce(first, -1) AS of, zone_version.* FROM zone_version LEFT JOIN
    (SELECT zone, min(entry) AS first FROM order_zone GROUP BY zone) AS used
    ON used.zone = zone_version.id
WHERE of > ? ORDER BY of, id
"""
_OF_PERSONS = """
SELECT coalesce(entry, -1) AS of, * FROM person WHERE of > ? ORDER BY of, id
"""
_OF_ENTRY = "SELECT entry AS of, * FROM {} WHERE of > ? ORDER BY {}"
# In the order in which the rows of an entry are compared; key columns name a row.
_TABLES: dict[str, tuple[str, tuple[str, ...]]] = {
    "registry_entry": ("SELECT id AS of, * FROM registry_entry WHERE of > ? ORDER BY id", ("id",)),
    "person": (_OF_PERSONS, ("id",)),
    "unit_version": (_OF_ENTRY.format("unit_version", "entry"), ("entry",)),
    "assignment": (_OF_ENTRY.format("assignment", "entry"), ("entry",)),
    "policy_version": (_OF_ENTRY.format("policy_version", "entry"), ("entry",)),
    "order_version": (_OF_ENTRY.format("order_version", "entry"), ("entry",)),
    "order_protected": (
        _OF_ENTRY.format("order_protected", "entry, position"),
        ("entry", "position"),
    ),
    "order_zone": (_OF_ENTRY.format("order_zone", "entry, position"), ("entry", "position")),
    "zone_version": (_OF_ZONES, ("id",)),
}
TABLES = tuple(_TABLES)
KEYS = {table: keys for table, (_, keys) in _TABLES.items()}


class EnteredRow(NamedTuple):
    """One row of the registry. `key`: what names it in its table."""

    entry: int
    place: int  # of its table in TABLES
    table: str
    key: tuple[Any, ...]
    values: dict[str, Any]


def entered(connection: Connection, after: int) -> Iterator[tuple[int, list[EnteredRow]]]:
    """(entry, its rows) of what was entered after entry `after`, in order."""
    tables = [_rows(connection, place, after) for place in range(len(TABLES))]
    in_order = merge(*tables, key=lambda row: row[:2])
    for entry, rows in groupby(in_order, key=lambda row: row.entry):
        yield entry, list(rows)


def commitments(secret: bytes, entry: int, rows: list[EnteredRow]) -> dict[str, list[str]]:
    """By table, in the rows' order."""
    salt = hmac_digest(secret, b"registry" + _NUMBER.pack(entry), "sha256")
    found: dict[str, list[str]] = {}
    for row in rows:
        values = {name: _plain(value) for name, value in row.values.items() if value is not None}
        text = _canonical([row.table, values])
        digest = sha256(salt + text.encode()).hexdigest()[:_COMMITMENT_DIGITS]
        found.setdefault(row.table, []).append(digest)
    return found


def link_hash(previous: bytes, entry: int, rows: str) -> bytes:
    """What binds an entry, by its row in registry_link, to all before it."""
    return sha256(previous + _NUMBER.pack(entry) + rows.encode(errors="surrogateescape")).digest()


def head(connection: Connection) -> tuple[int, bytes]:
    """Number and hash of the last entry that is linked."""
    newest = "SELECT entry, hash FROM registry_link ORDER BY entry DESC LIMIT 1"
    row: tuple[int, bytes] | None = connection.execute(newest).fetchone()
    return (0, GENESIS) if row is None else row


def link(connection: Connection, secret: bytes) -> None:
    """Link whatever has been entered and is not linked yet, inside the caller's transaction."""
    connection.executemany("INSERT INTO registry_link VALUES (?, ?, ?)", _new(connection, secret))


def _new(connection: Connection, secret: bytes) -> Iterator[tuple[int, str, bytes]]:
    last, previous = head(connection)
    for entry, rows in entered(connection, last):
        text = _canonical(commitments(secret, entry, rows))
        previous = link_hash(previous, entry, text)
        yield entry, text, previous


def _rows(connection: Connection, place: int, after: int) -> Iterator[EnteredRow]:
    table = TABLES[place]
    query, keys = _TABLES[table]
    cursor = connection.execute(query, (after,))
    names = [column[0] for column in cursor.description][1:]
    for entry, *values in cursor:
        row = dict(zip(names, values, strict=True))
        yield EnteredRow(entry, place, table, tuple(row[name] for name in keys), row)


def _plain(value: Any) -> Any:
    """As JSON can say it, and no two kinds of value alike."""
    return {"blob": value.hex()} if isinstance(value, bytes) else value
