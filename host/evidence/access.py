"""Whether the access chain's entries are those that were told, and whether accounts, and what
people and machines come in with, are what it says."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from sqlite3 import Connection, Row
from typing import Any, NamedTuple

from host.core.audit import GENESIS, Entry, holds, is_linked, salt_of
from host.evidence.difference import Differs
from host.store.accounts import ACCESS_SALT, CREDENTIAL, DROPPED, KEPT, TOKEN, row_commitment

_ENTRIES = (
    "SELECT number, at_ms, kind, order_id, data, salt, commitment, hash "
    "FROM file.access LEFT JOIN file.access_data USING (number) ORDER BY number"
)
_OF_NONE = (
    "SELECT number, salt FROM file.access_data "
    "WHERE number NOT IN (SELECT number FROM file.access) ORDER BY number LIMIT 1"
)
_VERSIONS = frozenset(("account_added", "account_changed"))
_NEEDED = _VERSIONS | {KEPT, DROPPED}  # what the tables are held against
_KEYS = {CREDENTIAL: "id", TOKEN: "digest"}


class Told(NamedTuple):
    """A chain that holds. `erased`: how many entries' data has been deleted, and the first."""

    entries: int
    erased: int
    first_erased: int | None


@dataclass(slots=True)
class _Expected:
    """How the tables should be, as far as the chain says."""

    accounts: dict[str, str] = field(default_factory=dict)
    rows: dict[tuple[str, str], str] = field(default_factory=dict)  # (table, key) -> commitment

    def take(self, entry: Entry) -> None:
        said = json.loads(entry.data or b"{}")
        if entry.kind in _VERSIONS:
            self.accounts[said["account"]] = _version(said)
        elif entry.kind == KEPT:
            self.rows[said["table"], said["row"]] = said["commitment"]
        elif entry.kind == DROPPED:
            self.rows.pop((said["table"], said["row"]), None)


def check_access(connection: Connection, secret: bytes) -> Told:
    """Every entry, and what they come to. `connection`: with the file attached as `file`. Raises
    Differs."""
    expected = _Expected()
    last_hash, erased, first_erased, number = GENESIS, 0, None, 0
    salts = ACCESS_SALT + secret
    rest = _entries(connection)
    for number, entry in enumerate(rest, 1):
        if entry.number != number:
            if next(rest, None) is None:
                why = f"it follows no other row: it was added, or those from {number} on are gone"
                raise Differs("access", entry.number, why)
            raise Differs("access", number, "it is missing")
        if not is_linked(entry._replace(previous=last_hash), last_hash):
            raise Differs("access", number, "the chain breaks: it is not what was linked here")
        if not holds(entry):
            raise Differs("access_data", number, "it is not what the chain commits to")
        if entry.salt is None:
            if entry.kind in _NEEDED:
                raise Differs(
                    "access_data", number, f"it is missing: nobody may erase {entry.kind}"
                )
            erased, first_erased = erased + 1, first_erased or number
        elif entry.salt != salt_of(salts, number):
            raise Differs("secret", 1, f"it is not the one of access row {number}", "value")
        else:
            expected.take(entry)
        last_hash = entry.hash
    row = connection.execute(_OF_NONE).fetchone()
    if row is not None:
        if row[0] > 0 and row[1] == salt_of(salts, row[0]):
            raise Differs("access", row[0], "it is missing, but its data is there")
        raise Differs("access_data", row[0], "it is of no access row")
    _check_accounts(connection, expected.accounts)
    _check_rows(connection, secret, expected.rows)
    return Told(number, erased, first_erased)


def _entries(connection: Connection) -> Iterator[Entry]:
    for number, at_ms, kind, order, data, salt, commitment, digest in connection.execute(_ENTRIES):
        yield Entry(number, at_ms, kind, order, data, salt, commitment, b"", digest)


def _check_accounts(connection: Connection, expected: dict[str, str]) -> None:
    rows = connection.execute("SELECT id, version, body FROM file.account ORDER BY id").fetchall()
    for account, version, body in rows:
        if account not in expected:
            raise Differs("account", account, "nobody has added it")
        said = _read(body)
        if _version(said) != expected[account] or said.get("version") != version:
            raise Differs("account", account, "it is not what was last told of it")
    for account in expected.keys() - {row[0] for row in rows}:
        raise Differs("account", account, "it is missing")


def _check_rows(
    connection: Connection, secret: bytes, expected: dict[tuple[str, str], str]
) -> None:
    kept = set()
    for table, key in _KEYS.items():
        for fields in _rows(connection, table):
            name = table, fields[key]
            kept.add(name)
            if name not in expected:
                raise Differs(table, fields[key], "nobody has told of it")
            if row_commitment(secret, table, fields) != expected[name]:
                raise Differs(table, fields[key], "it is not what was last told of it")
    for table, row in sorted(expected.keys() - kept):
        raise Differs(table, row, "it is missing")


def _rows(connection: Connection, table: str) -> Iterator[dict[str, Any]]:
    cursor = connection.cursor()
    cursor.row_factory = Row
    for row in cursor.execute(f"SELECT * FROM file.{table} ORDER BY 1"):  # noqa: S608
        yield dict(row)


def _version(said: dict[str, Any]) -> str:
    """What of an entry, or of a row, says how an account is."""
    names = ("account", "name", "roles", "persons", "court", "station", "ended", "version")
    return json.dumps({name: said.get(name) for name in names}, sort_keys=True)


def _read(body: str) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
