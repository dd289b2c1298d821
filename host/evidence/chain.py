"""Whether the audit's chain holds, link by link, and belongs to the host's secret."""

from collections.abc import Iterable, Iterator
from sqlite3 import Connection
from typing import NamedTuple

import orjson

from host.core.audit import GENESIS, STARTED, Entry, holds, is_linked, salt_of
from host.core.batch import RULES, TAKEN, rules_of
from host.evidence.difference import Differs, plain

_OF_NONE = (
    "SELECT number, salt FROM file.{0}_data "
    "WHERE number NOT IN (SELECT number FROM file.{0}) ORDER BY number LIMIT 1"
)


class Held(NamedTuple):
    """A chain that holds. `erased`: how many entries' data has been deleted, and the first.

    today: the first entry that today's rules have led to; 1 beyond the last for none.
    """

    erased: int
    first_erased: int | None
    anchored: bool
    today: int


def linked(entries: Iterable[Entry], secret: bytes, table: str) -> Iterator[Entry]:
    """Each entry of a chain, once it is found to be linked to the one before, to commit to its data
    and to be salted by the secret. `table`: where the chain stands. Raises Differs."""
    last_hash = GENESIS
    rest = iter(entries)
    for number, entry in enumerate(rest, 1):
        if entry.number != number:
            if next(rest, None) is None:
                why = f"it follows no other row: it was added, or those from {number} on are gone"
                raise Differs(table, entry.number, why)
            raise Differs(table, number, "it is missing")
        if not is_linked(entry, last_hash):
            raise Differs(table, number, "the chain breaks: it is not what was linked here")
        if not holds(entry):
            raise Differs(f"{table}_data", number, f"it is not what the {table} chain commits to")
        if entry.salt is not None and entry.salt != salt_of(secret, number):
            raise Differs("secret", 1, f"it is not the one of {table} row {number}", "value")
        last_hash = entry.hash
        yield entry


def check_chain(audit: Iterable[Entry], secret: bytes, anchor: str = "") -> Held:
    """Every entry is linked to the one before and commits to its data. Raises Differs.

    `anchor`: a hash that was noted earlier; whether the chain holds it.
    """
    there: set[str] = set()  # orders with data: a case is deleted from its beginning on
    erased, first_erased, anchored, today = 0, None, False, 1
    others = False  # whether other rules were in force
    number = 0
    for number, entry in enumerate(linked(audit, secret, "audit"), 1):
        if entry.salt is None:
            if entry.order in there:
                why = f"it is missing, though earlier data of {entry.order or 'the host'} is there"
                raise Differs("audit_data", number, plain(why))
            erased, first_erased = erased + 1, first_erased or number
        else:
            there.add(entry.order)
        anchored |= entry.hash.hex() == anchor
        if entry.kind == STARTED:
            others, takes_over = _start(entry, others)
            if takes_over:
                today = number
    return Held(erased, first_erased, anchored, number + 1 if others else today)


def _start(entry: Entry, others: bool) -> tuple[bool, bool]:
    """Whether other rules are in force from then on, and whether states were taken over."""
    try:
        data = orjson.loads(entry.data or b"null")
        return rules_of(data) != RULES, data.get("states") == TAKEN
    except (ValueError, TypeError, AttributeError):  # deleted, or what a forger has put there:
        return others, False  # said when it is recomputed


def check_contents(connection: Connection, secret: bytes, table: str = "audit") -> None:
    """No content of an entry that there is not. Raises Differs."""
    row = connection.execute(_OF_NONE.format(table)).fetchone()
    if row is not None:
        number, salt = row
        if number > 0 and salt == salt_of(secret, number):
            raise Differs(table, number, "it is missing, but its data is there")
        raise Differs(f"{table}_data", number, f"it is of no {table} row")


def secret_of(connection: Connection) -> bytes:
    """The host's secret. Raises Differs where there is not exactly one."""
    rows = dict(connection.execute("SELECT id, value FROM file.secret ORDER BY id"))
    if 1 not in rows:
        raise Differs("secret", 1, "it is missing")
    if len(rows) > 1:
        raise Differs("secret", max(rows), "it is one too many")
    secret: bytes = rows[1]
    return secret
