"""Whether the access chain's entries are those that were told, and whether accounts, and what
people and machines come in with, are what it says."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from sqlite3 import Connection, Row
from typing import Any, NamedTuple

from host.core.audit import GENESIS, Entry
from host.evidence.chain import check_contents, linked
from host.evidence.difference import Differs
from host.store.accounts import ACCESS_SALT, CREDENTIAL, DROPPED, KEPT, TOKEN, row_commitment

_ENTRIES = (
    "SELECT number, at_ms, kind, order_id, data, salt, commitment, hash "
    "FROM file.access LEFT JOIN file.access_data USING (number) ORDER BY number"
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
    salts = ACCESS_SALT + secret
    erased, first_erased, number = 0, None, 0
    for number, entry in enumerate(linked(_entries(connection), salts, "access"), 1):
        if entry.salt is not None:
            expected.take(entry)
        elif entry.kind in _NEEDED:
            why = f"it is missing: nobody may erase {entry.kind}"
            raise Differs("access_data", number, why)
        else:
            erased, first_erased = erased + 1, first_erased or number
    check_contents(connection, salts, "access")
    _check_accounts(connection, expected.accounts)
    _check_rows(connection, secret, expected.rows)
    return Told(number, erased, first_erased)


def _entries(connection: Connection) -> Iterator[Entry]:
    previous = GENESIS
    for number, at_ms, kind, order, data, salt, commitment, digest in connection.execute(_ENTRIES):
        yield Entry(number, at_ms, kind, order, data, salt, commitment, previous, digest)
        previous = digest


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
