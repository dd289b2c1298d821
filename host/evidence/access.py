"""Whether the access chain's entries are those that were told, and accounts what they say."""

import json
from collections.abc import Iterator
from sqlite3 import Connection
from typing import NamedTuple

from host.core.audit import GENESIS, Entry, holds, is_linked, salt_of
from host.evidence.difference import Differs
from host.store.accounts import ACCESS_SALT

_ENTRIES = (
    "SELECT number, at_ms, kind, order_id, data, salt, commitment, hash "
    "FROM access LEFT JOIN access_data USING (number) ORDER BY number"
)
_OF_NONE = (
    "SELECT number FROM access_data "
    "WHERE number NOT IN (SELECT number FROM access) ORDER BY number LIMIT 1"
)
_VERSIONS = frozenset(("account_added", "account_changed"))


class Told(NamedTuple):
    """A chain that holds. `erased`: how many entries' data has been deleted."""

    entries: int
    last_hash: bytes
    erased: int


def check_access(connection: Connection, secret: bytes, until: int | None = None) -> Told:
    """Every entry, up to number `until` where the host may be running. `connection`: to the file
    itself. Raises Differs."""
    accounts: dict[str, str] = {}  # as they should be now
    last_hash, erased, number = GENESIS, 0, 0
    salts = ACCESS_SALT + secret
    for number, entry in enumerate(_entries(connection), 1):
        if entry.number != number:
            raise Differs("access", number, "it is missing")
        if not is_linked(entry._replace(previous=last_hash), last_hash):
            raise Differs("access", number, "the chain breaks: it is not what was linked here")
        if not holds(entry):
            raise Differs("access_data", number, "it is not what the chain commits to")
        if entry.salt is None:
            erased += 1
        elif entry.salt != salt_of(salts, number):
            raise Differs("secret", 1, f"it is not the one of access row {number}", "value")
        elif entry.kind in _VERSIONS and entry.data is not None:
            said = json.loads(entry.data)
            accounts[said["account"]] = _version(said)
        last_hash = entry.hash
        if number == until:
            break
    row = connection.execute(_OF_NONE).fetchone()
    if row is not None:
        raise Differs("access_data", row[0], "it is of no access row")
    if until is None and not erased:
        _check_accounts(connection, accounts)
    return Told(number, last_hash, erased)


def _entries(connection: Connection) -> Iterator[Entry]:
    for number, at_ms, kind, order, data, salt, commitment, digest in connection.execute(_ENTRIES):
        yield Entry(number, at_ms, kind, order, data, salt, commitment, b"", digest)


def _check_accounts(connection: Connection, accounts: dict[str, str]) -> None:
    kept = dict(connection.execute("SELECT id, body FROM account ORDER BY id"))
    for account, body in kept.items():
        if account not in accounts:
            raise Differs("account", account, "nobody has added it")
        if _version(json.loads(body)) != accounts[account]:
            raise Differs("account", account, "it is not what was last entered of it", "body")
    for account in accounts:
        if account not in kept:
            raise Differs("account", account, "it is missing")


def _version(said: dict[str, object]) -> str:
    """What of an entry, or of a row, says how an account is."""
    names = ("account", "name", "roles", "persons", "court", "station", "ended", "version")
    return json.dumps({name: said.get(name) for name in names}, sort_keys=True)
